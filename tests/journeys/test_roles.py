"""The pages that only some see, as they see them: accessible, and never wider than the screen."""

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.accounts import session_cookie
from tests.journeys.conftest import open_page
from tests.journeys.test_prior_work import assert_fits
from tests.journeys.test_reader import assert_accessible
from tests.pages import ROLE_PAGES


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("role", ROLE_PAGES)
def test_pages_of_a_role(app: Flask, browser: Browser, site: str, role: str, width: int) -> None:
    cookie = "" if role == "anonymous" else session_cookie(app, role)
    told = []
    for page in open_page(browser, site, "zh-CN", width, session=cookie, may_refuse=True):
        for address in ROLE_PAGES[role]:
            page.goto(address)
            try:
                assert_accessible(page)
                assert_fits(page)
            except AssertionError as error:
                told.append(f"{address}: {error}")
    assert told == []
