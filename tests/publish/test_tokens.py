"""Tokens of programs: made and ended on their page, and worth no more than their scope and their account are now."""

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalogue import database
from catalogue.accounts import tokens
from catalogue.accounts.models import Account, ApiToken
from catalogue.accounts.tokens import MOST_TOKENS, create_token, end_tokens_of
from catalogue.database import db, utc_now, writing
from catalogue.errors import InvalidFields
from tests.support.accounts import account, api_token, bearer, signed_in
from tests.support.catalogues import empty_catalogue, project

PAGE = "/account/tokens"
DRAFT = {"kind": "paper", "fields": {"title": "阳极论文", "date": "2004"}}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = empty_catalogue(tmp_path_factory.mktemp("tokens"))
    with app.app_context():
        project(title="阳极公开")
        project("XM-2001-002", title="阳极内部", confidentiality="internal")
    return app


@pytest.fixture
def stored(app: Flask) -> Iterator[Session]:
    """A session of its own: one with the application would read what requests have read."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as session:
        yield session


def found(app: Flask, headers: dict[str, str]) -> int:
    return int((app.test_client().get("/api/v1/search?q=阳极", headers=headers).json or {})["total"])


def status(app: Flask, token: str) -> int:
    return app.test_client().get("/api/v1/search", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_is_shown_once_and_kept_as_its_hash(app: Flask, stored: Session) -> None:
    browser = signed_in(app, "contributor", "maker")
    page = browser.post(PAGE, data={"name": "实验室<脚本>", "scope": "write", "days": "30"})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"
    (token,) = re.findall(r"<code [^>]*>(cat_[\w-]{43})</code>", page.text)
    kept = stored.scalars(select(ApiToken).order_by(ApiToken.id.desc())).first()
    assert kept is not None
    assert token not in str(vars(kept))
    assert (kept.prefix, kept.scope, len(kept.token_hash)) == (token[:10], "write", 64)
    assert timedelta(days=29) < kept.expires_at - utc_now() <= timedelta(days=30)
    again = browser.get(PAGE).text
    assert token not in again
    assert token[:10] in again
    assert "实验室&lt;脚本&gt;" in again
    assert status(app, token) == 200
    assert browser.post(f"{PAGE}/{kept.id}/revoke").status_code == 303
    assert status(app, token) == 401


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"name": "", "scope": "read", "days": "1"}, "name"),
        ({"name": "x" * 61, "scope": "read", "days": "1"}, "name"),
        ({"name": "a\x00b", "scope": "read", "days": "1"}, "name"),
        ({"name": "x", "scope": "read", "days": "0"}, "days"),
        ({"name": "x", "scope": "read", "days": "366"}, "days"),
        ({"name": "x", "scope": "read", "days": "３"}, "days"),
        ({"name": "x", "scope": "review", "days": "1"}, "scope"),
        ({"name": "x", "scope": "manage_accounts", "days": "1"}, "scope"),
        ({}, "name"),
    ],
)
def test_what_cannot_be_is_said_on_the_page(app: Flask, stored: Session, data: dict[str, str], place: str) -> None:
    page = signed_in(app, "contributor").post(PAGE, data=data)
    assert page.status_code == 400
    assert 'class="field-problem"' in page.text
    with pytest.raises(InvalidFields) as caught:
        create_token(stored, account(app, "contributor"), data.get("name", ""), data.get("scope", ""), 0)
    assert place in {name for name, _message in caught.value.problems}


def test_tokens_are_made_and_removed_by_their_owner_only(app: Flask, stored: Session) -> None:
    api_token(app, "contributor", "read", "owner")
    token_id = stored.scalar(select(ApiToken.id).order_by(ApiToken.id.desc()))
    assert signed_in(app, "administrator").post(f"{PAGE}/{token_id}/revoke").status_code == 404
    assert stored.scalar(select(ApiToken.id).where(ApiToken.id == token_id)) == token_id
    assert signed_in(app, "reader").get(PAGE).status_code == 403
    assert app.test_client().post(PAGE, data={"name": "x", "scope": "read", "days": "1"}).status_code == 401
    stranger = signed_in(app, "contributor")
    stranger.sends_tokens = False  # type: ignore[attr-defined]
    assert stranger.post(PAGE, data={"name": "x", "scope": "read", "days": "1"}).status_code == 400


def test_nobody_has_any_number_of_tokens(app: Flask) -> None:
    for _each in range(MOST_TOKENS):
        api_token(app, "contributor", "read", "collector")
    with pytest.raises(InvalidFields):
        api_token(app, "contributor", "read", "collector")


def test_a_token_sees_what_its_account_sees_now(app: Flask, stored: Session) -> None:
    headers = bearer(app, "reader", "read", "mover")
    assert (found(app, {}), found(app, headers)) == (1, 2)
    with writing(stored):
        stored.execute(update(Account).where(Account.login == "mover").values(role="contributor"))
    assert app.test_client().get("/api/v1/search", headers=headers).status_code == 401
    with writing(stored):
        stored.execute(update(Account).where(Account.login == "mover").values(role="reader", is_active=False))
    assert app.test_client().get("/api/v1/search", headers=headers).status_code == 401


def test_closing_an_account_ends_its_tokens_for_good(app: Flask, stored: Session) -> None:
    token = api_token(app, "contributor", "read", "leaver")
    with writing(stored):
        end_tokens_of(stored, stored.scalars(select(Account).where(Account.login == "leaver")).one())
    assert status(app, token) == 401


def test_a_token_ends_on_its_day(app: Flask, stored: Session) -> None:
    token = api_token(app, "contributor", "write", "late")
    with writing(stored):
        stored.execute(update(ApiToken).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert status(app, token) == 401
    assert "已失效" in signed_in(app, "contributor", "late").get(PAGE).text


@pytest.mark.parametrize("shown", ["", "x", "cat_" + "A" * 43, "cat_é", "a b", "x" * 10_000])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_wrong_token_is_refused_and_never_taken_for_nobody(app: Flask, scheme: str, shown: str) -> None:
    browser = signed_in(app, "administrator")  # nor for whoever is signed in with this browser
    for method, address in (("GET", "/api/v1/search"), ("POST", "/api/v1/records"), ("POST", "/api/v1/verify")):
        answer = browser.open(address, method=method, json=DRAFT, headers={"Authorization": f"{scheme} {shown}"})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
        assert (answer.json or {})["error"]["status"] == 401


def test_another_scheme_is_that_of_a_proxy(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/search", headers={"Authorization": "Basic dTpw"})
    assert answer.status_code == 200


def test_a_token_opens_no_pages(app: Flask) -> None:
    headers = bearer(app, "administrator", "review")
    for address in (PAGE, "/imports"):
        assert app.test_client().post(address, headers=headers).status_code == 401


def test_a_cookie_never_writes_by_the_interface(app: Flask) -> None:
    browser = signed_in(app, "administrator")
    assert browser.post("/api/v1/records", json=DRAFT).status_code == 401
    assert browser.patch("/api/v1/records/XM-2001-001", json={"fields": {"title": "x"}}).status_code == 401
    assert (browser.get("/api/v1/search?q=阳极").json or {})["total"] == 2  # but it reads


def test_no_other_site_may_ask(app: Flask) -> None:
    headers = bearer(app, "contributor", "write") | {"Origin": "https://evil.example"}
    for answer in (
        app.test_client().options("/api/v1/records", headers={**headers, "Access-Control-Request-Method": "POST"}),
        app.test_client().get("/api/v1/records", headers=headers),
        app.test_client().post("/api/v1/records", json=DRAFT, headers=headers),
    ):
        assert not [name for name, _value in answer.headers if name.lower().startswith("access-control-")]
    assert answer.status_code == 403


def test_the_day_of_use_is_written_once(app: Flask, stored: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    token = api_token(app, "contributor", "read", "user")
    mine = select(ApiToken.used_on).join(Account).where(Account.login == "user")
    assert stored.scalar(mine) is None
    stored.rollback()
    assert status(app, token) == 200
    assert stored.scalar(mine) == utc_now().date()
    monkeypatch.setattr(tokens, "_NOTING_MS", 60_000)
    with held(app, monkeypatch):  # nothing is to be written, so nothing waits
        started = time.monotonic()
        assert status(app, token) == 200
        assert time.monotonic() - started < 60


def test_a_busy_database_fails_no_request_for_the_day_of_use(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    token = api_token(app, "contributor", "read", "hurried")
    with held(app, monkeypatch):
        started = time.monotonic()
        assert status(app, token) == 200
        assert time.monotonic() - started < 60


@contextmanager
def held(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The write lock, held by another process; what cannot do without it waits for a minute."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 60_000)
    connection = sqlite3.connect(app.extensions["catalogue.settings"].data / "catalogue.sqlite3", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.close()
