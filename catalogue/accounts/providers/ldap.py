"""Signing in with the password of an LDAP directory: whoever can bind as the entry is its owner.

The connection is encrypted, by ldaps or StartTLS, with the directory's certificate checked; only on this very machine
it may be plain. What is typed is escaped wherever it goes.
"""

import logging
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from ldap3 import AUTO_BIND_NONE, BASE, NONE, SIMPLE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import escape_rdn

from catalogue.accounts.external_identities import ExternalPerson
from catalogue.accounts.usernames import written_login
from catalogue.config import LOCAL_HOSTS, Settings
from catalogue.errors import CatalogueError

log = logging.getLogger(__name__)
_SECONDS = 10
_NAMES = ("displayName", "cn")
_FOR_GOOD = ("entryUUID", "objectGUID")  # what stays when somebody is renamed

# Opens a connection bound as (entry, password), or none where the directory refuses them.
Bind = Callable[[str, str], Any]


class DirectoryUnavailable(CatalogueError):
    """The directory cannot be reached, or does not answer as it should."""

    status = 503


class LdapDirectory:
    """The directory of the settings: called with login and password, it says who that is."""

    def __init__(self, settings: Settings, bind: Bind | None = None) -> None:
        self._settings = settings
        self._bind = _Connections(settings) if bind is None else bind

    def __call__(self, login: str, password: str) -> ExternalPerson | None:
        """Who this is; None where login or password are wrong. Raises DirectoryUnavailable.

        An empty password is refused here: directories take it for somebody who wants to stay unknown, and agree.
        """
        login = written_login(login)
        if not login or not password.strip("\0"):
            return None
        try:
            return self._sign_in(login, password)
        except LDAPException as error:
            log.warning("LDAP: %s: %s", type(error).__name__, error)
            raise DirectoryUnavailable(
                _("The directory that knows the passwords cannot be reached. Try again later.")
            ) from error

    def _sign_in(self, login: str, password: str) -> ExternalPerson | None:
        settings = self._settings
        if settings.ldap_bind:
            own = settings.ldap_bind.replace("{login}", escape_rdn(login))
            connection = self._bind(own, password)
            entry = self._find(connection, login, own) if connection else None
        else:
            searching = self._bind(settings.ldap_user, settings.ldap_password)
            if searching is None:
                raise LDAPException("the directory refuses CATALOGUE_LDAP_USER")
            entry = self._find(searching, login, "")
            connection = self._bind(entry["dn"], password) if entry else None
        return self._person(login, entry) if connection and entry else None

    def _find(self, connection: Any, login: str, own: str) -> Any:
        """The one entry of a login: looked for beneath the base, or `own` itself where there is no base."""
        settings = self._settings
        wanted = [*_NAMES, *_FOR_GOOD, settings.ldap_groups_attribute]
        if settings.ldap_base:
            condition = settings.ldap_filter.replace("{login}", escape_filter_chars(login))
            connection.search(settings.ldap_base, condition, SUBTREE, attributes=wanted, size_limit=2)
        else:
            connection.search(own, "(objectClass=*)", BASE, attributes=wanted)
        found = [each for each in connection.response or () if each.get("type", "searchResEntry") == "searchResEntry"]
        return found[0] if len(found) == 1 else None

    def _person(self, login: str, entry: Any) -> ExternalPerson:
        values = {name.lower(): _texts(value) for name, value in entry["attributes"].items()}
        first = [values[name.lower()][0] for name in _NAMES if values.get(name.lower())]
        lasting = [values[name.lower()][0] for name in _FOR_GOOD if values.get(name.lower())]
        return ExternalPerson(
            source="ldap",
            issuer=self._settings.ldap_url,
            subject=(lasting or [str(entry["dn"]).lower()])[0],
            login=login,
            name=(first or [login])[0],
            groups=tuple(values.get(self._settings.ldap_groups_attribute.lower(), ())),
        )


class _Connections:
    """Opens connections to the directory, encrypted before anything is told."""

    def __init__(self, settings: Settings) -> None:
        parts = urlsplit(settings.ldap_url)
        self._start_tls = parts.scheme == "ldap" and parts.hostname not in LOCAL_HOSTS
        tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=settings.ldap_ca_file or None)
        self._server = Server(settings.ldap_url, tls=tls, get_info=NONE, connect_timeout=_SECONDS)

    def __call__(self, entry: str, password: str) -> Any:
        """A bound connection; None where entry and password are refused. Raises LDAPException."""
        connection = Connection(
            self._server,
            user=entry or None,
            password=password or None,
            authentication=SIMPLE if entry else None,
            auto_bind=AUTO_BIND_NONE,
            auto_referrals=False,
            check_names=False,
            read_only=True,
            receive_timeout=_SECONDS,
        )
        connection.open()
        if self._start_tls and not connection.start_tls():
            raise LDAPException("the directory refuses StartTLS")
        return connection if connection.bind() else None


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [each.hex() if isinstance(each, bytes) else str(each) for each in values if each not in (None, "", b"")]
