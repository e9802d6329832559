"""Accounts with a password, for tests of signing in."""

from flask import Flask
from flask.testing import FlaskClient

from catalogue.accounts.passwords import hash_password
from catalogue.accounts.usernames import find_account
from catalogue.database import db, writing
from tests.support.accounts import account

PASSWORD = "阳极钢爪每月检查一次要记录"
NEW_PASSWORD = "third tapping crew likes tea"


def with_password(app: Flask, role: str, login: str, password: str = PASSWORD) -> int:
    """The id of an account of a role that has a password."""
    account(app, role, login)
    with app.app_context(), writing(db.session()) as session:
        found = find_account(session, login)
        assert found is not None
        found.password_hash = hash_password(password)
        return found.id


def sign_in(client: FlaskClient, login: str, password: str = PASSWORD, **more: str):
    """What the form answers."""
    return client.post("/sign-in", data={"login": login, "password": password, **more})


def is_signed_in(client: FlaskClient) -> bool:
    """Whether this browser reaches its own account."""
    return client.get("/account").status_code == 200
