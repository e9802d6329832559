"""What administrators do with accounts. Every change is written down as an event.

The functions flush; the edge commits, in a write transaction (`database.writing`). Only there do they rely on what they
have read: the last administrator stays, however many try at the same moment.
"""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.accounts.account_links import new_link
from catalogue.accounts.divisions import division_code, division_id
from catalogue.accounts.events import note_event
from catalogue.accounts.models import Account, AccountIdentity
from catalogue.accounts.passwords import UNSET
from catalogue.accounts.permissions import ROLES, Actor
from catalogue.accounts.sessions import end_sessions_of
from catalogue.accounts.tokens import end_tokens_of
from catalogue.accounts.usernames import login_is_taken, new_login, written_name
from catalogue.errors import Conflict, Forbidden, InvalidInput

LONGEST_SUBJECT = 255


def add_account(
    session: Session, actor: Actor, login: str, name: str, role: str, division: str = "", source: str = "local"
) -> Account:
    """A new account without a password; `division` is a code. Raises InvalidInput for what cannot be kept."""
    _check_may(actor)
    account = Account(
        login=new_login(session, login),
        name=written_name(name),
        role=_known_role(role),
        division_id=division_id(session, division),
        source=source,
    )
    session.add(account)
    try:
        session.flush()
    except IntegrityError:  # two at the same moment, where the database lets two write
        raise InvalidInput(login_is_taken(account.login), "login") from None
    note_event(session, actor, account, "created", {"role": ("", role)})
    return account


def add_identity(session: Session, account: Account, issuer: str, subject: str) -> None:
    """Let whoever another system calls `subject` sign in to an account. Raises InvalidInput where it means somebody
    else already."""
    if not 0 < len(subject) <= LONGEST_SUBJECT:
        raise InvalidInput(_("A subject has at most %(number)s characters.", number=LONGEST_SUBJECT), "subject")
    if session.get(AccountIdentity, (issuer, subject)) is not None:
        raise InvalidInput(_("Somebody else signs in as “%(subject)s” already.", subject=subject), "subject")
    session.add(AccountIdentity(issuer=issuer, subject=subject, account_id=account.id))
    session.flush()


def invite(session: Session, actor: Actor, account: Account) -> str:
    """The token of a link with which the owner chooses the first password; an earlier link is void.

    Raises InvalidInput where there is a password already, or another system keeps it.
    """
    _check_may(actor)
    _check_is_local(account)
    if account.password_hash:
        raise InvalidInput(_("%(name)s has a password. Reset it to hand out a new link.", name=account.name))
    token = new_link(session, "invitation", account)
    note_event(session, actor, account, "invited")
    return token


def reset_password(session: Session, actor: Actor, account: Account) -> str:
    """The token of a link with which the owner chooses a new password. The old one is void, all sessions are over."""
    _check_may(actor)
    _check_is_local(account)
    account.password_hash = UNSET
    end_sessions_of(session, account)
    token = new_link(session, "reset", account)
    note_event(session, actor, account, "reset")
    return token


def change_account(
    session: Session,
    actor: Actor,
    account: Account,
    *,
    name: str | None = None,
    role: str | None = None,
    division: str | None = None,
) -> bool:
    """Change what is given of an account; whether anything was other than before.

    Another role or division ends all sessions, so that nobody goes on with rights of yesterday. Raises InvalidInput for
    what cannot be kept, Conflict for the last administrator.
    """
    _check_may(actor)
    before = _facts(session, account)
    if name is not None:
        account.name = written_name(name)
    if division is not None:
        account.division_id = division_id(session, division)
    if role is not None and _known_role(role) != account.role:
        keep_an_administrator(session, account)
        account.role = role
    after = _facts(session, account)
    changes = {field: (old, after[field]) for field, old in before.items() if old != after[field]}
    if not changes:
        return False
    if changes.keys() - {"name"}:
        end_sessions_of(session, account)
    note_event(session, actor, account, "changed", changes)
    return True


def close_account(session: Session, actor: Actor, account: Account) -> None:
    """Close an account: nobody signs in with it, and its sessions and tokens are over. Raises Conflict for the last
    administrator."""
    _check_may(actor)
    if not account.is_active:
        return
    keep_an_administrator(session, account)
    account.is_active = False
    end_sessions_of(session, account)
    end_tokens_of(session, account)
    note_event(session, actor, account, "closed")


def open_account(session: Session, actor: Actor, account: Account) -> None:
    """Open a closed account again, with the password that it had."""
    _check_may(actor)
    if not account.is_active:
        account.is_active = True
        note_event(session, actor, account, "opened")


def end_all_sessions(session: Session, actor: Actor, account: Account) -> None:
    """Sign somebody out in every browser."""
    _check_may(actor)
    end_sessions_of(session, account)
    note_event(session, actor, account, "sessions_ended")


def keep_an_administrator(session: Session, account: Account) -> None:
    """Raise Conflict where no other administrator could still sign in without this account.

    The rows are locked, for databases on which two can write at once.
    """
    if account.role != "administrator" or not account.is_active:
        return
    others = session.scalars(
        select(Account)
        .where(Account.role == "administrator", Account.is_active)
        .order_by(Account.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not any(other.id != account.id and _can_sign_in(other) for other in others):
        raise Conflict(_("%(name)s is the last administrator. Make somebody else one first.", name=account.name))


def _can_sign_in(account: Account) -> bool:
    return bool(account.password_hash) or account.source != "local"


def _facts(session: Session, account: Account) -> dict[str, str]:
    return {
        "name": account.name,
        "role": account.role,
        "division": division_code(session, account.division_id),
    }


def _known_role(role: str) -> str:
    if role not in ROLES:
        message = _("There is no role “%(role)s”; the roles are: %(roles)s", role=role, roles=", ".join(ROLES))
        raise InvalidInput(message, "role")
    return role


def _check_is_local(account: Account) -> None:
    if account.source != "local":
        raise InvalidInput(_("The password of %(name)s is kept by another system.", name=account.name))
    if not account.is_active:
        raise InvalidInput(_("The account of %(name)s is closed. Open it first.", name=account.name))


def _check_may(actor: Actor) -> None:
    if not actor.may("manage_accounts"):
        raise Forbidden(_("Your role does not include this. Ask an administrator, if you need it."))


def account_as_data(session: Session, account: Account) -> dict[str, Any]:
    """An account for other programs."""
    return {
        "login": account.login,
        **_facts(session, account),
        "source": account.source,
        "active": account.is_active,
        "has_password": bool(account.password_hash),
        "created_at": account.created_at,
        "signed_in_at": account.signed_in_at,
    }
