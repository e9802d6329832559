"""What somebody typed into a form or a programme sent is text as well: entries, comments, notes, names and files."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import select

from catalogue.accounts.models import Account
from catalogue.database import db, writing
from catalogue.records.numbers import check_character
from catalogue.records.schema.kinds import KINDS
from catalogue.review.models import Amendment
from tests.editing.pages import send
from tests.exchange.files import docx
from tests.security.payloads import ID, PAYLOADS, Watched, rows_of
from tests.support.accounts import account, bearer, session_cookie, signed_in
from tests.support.catalogues import empty_catalogue, project, put
from tests.support.serving import watching

REGISTERS = (
    "divisions",
    "people",
    "award_schemes",
    "scheme_standings",
    "patent_fees",
    "unit_factors",
    "yearly_counts",
    "claims",
)
_EACH = 3  # entries of each kind by form, and as many by API
_SERIALS = {"form": 100, "api": 200}


def entries(table: str, way: str) -> Iterator[dict[str, str]]:
    """Entries of a kind whose every text is an attack, no two alike enough to be asked about."""
    for row, texts in enumerate(list(rows_of(table))[:: len(PAYLOADS) // _EACH][:_EACH]):
        year, serial = 1990 + row + (5 if way == "api" else 0), _SERIALS[way] + row
        texts |= {"code": f"{texts['code'][:2]}-{way}-{row}", "date": f"{year}-05-10"}
        if table == "patents":
            texts.pop("events", None)
            digits = f"{str(year)[2:]}1{serial:05}"
            texts["application_number"] = f"{digits}.{check_character(digits)}"
        if "certificate_number" in texts:
            texts["certificate_number"] = f"{texts['certificate_number'][:50]}{way}"
        if table == "awards":
            texts["scheme"] = "S1"
        if table == "copyrights":
            texts["registration_number"] = f"{year}SR{serial:05}"
        yield texts


def _keep_registers(reviewer: FlaskClient) -> None:
    """A row of every register by form; the paragraph of a page leads where it was saved."""
    for table in REGISTERS:
        row = next(rows_of(table))
        if table == "yearly_counts":
            row["count"] = "7"
        if "scheme" in row:
            row["scheme"] = "S1"
        if table == "award_schemes":
            row["code"] = "S2"
        answer = send(reviewer, f"/registers/{table}/new", **row)
        assert answer.status_code == 303, answer.text


def _book(contributor: FlaskClient, programme: Any) -> None:
    """A ledger line by form and one by API."""
    row = {name: text for name, text in next(rows_of("benefits")).items() if name in ("basis", "verifier")}
    line = {**row, "year": "2004", "kind": "new_profit", "amount": "1000"}
    answer = send(contributor, "/benefits/new", action="submit", code="XY-form", records="XM-form-1 100%", **line)
    assert answer.status_code == 303, answer.text
    sent = {"fields": {**line, "code": "XY-api", "records": "XM-api-1 100%"}}
    answer = contributor.post("/api/v1/benefits", json=sent, **programme)
    assert answer.status_code == 201, answer.text


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A catalogue into which a contributor has typed and sent attacks, and a reviewer has answered with some."""
    folder: Path = tmp_path_factory.mktemp("typed")
    app = empty_catalogue(folder)
    with app.app_context():
        put("award_schemes", code="S1", name="省奖", level="provincial_ministerial")
        project("XM-0", title="已发布的条目")
        db.session.remove()
    contributor, reviewer = signed_in(app, "contributor"), signed_in(app, "reviewer")
    _keep_registers(reviewer)
    programme: Any = {"headers": bearer(app, "contributor", "write")}
    for kind in KINDS.values():
        for texts in entries(kind.table, "form"):
            answer = send(contributor, f"/records/new/{kind.name}", action="submit", **texts)
            assert answer.status_code == 303, answer.text
        for texts in entries(kind.table, "api"):
            sent = {"kind": kind.name, "fields": texts, "note": PAYLOADS[1]}
            answer = contributor.post("/api/v1/records", json=sent, **programme)
            assert answer.status_code == 201, answer.text
    _book(contributor, programme)
    answer = contributor.get("/api/v1/records/XM-api-1", **programme)
    tagged = {"headers": {**programme["headers"], "If-Match": answer.headers["ETag"]}}
    answer = contributor.patch("/api/v1/records/XM-api-1", json={"fields": {"title": PAYLOADS[5]}}, **tagged)
    assert answer.status_code == 200, answer.text
    answer = contributor.post("/account/tokens", data={"name": PAYLOADS[0][:60], "scope": "read", "days": "1"})
    assert answer.status_code < 400, answer.text
    files = {"files": (io.BytesIO(docx(PAYLOADS[0])), f"<img id={ID} src=x onerror=alert(1)>.docx")}
    answer = contributor.post("/records/XM-api-0/attachments", data={**files, "description": PAYLOADS[2]})
    assert answer.status_code == 303, answer.text
    answer = send(contributor, "/records/XM-0/edit", action="save", title=PAYLOADS[3], note=PAYLOADS[0])
    assert answer.status_code == 303, answer.text
    page = reviewer.get("/records/XM-form-0").text
    number = page.partition('name="number" value="')[2].partition('"')[0]
    returned = reviewer.post("/review/project/XM-form-0/return", data={"comment": PAYLOADS[0], "number": number})
    assert returned.status_code == 303, returned.text
    made = account(app, "reader", "named")
    with app.app_context(), writing(db.session()) as session:
        session.get_one(Account, made.id).name = PAYLOADS[1]
    return app


@pytest.fixture
def watched(app: Flask, browser: Browser) -> Iterator[Watched]:
    with watching(app, browser) as watched:
        yield watched


def test_nothing_that_was_typed_or_sent_comes_alive(app: Flask, watched: Watched) -> None:
    with app.app_context():
        (amendment,) = db.session.scalars(select(Amendment.id)).all()
    account_id = account(app, "reader", "named").id
    addresses = ["/review", f"/review/amendments/{amendment}", "/accounts", f"/accounts/{account_id}", "/records/XM-0"]
    for kind in KINDS.values():
        addresses += [f"/records/{kind.prefix}-{way}-{row}" for way in _SERIALS for row in range(_EACH)]
        addresses += [f"/records/{kind.prefix}-form-1/history", f"/records/{kind.prefix}-form-2/edit"]
        addresses.append(f"/review/{kind.name}/{kind.prefix}-form-1")
    addresses += ["/records/XM-form-0/history", "/records/XM-api-0/attachments", "/search?q=xss"]
    addresses += ["/records/XM-api-1/history/1/compare", "/benefits", "/benefits/XY-form/history"]
    addresses.append("/benefits/XY-form/edit")
    addresses += ["/review/benefit/XY-api", *(f"/registers/{table}" for table in REGISTERS)]
    for address in addresses:
        watched.visit(address)
    site = watched.page.url.partition("/registers")[0]
    cookie = {"name": "session", "value": session_cookie(app, "contributor"), "url": site}
    watched.page.context.add_cookies([cookie])
    for address in ("/my-work", "/account/tokens", "/account", "/records/XM-form-0"):
        watched.visit(address)
    assert watched.found == []
