"""Signing in by OpenID Connect: authorization code flow with PKCE, state and nonce, by Authlib.

Between leaving and coming back, state, nonce and code verifier lie in the signed cookie of the browser that left.
"""

import logging
from collections.abc import Mapping
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask
from flask_babel import gettext as _
from joserfc.errors import JoseError
from requests.exceptions import RequestException

from catalogue.accounts.external_identities import ExternalPerson, SignInRefused
from catalogue.config import Settings

log = logging.getLogger(__name__)

# Signatures that only the provider can make: neither none at all nor one made with the secret we share.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_SECONDS = 10  # for each answer of the provider
_LEEWAY_SECONDS = 60


class OidcProvider:
    """The provider of the settings; nothing is asked of it before somebody signs in."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._issuer, self._client_id = settings.oidc_issuer, settings.oidc_client_id
        self._claim = settings.oidc_groups_claim
        self._client = OAuth(app).register(
            name="oidc",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile",
                "code_challenge_method": "S256",
                "default_timeout": _SECONDS,
            },
        )

    def start(self, callback: str) -> Any:
        """The redirection to the provider. Raises SignInRefused where it cannot be reached."""
        try:
            self._check_provider()
            return self._client.authorize_redirect(callback)
        except (AuthlibBaseError, RequestException, ValueError, KeyError, RuntimeError) as error:
            raise self._refusal(error) from error

    def finish(self) -> ExternalPerson:
        """Who has come back. Raises SignInRefused unless the ID token is the provider's, for us, for this browser's
        request, and of now."""
        try:
            issuer = self._check_provider()
            token = self._client.authorize_access_token(
                leeway=_LEEWAY_SECONDS,
                claims_options={
                    "iss": {"essential": True, "value": issuer},
                    "aud": {"essential": True, "value": self._client_id},
                    "sub": {"essential": True},
                    "nonce": {"essential": True},
                },
            )
            return self._person(token["userinfo"])
        except (AuthlibBaseError, JoseError, RequestException, ValueError, KeyError, RuntimeError) as error:
            raise self._refusal(error) from error

    def _check_provider(self) -> str:
        """The issuer as the provider writes it; its list of algorithms is cut down to those that are trusted."""
        told = self._client.load_server_metadata()
        if str(told.get("issuer", "")).rstrip("/") != self._issuer:
            raise ValueError(f"the provider calls itself {told.get('issuer')!r}")
        offered = told.get("id_token_signing_alg_values_supported") or ["RS256"]
        told["id_token_signing_alg_values_supported"] = [name for name in _ALGORITHMS if name in offered]
        return str(told["issuer"])

    def _person(self, claims: Mapping[str, Any]) -> ExternalPerson:
        subject = str(claims["sub"])
        login = str(claims.get("preferred_username") or "")
        groups = claims.get(self._claim) or ()
        return ExternalPerson(
            source="oidc",
            issuer=self._issuer,
            subject=subject,
            login=login,
            name=str(claims.get("name") or login or subject),
            groups=tuple(map(str, [groups] if isinstance(groups, str) else groups)),
        )

    def _refusal(self, error: Exception) -> SignInRefused:
        log.warning("OpenID Connect: %s: %s", type(error).__name__, error)
        return SignInRefused(
            _("Signing in by the other system did not succeed. Try again; if it stays so, tell the administrator.")
        )
