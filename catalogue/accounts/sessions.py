"""Sessions kept on the server: opened at signing in, ended at once by signing out or by a change of the account."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Account, LoginSession
from catalogue.accounts.permissions import Actor, actor_of
from catalogue.database import Base, utc_now

_LONGEST_BROWSER = 200


def token_hash(token: str) -> str:
    """What the database keeps of a token: nobody who reads the database can use it to sign in."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(session: Session, account: Account, hours: int, browser: str = "") -> str:
    """Sign an account in for so many hours; gives the token for the browser. Sessions that are over are swept."""
    token = secrets.token_urlsafe(32)
    now = utc_now()
    session.execute(delete(LoginSession).where(LoginSession.expires_at <= now))
    session.add(
        LoginSession(
            token_hash=token_hash(token),
            account_id=account.id,
            expires_at=now + timedelta(hours=hours),
            browser=browser[:_LONGEST_BROWSER],
        )
    )
    account.signed_in_at = now
    session.flush()
    return token


def actor_of_session(session: Session, token: str) -> Actor | None:
    """Who is signed in with this token; None where nobody is, or no longer."""
    division: Any = Base.metadata.tables["division"]
    row = session.execute(
        select(Account.id, Account.name, Account.role, division.c.code)
        .join(LoginSession, LoginSession.account_id == Account.id)
        .outerjoin(division, division.c.id == Account.division_id)
        .where(
            LoginSession.token_hash == token_hash(token),
            LoginSession.expires_at > utc_now(),
            Account.is_active,
        )
    ).first()
    return actor_of(row.name, row.role, row.id, row.code or "") if row else None


def end_session(session: Session, token: str) -> None:
    """Sign out: the token is worth nothing from now on."""
    session.execute(delete(LoginSession).where(LoginSession.token_hash == token_hash(token)))


def end_sessions_of(session: Session, account: Account, but: str = "") -> None:
    """End every session of an account, but for the one with the token `but`: after a change of password or role, or
    when the account is closed."""
    session.execute(
        delete(LoginSession).where(
            LoginSession.account_id == account.id, LoginSession.token_hash != (token_hash(but) if but else "")
        )
    )
