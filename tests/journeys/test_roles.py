"""The pages that only some see, as they see them: accessible, and never wider than the screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import open_page
from tests.journeys.test_prior_work import assert_fits
from tests.journeys.test_reader import assert_accessible
from tests.support.accounts import session_cookie
from tests.support.pages import ROLE_PAGES
from tests.support.prepared import Prepared
from tests.support.serving import served


@pytest.fixture(scope="session")
def under_way(prepared: Prepared) -> Iterator[str]:
    """The address of the catalogue with work under way."""
    with served(prepared.app) as address:
        yield address


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1440), ("zh-CN", 390), ("en", 390)])
@pytest.mark.parametrize("role", ROLE_PAGES)
def test_pages_of_a_role(
    prepared: Prepared, browser: Browser, under_way: str, role: str, language: str, width: int
) -> None:
    cookie = "" if role == "anonymous" else session_cookie(prepared.app, role)
    told = []
    for page in open_page(browser, under_way, language, width, session=cookie, may_refuse=True):
        for address, status in prepared.pages[role].items():
            answer = page.goto(address)
            try:
                assert answer is not None
                assert answer.status == status
                assert_accessible(page)
                assert_fits(page)
            except AssertionError as error:
                told.append(f"{address}: {error}")
    assert told == []
