"""A real site on a real port, and a real browser. Where Chromium is missing, the journeys say so and are skipped."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from catalogue.app import create_app
from catalogue.config import load
from tests.support.inspection import PATIENCE_MS, new_context, watch
from tests.support.serving import served


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """Expectations wait as long as everything else in the browser."""
    expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def site(app: Flask) -> Iterator[str]:
    """The address of the demonstration site."""
    with served(app) as address:
        yield address


@pytest.fixture(scope="module")
def entry_site(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Flask]]:
    """A site of its own to enter items into, with its address."""
    app = create_app(load({}, data=shutil.copytree(demo_folder, tmp_path_factory.mktemp("entry") / "data")))
    with served(app) as address:
        yield address, app


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A reader's page in Chinese. Anything that it asks of another host, and any error on it, fails the test."""
    yield from open_page(browser, site, "zh-CN", 1440)


def open_page(
    browser: Browser,
    site: str,
    language: str,
    width: int,
    *,
    scripts: bool = True,
    session: str = "",
    may_refuse: bool = False,
) -> Iterator[Page]:
    """A page of its own; `session` is the cookie of somebody who is signed in.
    Anything that the page asks of another host, and any error on it, fails the test; `may_refuse` says that the site
    will refuse a form on the way, which the browser notes as an error."""
    context = new_context(browser, site, language, width, session, scripts=scripts)
    page = context.new_page()
    strange = watch(page, site, may_refuse=may_refuse)
    yield page
    context.close()
    assert strange == []
