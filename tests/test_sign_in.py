"""Signing in: sessions, limits, where it leads, and the own account."""

import re
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest
from flask import Flask
from sqlalchemy import func, select

from catalogue.accounts import authentication, passwords, throttling
from catalogue.accounts.auth import SIGNED_IN
from catalogue.accounts.models import Account, AccountEvent, LoginSession, SignInAttempt
from catalogue.accounts.safe_redirect import own_path
from catalogue.accounts.sessions import token_hash
from catalogue.accounts.throttling import TooManyAttempts, count_attempt, forget_attempts
from catalogue.accounts.usernames import find_account
from catalogue.app import create_app
from catalogue.config import load
from catalogue.database import db, utc_now, writing
from tests.support.accounts import signed_in
from tests.support.at_once import as_many_attempts_as_are_free
from tests.support.catalogues import empty_catalogue
from tests.support.passwords import NEW_PASSWORD, PASSWORD, is_signed_in, sign_in, with_password


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = empty_catalogue(tmp_path_factory.mktemp("accounts"))
    with_password(app, "contributor", "li.hua")
    with_password(app, "reader", "closed")
    with app.app_context(), writing(db.session()) as session:
        session.scalars(select(Account).where(Account.login == "closed")).one().is_active = False
    return app


@pytest.fixture(autouse=True)
def no_failures_so_far(site: Flask) -> None:
    with site.app_context(), writing(db.session()) as session:
        session.query(SignInAttempt).delete()


def token_of(client) -> str:
    with client.session_transaction() as cookie:
        return cookie.get(SIGNED_IN, "")


def test_a_new_session_is_opened_and_nothing_of_the_old_one_is_left(site: Flask) -> None:
    client = site.test_client()
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        cookie[SIGNED_IN] = "a token that somebody else knows"
    answer = sign_in(client, " Li.Hua ")
    assert (answer.status_code, answer.location) == (303, "/")
    first = token_of(client)
    assert len(first) > 40
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
    sign_in(client, "li.hua")
    assert token_of(client) != first
    with site.app_context():
        kept = db.session.scalars(select(LoginSession.token_hash)).all()
        assert token_hash(first) not in kept, "the session before has ended"
        assert first not in kept, "the database keeps hashes only"


def test_signing_out_ends_the_session_for_whoever_has_the_cookie(site: Flask) -> None:
    client, thief = site.test_client(), site.test_client()
    sign_in(client, "li.hua")
    with thief.session_transaction() as cookie:
        cookie[SIGNED_IN] = token_of(client)
    assert is_signed_in(thief)
    assert client.post("/sign-out").status_code == 303
    assert not is_signed_in(client)
    assert not is_signed_in(thief)


def test_who_does_not_exist_who_is_closed_and_who_is_wrong_get_the_same_answer(site: Flask) -> None:
    def said(login: str, password: str) -> tuple[int, str]:
        answer = sign_in(site.test_client(), login, password)
        text = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
        return answer.status_code, text.replace(login, "LOGIN")

    wrong = said("li.hua", "wrong")
    assert wrong[0] == 400
    assert "账号或密码不正确" in wrong[1]
    assert said("nobody", "wrong") == wrong
    assert said("closed", PASSWORD) == wrong


@pytest.mark.usefixtures("site_hashes")
def test_an_unknown_login_takes_the_same_time(site: Flask) -> None:
    with_password(site, "reader", "known")

    def seconds(login: str) -> float:
        started = time.process_time()  # of all threads, among which a hash is shared out
        assert sign_in(site.test_client(), login, "wrong").status_code == 400
        return time.process_time() - started

    known, unknown = zip(*((seconds("known"), seconds("nobody")) for _ in range(4)), strict=True)
    assert 0.5 < median(known) / median(unknown) < 2


