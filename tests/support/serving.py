"""An application on a real port of this machine, for browsers and other programs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from playwright.sync_api import Browser
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.security.payloads import Watched
from tests.support.accounts import session_cookie
from tests.support.inspection import new_context


class _Quiet(WSGIRequestHandler):
    """Keeps connections open, and writes no log."""

    protocol_version = "HTTP/1.1"

    def log(self, *_arguments: object) -> None:
        pass


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address at which the application answers, until the end of the block."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
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
        context = new_context(browser, site, "zh-CN", 1440, session_cookie(app, "administrator"))
        yield Watched(context.new_page())
        context.close()
