"""Other ways to sign in than with a password kept here, as the settings ask for them. What they take is installed as an
extra, and imported in their own modules only."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from flask import Flask, current_app

from catalogue.accounts.external_identities import (
    Admission,
    Directory,
    ExternalPerson,
    admission_of,
)
from catalogue.config import Settings
from catalogue.errors import ConfigError

_EXTENSION = "catalogue.ways"


class Provider(Protocol):
    """An OpenID Connect provider, see `accounts.oidc`."""

    def start(self, callback: str) -> Any:
        """The redirection that leads to the provider, and from there to `callback`."""

    def finish(self) -> ExternalPerson:
        """Who has come back from there with the current request. Raises SignInRefused."""


@dataclass(frozen=True)
class Ways:
    """The other ways that there are; None for one that was not asked for."""

    provider: Provider | None
    directory: Directory | None
    admission: Admission


def init_app(app: Flask, settings: Settings) -> None:
    """Make the ways that the settings ask for. Raises ConfigError where an extra is missing."""
    provider = _adapter("oidc").OidcProvider(app, settings) if settings.oidc_issuer else None
    directory = _adapter("ldap").LdapDirectory(settings) if settings.ldap_url else None
    app.extensions[_EXTENSION] = Ways(provider, directory, admission_of(settings))


def ways() -> Ways:
    """The other ways of the current application."""
    found: Ways = current_app.extensions[_EXTENSION]
    return found


def _adapter(extra: str) -> Any:
    try:
        return import_module(f"catalogue.accounts.providers.{extra}")
    except ImportError as error:
        raise ConfigError(
            f"The settings ask for {extra.upper()}, and what it takes is not installed ({error.name}); install the "
            f"extra “{extra}”: pip install 'achievements-catalogue[{extra}]'"
        ) from None
