"""A real site on a real port, and a real browser. Where Chromium is missing, the journeys say so and are skipped."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

TOOLS = Path(__file__).parent.parent / "node_modules"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
              "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="session")
def site(app: Flask) -> Iterator[str]:
    """The address of the demonstration site."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("Chromium is missing (Debian: apt install chromium); the journeys need it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A reader's page in Chinese. Anything that it asks of another host, and any error on it, fails the test."""
    yield from open_page(browser, site, "zh-CN", 1440)


def open_page(
    browser: Browser, site: str, language: str, width: int, *, scripts: bool = True, session: str = ""
) -> Iterator[Page]:
    """A page of its own; `session` is the cookie of somebody who is signed in (`tests.accounts.session_cookie`)."""
    context = browser.new_context(
        base_url=site, locale=language, viewport={"width": width, "height": 900}, java_script_enabled=scripts
    )
    if session:
        context.add_cookies([{"name": "session", "value": session, "url": site}])
    page = context.new_page()
    strange: list[str] = []
    page.on("request", lambda request: None if request.url.startswith((site, "data:")) else strange.append(request.url))
    page.on("console", lambda message: strange.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: strange.append(str(error)))
    yield page
    context.close()
    assert strange == []
