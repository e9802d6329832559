"""Choosing years by dragging over the small chart, by mouse and by finger."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import open_page


@pytest.fixture
def chart(page: Page) -> Page:
    page.goto("/search?q=电解槽")
    return page


def place_of(page: Page, year: int) -> tuple[float, float]:
    """The middle of a year's slot."""
    plot = page.locator(".facet-years .chart-plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    years = str(page.locator("[data-years]").get_attribute("data-years")).split(" ")
    assert box is not None
    return box["x"] + (years.index(str(year)) + 0.5) / len(years) * box["width"], box["y"] + 40


def drag(page: Page, first: int, last: int) -> None:
    page.mouse.move(*place_of(page, first))
    page.mouse.down()
    page.mouse.move(*place_of(page, last), steps=4)


def test_a_drag_chooses_the_years_between(chart: Page) -> None:
    drag(chart, 2004, 1999)  # backwards too
    expect(chart.locator("[data-years-range]")).to_have_text("1999–2004")
    chart.mouse.up()
    chart.wait_for_url(re.compile("year_from=1999&year_to=2004"))
    expect(chart.get_by_label("起始年份")).to_have_value("1999")


def test_escape_gives_up(chart: Page) -> None:
    drag(chart, 1999, 2004)
    chart.keyboard.press("Escape")
    expect(chart.locator(".years-band")).to_have_count(0)
    expect(chart.locator("[data-years-range]")).to_have_text("")
    chart.mouse.up()
    chart.wait_for_timeout(300)
    assert "year_from" not in chart.url


def test_a_click_follows_its_bar(chart: Page) -> None:
    chart.mouse.click(place_of(chart, 2002)[0], place_of(chart, 2002)[1] + 15)
    chart.wait_for_url(re.compile("year_from=2002&year_to=2002"))


@pytest.fixture
def phone(browser: Browser, site: str) -> Iterator[Page]:
    yield from open_page(browser, site, "zh-CN", 390)


def test_a_finger_drags_too(phone: Page) -> None:
    phone.goto("/search?q=电解槽")
    phone.locator(".facets-fold summary").click()
    (x, y), (to_x, to_y) = place_of(phone, 1999), place_of(phone, 2003)
    touch = phone.context.new_cdp_session(phone)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 5):
        point = {"x": x + (to_x - x) * step / 4, "y": to_y}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    expect(phone.locator("[data-years-range]")).to_have_text("1999–2003")
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.wait_for_url(re.compile("year_from=1999&year_to=2003"))
