"""Links with which a password is chosen: for the first administrator, the invited, and those who forgot theirs."""

import re
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select, update

from catalogue.accounts.account_links import first_link
from catalogue.accounts.administration import add_account, invite, reset_password
from catalogue.accounts.models import Account, AccountLink
from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.accounts.usernames import find_account
from catalogue.cli.main import cli
from catalogue.database import db, utc_now, writing
from tests.support.accounts import signed_in
from tests.support.at_once import one_of_two_uses_a_link
from tests.support.catalogues import empty_catalogue
from tests.support.passwords import NEW_PASSWORD, PASSWORD, is_signed_in, sign_in, with_password
from tests.test_cli import next_line, serving

CHOSEN = {"login": "Wang.Fang", "name": " 王芳 ", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("links")


@pytest.fixture(scope="module")
def site(folder: Path) -> Flask:
    return empty_catalogue(folder)


def new_link(site: Flask, make, login: str = "") -> str:
    """The token of a link that an administrator makes."""
    with site.app_context(), writing(db.session()) as session:
        account = find_account(session, login) or add_account(session, COMMAND_LINE, login, login, "reader")
        return make(session, COMMAND_LINE, account)


def printed_link(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The path of the link that `catalogue init` prints; empty where it prints none."""
    monkeypatch.setenv("CATALOGUE_DATA", str(folder))
    output = CliRunner().invoke(cli, ["init"], catch_exceptions=False).output
    found = re.search(r"^http://127\.0\.0\.1:5000(/welcome/\S{43})$", output, re.MULTILINE)
    return found[1] if found else ""


def test_the_first_administrator_is_made_by_a_link_that_works_once(
    site: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older, link = printed_link(folder, monkeypatch), printed_link(folder, monkeypatch)
    client = site.test_client()
    assert client.get(older).status_code == 404, "a fresh link makes the older ones void"
    page = client.get(link)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "same-origin", "the token of forms takes it by HTTPS"
    assert page.text.count('autocomplete="new-password"') == 2
    with site.app_context():
        (kept,) = db.session.scalars(select(AccountLink.token_hash)).all()
        assert kept not in link
        assert link.rsplit("/", 1)[1] not in kept
    for wrong, place in (
        ({"login": "a b"}, "login"),
        ({"name": " "}, "name"),
        ({"password": "Password1234", "again": "Password1234"}, "password"),
        ({"again": NEW_PASSWORD}, "again"),
    ):
        answer = client.post(link, data={**CHOSEN, **wrong})
        assert answer.status_code == 400
        assert f'id="problem-{place}"' in answer.text
    assert client.post(link, data=CHOSEN).status_code == 303
    assert is_signed_in(client)
    with site.app_context():
        account = find_account(db.session(), "wang.fang")
        assert account is not None
        assert (account.name, account.role, account.source) == ("王芳", "administrator", "local")
        assert db.session.scalar(select(func.count()).select_from(AccountLink)) == 0
    assert client.get(link).status_code == 404
    assert site.test_client().post(link, data={**CHOSEN, "login": "second"}).status_code == 404
    assert printed_link(folder, monkeypatch) == "", "there is an administrator now"


@pytest.mark.slow
def test_the_server_prints_the_link_after_where_it_is(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, port):
        where, told, link = (next_line(process) for _ in range(3))
        assert f"http://127.0.0.1:{port}" in where
        assert told
        assert re.fullmatch(rf"http://127\.0\.0\.1:{port}/welcome/\S{{43}}\n", link)
        with urllib.request.urlopen(link.strip()) as answer:
            assert answer.status == 200


def test_no_account_has_a_password_that_nobody_chose(tmp_path: Path) -> None:
    with empty_catalogue(tmp_path).app_context():
        assert db.session.scalar(select(func.count()).select_from(Account)) == 0
        assert first_link(db.session()) is not None
        db.session.execute(update(AccountLink).values(expires_at=utc_now() - timedelta(seconds=1)))
        db.session.commit()
        assert first_link(db.session()) is not None, "one that is out of date is replaced"
        left = db.session.scalars(select(AccountLink)).all()
        assert len(left) == 1
        assert timedelta(hours=23) < left[0].expires_at - utc_now() <= timedelta(hours=24)


def test_an_invitation_is_good_for_seven_days_and_the_newest_counts(site: Flask) -> None:
    older, token = new_link(site, invite, "zhao"), new_link(site, invite, "zhao")
    client = site.test_client()
    assert client.get(f"/welcome/{older}").status_code == 404
    assert "zhao" in client.get(f"/welcome/{token}").text
    answer = client.post(f"/welcome/{token}", data={"password": PASSWORD, "again": PASSWORD, "login": "wang.fang"})
    assert answer.status_code == 303
    assert sign_in(site.test_client(), "zhao").status_code == 303
    late = new_link(site, reset_password, "zhao")
    with site.app_context(), writing(db.session()) as session:
        session.execute(update(AccountLink).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert client.get(f"/welcome/{late}").status_code == 404
    assert client.post(f"/welcome/{late}", data={"password": PASSWORD, "again": PASSWORD}).status_code == 404


def test_a_reset_voids_the_password_and_ends_the_sessions(site: Flask) -> None:
    with_password(site, "reader", "forgetful")
    client = signed_in(site, "reader", "forgetful")
    token = new_link(site, reset_password, "forgetful")
    assert not is_signed_in(client)
    assert sign_in(site.test_client(), "forgetful").status_code == 400
    elsewhere = signed_in(site, "reader", "forgetful")
    answer = client.post(f"/welcome/{token}", data={"password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert answer.status_code == 303
    assert not is_signed_in(elsewhere)
    assert sign_in(site.test_client(), "forgetful", NEW_PASSWORD).status_code == 303


def test_the_link_of_a_closed_account_opens_nothing(site: Flask) -> None:
    token = new_link(site, invite, "gone")
    with site.app_context(), writing(db.session()) as session:
        session.execute(update(Account).where(Account.login == "gone").values(is_active=False))
    assert site.test_client().get(f"/welcome/{token}").status_code == 404
    assert site.test_client().get("/welcome/" + "x" * 43).status_code == 404


def test_of_two_who_use_a_link_at_the_same_moment_one_succeeds(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    one_of_two_uses_a_link(site, monkeypatch)
