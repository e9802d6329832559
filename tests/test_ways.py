"""Other ways to sign in are extras: asked for by settings, and not missed where nobody asks."""

import subprocess
import sys
from pathlib import Path

import pytest

from catalogue.accounts import auth_providers
from catalogue.accounts.permissions import ROLES
from catalogue.app import create_app
from catalogue.config import ROLE_NAMES, load
from catalogue.errors import ConfigError

OIDC = {"oidc_issuer": "https://id.smelter", "oidc_client_id": "catalogue", "oidc_client_secret": "s"}
LDAP = {"ldap_url": "ldaps://directory.smelter", "ldap_bind": "uid={login},dc=smelter"}


@pytest.mark.slow
def test_without_them_the_extras_are_not_even_imported(tmp_path: Path) -> None:
    program = (
        "import sys; from catalogue.app import create_app; create_app();"
        "print([name for name in ('authlib', 'joserfc', 'requests', 'ldap3') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"CATALOGUE_DATA": str(tmp_path), "PATH": ""},
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("settings", "extra"), [(OIDC, "oidc"), (LDAP, "ldap")])
def test_a_missing_extra_is_named(settings: dict, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(f"No module named {name}", name=name)

    monkeypatch.setattr(auth_providers, "import_module", missing)
    with pytest.raises(ConfigError, match=rf"extra “{extra}”"):
        create_app(load({}, data=tmp_path, **settings))


def test_what_settings_say(tmp_path: Path) -> None:
    settings = load(
        {
            "CATALOGUE_DATA": str(tmp_path),
            "CATALOGUE_GROUP_ROLES": "administrator:cn=it,ou=groups,dc=x; reviewer : kexie;",
            "CATALOGUE_OIDC_ISSUER": "https://id.smelter/realms/a/",
            "CATALOGUE_OIDC_CLIENT_ID": "catalogue",
            "CATALOGUE_OIDC_CLIENT_SECRET": "s",
        }
    )
    assert settings.group_roles == (("administrator", "cn=it,ou=groups,dc=x"), ("reviewer", "kexie"))
    assert settings.oidc_issuer == "https://id.smelter/realms/a"
    assert tuple(ROLES) == ROLE_NAMES


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"CATALOGUE_GROUP_ROLES": "king:it"}, "GROUP_ROLES"),
        ({"CATALOGUE_GROUP_ROLES": "reader"}, "GROUP_ROLES"),
        ({"CATALOGUE_UNKNOWN_PEOPLE": "administrator"}, "UNKNOWN_PEOPLE"),
        ({"CATALOGUE_OIDC_ISSUER": "http://id.smelter"}, "OIDC_ISSUER"),
        ({"CATALOGUE_OIDC_ISSUER": "https://id.smelter"}, "OIDC_CLIENT_SECRET"),
        ({"CATALOGUE_LDAP_URL": "http://directory"}, "LDAP_URL"),
        ({"CATALOGUE_LDAP_URL": "ldaps://directory"}, "LDAP_BASE"),
        ({"CATALOGUE_LDAP_BIND": "uid=login,dc=x"}, "LDAP_BIND"),
        ({"CATALOGUE_LDAP_BIND": "uid={login.__class__},dc=x"}, "LDAP_BIND"),
        ({"CATALOGUE_LDAP_FILTER": "(uid={login}{x})"}, "LDAP_FILTER"),
    ],
)
def test_what_cannot_be_is_told(environ: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        load(environ)
