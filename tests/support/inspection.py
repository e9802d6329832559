"""What every page is looked at for in a browser: accessibility by axe-core, a width that needs no scrolling, no error
and nothing asked of another host."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.tools import axe

# A page on busy cores may be slow, which is no fault of it; how fast pages are, others measure.
PATIENCE_MS = 120_000
_HEIGHT = 900
# In which languages and at which widths each page is looked at.
LOOKS = (("zh-CN", (1440, 390)), ("en", (390,)))
# Only what is wrong comes back, a line for each element: handing over all that axe says takes longer than finding it.
_VIOLATIONS = """axe.run(document, {resultTypes: ['violations']}).then(found =>
    found.violations.flatMap(each => each.nodes.map(node => `${each.id}: ${node.html.slice(0, 160)}`)))"""


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page, by all its rules."""
    page.wait_for_load_state("load")  # a page can be read before its style sheets are there
    if not page.evaluate("'axe' in window"):
        # The page's own policy forbids to add a script; the browser's own evaluation is not bound by it.
        page.evaluate(axe())
    found: list[str] = page.evaluate(_VIOLATIONS)
    return found


def fits(page: Page) -> bool:
    """Whether the page does not scroll sideways, once its style sheets are there."""
    page.wait_for_load_state("load")
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def assert_accessible(page: Page) -> None:
    """No violation by axe."""
    assert violations(page) == []


def assert_fits(page: Page) -> None:
    """The page does not scroll sideways."""
    assert fits(page), "the page scrolls sideways"


def faults(page: Page, widths: tuple[int, ...]) -> list[str]:
    """What is wrong with how a page looks, at each of these widths of its window."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": _HEIGHT})
        found += [f"at {width}: {each}" for each in violations(page)]
        found += [] if fits(page) else [f"at {width}: the page scrolls sideways"]
    return found


def watch(page: Page, site: str, *, may_refuse: bool = False) -> list[str]:
    """A list to which everything is added that the page asks of another host, and every error on it. `may_refuse` says
    that the site will refuse a request on the way, which the browser notes as an error."""
    strange: list[str] = []
    refused = "the server responded with a status of 4" if may_refuse else "\0"
    page.on("request", lambda request: None if request.url.startswith((site, "data:")) else strange.append(request.url))
    page.on(
        "console",
        lambda message: (
            strange.append(message.text) if message.type == "error" and refused not in message.text else None
        ),
    )
    page.on("pageerror", lambda error: strange.append(str(error)))
    return strange


class Window:
    """A window of the browser that opens one page after another: a window for each costs more than the page itself."""

    def __init__(self, page: Page, site: str, widths: tuple[int, ...]) -> None:
        self._page = page
        self._widths = widths
        self._strange = watch(page, site, may_refuse=True)

    def faults(self, address: str, status: int = 200) -> list[str]:
        """What is wrong with the page of an address, at each width."""
        self._page.set_viewport_size({"width": self._widths[0], "height": _HEIGHT})
        answer = self._page.goto(address)
        found = [] if answer and answer.status == status else [f"status {answer and answer.status}"]
        found += faults(self._page, self._widths) + self._strange
        self._strange.clear()
        return [f"{address}: {each}" for each in found]


def new_context(
    browser: Browser, site: str, language: str, width: int, session: str = "", *, scripts: bool = True
) -> BrowserContext:
    """A browser of somebody: `session` is the cookie of an account that is signed in."""
    context = browser.new_context(
        base_url=site, locale=language, viewport={"width": width, "height": _HEIGHT}, java_script_enabled=scripts
    )
    context.set_default_timeout(PATIENCE_MS)
    if session:
        context.add_cookies([{"name": "session", "value": session, "url": site}])
    return context


@contextmanager
def window(browser: Browser, site: str, language: str, widths: tuple[int, ...], session: str = "") -> Iterator[Window]:
    """A window in a language; `session` is the cookie of somebody who is signed in."""
    context = new_context(browser, site, language, widths[0], session)
    yield Window(context.new_page(), site, widths)
    context.close()
