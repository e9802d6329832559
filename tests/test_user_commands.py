"""The commands that keep the accounts."""

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from catalogue.accounts.models import AccountIdentity
from catalogue.cli.main import cli
from catalogue.database import db
from catalogue.errors import CatalogueError, Conflict, InvalidInput, NotFound
from tests.support.accounts import signed_in
from tests.support.catalogues import empty_catalogue
from tests.support.passwords import PASSWORD, is_signed_in, sign_in, with_password

OPERATIONS = Path(__file__).parent.parent / "docs" / "operations.md"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return empty_catalogue(tmp_path_factory.mktemp("commands") / "data")


@pytest.fixture
def user(site: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CATALOGUE_DATA", str(Path(str(site.config["SQLALCHEMY_DATABASE_URI"])[10:]).parent))
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    def call(*args: str) -> str:
        result = CliRunner().invoke(cli, ["user", *args], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return call


def data(output: str) -> Any:
    return json.loads(output)


def test_from_adding_to_resetting(site: Flask, user) -> None:
    added = data(user("add", "Sun.Li", "--name", "孙丽", "--role", "reviewer", "--json"))
    assert (added["login"], added["role"], added["has_password"], added["active"]) == (
        "sun.li",
        "reviewer",
        False,
        True,
    )
    path = added["link"].removeprefix("http://127.0.0.1:5000")
    client = site.test_client()
    newer = data(user("link", "sun.li", "--json"))["link"].removeprefix("http://127.0.0.1:5000")
    assert client.get(path).status_code == 404
    assert client.post(newer, data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
    with pytest.raises(InvalidInput, match="已设密码"):
        user("link", "sun.li")

    assert data(user("role", "sun.li", "reader", "--json"))["role"] == "reader"
    assert not is_signed_in(client)
    assert data(user("change", "sun.li", "--name", "孙莉", "--json"))["name"] == "孙莉"
    sign_in(client, "sun.li")
    user("sign-out", "sun.li")
    assert not is_signed_in(client)
    assert data(user("close", "sun.li", "--json"))["active"] is False
    assert "已停用" in user("list")
    assert sign_in(client, "sun.li").status_code == 400
    user("open", "sun.li")
    assert sign_in(client, "sun.li").status_code == 303
    assert "/welcome/" in user("reset", "sun.li")
    assert not is_signed_in(client)
    assert sign_in(client, "sun.li").status_code == 400
    assert [each["login"] for each in data(user("list", "--role", "reader", "--json"))] == ["sun.li"]
    admin = signed_in(site, "administrator")
    assert "命令行" in admin.get("/accounts/1").text


def test_the_last_administrator_stays_and_faults_are_told(site: Flask, user) -> None:
    with_password(site, "administrator", "boss")
    for command in (("close", "boss"), ("role", "boss", "reader")):
        with pytest.raises(Conflict, match="最后一名管理员"):
            user(*command)
    assert "/welcome/" in user("reset", "boss"), "the command is the way back in"
    with pytest.raises(NotFound, match="nobody"):
        user("close", "nobody")
    with pytest.raises(InvalidInput, match="XB-99"):
        user("add", "somebody", "--name", "x", "--division", "XB-99")
    with pytest.raises(CatalogueError, match="LDAP"):
        user("add", "somebody", "--name", "x", "--ldap", "--oidc-subject", "1")


def test_accounts_of_other_systems_get_no_link(site: Flask, user) -> None:
    assert "link" not in data(user("add", "by-ldap", "--name", "x", "--ldap", "--json"))
    assert data(user("add", "by-oidc", "--name", "x", "--oidc-subject", "4711", "--json"))["source"] == "oidc"
    with site.app_context():
        assert db.session.scalars(select(AccountIdentity.subject)).all() == ["4711"]
    for command in ("link", "reset"):
        with pytest.raises(InvalidInput, match="外部系统"):
            user(command, "by-ldap")


def commands(group: click.Group, path: str) -> list[str]:
    found = []
    for name, command in group.commands.items():
        deeper = isinstance(command, click.Group)
        found += commands(command, f"{path} {name}") if deeper else [f"{path} {name}"]  # type: ignore[arg-type]
    return found


def test_every_command_is_documented() -> None:
    documentation = OPERATIONS.read_text(encoding="utf-8")
    assert [each for each in commands(cli, "catalogue") if f"`{each}" not in documentation] == []
