"""Every setting of the catalogue: its environment variable, its default, and one line of help.

Settings come from the environment only, under the prefix ``CATALOGUE_``. An unknown name or an unusable
value stops the start with a `ConfigError` that names the variable and the remedy.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask, current_app

from catalogue.errors import ConfigError

_KEY = "catalogue.settings"
PREFIX = "CATALOGUE_"
LEAST_SECRET = 32
ROLE_NAMES = ("reader", "contributor", "reviewer", "administrator")
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Settings:
    """The settings, parsed and checked. Build them with `load`."""

    data: Path = Path("instance")  # folder for all that the program writes (database, index)
    database_url: str = ""  # SQLAlchemy address of the database; empty: SQLite in the data folder
    host: str = "127.0.0.1"  # address that the site listens on
    port: int = 5000  # port that the site listens on
    threads: int = 8  # requests answered at the same time by one process (1-64)
    trusted_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")  # names under which the site may be asked for
    timezone: str = "Asia/Shanghai"  # time zone in which pages show times
    as_of: date | None = None  # day on which figures stand by default; empty: the day stored with the data, else today
    secret_key: str = ""  # signs cookies (32 characters or more); empty: made once and kept in the data folder
    anonymous_reading: str = "open"  # "open": reading takes no account; "closed": whoever is not signed in must sign in
    session_hours: int = 12  # how long somebody stays signed in (1-720)
    https: str = "off"  # "on": readers come by HTTPS, so cookies are Secure and browsers are told to keep to HTTPS
    attachment_mb: int = 25  # how large a file that is attached to a record may be, in MB (1-200)
    proxies: int = 0  # proxies in front of the site whose X-Forwarded- headers are believed (0-5)
    unknown_people: str = "refuse"  # whom OpenID Connect or LDAP knows and the catalogue does not: "refuse" or "reader"
    group_roles: tuple[tuple[str, str], ...] = ()  # role:group;role:group … empty: administrators give roles here
    oidc_issuer: str = ""  # address of the OpenID Connect provider; empty: there is none
    oidc_client_id: str = ""  # the name under which the provider knows the catalogue
    oidc_client_secret: str = ""  # what the provider gave the catalogue to prove who it is
    oidc_groups_claim: str = "groups"  # the claim of the ID token that lists somebody's groups
    oidc_label: str = ""  # what stands on the button; empty: "Unified sign-in" in the reader's language
    ldap_url: str = ""  # ldaps://host, or ldap://host (then StartTLS); empty: there is no directory
    ldap_bind: str = ""  # the entry to sign in as, with {login}: uid={login},ou=people,dc=example,dc=com
    ldap_base: str = ""  # beneath which entry people are looked for, where ldap_bind cannot name them
    ldap_filter: str = "(uid={login})"  # by which they are looked for
    ldap_user: str = ""  # the entry that may look for them; empty: anybody
    ldap_password: str = ""  # its password
    ldap_ca_file: str = ""  # certificate of the authority that signed the directory's; empty: those of the system
    ldap_groups_attribute: str = "memberOf"  # the attribute that lists somebody's groups

    @property
    def sqlalchemy_url(self) -> str:
        """The database's address, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data / 'catalogue.sqlite3'}"

    @property
    def index_folder(self) -> Path:
        """The folder that belongs to the full-text index alone."""
        return self.data / "index"


def variable(name: str) -> str:
    """The environment variable of the setting `name`."""
    return PREFIX + name.upper()


def _parse_int(low: int, high: int) -> Any:
    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(f"a number from {low} to {high}")
        return value

    return parse


def _parse_timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("a time zone such as Asia/Shanghai") from error
    return text


