"""Every page is valid HTML by the Nu checker."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalogue.app import create_app
from catalogue.config import load
from tests.support.pages import PAGES
from tests.support.prepared import RECORD, Prepared
from tests.support.tools import invalid_html


def _pages(client: FlaskClient, prepared: Prepared, language: str) -> Iterator[tuple[str, bytes]]:
    """Every page, its address first: those of readers, those of each role, and those that only a form leads to."""
    headers = {"Accept-Language": language}
    for address in (*PAGES, "/records/XM-0000-000", "/tallies/awards?rows=colour"):
        page = client.get(address, headers=headers)
        assert page.status_code in {200, 400, 404}
        yield address, page.data
    for role, pages in prepared.pages.items():
        browser = prepared.browser(role)
        for address, status in pages.items():
            page = browser.get(address, headers=headers)
            assert page.status_code == status, f"{role}: {address}"
            yield f"{role}: {address}", page.data
    draft = {"title": "160kA预焙电解槽扩容", "text": "加大阳极尺寸\n提高系列电流"}
    yield "checked", client.post("/prior-work", data=draft, headers=headers).data
    reviewer = prepared.browser("reviewer")
    form, typed = f"/records/{RECORD}/edit", {"base": "1", "title": "另一题名", "status": "completed", "action": "save"}
    outdated = reviewer.post(form, data=typed, headers=headers)
    moved = reviewer.post("/review/project/XM-2006-901/publish", data={"number": "1"}, headers=headers)
    assert (outdated.status_code, moved.status_code) == (409, 409)
    yield from (("outdated form", outdated.data), ("moved meanwhile", moved.data))
    for kind in ("patent", "award"):
        faulty = reviewer.post(f"/records/new/{kind}", data={"date": "x", "people": "无此人"}, headers=headers)
        assert 'id="problems"' in faulty.text
        yield f"{kind} with problems", faulty.data
    own = {"Sec-Fetch-Site": "same-origin", **headers}
    late = prepared.browser("anonymous").post(form, data=typed, headers=own)
    reviewer.sends_tokens = False  # type: ignore[attr-defined]
    stale = reviewer.post(form, data=typed, headers=own)
    assert (late.status_code, stale.status_code) == (401, 400)
    yield from (("late form", late.data), ("stale form", stale.data))
    closed = create_app(load({}, data=prepared.app.extensions["catalogue.settings"].data, anonymous_reading="closed"))
    yield from ((f"closed: {address}", closed.test_client().get(address).data) for address in ("/sign-in", "/nothing"))


@pytest.mark.slow
def test_every_page_is_valid(client: FlaskClient, prepared: Prepared, tmp_path: Path) -> None:
    pages = {
        f"{language}: {address}": content
        for language in ("zh", "en")
        for address, content in _pages(client, prepared, language)
    }
    assert invalid_html(pages, tmp_path) == []


# Routes by GET that answer with no page: files, feeds, pictures, JSON, ways to another site.
NO_PAGES = re.compile(
    r"static|api\..*|api_tally\..*|verify_api\..*|records_api\..*|openapi\..*|downloads\..*|tally_downloads\..*"
    r"|extracts\..*|feeds\..*|patents\.feed|priorwork\.download|imports\.(?:export|marked|template_file)"
    r"|attachments\.(?:download|preview)|editing_help\..*|accounts\.(?:leave|come_back)"
)


def test_the_lists_know_every_page(prepared: Prepared) -> None:
    at = prepared.app.url_map.bind("localhost")
    listed = [*PAGES, *(address for pages in prepared.pages.values() for address in pages)]
    known = {at.match(address.partition("?")[0], return_rule=True)[0].rule for address in listed}
    missing = {
        rule.rule
        for rule in prepared.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.rule not in known and not NO_PAGES.fullmatch(rule.endpoint)
    }
    assert missing == set(), "add an address to tests/support/pages.py or tests/support/prepared.py"
