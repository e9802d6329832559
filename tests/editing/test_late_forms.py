"""Forms that come too late: after the session has ended, with the token of another one, or while somebody writes for
long. What was typed is on the page that says so, and can be sent again from there."""

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import html5lib
import pytest
from flask import Flask
from sqlalchemy import delete, select

from catalogue import database
from catalogue.accounts.models import LoginSession
from catalogue.database import db, writing
from catalogue.records.models.records import Record
from tests.support.accounts import Browser, session_cookie, signed_in
from tests.support.catalogues import empty_catalogue

FORM = "/records/new/paper"
OWN = {"Sec-Fetch-Site": "same-origin"}
TITLE = '槽电压"波动"<b>分析</b>'


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = empty_catalogue(tmp_path)
    yield app


def contributor(app: Flask) -> Browser:
    """A browser that carries the tokens of its forms as browsers do: in their hidden fields."""
    browser = signed_in(app, "contributor")
    assert isinstance(browser, Browser)
    browser.sends_tokens = False
    return browser


def form_of(page: str, kind: str) -> dict[str, str]:
    """The fields of the form of that class, with what stands in them."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    form = next(each for each in tree.iter("form") if each.get("class") == kind)
    inputs = [each for each in form.iter("input") if each.get("name") and each.get("type") in (None, "text", "hidden")]
    return {str(each.get("name")): str(each.get("value") or "") for each in inputs}


def end_sessions(app: Flask) -> None:
    with app.app_context(), writing(db.session()) as session:
        session.execute(delete(LoginSession))


def titles(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Record.title)))


def test_a_form_outlives_its_session(app: Flask) -> None:
    browser = contributor(app)
    typed = {**form_of(browser.get(FORM).text, "entry-form"), "title": TITLE, "date": "2004", "action": "save"}
    end_sessions(app)
    refused = browser.post(FORM, data=typed, headers=OWN)
    assert refused.status_code == 401
    assert "您填写的内容仍在本页" in refused.text
    assert "<b>分析" not in refused.text
    held = form_of(refused.text, "error-again")
    assert held["title"] == TITLE
    browser.set_cookie("session", session_cookie(app, "contributor"))  # signed in on another page
    stale = browser.post(FORM, data=held, headers=OWN)
    assert stale.status_code == 400
    assert titles(app) == []
    again = form_of(stale.text, "error-again")
    assert browser.post(FORM, data=again, headers=OWN).status_code == 303
    assert titles(app) == [TITLE]


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "cross-site"}])
def test_nothing_is_offered_that_no_page_of_this_site_sent(app: Flask, headers: dict[str, str]) -> None:
    """Else a page of another site could have its own text waiting here for a click."""
    for browser in (contributor(app), app.test_client()):
        browser.sends_tokens = False  # type: ignore[attr-defined]
        answer = browser.post(FORM, data={"title": "他人写的"}, headers=headers)
        assert answer.status_code in (400, 403)
        assert "他人写的" not in answer.text


def test_passwords_and_files_are_never_written_into_a_page(app: Flask) -> None:
    browser = signed_in(app, "contributor")
    end_sessions(app)
    secret = {"current": "旧的口令旧的口令旧的口令", "password": "新的口令新的口令新的口令", "again": "x"}
    page = browser.post("/account/password", data=secret, headers=OWN)
    assert page.status_code == 401
    assert "口令" not in page.text
    upload = {"file": (io.BytesIO(b"x"), "a.csv"), "kind": "projects"}
    page = browser.post("/imports", data=upload, headers=OWN)
    assert page.status_code == 401
    assert "error-again" not in page.text


def test_a_form_outlives_a_time_in_which_nothing_can_be_written(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 20)
    app = empty_catalogue(tmp_path / "busy")
    browser = contributor(app)
    typed = {**form_of(browser.get(FORM).text, "entry-form"), "title": TITLE, "date": "2004", "action": "save"}
    with closing(sqlite3.connect(tmp_path / "busy" / "catalogue.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = browser.post(FORM, data=typed, headers=OWN)
    assert refused.status_code == 503
    again = form_of(refused.text, "error-again")
    assert browser.post(FORM, data=again, headers=OWN).status_code == 303
    assert titles(app) == [TITLE]
