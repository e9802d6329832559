"""Boxes with suggestions, to search with and to pick with: one behaviour, told to screen readers."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.journeys.conftest import open_page
from tests.support.accounts import session_cookie
from tests.support.inspection import assert_accessible


@pytest.fixture
def search_box(page: Page) -> Locator:
    """The search box of the home page."""
    page.goto("/")
    return page.get_by_role("combobox").first


@pytest.fixture
def people_box(browser: Browser, entry_site: tuple[str, Flask]) -> Iterator[Locator]:
    """The box with which people are added to an entry."""
    site, app = entry_site
    for page in open_page(browser, site, "zh-CN", 1440, session=session_cookie(app, "contributor")):
        page.goto("/records/new/project")
        box = page.locator("#add-f-people")
        box.focus()
        yield box


def _options(box: Locator) -> Locator:
    return box.locator("xpath=..").get_by_role("option")


def _expect_chosen(box: Locator, place: int | None) -> None:
    """The option at this place is the chosen one, for eyes and for screen readers alike."""
    chosen = _options(box).and_(box.page.locator("[aria-selected=true]"))
    if place is None:
        expect(chosen).to_have_count(0)
        expect(box).not_to_have_attribute("aria-activedescendant", re.compile("."))
        return
    expect(chosen).to_have_count(1)
    expect(_options(box).nth(place)).to_have_attribute("aria-selected", "true")
    name = _options(box).nth(place).get_attribute("id")
    assert name
    expect(box).to_have_attribute("aria-activedescendant", name)


def _expect_open(box: Locator, is_open: bool) -> None:
    expect(box).to_have_attribute("aria-expanded", str(is_open).lower())
    listed = box.page.locator(f"#{box.get_attribute('aria-controls')}")
    expect(listed).to_be_visible() if is_open else expect(listed).to_be_hidden()


def test_nothing_is_chosen_in_a_search_box_until_a_key_goes_to_it(search_box: Locator) -> None:
    search_box.press_sequentially("dianjie")
    expect(_options(search_box)).not_to_have_count(0)
    _expect_open(search_box, True)
    _expect_chosen(search_box, None)
    last = _options(search_box).count() - 1
    expect(search_box.locator("xpath=..").get_by_role("status")).to_contain_text(f"{last + 1}")
    search_box.press("ArrowUp")
    _expect_chosen(search_box, last)
    search_box.press("ArrowDown")
    _expect_chosen(search_box, None)
    search_box.press("ArrowDown")
    _expect_chosen(search_box, 0)
    assert_accessible(search_box.page)
    search_box.press("Escape")
    _expect_open(search_box, False)
    _expect_chosen(search_box, None)
    expect(search_box).to_have_value("dianjie")
    search_box.press("ArrowDown")
    _expect_open(search_box, True)
    _expect_chosen(search_box, 0)
    search_box.press("Tab")
    _expect_open(search_box, False)


def test_a_click_follows_a_suggestion(search_box: Locator) -> None:
    search_box.press_sequentially("160kA")
    title = _options(search_box).filter(has_text="160kA预焙电解槽扩容试验").first
    title.click()
    expect(search_box.page.get_by_role("heading", level=1)).to_contain_text("160kA预焙电解槽扩容试验")


def test_the_first_is_chosen_in_a_box_to_pick_with(people_box: Locator) -> None:
    people_box.press_sequentially("zhang")
    expect(_options(people_box).nth(1)).to_be_visible()
    _expect_open(people_box, True)
    _expect_chosen(people_box, 0)
    last = _options(people_box).count() - 1
    people_box.press("ArrowUp")
    _expect_chosen(people_box, last)
    people_box.press("ArrowDown")
    _expect_chosen(people_box, 0)
    assert_accessible(people_box.page)
    _options(people_box).nth(1).click()
    expect(people_box).to_have_value("")
    expect(people_box).to_be_focused()
    _expect_open(people_box, False)
    expect(people_box.page.locator("ol.rows:visible li")).to_have_count(1)


def test_enter_takes_what_is_typed_and_not_what_the_list_still_says(people_box: Locator) -> None:
    people_box.press_sequentially("zhang")
    expect(_options(people_box).first).to_be_visible()
    people_box.fill("苏建业")
    people_box.press("Enter")
    people = people_box.page.locator("textarea[name=people]")
    expect(people).to_have_value("苏建业(A1005)")
    people_box.press_sequentially("外来人员")
    people_box.press("Enter")
    expect(people).to_have_value("苏建业(A1005)\n外来人员")


def test_who_goes_on_waits_for_no_answer(people_box: Locator) -> None:
    page, held = people_box.page, list[Route]()
    page.route("**/editing/people?*", lambda route: held.append(route))
    with page.expect_request("**/editing/people?*"):
        people_box.press_sequentially("zhang")
    with page.expect_event("requestfailed"):
        page.locator("#f-title").focus()
    _expect_open(people_box, False)


def test_without_an_answer_what_is_typed_is_taken(people_box: Locator) -> None:
    people_box.page.route("**/editing/people?*", lambda route: route.fulfill(status=204))
    people_box.fill("外来人员")
    people_box.press("Enter")
    expect(people_box.page.locator("textarea[name=people]")).to_have_value("外来人员")
