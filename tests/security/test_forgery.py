"""Nothing is changed but by a form of this site, sent by the one who opened it; and no header leads anybody astray."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select, update

from catalogue.accounts.models import Account
from catalogue.accounts.passwords import hash_password
from catalogue.accounts.safe_redirect import own_path
from catalogue.app import create_app
from catalogue.config import load
from catalogue.database import Base, db, writing
from tests.security.matrix import ROWS, ask
from tests.security.world import World
from tests.support.accounts import Browser, account, signed_in
from tests.support.catalogues import empty_catalogue

_OF_SESSIONS = re.compile("session|limit|attempt|throttle")
_READS = [row for row in ROWS if row.method == "GET"]
_WRITES = [row for row in ROWS if row.method != "GET" and not row.address.startswith("/api/")]


def fingerprint(app: Flask) -> Mapping[str, str]:
    """What every table holds, but for those of sessions and of how often somebody has tried."""
    prints = {}
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            if not _OF_SESSIONS.search(table.name):
                rows = sorted(map(repr, db.session.execute(select(table)).all()))
                prints[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return prints


@pytest.mark.slow
def test_reading_changes_nothing(world: World, examples: Mapping[str, str]) -> None:
    browser = signed_in(world.app, "administrator")
    before = fingerprint(world.app)
    for number, row in enumerate(_READS):
        ask(browser, row, examples)
        if number % 5 == 0:  # the same code answers
            assert browser.head(row.address.format(**examples)).data == b""
    assert fingerprint(world.app) == before


def _token(app: Flask, raw: str) -> str:
    return URLSafeTimedSerializer(str(app.secret_key), salt="wtf-csrf-token").dumps(raw)


@pytest.mark.slow
def test_a_form_without_its_token_changes_nothing(world: World, examples: Mapping[str, str]) -> None:
    browser = signed_in(world.app, "administrator")
    assert isinstance(browser, Browser)
    browser.sends_tokens = False
    before = fingerprint(world.app)
    others = _token(world.app, "f" * 40)  # well signed, but of another session
    for row in _WRITES:
        for headers in ({}, {"X-CSRFToken": "nonsense"}, {"X-CSRFToken": others}, {"X-CSRFToken": ""}):
            answer = ask(browser, row, examples, headers=headers)
            assert answer.status_code == 400, f"{row.address} {headers}"
        form = {**(row.form or {}), "csrf_token": others}
        assert browser.post(row.address.format(**examples), data=form).status_code == 400
    assert fingerprint(world.app) == before


@pytest.mark.slow
def test_a_form_on_another_site_changes_nothing(world: World, examples: Mapping[str, str]) -> None:
    browser = signed_in(world.app, "administrator")
    before = fingerprint(world.app)
    for row in (row for row in ROWS if row.method != "GET"):
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            assert ask(browser, row, examples, headers=headers).status_code == 403, row.address
    assert fingerprint(world.app) == before


def test_the_cookie_of_a_browser_writes_nothing_through_the_api(world: World) -> None:
    browser = signed_in(world.app, "administrator")
    said = {"text": "电解槽节能试验", "limit": 100}
    found = browser.post("/api/v1/similar", json=said).json
    stranger = world.app.test_client().post("/api/v1/similar", json=said).json
    assert found and stranger
    assert found["hits"] == stranger["hits"], "a page of another site could read by it what its reader may see"


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_the_method_is_the_method(world: World, header: str) -> None:
    browser = signed_in(world.app, "administrator")
    assert browser.get("/tallies/saved/1/remove?_method=POST", headers={header: "POST"}).status_code == 405
    answer = browser.post("/prior-work", data={"title": "阳极", "_method": "DELETE"}, headers={header: "DELETE"})
    assert answer.status_code == 200


def test_no_header_gives_the_site_another_name(world: World) -> None:
    tricks = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "203.0.113.1",
        "X-Forwarded-Prefix": "/evil.example",
        "X-Original-URL": "/imports",
        "X-Rewrite-URL": "/imports",
        "Forwarded": "host=evil.example",
    }
    for address in ("/search.atom?q=电解槽", "/", "/api/v1/search?q=电解槽", "/patents/fees.ics", "/nothing"):
        answer = world.app.test_client().get(address, headers=tricks)
        assert "evil.example" not in answer.text + str(answer.headers)
        assert "https://localhost" not in answer.text
    for host in ("evil.example", "localhost.evil.example", "localhost@evil.example", "localhost:80@evil.example", ""):
        assert world.app.test_client().get("/", headers={"Host": host}).status_code == 400


def test_a_proxy_is_believed_only_where_there_is_one(world: World) -> None:
    behind = create_app(load({}, data=world.data, proxies=1, https="on"))
    client = behind.test_client()
    forwarded = {"X-Forwarded-Host": "localhost", "X-Forwarded-Proto": "https"}
    assert "https://localhost/search.atom" in client.get("/search.atom", headers=forwarded).text
    assert client.get("/", headers={**forwarded, "X-Forwarded-Host": "evil.example"}).status_code == 400
    led = client.get("/search?q=a%26b", headers={**forwarded, "X-Forwarded-Proto": "http"})
    assert (led.status_code, led.headers["Location"]) == (308, "https://localhost/search?q=a%26b")
    unsafe = client.post("/prior-work", data={"title": "阳极"}, headers={**forwarded, "X-Forwarded-Proto": "http"})
    assert unsafe.status_code == 200
    assert client.get("/").status_code == 200, "whoever asks beside the proxy, as to see whether the site lives"


@pytest.mark.parametrize("https", ["off", "on"])
def test_cookies(tmp_path: Path, https: str) -> None:
    app = empty_catalogue(tmp_path, https=https)
    answer = app.test_client().get("/prior-work?lang=en", base_url=f"http{'s' if https == 'on' else ''}://localhost")
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert ("Secure" in cookie) == (https == "on")
        assert "Path=/" in cookie
        assert "Domain" not in cookie
    assert any(cookie.startswith("__Host-session=" if https == "on" else "session=") for cookie in cookies)


def test_a_copied_cookie_of_another_key_is_nobody(world: World, tmp_path: Path) -> None:
    other = empty_catalogue(tmp_path)
    forged = signed_in(other, "administrator").get_cookie("session")
    assert forged is not None
    client = world.app.test_client()
    client.set_cookie("session", forged.value)
    assert client.post("/imports").status_code == 401


def test_whoever_is_shut_out_is_out_at_once(tmp_path: Path) -> None:
    app = empty_catalogue(tmp_path)
    browser = signed_in(app, "reviewer")
    assert browser.get("/imports").status_code == 200
    with app.app_context(), writing(db.session()) as session:
        session.execute(update(Account).values(role="reader"))
    assert browser.get("/imports").status_code == 403
    with app.app_context(), writing(db.session()) as session:
        session.execute(update(Account).values(role="reviewer", is_active=False))
    assert browser.post("/imports").status_code == 401


TRICKS = (
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%5cevil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\t/evil.example",
    " //evil.example",
    "/..//evil.example",
    "https://localhost@evil.example/",
    "//localhost:80@evil.example",
    "/\n/evil.example",
    "．．//evil.example",
)


@pytest.fixture
def signing(tmp_path: Path) -> tuple[FlaskClient, str, dict[str, str]]:
    """A stranger's browser, the address at which to sign in, and the filled-in form of an account."""
    app = empty_catalogue(tmp_path)
    password = "Aluminium-160kA-Bayer"
    account(app, "reviewer")
    with app.app_context(), writing(db.session()) as session:
        session.execute(update(Account).values(password_hash=hash_password(password)))
    return app.test_client(), "/sign-in", {"login": "reviewer", "password": password}


