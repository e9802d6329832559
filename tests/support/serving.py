"""An application on a real port of this machine, for browsers and other programs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from tests.security.payloads import Watched
from tests.support.accounts import session_cookie


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address at which the application answers, until the end of the block."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def watching(app: Flask, browser: Browser) -> Iterator[Watched]:
    """A browser in which the administrator is signed in, that says what came alive on the pages it has visited."""
    with served(app) as site:
        context = browser.new_context(base_url=site, locale="zh-CN")
        context.add_cookies([{"name": "session", "value": session_cookie(app, "administrator"), "url": site}])
        yield Watched(context.new_page())
        context.close()
