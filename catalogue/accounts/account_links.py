"""Links that open the page on which somebody chooses a password: for the first administrator, the invited, and those
who forgot theirs. There is no e-mail here: an administrator hands them over."""

import secrets
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalogue.accounts.events import note_event, themselves
from catalogue.accounts.models import Account, AccountLink
from catalogue.accounts.passwords import check_new_password, hash_password
from catalogue.accounts.sessions import end_sessions_of, token_hash
from catalogue.accounts.throttling import forget_attempts
from catalogue.accounts.usernames import new_login, written_name
from catalogue.database import utc_now, writing
from catalogue.errors import NotFound

VALID = {"first": timedelta(hours=24), "invitation": timedelta(days=7), "reset": timedelta(days=7)}


def new_link(session: Session, purpose: str, account: Account | None = None) -> str:
    """The token of a fresh link; earlier ones for the same account, or for the first administrator, are void."""
    session.execute(
        delete(AccountLink).where(
            AccountLink.account_id == account.id if account else AccountLink.account_id.is_(None),
        )
    )
    session.execute(delete(AccountLink).where(AccountLink.expires_at <= utc_now()))
    token = secrets.token_urlsafe(32)
    session.add(
        AccountLink(
            token_hash=token_hash(token),
            purpose=purpose,
            account_id=account.id if account else None,
            expires_at=utc_now() + VALID[purpose],
        )
    )
    session.flush()
    return token


def first_link(session: Session) -> str | None:
    """The token with which the first administrator is made; None as soon as there is one. Commits."""
    if _has_administrator(session):
        return None
    with writing(session):
        return None if _has_administrator(session) else new_link(session, "first")


def _has_administrator(session: Session) -> bool:
    return session.scalar(select(Account.id).where(Account.role == "administrator").limit(1)) is not None


def find_link(session: Session, token: str, *, to_use: bool = False) -> tuple[AccountLink, Account | None]:
    """A link that can be used now, and whose account it opens. Raises NotFound for any other.

    With `to_use` it is locked: of two who use it at the same moment, the second finds it gone.
    """
    link = session.get(AccountLink, token_hash(token), with_for_update=to_use, populate_existing=to_use)
    account = session.get(Account, link.account_id) if link and link.account_id is not None else None
    usable = link is not None and link.expires_at > utc_now()
    if usable and account is not None:
        usable = account.is_active and account.source == "local"
    elif usable:
        usable = not _has_administrator(session)
    if link is None or not usable:
        raise NotFound(_("This link has been used, replaced or is out of date. An administrator can make a new one."))
    return link, account


def use_link(session: Session, token: str, login: str, name: str, password: str, again: str) -> int:
    """Set the password, and with the first link make the administrator; gives the id of the account. Commits.

    `login` and `name` are those of the first administrator, and of no use otherwise. The link is used up, the owner's
    sessions are over. Raises NotFound for a link that cannot be used, InvalidInput for what cannot be kept.
    """
    _link, account = find_link(session, token)
    login, name = (account.login, account.name) if account else (new_login(session, login), written_name(name))
    check_new_password(password, again, login, name)
    session.rollback()
    kept = hash_password(password)
    with writing(session):
        link, account = find_link(session, token, to_use=True)
        if account is None:
            account = Account(login=new_login(session, login), name=name, role="administrator")
            session.add(account)
            session.flush()
            note_event(session, themselves(account), account, "created", {"role": ("", account.role)})
        session.delete(link)
        account.password_hash = kept
        end_sessions_of(session, account)
        forget_attempts(session, account.login)
        note_event(session, themselves(account), account, "password_set")
        return account.id
