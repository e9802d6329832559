"""The names under which people sign in, and the accounts that bear them."""

import re
import unicodedata

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Account
from catalogue.errors import InvalidInput, NotFound

LONGEST_LOGIN = 60
LONGEST_NAME = 100
_LOGIN = re.compile(r"[\w.@+-]+")


def written_login(text: str) -> str:
    """The one way in which a login is kept: half width, lower case. Empty where the text can be no login."""
    login = unicodedata.normalize("NFKC", text).strip().lower()
    return login if len(login) <= LONGEST_LOGIN and _LOGIN.fullmatch(login) else ""


def written_name(text: str) -> str:
    """A name of a person without stray spaces. Raises InvalidInput for none, or one that is too long."""
    name = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise InvalidInput(_("Give a name of at most %(number)s characters.", number=LONGEST_NAME), "name")
    return name


def new_login(session: Session, text: str) -> str:
    """A login as it is kept. Raises InvalidInput where it can be none, or somebody has it."""
    login = written_login(text)
    if not login:
        message = _(
            "A login has up to %(number)s letters, digits and the signs . _ - + @, without spaces.",
            number=LONGEST_LOGIN,
        )
        raise InvalidInput(message, "login")
    if find_account(session, login) is not None:
        raise InvalidInput(login_is_taken(login), "login")
    return login


def login_is_taken(login: str) -> str:
    """What is said where somebody has a login already."""
    return _("Somebody has the login “%(login)s” already; choose another.", login=login)


def find_account(session: Session, login: str) -> Account | None:
    """The account with this login, however it is typed."""
    return session.scalar(select(Account).where(Account.login == written_login(login)))


def account_named(session: Session, login: str) -> Account:
    """The account with this login. Raises NotFound."""
    account = find_account(session, login)
    if account is None:
        raise NotFound(_("There is no account “%(login)s”; `catalogue user list` names them all.", login=login))
    return account