def test_a_hash_of_old_parameters_is_made_anew(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = with_password(site, "reader", "old-hash")
    with monkeypatch.context() as earlier, site.app_context(), writing(db.session()) as session:
        earlier.setattr(passwords, "_HASHER", type(passwords._HASHER)(time_cost=1))
        session.get_one(Account, id_).password_hash = passwords.hash_password(PASSWORD)
    assert sign_in(site.test_client(), "old-hash").status_code == 303
    with site.app_context():
        assert not passwords.is_outdated(db.session.get_one(Account, id_).password_hash)


def test_too_many_failures_must_wait_also_after_a_restart(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "is_password", lambda *_: False)  # saves the time of hashing
    for login in ("li.hua", "nobody-at-all"):
        for _ in range(throttling.FREE_BY_LOGIN):
            assert sign_in(site.test_client(), login, "wrong").status_code == 400
        answer = sign_in(site.test_client(), login.upper(), PASSWORD)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 30
        assert re.search(r"请 \d+ 秒后再试", answer.text)
    again = create_app(load({}, data=Path(str(site.config["SQLALCHEMY_DATABASE_URI"])[10:]).parent))
    assert sign_in(again.test_client(), "li.hua").status_code == 429


def test_a_success_clears_the_failures_of_the_login(site: Flask) -> None:
    for _ in range(throttling.FREE_BY_LOGIN - 1):
        sign_in(site.test_client(), "li.hua", "wrong")
    assert sign_in(site.test_client(), "li.hua").status_code == 303
    with site.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == 0


def test_the_wait_grows_up_to_a_quarter_of_an_hour_and_ends(site: Flask) -> None:
    now, waits = utc_now(), []
    with site.app_context(), writing(db.session()) as session:
        for _ in range(12):
            try:
                count_attempt(session, "slow", "10.0.0.1", now)
            except TooManyAttempts as refusal:
                waits.append(refusal.seconds)
                now += timedelta(seconds=refusal.seconds)
                count_attempt(session, "slow", "10.0.0.1", now)
        assert waits == [30, 60, 120, 240, 480, 900, 900]
        now += throttling.WINDOW
        count_attempt(session, "slow", "10.0.0.1", now)
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 1, "old ones are swept"


def test_many_logins_from_one_address_must_wait_too(site: Flask) -> None:
    now = utc_now()
    with site.app_context(), writing(db.session()) as session:
        for number in range(throttling.FREE_BY_ADDRESS):
            count_attempt(session, f"guess{number}", f"2001:db8::{number:x}", now)
        with pytest.raises(TooManyAttempts):
            count_attempt(session, "one-more", "2001:db8::ffff:1", now)
        count_attempt(session, "one-more", "2001:db8:0:1::1", now)
        forget_attempts(session, "guess1")
        count_attempt(session, "one-more", "2001:db8::1", now)


def test_what_was_typed_as_login_is_not_kept(site: Flask) -> None:
    sign_in(site.test_client(), "my secret password, in the wrong field", "x")
    with site.app_context():
        (attempt,) = db.session.scalars(select(SignInAttempt)).all()
        assert re.fullmatch(r"[0-9a-f]{64}", attempt.login_hash)


@pytest.mark.parametrize(
    "path", ["/", "/projects", "/search?q=阳极&kind=patent", "/records/XM-1#a", "/a//b", "/?next=//x"]
)
def test_signing_in_leads_back_to_own_pages(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "trick",
    [
        "",
        "projects",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/ /evil.example",
        "https://evil.example",
        "https:evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "//[broken",
        "/\x00",
        "/\x7f/",
        "/" + "a" * 3000,
    ],
)
def test_signing_in_leads_nowhere_else(site: Flask, trick: str) -> None:
    assert own_path(trick) == ""
    if trick and "\x00" not in trick:
        assert sign_in(site.test_client(), "li.hua", next=trick).location == "/"


def test_whoever_is_sent_to_sign_in_comes_back(site: Flask) -> None:
    client = site.test_client()
    sent = client.get("/imports?page=1")
    assert sent.status_code == 303
    form = client.get(sent.location).text
    assert 'name="next" value="/imports?page=1"' in form
    assert 'autocomplete="username"' in form
    assert 'autocomplete="current-password"' in form
    assert sign_in(client, "li.hua", next="/imports?page=1").location == "/imports?page=1"
    assert client.get("/sign-in?next=/imports").location == "/imports"


def test_the_form_takes_its_token(site: Flask) -> None:
    client = site.test_client()
    client.sends_tokens = False
    assert sign_in(client, "li.hua").status_code == 400
    assert not is_signed_in(client)


def test_another_password_ends_the_other_sessions(site: Flask) -> None:
    with_password(site, "reader", "changing")
    here, there = site.test_client(), site.test_client()
    sign_in(here, "changing"), sign_in(there, "changing")

    def change(**fields: str):
        return here.post(
            "/account/password", data={"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD, **fields}
        )

    for fields, place in (
        ({"current": "wrong"}, "current"),
        ({"again": "other"}, "again"),
        ({"password": "short", "again": "short"}, "password"),
        ({"password": PASSWORD, "again": PASSWORD}, "password"),
        ({"password": "changing 2024", "again": "changing 2024"}, "password"),
    ):
        answer = change(**fields)
        assert answer.status_code == 400
        assert f'id="problem-{place}"' in answer.text
    assert is_signed_in(there)
    assert change().status_code == 303
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert sign_in(site.test_client(), "changing").status_code == 400
    assert sign_in(site.test_client(), "changing", NEW_PASSWORD).status_code == 303


def test_guessing_the_present_password_is_limited_as_well(site: Flask) -> None:
    client = signed_in(site, "reader", "left-alone")
    guess = {"current": "guess", "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    for _ in range(throttling.FREE_BY_LOGIN):
        client.post("/account/password", data=guess)
    assert "登录失败次数过多" in client.post("/account/password", data=guess).text


def test_own_sessions_are_listed_and_ended(site: Flask) -> None:
    login = "many-browsers"
    here, there, third = (signed_in(site, "reader", login) for _ in range(3))
    stranger = signed_in(site, "reader", "stranger")
    page = here.get("/account").text
    assert page.count("当前登录") == 1
    assert page.count('name="session"') == 3
    here.post("/account/sessions", data={"session": token_hash(token_of(stranger))})
    assert is_signed_in(stranger), "nobody ends the sessions of others"
    here.post("/account/sessions", data={"session": token_hash(token_of(there))})
    assert not is_signed_in(there)
    assert is_signed_in(third)
    here.post("/account/sessions")
    assert not is_signed_in(third)
    assert is_signed_in(here)
    with site.app_context():
        account = find_account(db.session, login)
        events = db.session.scalars(select(AccountEvent.event).where(AccountEvent.account_id == account.id)).all()
        assert events == ["sessions_ended"] * 3


def test_the_own_page_takes_an_account_and_is_kept_by_nobody(site: Flask) -> None:
    assert site.test_client().get("/account").status_code == 303
    answer = signed_in(site, "reader").get("/account")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert site.test_client().get("/sign-in").headers["Cache-Control"] == "private, no-store"


def test_many_attempts_at_the_same_moment_are_no_way_around(site: Flask) -> None:
    as_many_attempts_as_are_free(site)


def test_by_https_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    app = empty_catalogue(tmp_path, https="on")
    with_password(app, "reader", "by-https")
    client = app.test_client()
    came_from = {"Referer": "https://localhost/sign-in"}
    data = {"login": "by-https", "password": PASSWORD}
    answer = client.post("/sign-in", data=data, base_url="https://localhost", headers=came_from)
    assert answer.status_code == 303
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
