"""From the first administrator's link to a session that is over: in one browser somebody is invited, who signs in in
another; a new role ends that session at the next click."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from catalogue.accounts.account_links import first_link
from catalogue.database import db
from tests.journeys.conftest import open_page
from tests.support.catalogues import empty_catalogue
from tests.support.inspection import assert_accessible, assert_fits
from tests.support.passwords import NEW_PASSWORD, PASSWORD
from tests.support.serving import served

LONG_NAME = "欧阳阿卜杜拉·买买提江 Konstantinopoulou-Whitfield"


@pytest.fixture
def first_page(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of a site without accounts, and the path of the first link."""
    app: Flask = empty_catalogue(tmp_path)
    with app.app_context():
        token = first_link(db.session())
    with served(app) as address:
        yield address, f"/welcome/{token}"


def look(page: Page) -> None:
    assert_accessible(page)
    assert_fits(page)


def choose(page: Page, password: str) -> None:
    """Fill in both fields of a new password and send them."""
    look(page)
    page.locator("#field-password").fill(password)
    page.locator("#field-again").fill(password)
    page.locator(".account-form button").click()


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1440), ("en", 390)])
def test_from_the_first_link_to_a_session_that_is_over(
    browser: Browser, first_page: tuple[str, str], language: str, width: int
) -> None:
    site, first = first_page
    for page in open_page(browser, site, language, width):
        page.goto(first)
        page.locator("#field-login").fill("wang.fang")
        page.locator("#field-name").fill("王芳")
        choose(page, PASSWORD)
        expect(page).to_have_url(f"{site}/account")
        look(page)
        page.goto("/accounts/new")
        look(page)
        page.locator("#field-login").fill("ouyang.konstantinopoulou-whitfield@smelter.example")
        page.locator("#field-name").fill(LONG_NAME)
        page.locator("#field-role").select_option("reviewer")
        page.locator(".account-form button").click()
        link = page.locator("#field-link").input_value()
        look(page)
        for guest in open_page(browser, site, language, width):
            guest.goto(link)
            choose(guest, NEW_PASSWORD)
            expect(guest.locator("dl")).to_contain_text(LONG_NAME)
            guest.goto("/imports")
            expect(guest).to_have_url(f"{site}/imports")
            look(guest)

            page.goto("/accounts?q=konstantin")
            look(page)
            page.get_by_role("link", name=LONG_NAME).click()
            page.locator("#field-role").select_option("reader")
            page.locator(".account-form button").click()
            expect(page.locator(".account-events tbody tr")).to_have_count(5)
            look(page)

            guest.reload()
            expect(guest).to_have_url(f"{site}/sign-in?next=/imports")
            look(guest)
        page.locator(".account-menu summary").click()
        look(page)
        page.locator(".account-menu button").click()
        page.goto("/account")
        expect(page).to_have_url(f"{site}/sign-in?next=/account")
