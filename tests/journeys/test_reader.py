"""A reader's way through the site in a browser: home, search, facet, record, tally, the records behind a cell."""

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import open_page
from tests.support.inspection import LOOKS, Window, assert_accessible, window
from tests.support.pages import PAGES


@pytest.fixture(scope="module")
def windows(browser: Browser, site: str) -> Iterator[list[Window]]:
    """A window for each language."""
    with ExitStack() as opened:
        yield [opened.enter_context(window(browser, site, language, widths)) for language, widths in LOOKS]


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_accessible_and_fit(windows: list[Window], address: str) -> None:
    assert [fault for each in windows for fault in each.faults(address)] == []


def test_from_home_to_the_records_behind_a_figure(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox").first.fill("预焙槽 扩容")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q="))
    expect(page.locator("mark").first).to_be_visible()
    page.wait_for_load_state("load")  # before its scripts are there, a choice takes effect by the button

    page.get_by_role("checkbox", name=re.compile("科技项目")).check()
    page.wait_for_url(re.compile("kind=project"))
    expect(page.get_by_role("checkbox", name=re.compile("奖励")).first).to_be_visible()  # siblings stay

    page.get_by_role("link", name="160kA预焙电解槽扩容试验").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("160kA预焙电解槽扩容试验")
    assert_accessible(page)

    page.get_by_role("navigation").get_by_role("link", name="统计").first.click()
    page.get_by_role("link", name=re.compile("级别")).first.click()
    cell = page.locator("table.tally tbody td a").first
    number = int(cell.inner_text())
    cell.click()
    expect(page.locator(".record-list > *")).to_have_count(number)
    assert_accessible(page)


def test_without_scripts_everything_works(browser: Browser, site: str) -> None:
    for page in open_page(browser, site, "zh-CN", 1440, scripts=False):
        page.goto("/")
        page.get_by_role("searchbox").first.fill("阴极炭块")
        page.keyboard.press("Enter")
        page.get_by_role("checkbox", name=re.compile("专利")).first.check()
        page.locator("form.facets button[type=submit], form#facets button[type=submit], .facets button").first.click()
        expect(page).to_have_url(re.compile("kind=patent"))


def test_the_language_can_be_chosen_and_is_kept(page: Page) -> None:
    page.goto("/search?q=阳极")
    page.get_by_role("link", name=re.compile(r"^EN|English")).first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/tallies")
    expect(page.locator("html")).to_have_attribute("lang", "en")
