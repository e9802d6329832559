"""Tokens of programs: made by the owner of an account, with a scope and an end, and shown once.

A token is 256 random bits, so that there is nothing to guess and failures need not be counted.
"""

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from catalogue.accounts.models import TOKEN_SCOPES, Account, ApiToken
from catalogue.accounts.permissions import PERMISSIONS, Actor, actor_of
from catalogue.accounts.sessions import token_hash
from catalogue.database import Base, utc_now, writing
from catalogue.errors import CatalogueError, Forbidden, InvalidFields, NotFound, TokenRefused

log = logging.getLogger(__name__)

_MARK = "cat_"  # by which people, and programs that look for secrets, see what it is
_SHOWN = 10  # characters by which an owner tells tokens apart
MOST_DAYS = 365
USUAL_DAYS = 90
MOST_TOKENS = 20  # of one account
LONGEST_NAME = 60
_LISTED_AFTER_END = timedelta(days=30)
_NOTING_MS = 50  # how long noting the use of a token may hold up its request

# What each scope allows at most. None of them opens pages, passwords or further tokens: those take a browser.
_READING = frozenset({"open", "read"})
SCOPE_PERMISSIONS: Mapping[str, frozenset[str]] = {
    "read": _READING,
    "write": _READING | {"write"},
    "review": _READING | {"write", "review"},
}


def scopes_for(role: str) -> list[str]:
    """The scopes that a token of an account with this role can have: those whose permission the role has."""
    return [scope for scope in TOKEN_SCOPES if role in PERMISSIONS[scope]]


def create_token(session: Session, account: Account, name: str, scope: str, days: int) -> tuple[ApiToken, str]:
    """A new token of the account, and its text, which is kept nowhere. To be called in a write transaction.

    Raises InvalidFields for a name, a scope or a number of days that cannot be used, and where the account has as many
    tokens as it may have.
    """
    name = name.strip()
    problems = []
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        problems.append(("name", _("a name of at most %(number)s characters", number=LONGEST_NAME)))
    if scope not in scopes_for(account.role):
        problems.append(("scope", _("one of: %(codes)s", codes=", ".join(scopes_for(account.role)))))
    if not 1 <= days <= MOST_DAYS:
        problems.append(("days", _("a whole number from %(low)s to %(high)s", low=1, high=MOST_DAYS)))
    now = utc_now()
    of_account = ApiToken.account_id == account.id
    session.execute(delete(ApiToken).where(of_account, ApiToken.expires_at < now - _LISTED_AFTER_END))
    if (session.scalar(select(func.count()).select_from(ApiToken).where(of_account)) or 0) >= MOST_TOKENS:
        problems.append(("name", _("you have %(number)s tokens already; remove one first", number=MOST_TOKENS)))
    if problems:
        raise InvalidFields(problems)
    text = _MARK + secrets.token_urlsafe(32)
    token = ApiToken(
        account_id=account.id,
        name=name,
        scope=scope,
        role=account.role,
        prefix=text[:_SHOWN],
        token_hash=token_hash(text),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    return token, text


def tokens_of(session: Session, account: Account) -> Sequence[ApiToken]:
    """The tokens of an account, the newest first, with those that have ended lately."""
    return session.scalars(select(ApiToken).where(ApiToken.account_id == account.id).order_by(ApiToken.id.desc())).all()


def is_live(token: ApiToken, account: Account) -> bool:
    """Whether the token can be used: it has not expired, and the role of the account is still that of its making."""
    return token.expires_at > utc_now() and token.role == account.role and account.is_active


def revoke_token(session: Session, account: Account, token_id: int) -> None:
    """Remove a token of the account: it is worth nothing from now on. Raises NotFound where it has no such token."""
    token = session.get(ApiToken, token_id)
    if token is None or token.account_id != account.id:
        raise NotFound(_("You have no such token."))
    session.delete(token)


def end_tokens_of(session: Session, account: Account) -> None:
    """Remove every token of an account: when it is closed."""
    session.execute(delete(ApiToken).where(ApiToken.account_id == account.id))


def actor_of_token(session: Session, text: str) -> Actor:
    """In whose name a program with this token asks: that of the account as it is now, with no more permissions than
    the scope has. Notes the day of use. Raises TokenRefused."""
    division: Any = Base.metadata.tables["division"]
    now = utc_now()
    row = session.execute(
        select(ApiToken, Account, division.c.code)
        .join(Account, Account.id == ApiToken.account_id)
        .outerjoin(division, division.c.id == Account.division_id)
        .where(ApiToken.token_hash == token_hash(text), ApiToken.expires_at > now)
    ).first()
    if row is None or not is_live(row.ApiToken, row.Account):
        raise TokenRefused(_("This token is not valid, or no longer. Make a new one on the page of your tokens."))
    token, account = row.ApiToken, row.Account
    actor = actor_of(account.name, account.role, account.id, row.code or "")
    limited = replace(actor, limited_to=SCOPE_PERMISSIONS[token.scope])
    if token.used_on != now.date():
        _note_use(session, token.id)
    return limited


def _note_use(session: Session, token_id: int) -> None:
    """Keep the day of use; where the database is busy, the next request will."""
    try:
        with writing(session, patience_ms=_NOTING_MS):
            session.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_on=utc_now().date()))
    except (SQLAlchemyError, CatalogueError):
        log.info("The use of a token was not noted: the database was busy.")


def account_of(session: Session, actor: Actor) -> Account:
    """The account of somebody who is signed in. Raises Forbidden for who has none."""
    account = session.get(Account, actor.account_id) if actor.account_id is not None else None
    if account is None:
        raise Forbidden(_("This takes an account."))
    return account
