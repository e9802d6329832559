"""What somebody wrote is text wherever it is shown: brought by file and command, looked at in a real browser."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from playwright.sync_api import Browser

from catalogue.imports.native_format import import_files
from catalogue.records.numbers import check_character
from tests.security.payloads import ID, PAYLOADS, TEXTS, Watched, rows_of
from tests.support.accounts import account, signed_in
from tests.support.catalogues import empty_catalogue, work, writing
from tests.support.serving import watching

_KINDS = ("projects", "achievements", "awards", "patents", "copyrights", "papers", "proposals")
PAGES = (
    "/",
    "/search?q=xss&per_page=100",
    "/search?q=id",
    "/search?q=" + "%22%3E%3Cscript%20id=xss%3E",
    "/benefits",
    "/claims",
    "/checks",
    "/checks?rule=no_standing",
    "/checks?rule=under_shared",
    "/tallies",
    "/patents/overview",
    "/patents/fees",
    "/reports/summary",
    "/reports/issued",
    "/prior-work?title=%3Cb%20id=xss%3E&text=%22%3E%3Cb%20id=xss%3E",
    "/api",
    "/search/help",
    "/tallies/awards?rows=conferring_body&columns=scheme",
    "/tallies/awards?rows=division&columns=none",
    "/tallies/projects?rows=keyword&columns=person",
    "/tallies/projects/records",
    "/tallies/papers?rows=venue&columns=any_division",
    "/tallies/projects?q=%3Cb%20id=xss%3E",
    "/tallies/patents?rows=applicant",
    "/tallies/benefits/records",
    "/tallies/yearly_counts/records",
    "/imports",
    "/review",
    "/records/XM-1/history",
    "/records/XM-1/attachments",
    "/review/project/XM-1",
    "/search?q=xss&lang=en",
    *(f"/{kind}" for kind in _KINDS),
)


def rows(table: str) -> list[dict[str, str]]:
    """The rows of a table with people and divisions of the same sort in them."""
    found = list(rows_of(table))
    names = [row["name"] for row in rows_of("people")]
    divisions = [row["name"] for row in rows_of("divisions")]
    for place, row in enumerate(found):
        if table in _KINDS:
            row["divisions"] = divisions[place]
            if "(" not in names[place] and "/" not in names[place]:
                row["people"] = f"{names[place]}(A{place + 1})"
        if table == "patents":
            digits = f"200410010{place:03}"
            row["application_number"] = f"{digits}.{check_character(digits)}"
    return found


def as_csv(table: str) -> bytes:
    """The rows as a file in the catalogue's own columns."""
    out, found = io.StringIO(), rows(table)
    names = list(dict.fromkeys(name for row in found for name in row))
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(found)
    return out.getvalue().encode()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A catalogue in which every text is an attack."""
    folder: Path = tmp_path_factory.mktemp("markup")
    app = empty_catalogue(folder / "data")
    with app.app_context():
        paths = []
        for table in TEXTS:
            path = folder / f"{table}.csv"
            path.write_bytes(as_csv(table))
            paths.append(path)
        with writing():
            import_files(work("import"), paths)
    account(app, "administrator")
    return app


@pytest.fixture(scope="module")
def watched(app: Flask, browser: Browser) -> Iterator[Watched]:
    with watching(app, browser) as watched:
        yield watched


def test_nothing_comes_alive_on_any_page(app: Flask, watched: Watched) -> None:
    records = [f"/records/{row['code']}" for kind in _KINDS for row in rows(kind)[:: len(PAYLOADS) // 2]]
    for address in (*PAGES, *records):
        watched.visit(address)
    assert watched.found == []


def test_nothing_comes_alive_while_somebody_types(watched: Watched) -> None:
    watched.visit("/")
    watched.page.locator("input[type=search]").first.press_sequentially("script", delay=5)
    watched.page.wait_for_selector("[role=option]")
    watched.look("suggestions")
    assert watched.found == []


def test_nothing_comes_alive_on_plans_receipts_and_reports(app: Flask, watched: Watched) -> None:
    client = signed_in(app, "administrator")
    file = as_csv("projects").replace(b"XM-", b"XN-").replace(b"2004", b"2005")
    name = f"'><b id={ID}>.csv"
    place = client.post(
        "/imports",
        data={"file": (io.BytesIO(file), name), "kind": "projects"},
    ).headers["Location"]
    watched.visit(place)
    marked = client.get(f"{place}/marked.xlsx")
    assert marked.status_code == 200
    assert "\n" not in marked.headers["Content-Disposition"]
    client.post(f"{place}/apply", data={"rows": "valid"})
    watched.visit("/imports")
    watched.page.locator("tbody a").first.click()
    watched.look("receipt")
    for title in PAYLOADS[:3]:
        tally = {
            "subject": "awards",
            "rows": "conferring_body",
            "columns": "none",
            "as_of": "2006-12-31",
            "title": title,
        }
        client.post("/tallies/saved", data=tally)
        report = client.post("/reports/issued", data={**tally, "note": title}).headers["Location"]
        for part in ("", "/records", "/compare?with=today&as_of=2000-12-31"):
            watched.visit(f"{report}{part}")
    watched.visit("/tallies")
    draft = {"title": PAYLOADS[0], "text": " ".join(PAYLOADS)}
    watched.visit(client.post("/prior-work/reports", data=draft).headers["Location"])
    assert watched.found == []


def test_feeds_and_pictures_hold_texts_and_no_elements_of_theirs(app: Flask) -> None:
    client = signed_in(app, "administrator")
    feed = client.get("/search.atom?q=xss").text
    titles = [each.text or "" for each in ElementTree.fromstring(feed).iter("{http://www.w3.org/2005/Atom}title")]
    assert any(title.startswith(PAYLOADS[0]) for title in titles)
    for address in ("/tallies/awards.svg?rows=conferring_body&columns=none", "/tallies/projects.svg?rows=person"):
        picture = client.get(address)
        if picture.status_code == 200:
            for element in ElementTree.fromstring(picture.text).iter():
                assert element.tag.rpartition("}")[2] not in ("script", "foreignObject", "image", ID)
                assert element.attrib.get("id") != ID
                assert not [name for name in element.attrib if name.startswith("on")]
    calendar = client.get("/patents/fees.ics?as_of=2006-12-31")
    assert calendar.mimetype == "text/calendar"
    for address in ("/api/v1/search?q=xss", "/api/v1/suggest?q=script", "/tallies/awards.json", "/search.csv?q=xss"):
        answer = client.get(address)
        assert answer.mimetype in ("application/json", "text/csv")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert json.loads(client.get("/api/v1/search?q=xss").text)["total"] > 0


def test_error_pages_repeat_nothing_as_markup(watched: Watched) -> None:
    for address in (
        "/records/%3Cb%20id=xss%3E",
        "/search?year_from=%3Cb%20id=xss%3E",
        "/tallies/awards?rows=%3Cb%20id=xss%3E",
        "/search?page=%22%3E%3Cb%20id=xss%3E",
        "/reports/issued/%3Cb%20id=xss%3E",
        "/imports/%3Cb%20id=xss%3E",
        "/%3Cb%20id=xss%3E",
        "/projects?status=%3Cb%20id=xss%3E",
    ):
        watched.page.goto(address)
        watched.look(address)
    # The browser itself writes down that an error page came.
    assert [each for each in watched.found if "status of 4" not in each] == []
