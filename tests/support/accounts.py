"""People for tests: browsers that carry the token of their forms, and accounts that are signed in."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from catalogue.accounts.auth import SIGNED_IN
from catalogue.accounts.models import Account
from catalogue.accounts.permissions import Actor, actor_of
from catalogue.accounts.sessions import open_session
from catalogue.accounts.tokens import create_token
from catalogue.database import db, writing
from catalogue.people.models import Division

_RAW = "0" * 40
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class Browser(FlaskClient):
    """A browser without JavaScript that has opened a page before it sends a form; unless `sends_tokens` is off."""

    sends_tokens = True

    def open(self, *args: Any, **kwargs: Any) -> Any:
        method = str(kwargs.get("method", "GET")).upper()
        if self.sends_tokens and method not in _SAFE and args and isinstance(args[0], str):
            with self.session_transaction() as session:
                session.setdefault("csrf_token", _RAW)
                raw = session["csrf_token"]
            signed = URLSafeTimedSerializer(str(self.application.secret_key), salt="wtf-csrf-token").dumps(raw)
            headers = dict(kwargs.get("headers") or {})
            headers.setdefault("X-CSRFToken", signed)
            kwargs["headers"] = headers
        return super().open(*args, **kwargs)


def account(app: Flask, role: str, login: str = "", division: str = "") -> Account:
    """An account of a role, made where it is not there yet; `division` is a code. It has no password."""
    login = login or role
    with app.app_context(), writing(db.session()) as session:
        found = session.scalar(select(Account).where(Account.login == login))
        if found is None:
            home = session.scalar(select(Division.id).where(Division.code == division)) if division else None
            found = Account(login=login, name=f"测试{login}", role=role, division_id=home)
            session.add(found)
            session.flush()
        session.expunge(found)
        return found


def actor(app: Flask, role: str, login: str = "", division: str = "") -> Actor:
    """The actor of such an account."""
    made = account(app, role, login, division)
    return actor_of(made.name, made.role, made.id, division)


def session_token(app: Flask, role: str, login: str = "", division: str = "") -> str:
    """The token of a session in which such an account is signed in."""
    made = account(app, role, login, division)
    with app.app_context(), writing(db.session()) as session:
        return open_session(session, session.get_one(Account, made.id), hours=1)


def session_cookie(app: Flask, role: str, login: str = "", division: str = "") -> str:
    """The cookie of a browser in which such an account is signed in."""
    client = signed_in(app, role, login, division)
    cookie = client.get_cookie(str(app.config["SESSION_COOKIE_NAME"]))
    assert cookie is not None
    return cookie.value


def signed_in(app: Flask, role: str, login: str = "", division: str = "") -> FlaskClient:
    """A browser in which such an account is signed in."""
    token = session_token(app, role, login, division)
    client = app.test_client()
    with client.session_transaction() as session:
        session[SIGNED_IN] = token
    return client


def api_token(app: Flask, role: str, scope: str, login: str = "", division: str = "") -> str:
    """A new token of such an account."""
    made = account(app, role, login, division)
    with app.app_context(), writing(db.session()) as session:
        return create_token(session, session.get_one(Account, made.id), "测试", scope, days=1)[1]


def bearer(app: Flask, role: str, scope: str, login: str = "", division: str = "") -> dict[str, str]:
    """The header by which a program asks in the name of such an account."""
    return {"Authorization": f"Bearer {api_token(app, role, scope, login, division)}"}
