"""Signing in with a password."""

import re
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Account
from catalogue.accounts.passwords import hash_password, is_outdated, is_password
from catalogue.accounts.sessions import open_session
from catalogue.database import writing

LONGEST_LOGIN = 60
_LOGIN = re.compile(r"[\w.@+-]+")


def written_login(text: str) -> str:
    """The one way in which a login is kept: half width, lower case. Empty where the text can be no login."""
    login = unicodedata.normalize("NFKC", text).strip().lower()
    return login if len(login) <= LONGEST_LOGIN and _LOGIN.fullmatch(login) else ""


def sign_in(session: Session, login: str, password: str, hours: int, browser: str = "") -> str | None:
    """Open a session for whoever knows the password; gives its token, or None where login or password are wrong.

    Commits. The hash is computed outside of the transaction: it takes a tenth of a second, in which nobody shall wait.
    """
    account = session.scalar(select(Account).where(Account.login == written_login(login), Account.is_active))
    kept, account_id = (account.password_hash, account.id) if account else ("", 0)
    session.rollback()
    if not is_password(kept, password):
        return None
    renewed = hash_password(password) if is_outdated(kept) else kept
    with writing(session):
        account = session.get_one(Account, account_id)
        if account.password_hash != kept or not account.is_active:
            return None  # changed in the meantime
        account.password_hash = renewed
        return open_session(session, account, hours, browser)
