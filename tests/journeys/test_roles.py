"""The pages that only some see, as they see them: accessible, and never wider than the screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.accounts import session_cookie
from tests.support.inspection import LOOKS, window
from tests.support.pages import ROLE_PAGES
from tests.support.prepared import Prepared
from tests.support.serving import served


@pytest.fixture(scope="session")
def under_way(prepared: Prepared) -> Iterator[str]:
    """The address of the catalogue with work under way."""
    with served(prepared.app) as address:
        yield address


@pytest.mark.parametrize(("language", "widths"), LOOKS)
@pytest.mark.parametrize("role", ROLE_PAGES)
def test_pages_of_a_role(
    prepared: Prepared, browser: Browser, under_way: str, role: str, language: str, widths: tuple[int, ...]
) -> None:
    cookie = "" if role == "anonymous" else session_cookie(prepared.app, role)
    with window(browser, under_way, language, widths, cookie) as pages:
        assert [fault for each in prepared.pages[role].items() for fault in pages.faults(*each)] == []
