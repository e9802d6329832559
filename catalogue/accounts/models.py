"""Accounts: the sessions in which their owners are signed in, the tokens of their programs, their links, what became
of them, and failed attempts."""

from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.accounts.permissions import ROLES
from catalogue.code_list import CodeList
from catalogue.database import Base, UtcDateTime, one_of, utc_now

SOURCES = CodeList({"local": _l("Password kept here"), "oidc": "OpenID Connect", "ldap": "LDAP"})
PURPOSES = CodeList(
    {"first": _l("First administrator"), "invitation": _l("Invitation"), "reset": _l("Resetting the password")}
)
EVENTS = CodeList(
    {
        "created": _l("Account made"),
        "changed": _l("Account changed"),
        "closed": _l("Account closed"),
        "opened": _l("Account opened again"),
        "invited": _l("Invitation link handed out"),
        "reset": _l("Password voided, link handed out"),
        "password_set": _l("Password set by the link"),
        "password_changed": _l("Password changed"),
        "signed_in": _l("Signed in"),
        "signed_out": _l("Signed out"),
        "sessions_ended": _l("Sessions ended"),
    }
)
TOKEN_SCOPES = CodeList(
    {
        "read": _l("Read"),
        "write": _l("Read, and write drafts and proposals"),
        "review": _l("Read, write and review"),
    }
)


class Account(Base):
    """Somebody who can sign in. Accounts are closed and never removed: history names them.

    `login` is kept in lower case. `password_hash` is empty where another system knows the password (`source`), or
    where the invitation has not been used yet.
    """

    __tablename__ = "account"
    __table_args__ = (
        one_of("role", ROLES, "role_known"),
        one_of("source", SOURCES, "source_known"),
        CheckConstraint("login <> ''", name="login_given"),
        CheckConstraint("name <> ''", name="name_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(20))
    division_id: Mapped[int | None] = mapped_column(ForeignKey("division.id"))
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(10), default="local")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LoginSession(Base):
    """One browser in which somebody is signed in. The browser has the token, the database its SHA-256; whoever removes
    the row ends the session at once."""

    __tablename__ = "login_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    browser: Mapped[str] = mapped_column(String(200), default="")


class ApiToken(Base):
    """A token with which a program uses the data interface in the name of an account. The program has the token, the
    database its SHA-256 and the `prefix` by which people tell it from others.

    `role` is that of the account when the token was made: with another role the token has ended.
    """

    __tablename__ = "api_token"
    __table_args__ = (
        one_of("scope", TOKEN_SCOPES, "scope_known"),
        one_of("role", ROLES, "role_known"),
        CheckConstraint("name <> ''", name="name_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    scope: Mapped[str] = mapped_column(String(10))
    role: Mapped[str] = mapped_column(String(20))
    prefix: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_on: Mapped[date | None] = mapped_column(Date)  # in UTC; written once a day at most


class AccountLink(Base):
    """A link that opens the page on which a password is chosen, once. Whoever was handed it has the token, the database
    its SHA-256; a used link is removed. The link of the first administrator names no account: there is none yet."""

    __tablename__ = "account_link"
    __table_args__ = (
        one_of("purpose", PURPOSES, "purpose_known"),
        CheckConstraint("(purpose = 'first') = (account_id IS NULL)", name="account_named"),
    )

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AccountIdentity(Base):
    """How another system names the owner of an account: by issuer and subject, which never change; never by e-mail."""

    __tablename__ = "account_identity"

    issuer: Mapped[str] = mapped_column(String(200), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)


class AccountEvent(Base):
    """Something that happened to an account: what, when, and by whom. Rows are only added, which triggers see to.

    `changes` are field → [old, new].
    """

    __tablename__ = "account_event"
    __table_args__ = (one_of("event", EVENTS, "event_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    event: Mapped[str] = mapped_column(String(20))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    actor: Mapped[str] = mapped_column(String(100))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class SignInAttempt(Base):
    """An attempt to sign in that has not succeeded (yet). Of the login it keeps a SHA-256: some type their password
    into the wrong field."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    login_hash: Mapped[str] = mapped_column(String(64), index=True)
    address: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
