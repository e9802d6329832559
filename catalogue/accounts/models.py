"""Accounts, the sessions in which their owners are signed in, and the tokens of their programs."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.accounts.permissions import ROLES
from catalogue.database import Base, UtcDateTime, one_of, utc_now
from catalogue.vocabulary import Vocabulary

TOKEN_SCOPES = Vocabulary(
    {
        "read": _l("Read"),
        "write": _l("Read, and write drafts and proposals"),
        "review": _l("Read, write and review"),
    }
)
SOURCES = Vocabulary({"local": "local", "oidc": "OpenID Connect", "ldap": "LDAP"})


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
