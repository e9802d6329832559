"""Signing in by OpenID Connect, against a small provider on this machine, and attacks on it."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, jsonify, request
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.serving import make_server

from catalogue.accounts.models import Account, AccountIdentity
from catalogue.database import db, writing
from tests.support.catalogues import empty_catalogue
from tests.support.passwords import is_signed_in, with_password

pytest.importorskip("authlib", reason="the extra “oidc” is not installed")
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "catalogue", "a secret between the two"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Provider:
    """What a provider knows of the sign-in under way, and what a test lets it answer."""

    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"}))
    asked: dict[str, str] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    make_token: Any = None

    def id_token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "4711",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked.get("nonce"),
            "preferred_username": "sun.li",
            "name": "孙丽",
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.make_token:
            return self.make_token(claims)
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)


def provider_app(provider: Provider) -> Flask:
    app = Flask("provider")

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Any:
        return jsonify(
            {
                "issuer": provider.issuer,
                "authorization_endpoint": f"{provider.issuer}/authorize",
                "token_endpoint": f"{provider.issuer}/token",
                "jwks_uri": f"{provider.issuer}/keys",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
                **provider.told,
            }
        )

    @app.get("/keys")
    def keys() -> Any:
        return jsonify(keys=[provider.key.as_dict(private=False)])

    @app.post("/token")
    def token() -> Any:
        form, credentials = request.form, request.authorization
        challenge = _b64(hashlib.sha256(form["code_verifier"].encode()).digest())
        right = (
            credentials is not None
            and (credentials.username, credentials.password) == (CLIENT, SECRET)
            and form["code"] == "the-code"
            and form["redirect_uri"] == provider.asked["redirect_uri"]
            and challenge == provider.asked["code_challenge"]
        )
        if not right:
            return jsonify(error="invalid_grant"), 400
        return jsonify(access_token="x", token_type="Bearer", id_token=provider.id_token())

    return app


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider_app(provider), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def provider(running: Provider) -> Provider:
    """The provider as it is when nobody attacks."""
    running.asked, running.claims, running.told, running.make_token = {}, {}, {}, None
    return running


def catalogue_with(folder: Path, provider: Provider, **settings: Any) -> Flask:
    return empty_catalogue(
        folder, oidc_issuer=provider.issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET, **settings
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, running: Provider) -> Flask:
    return catalogue_with(tmp_path_factory.mktemp("oidc"), running, unknown_people="reader")


def leave(client: FlaskClient, provider: Provider, target: str = "") -> str:
    """Go to the provider; the state with which to come back."""
    answer = client.get("/sign-in/oidc", query_string={"next": target} if target else None)
    assert answer.status_code == 302, answer.text
    provider.asked = {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}
    return provider.asked["state"]


def come_back(client: FlaskClient, state: str, **args: str) -> Any:
    return client.get("/sign-in/oidc/back", query_string={"code": "the-code", "state": state, **args})


def sign_in(site: Flask, provider: Provider, target: str = "") -> FlaskClient:
    """A browser in which somebody has signed in."""
    client = site.test_client()
    answer = come_back(client, leave(client, provider, target))
    assert answer.status_code == 303, answer.text
    assert answer.location == (target or "/")
    return client


def test_the_way_there_and_back(site: Flask, provider: Provider) -> None:
    assert 'href="/sign-in/oidc?next=/projects"' in site.test_client().get("/sign-in?next=/projects").text
    client = sign_in(site, provider, "/projects")
    asked = provider.asked
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["nonce"]) >= 20
    assert len(asked["state"]) >= 20
    assert asked["redirect_uri"] == "http://localhost/sign-in/oidc/back"
    page = client.get("/account").text
    assert "孙丽" in page
    assert "OpenID Connect" in page
    assert 'name="current"' not in page, "the password is changed elsewhere"
    provider.claims = {"preferred_username": "renamed", "name": "孙丽丽"}
    assert "sun.li" in sign_in(site, provider).get("/account").text, "the same subject is the same account"
    with site.app_context():
        assert db.session.scalar(select(func.count()).select_from(Account)) == 1


def test_nobody_becomes_another_by_a_name(site: Flask, provider: Provider) -> None:
    id_ = with_password(site, "administrator", "boss")
    provider.claims = {"sub": "evil", "preferred_username": "boss", "email": "boss@example.com"}
    client = sign_in(site, provider)
    assert client.get("/accounts").status_code == 403
    with site.app_context():
        taken = db.session.scalars(select(AccountIdentity.account_id)).all()
        assert id_ not in taken


def alg_none(claims: dict[str, Any]) -> str:
    return f"{_b64(json.dumps({'alg': 'none'}).encode())}.{_b64(json.dumps(claims).encode())}."


def signed_by_another(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, RSAKey.generate_key(2048))


def signed_with_the_secret(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": ["another-client"], "azp": CLIENT},
        {"aud": None},
        {"iss": "http://evil.example"},
        {"iss": None},
        {"sub": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": None},
    ],
    ids=str,
)
def test_a_token_for_somebody_else_is_refused(site: Flask, provider: Provider, claims: dict[str, Any]) -> None:
    provider.claims = claims
    refused(site, provider)


@pytest.mark.parametrize("make", [alg_none, signed_by_another, signed_with_the_secret])
def test_a_token_that_the_provider_did_not_sign_is_refused(site: Flask, provider: Provider, make: Any) -> None:
    provider.make_token = make
    refused(site, provider)


def test_a_token_changed_after_signing_is_refused(site: Flask, provider: Provider) -> None:
    def tampered(claims: dict[str, Any]) -> str:
        head, _body, seal = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, provider.key).split(".")
        return ".".join((head, _b64(json.dumps({**claims, "sub": "boss"}).encode()), seal))

    provider.make_token = tampered
    refused(site, provider)


def refused(site: Flask, provider: Provider) -> None:
    client = site.test_client()
    answer = come_back(client, leave(client, provider))
    assert answer.status_code == 403
    assert "外部系统登录未成功" in answer.text
    assert not is_signed_in(client)


def test_an_answer_to_another_browser_is_refused(site: Flask, provider: Provider) -> None:
    client, other = site.test_client(), site.test_client()
    state = leave(client, provider)
    for answer in (
        come_back(other, state),
        come_back(client, "made-up"),
        client.get("/sign-in/oidc/back"),
        client.get("/sign-in/oidc/back?error=access_denied"),
    ):
        assert answer.status_code == 403
    assert come_back(client, state).status_code == 303
    assert come_back(client, state).status_code == 403, "an answer is used once"


def test_a_code_that_the_provider_did_not_give_is_refused(site: Flask, provider: Provider) -> None:
    client = site.test_client()
    assert come_back(client, leave(client, provider), code="guessed").status_code == 403


def test_a_closed_account_stays_closed(site: Flask, provider: Provider) -> None:
    provider.claims = {"sub": "leaver", "preferred_username": "leaver"}
    client = sign_in(site, provider)
    with site.app_context(), writing(db.session()) as session:
        session.execute(update(Account).where(Account.login == "leaver").values(is_active=False))
    assert not is_signed_in(client)
    answer = come_back(client, leave(client, provider))
    assert answer.status_code == 403
    assert "已停用" in answer.text


def test_roles_follow_the_groups_and_strangers_are_refused(provider: Provider, tmp_path: Path) -> None:
    roles = (("administrator", "Admins"), ("reviewer", "kexie"))
    site = catalogue_with(tmp_path, provider, group_roles=roles)
    client = site.test_client()
    assert come_back(client, leave(client, provider)).status_code == 403
    provider.claims = {"groups": ["KEXIE", "others"]}
    reviewing = sign_in(site, provider)
    assert reviewing.get("/imports").status_code == 200
    provider.claims = {"groups": "admins"}
    administering = sign_in(site, provider)
    assert not is_signed_in(reviewing), "the session with the role of yesterday has ended"
    assert administering.get("/accounts").status_code == 200
    provider.claims = {"groups": ["kexie"]}
    assert sign_in(site, provider).get("/accounts").status_code == 200, "the last administrator stays"
    with_password(site, "administrator", "other")
    assert sign_in(site, provider).get("/accounts").status_code == 403
    provider.claims = {"groups": []}
    assert come_back(client, leave(client, provider)).status_code == 403


def test_a_provider_that_is_another_or_away_is_told(provider: Provider, tmp_path: Path) -> None:
    provider.told = {"issuer": "http://evil.example"}
    site = catalogue_with(tmp_path, provider)
    answer = site.test_client().get("/sign-in/oidc")
    assert answer.status_code == 403
    assert "外部系统登录未成功" in answer.text
    away = empty_catalogue(tmp_path, oidc_issuer="http://127.0.0.1:9", oidc_client_id=CLIENT, oidc_client_secret=SECRET)
    assert away.test_client().get("/sign-in/oidc").status_code == 403


def test_without_a_provider_there_is_no_such_way(tmp_path: Path) -> None:
    client = empty_catalogue(tmp_path).test_client()
    assert client.get("/sign-in/oidc").status_code == 404
    assert client.get("/sign-in/oidc/back").status_code == 404
    assert "oidc" not in client.get("/sign-in").text
