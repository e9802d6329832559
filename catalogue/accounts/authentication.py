"""Signing in: with a password kept here, or with that of a directory."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalogue.accounts.events import note_event, themselves
from catalogue.accounts.external_identities import (
    Admission,
    Directory,
    ExternalPerson,
    account_of_person,
)
from catalogue.accounts.models import Account
from catalogue.accounts.passwords import check_new_password, hash_password, is_outdated, is_password
from catalogue.accounts.sessions import end_sessions_of, open_session
from catalogue.accounts.throttling import count_attempt, forget_attempts
from catalogue.accounts.usernames import find_account, written_login
from catalogue.database import writing
from catalogue.errors import InvalidInput


@dataclass(frozen=True)
class Visitor:
    """The browser from which somebody signs in, and for how many hours."""

    address: str
    browser: str
    hours: int


def sign_in(
    session: Session,
    login: str,
    password: str,
    visitor: Visitor,
    directory: Directory | None,
    admission: Admission,
) -> str | None:
    """Open a session for whoever knows the password; gives its token, or None where login or password are wrong.

    Commits. Nothing is locked while the password is looked at: that takes a tenth of a second, or a question to the
    directory. Raises TooManyAttempts, and SignInRefused for whom only the directory knows.
    """
    attempted = written_login(login) or login
    with writing(session):
        count_attempt(session, attempted, visitor.address)
    account = find_account(session, login)
    is_elsewhere = directory is not None and (account is None or account.source == "ldap")
    kept = account.password_hash if account and account.is_active and not is_elsewhere else ""
    account_id = account.id if account else 0
    session.rollback()
    if directory is not None and is_elsewhere:
        person = directory(login, password)
        return sign_in_person(session, person, visitor, admission, attempted) if person else None
    if not is_password(kept, password):
        return None
    renewed = hash_password(password) if is_outdated(kept) else kept
    with writing(session):
        account = session.get_one(Account, account_id)
        if account.password_hash != kept or not account.is_active:
            return None  # changed in the meantime
        account.password_hash = renewed
        forget_attempts(session, attempted)
        return _begin(session, account, visitor)


def sign_in_person(
    session: Session, person: ExternalPerson, visitor: Visitor, admission: Admission, attempted: str = ""
) -> str:
    """Open a session for somebody whom another system vouches for; gives its token. `attempted` is the login under
    which failures are forgotten. Commits. Raises SignInRefused."""
    with writing(session):
        forget_attempts(session, attempted)
        return _begin(session, account_of_person(session, person, admission), visitor)


def sign_in_with_link(session: Session, account_id: int, visitor: Visitor) -> str:
    """Open a session for the owner of an account who has just chosen a password. Commits."""
    with writing(session):
        return _begin(session, session.get_one(Account, account_id), visitor)


def _begin(session: Session, account: Account, visitor: Visitor) -> str:
    token = open_session(session, account, visitor.hours, visitor.browser)
    note_event(session, themselves(account), account, "signed_in")
    return token


def change_password(
    session: Session, account_id: int, token: str, address: str, current: str, password: str, again: str
) -> bool:
    """Change the own password; False where the current one is wrong. All sessions end but the one with `token`.

    Commits. Raises InvalidInput for a password that cannot be kept, TooManyAttempts.
    """
    account = session.get_one(Account, account_id)
    login, name, kept = account.login, account.name, account.password_hash
    check_new_password(password, again, login, name)
    with writing(session):
        count_attempt(session, login, address)
    if not is_password(kept, current):
        return False
    if is_password(kept, password):
        raise InvalidInput(_("This is the password that you have already."), "password")
    renewed = hash_password(password)
    with writing(session):
        account = session.get_one(Account, account_id)
        if account.password_hash != kept:
            return False
        account.password_hash = renewed
        end_sessions_of(session, account, but=token)
        forget_attempts(session, login)
        note_event(session, themselves(account), account, "password_changed")
        return True
