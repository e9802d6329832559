"""Keeping the accounts, on their pages and by what stands beneath them."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from catalogue.accounts.administration import change_account
from catalogue.accounts.models import Account, AccountEvent
from catalogue.accounts.permissions import ANONYMOUS
from catalogue.database import db, writing
from catalogue.errors import Forbidden
from catalogue.people.models import Division
from tests.support.accounts import account, actor, signed_in
from tests.support.at_once import one_of_two_administrators_stays
from tests.support.catalogues import empty_catalogue
from tests.support.passwords import PASSWORD, is_signed_in, sign_in, with_password

INVITED = {"login": "Sun.Li", "name": "孙丽", "role": "contributor", "division": "XB-01"}


@pytest.fixture
def site(tmp_path: Path) -> Flask:
    app = empty_catalogue(tmp_path)
    with app.app_context(), writing(db.session()) as session:
        session.add(Division(code="XB-01", name="电解学部", name_en="Smelting", type="division"))
    with_password(app, "administrator", "administrator")
    return app


def events(site: Flask, login: str) -> list[tuple[str, str, dict]]:
    with site.app_context():
        rows = db.session.scalars(
            select(AccountEvent).join(Account, Account.id == AccountEvent.account_id).where(Account.login == login)
        )
        return [(row.event, row.actor, row.changes) for row in rows]


def test_from_invitation_to_closing(site: Flask) -> None:
    admin = signed_in(site, "administrator")
    page = admin.post("/accounts/new", data=INVITED)
    assert page.status_code == 200
    link = re.search(r'value="http://localhost(/welcome/[^"]+)"', page.text)
    assert link
    assert page.headers["Cache-Control"] == "private, no-store"
    here = re.search(r'action="(/accounts/\d+)"', page.text)[1]  # type: ignore[index]
    assert "/welcome/" not in admin.get(here).text, "the link is shown once"

    invited = site.test_client()
    assert invited.post(link[1], data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
    assert "电解学部" in invited.get("/account").text
    assert invited.get("/accounts").status_code == 403
    assert invited.get("/imports").status_code == 200

    changed = {"name": "孙丽", "role": "reader", "division": "XB-01"}
    assert admin.post(here, data=changed).status_code == 303
    assert not is_signed_in(invited), "the session with the rights of yesterday has ended"
    sign_in(invited, "sun.li")
    assert invited.get("/imports").status_code == 403
    assert admin.post(here, data=changed | {"name": "孙莉"}).status_code == 303
    assert is_signed_in(invited), "another name ends nothing"
    assert admin.post(here, data=changed | {"division": ""}).status_code == 303
    assert not is_signed_in(invited)

    sign_in(invited, "sun.li")
    assert admin.post(f"{here}/close").status_code == 303
    assert not is_signed_in(invited)
    assert sign_in(invited, "sun.li").status_code == 400
    admin.post(f"{here}/open")
    assert sign_in(invited, "sun.li").status_code == 303
    admin.post(f"{here}/end-sessions")
    assert not is_signed_in(invited)
    assert "/welcome/" in admin.post(f"{here}/reset").text
    assert "/welcome/" in admin.post(f"{here}/invite").text
    assert admin.post(f"{here}/remove").status_code == 404

    told = events(site, "sun.li")
    assert [event for event, _actor, _changes in told] == [
        "created", "invited", "password_set", "signed_in", "changed", "signed_in", "changed", "changed", "signed_in",
        "closed", "opened", "signed_in", "sessions_ended", "reset", "invited",
    ]  # fmt: skip
    assert told[0][1] == "测试administrator"
    assert told[3][1] == "孙丽"
    assert told[4][2] == {"role": ["contributor", "reader"]}
    shown = admin.get(here).text
    for words in ("录入员", "孙莉", "电解学部 → –", "停用账号"):
        assert words in shown, words


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"login": "ADMINISTRATOR"}, "已被使用"),
        ({"login": "two words"}, "不含空格"),
        ({"login": "x" * 61}, "不超过 60"),
        ({"name": ""}, "请填写姓名"),
        ({"name": "名" * 101}, "请填写姓名"),
        ({"role": "king"}, "没有角色"),
        ({"division": "XB-99"}, "没有代码为"),
    ],
)
def test_an_invitation_that_cannot_be_is_told_and_makes_nothing(site: Flask, wrong: dict, told: str) -> None:
    answer = signed_in(site, "administrator").post("/accounts/new", data={**INVITED, **wrong})
    assert answer.status_code == 400
    assert told in answer.text
    with site.app_context():
        assert db.session.scalars(select(Account.login)).all() == ["administrator"]


def test_the_list_is_searched_and_narrowed(site: Flask) -> None:
    for login, role in (("li.na", "reader"), ("wu_di", "reviewer"), ("closed", "reader")):
        account(site, role, login)
    with site.app_context(), writing(db.session()) as session:
        session.execute(update(Account).where(Account.login == "closed").values(is_active=False))
    admin = signed_in(site, "administrator")

    def listed(address: str) -> list[str]:
        return re.findall(r"<td>([\w.]+)</td>\s*<td class=\"nowrap\">", admin.get(address).text)

    assert listed("/accounts") == ["administrator", "li.na", "wu_di", "closed"]
    assert listed("/accounts?q=LI.NA") == ["li.na"]
    assert listed("/accounts?q=测试wu") == ["wu_di"]
    assert listed("/accounts?q=_") == ["wu_di"], "no wildcard"
    assert listed("/accounts?role=reader&state=active") == ["li.na"]
    assert listed("/accounts?state=closed&role=nonsense") == ["closed"]
    assert "没有符合条件的账号" in admin.get("/accounts?q=nobody").text
    assert admin.get("/accounts?page=9").status_code == 404
    assert admin.get("/accounts/999").status_code == 404


@pytest.mark.parametrize("role", ["", "reader", "contributor", "reviewer"])
def test_nobody_else_keeps_accounts(site: Flask, role: str) -> None:
    client = signed_in(site, role, f"a-{role}") if role else site.test_client()
    refused = 403 if role else 303
    for address in ("/accounts", "/accounts/new", "/accounts/1"):
        assert client.get(address).status_code == refused
    for address in ("/accounts/new", "/accounts/1", "/accounts/1/close", "/accounts/1/reset"):
        assert client.post(address, data=INVITED).status_code == (403 if role else 401)
    who = actor(site, role, f"a-{role}") if role else ANONYMOUS
    with site.app_context(), pytest.raises(Forbidden):
        change_account(db.session(), who, db.session.get_one(Account, 1), role="reader")
    assert 'href="/accounts"' not in client.get("/search/help").text


@pytest.mark.parametrize(("path", "fields"), [("/close", {}), ("", {"name": "甲", "role": "reader", "division": ""})])
def test_the_last_administrator_stays(site: Flask, path: str, fields: dict[str, str]) -> None:
    account(site, "administrator", "invited-only")  # has no password: nobody could sign in any more
    admin = signed_in(site, "administrator")
    answer = admin.post(f"/accounts/1{path}", data=fields)
    assert answer.status_code == 409
    assert "最后一名管理员" in answer.text
    assert is_signed_in(admin)
    with site.app_context():
        assert db.session.get_one(Account, 1).name == "测试administrator"
    with_password(site, "administrator", "invited-only")
    assert admin.post(f"/accounts/1{path}", data=fields).status_code == 303
    assert not is_signed_in(admin)


def test_two_administrators_who_close_each_other_leave_one(site: Flask) -> None:
    one_of_two_administrators_stays(site)


def test_events_are_only_added(site: Flask) -> None:
    signed_in(site, "administrator").post("/accounts/1/end-sessions")
    with site.app_context():
        for statement in (delete(AccountEvent), update(AccountEvent).values(actor="somebody else")):
            with pytest.raises(DBAPIError, match="only added"), writing(db.session()) as session:
                session.execute(statement)
        assert len(db.session.scalars(select(AccountEvent)).all()) == 1
