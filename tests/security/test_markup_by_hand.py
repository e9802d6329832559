"""What somebody typed into a form or a programme sent is text as well: entries, comments, notes, names and files."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import select

from catalogue.accounts.models import Account
from catalogue.database import db, writing
from catalogue.records.kinds import KINDS
from catalogue.records.numbers import check_character
from catalogue.review.models import Amendment
from tests.accounts import account, bearer, signed_in
from tests.catalogues import empty_catalogue, project, put
from tests.editing.pages import send
from tests.exchange.files import docx
from tests.security.payloads import ID, PAYLOADS, Watched, rows_of
from tests.serving import watching

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
    programme: Any = {"headers": bearer(app, "contributor", "write")}
    for kind in KINDS.values():
        for texts in entries(kind.table, "form"):
            answer = send(contributor, f"/records/new/{kind.name}", action="submit", **texts)
            assert answer.status_code == 303, answer.text
        for texts in entries(kind.table, "api"):
            sent = {"kind": kind.name, "fields": texts, "note": PAYLOADS[1]}
            answer = contributor.post("/api/v1/records", json=sent, **programme)
            assert answer.status_code == 201, answer.text
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
    for address in addresses:
        watched.visit(address)
    assert watched.found == []