def _parse_database_url(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("an address that begins with sqlite:/// or postgresql+psycopg://")
    return text


def _parse_one_of(*words: str) -> Any:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(" or ".join(words))
        return text

    return parse


def _parse_secret_key(text: str) -> str:
    if len(text) < LEAST_SECRET:
        raise ValueError(f"at least {LEAST_SECRET} random characters")
    return text


def _parse_group_roles(text: str) -> tuple[tuple[str, str], ...]:
    pairs = [tuple(part.strip() for part in pair.partition(":")[::2]) for pair in text.split(";") if pair.strip()]
    if any(role not in ROLE_NAMES or not group for role, group in pairs):
        raise ValueError(f"role:group;role:group with the roles {', '.join(ROLE_NAMES)}")
    return tuple((role, group) for role, group in pairs)


def _parse_ldap_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("ldap", "ldaps") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("ldaps://host or ldap://host, with a port where it is an unusual one")
    return text


def _parse_with_login(text: str) -> str:
    if "{login}" not in text or text.replace("{login}", "").count("{"):
        raise ValueError("a text that holds {login} and no other braces")
    return text


def _parse_issuer(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL_HOSTS):
        raise ValueError("an address that begins with https://")
    return text.rstrip("/")


# Whose values stand in no message.
_SECRETS = frozenset(map(variable, ("secret_key", "oidc_client_secret", "ldap_password")))
_PARSERS: Mapping[str, Any] = {
    "data": lambda text: Path(text).expanduser(),
    "database_url": _parse_database_url,
    "port": _parse_int(1, 65535),
    "threads": _parse_int(1, 64),
    "trusted_hosts": lambda text: tuple(part.strip() for part in text.split(",") if part.strip()),
    "timezone": _parse_timezone,
    "as_of": date.fromisoformat,
    "secret_key": _parse_secret_key,
    "anonymous_reading": _parse_one_of("open", "closed"),
    "session_hours": _parse_int(1, 720),
    "https": _parse_one_of("on", "off"),
    "attachment_mb": _parse_int(1, 200),
    "proxies": _parse_int(0, 5),
    "unknown_people": _parse_one_of("refuse", "reader"),
    "group_roles": _parse_group_roles,
    "oidc_issuer": _parse_issuer,
    "ldap_url": _parse_ldap_url,
    "ldap_bind": _parse_with_login,
    "ldap_filter": _parse_with_login,
}


def load(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from `environ` (default: the process's), with `overrides` (already parsed) on top.

    Raises ConfigError for an unknown ``CATALOGUE_…`` name or a value that cannot be used.
    """
    environ = os.environ if environ is None else environ
    known = {variable(item.name): item.name for item in fields(Settings)}
    values: dict[str, Any] = {}
    for name, text in environ.items():
        if not name.startswith(PREFIX):
            continue
        if name not in known:
            raise ConfigError(f"{name} is not a setting. The settings are: {', '.join(sorted(known))}.")
        if not text.strip():
            continue
        try:
            values[known[name]] = _PARSERS.get(known[name], str)(text.strip())
        except ValueError as error:
            shown = name if name in _SECRETS else f"{name}={text!r}"
            raise ConfigError(f"{shown} cannot be used: {error}.") from error
    values.update(overrides)
    settings = Settings(**values)
    _check_together(settings)
    if not settings.data.is_absolute():
        settings = Settings(**{**values, "data": settings.data.absolute()})
    return settings


def _check_together(settings: Settings) -> None:
    """Raise ConfigError where one setting takes another."""
    if settings.oidc_issuer and not (settings.oidc_client_id and settings.oidc_client_secret):
        raise ConfigError(
            f"{variable('oidc_issuer')} takes {PREFIX}OIDC_CLIENT_ID and {PREFIX}OIDC_CLIENT_SECRET as well."
        )
    if settings.ldap_url and not (settings.ldap_bind or settings.ldap_base):
        raise ConfigError(f"{variable('ldap_url')} takes {variable('ldap_bind')} or {variable('ldap_base')} as well.")


def current_settings() -> Settings:
    """The settings of the current application."""
    return cast(Settings, current_app.extensions[_KEY])


def init_app(app: Flask, settings: Settings) -> None:
    """Keep the settings with the application."""
    app.extensions[_KEY] = settings