def test_signing_in_leads_nowhere_else(signing: tuple[FlaskClient, str, dict[str, str]]) -> None:
    client, address, form = signing
    assert [trick for trick in TRICKS if own_path(trick)] == ["/%5cevil.example", "/..//evil.example"]  # paths of ours
    for trick in TRICKS[:7]:  # a password is slow to check
        fresh = client.application.test_client()
        answer = fresh.post(f"{address}?next={quote(trick)}", data={**form, "next": trick})
        place = answer.headers.get("Location", "/")
        for read in (place, place.replace("\\", "/")):
            assert urlsplit(read).netloc in ("", "localhost"), trick
            assert not read.startswith("//"), trick
            assert urlsplit(read).scheme in ("", "http"), trick
        assert "evil.example" not in urlsplit(place).netloc


def test_signing_in_makes_a_new_session(signing: tuple[FlaskClient, str, dict[str, str]]) -> None:
    client, address, form = signing
    client.get(address)
    name = str(client.application.config["SESSION_COOKIE_NAME"])
    before = client.get_cookie(name)
    with client.session_transaction() as session:
        tokens = dict(session)
    assert client.post(address, data=form).status_code == 303
    after = client.get_cookie(name)
    assert after is not None
    assert before is None or before.value != after.value
    with client.session_transaction() as session:
        assert session.get("csrf_token") != tokens.get("csrf_token"), "a token from before would still be good"
