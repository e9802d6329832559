"""Signing in with the password of an LDAP directory, against OpenLDAP's own server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from catalogue.accounts.administration import add_account
from catalogue.accounts.models import Account
from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.config import load
from catalogue.database import db, writing
from tests.support.catalogues import empty_catalogue
from tests.support.directory import HOST, directory
from tests.support.passwords import PASSWORD, is_signed_in, sign_in, with_password

pytest.importorskip("ldap3", reason="the extra “ldap” is not installed")
from catalogue.accounts.providers import ldap
from catalogue.accounts.providers.ldap import DirectoryUnavailable, LdapDirectory

pytestmark = pytest.mark.ldap

# ldap3 checks names by a function that Python 3.12 has no longer; there it brings its own.
pytestmark = pytest.mark.filterwarnings("ignore:ssl.match_hostname:DeprecationWarning")
PEOPLE = "ou=people,dc=smelter"
KEXIE = "cn=kexie,ou=groups,dc=smelter"
READER = {"ldap_user": "cn=reader,dc=smelter", "ldap_password": "reader's"}
_PERSON = ["inetOrgPerson"]
ENTRIES: dict[str, dict[str, Any]] = {
    "dc=smelter": {"objectClass": ["dcObject", "organization"], "o": "smelter"},
    PEOPLE: {"objectClass": ["organizationalUnit"]},
    "ou=groups,dc=smelter": {"objectClass": ["organizationalUnit"]},
    f"uid=sun.li,{PEOPLE}": {
        "objectClass": _PERSON, "cn": "Sun Li", "sn": "Sun", "displayName": "孙丽", "userPassword": PASSWORD,
    },
    f"uid=wu.di,{PEOPLE}": {"objectClass": _PERSON, "cn": "吴迪", "sn": "吴", "userPassword": "another password"},
    f"uid=a\\+uid,{PEOPLE}": {"objectClass": _PERSON, "cn": "plus", "sn": "x", "userPassword": PASSWORD},
    "cn=reader,dc=smelter": {"objectClass": _PERSON, "sn": "x", "userPassword": "reader's"},
    KEXIE: {"objectClass": ["groupOfNames"], "member": [f"uid=sun.li,{PEOPLE}"]},
}  # fmt: skip


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """The ways to reach the directory, by name."""
    folder = tmp_path_factory.mktemp("directory")
    with directory(folder, ENTRIES) as (plain, encrypted):
        trusted = {"ldap_ca_file": str(folder / "certificate.pem")}
        bind, look_up = {"ldap_bind": f"uid={{login}},{PEOPLE}"}, {"ldap_base": PEOPLE, **READER}
        ldaps = {"ldap_url": f"ldaps://{HOST}:{encrypted}", **trusted}
        yield {
            "bind by ldaps": {**ldaps, **bind},
            "look up by ldaps": {**ldaps, **look_up},
            "bind and look up": {**ldaps, **bind, "ldap_base": PEOPLE},
            "bind by StartTLS": {"ldap_url": f"ldap://{HOST}:{plain}", **trusted, **bind},
            "bind on this machine": {"ldap_url": f"ldap://127.0.0.1:{plain}", **bind},
            "not trusted": {"ldap_url": f"ldaps://{HOST}:{encrypted}", **bind},
            "not trusted by StartTLS": {"ldap_url": f"ldap://{HOST}:{plain}", **bind},
        }


WAYS = ["bind by ldaps", "look up by ldaps", "bind and look up", "bind by StartTLS", "bind on this machine"]


@pytest.mark.parametrize("way", WAYS)
def test_whoever_knows_the_password_is_let_in(settings: dict[str, dict[str, Any]], way: str) -> None:
    found = LdapDirectory(load({}, **settings[way]))
    person = found("Sun.Li", PASSWORD)
    assert person is not None
    assert (person.login, person.name, person.groups) == ("sun.li", "孙丽", (KEXIE,))
    assert len(person.subject) == 36, "entryUUID, which stays when the entry is renamed"
    assert found("sun.li", "wrong") is None
    assert found("nobody", PASSWORD) is None
    other = found("wu.di", "another password")
    assert other is not None
    assert (other.name, other.groups) == ("吴迪", ())
    plus = found("a+uid", PASSWORD)
    assert plus is not None
    assert plus.name == "plus", "what a login may hold is escaped"


@pytest.mark.parametrize("way", ["not trusted", "not trusted by StartTLS"])
def test_a_directory_that_cannot_prove_who_it_is_is_told_nothing(
    settings: dict[str, Any], way: str, app: Flask
) -> None:
    with app.test_request_context(), pytest.raises(DirectoryUnavailable, match="LDAP"):
        LdapDirectory(load({}, **settings[way]))("sun.li", PASSWORD)


class Asked(list[tuple[str, str]]):
    """A directory that refuses everybody, and remembers whom."""

    def __call__(self, entry: str, password: str) -> None:
        self.append((entry, password))


BIND = {"ldap_url": "ldaps://directory.smelter", "ldap_bind": f"uid={{login}},{PEOPLE}"}
LOOK_UP = {"ldap_url": "ldaps://directory.smelter", "ldap_base": PEOPLE, **READER}


@pytest.mark.parametrize("ways", [BIND, LOOK_UP], ids=["bind", "look up"])
@pytest.mark.parametrize(
    ("login", "password"),
    [
        *(("sun.li", empty) for empty in ("", "\0", "\0\0")),
        *(
            (login, PASSWORD)
            for login in (
                "",
                "*",
                "sun*",
                "*)(uid=*",
                "sun.li)(|(uid=*",
                "sun.li,dc=x",
                "\\2a",
                "a\0",
                "cn=reader",
                "a b",
            )
        ),
    ],
)
def test_what_can_be_no_login_or_password_never_reaches_the_directory(ways: Any, login: str, password: str) -> None:
    asked = Asked()
    assert LdapDirectory(load({}, **ways), asked)(login, password) is None
    assert asked == []


def test_a_search_that_finds_two_finds_nobody(settings: dict[str, dict[str, Any]]) -> None:
    two = {**settings["look up by ldaps"], "ldap_filter": "(|(uid={login})(uid=wu.di))"}
    assert LdapDirectory(load({}, **two))("sun.li", PASSWORD) is None


def test_a_directory_that_refuses_the_catalogue_itself_is_told(settings: dict[str, Any], app: Flask) -> None:
    wrong = {**settings["look up by ldaps"], "ldap_password": "wrong"}
    with app.test_request_context(), pytest.raises(DirectoryUnavailable):
        LdapDirectory(load({}, **wrong))("sun.li", PASSWORD)


def test_a_directory_without_encryption_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    class Refusing(ldap.Connection):
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            self.open = lambda: None

        def start_tls(self) -> bool:
            return False

        def bind(self) -> bool:
            done.append("bind")
            return True

    monkeypatch.setattr(ldap, "Connection", Refusing)
    bind = ldap._Connections(load({}, **{**BIND, "ldap_url": "ldap://directory.smelter"}))
    with pytest.raises(ldap.LDAPException, match="StartTLS"):
        bind("uid=x", "y")
    assert done == []


def test_from_the_form_to_the_account(settings: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    roles = (("reviewer", KEXIE.upper()),)
    site = empty_catalogue(tmp_path, **settings["bind by ldaps"], group_roles=roles, unknown_people="reader")
    client = site.test_client()
    assert sign_in(client, "sun.li", "wrong").status_code == 400
    assert sign_in(client, "sun.li").status_code == 303
    assert client.get("/imports").status_code == 200
    assert 'name="current"' not in client.get("/account").text, "the password is changed elsewhere"
    other = site.test_client()
    assert sign_in(other, "wu.di", "another password").status_code == 303
    assert other.get("/imports").status_code == 403
    with_password(site, "administrator", "boss")
    assert sign_in(site.test_client(), "boss").status_code == 303, "local accounts keep their passwords"


def test_strangers_are_refused_unless_an_account_was_prepared(settings: dict[str, Any], tmp_path: Path) -> None:
    site = empty_catalogue(tmp_path, **settings["bind by ldaps"])
    client = site.test_client()
    answer = sign_in(client, "sun.li")
    assert answer.status_code == 403
    assert "尚无本目录账号" in answer.text
    with site.app_context(), writing(db.session()) as session:
        add_account(session, COMMAND_LINE, "sun.li", "孙丽", "contributor", source="ldap")
    assert sign_in(client, "sun.li").status_code == 303
    assert is_signed_in(client)
    with site.app_context():
        assert db.session.scalar(select(func.count()).select_from(Account)) == 1


def test_a_local_account_is_never_asked_of_the_directory(settings: dict[str, Any], tmp_path: Path) -> None:
    site = empty_catalogue(tmp_path, **settings["bind by ldaps"], unknown_people="reader")
    with_password(site, "administrator", "wu.di")
    client = site.test_client()
    assert sign_in(client, "wu.di", "another password").status_code == 400
    assert sign_in(client, "wu.di").status_code == 303
