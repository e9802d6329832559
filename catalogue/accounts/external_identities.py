"""People whom another system vouches for: which account is theirs, and which role its groups give them."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.administration import add_identity, keep_an_administrator
from catalogue.accounts.events import note_event
from catalogue.accounts.models import Account, AccountIdentity
from catalogue.accounts.permissions import ROLES, Actor
from catalogue.accounts.sessions import end_sessions_of
from catalogue.accounts.usernames import LONGEST_NAME, find_account, written_login
from catalogue.errors import CatalogueError, Conflict

_BY_SYSTEM = {"oidc": "OpenID Connect", "ldap": "LDAP"}


class SignInRefused(CatalogueError):
    """Another system knows this person, and the catalogue does not let them in, or the answer cannot be trusted."""

    status = 403


@dataclass(frozen=True)
class ExternalPerson:
    """Somebody as another system names them: `issuer` and `subject` say who it is, for good."""

    source: str
    issuer: str
    subject: str
    login: str
    name: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Admission:
    """Who is let in: `roles` says which group gives which role (empty: administrators give them here), and `unknown`
    whether those whom neither knows are let in as readers or refused."""

    roles: Mapping[str, str]
    unknown: str

    def role_of(self, groups: Iterable[str]) -> str | None:
        """The highest role that groups give; None for none."""
        given = {self.roles[group] for group in map(str.casefold, groups) if group in self.roles}
        return next((role for role in reversed(list(ROLES)) if role in given), None)


# Gives whoever this login and password belong to; None where they do not.
Directory = Callable[[str, str], ExternalPerson | None]


def account_of_person(session: Session, person: ExternalPerson, admission: Admission) -> Account:
    """The account of somebody whom another system vouches for, made where there is none yet; its role as the groups
    say. To be called in a write transaction. Raises SignInRefused."""
    account = session.scalar(
        select(Account)
        .join(AccountIdentity, AccountIdentity.account_id == Account.id)
        .where(AccountIdentity.issuer == person.issuer, AccountIdentity.subject == person.subject)
    )
    role = admission.role_of(person.groups)
    if account is None:
        account = _prepared(session, person)
    if account is None:
        if role is None and admission.unknown != "reader":
            raise SignInRefused(_("You have no account here. Ask an administrator for one."))
        return _new_account(session, person, role or "reader")
    if not account.is_active:
        raise SignInRefused(_("Your account is closed. Ask an administrator."))
    if admission.roles:
        if role is None and admission.unknown != "reader":
            raise SignInRefused(_("None of your groups may use the catalogue any longer. Ask an administrator."))
        _follow(session, account, person, role or "reader")
    return account


def _prepared(session: Session, person: ExternalPerson) -> Account | None:
    """The account that an administrator has made for somebody of the directory who comes for the first time."""
    account = find_account(session, person.login) if person.source == "ldap" else None
    if account is None or account.source != "ldap":
        return None
    if session.scalar(select(AccountIdentity.subject).where(AccountIdentity.account_id == account.id).limit(1)):
        return None  # somebody else of that login was here before
    add_identity(session, account, person.issuer, person.subject)
    return account


def _follow(session: Session, account: Account, person: ExternalPerson, role: str) -> None:
    """Give an account the role that the groups say today; the last administrator keeps it."""
    if role == account.role:
        return
    try:
        keep_an_administrator(session, account)
    except Conflict:
        return
    changes = {"role": (account.role, role)}
    account.role = role
    end_sessions_of(session, account)
    note_event(session, _system(person), account, "changed", changes)


def _new_account(session: Session, person: ExternalPerson, role: str) -> Account:
    name = "".join(sign for sign in person.name if sign.isprintable()).strip()[:LONGEST_NAME]
    account = Account(login=_free_login(session, person), name=name or person.login, role=role, source=person.source)
    session.add(account)
    session.flush()
    add_identity(session, account, person.issuer, person.subject)
    note_event(session, _system(person), account, "created", {"role": ("", role)})
    return account


def _free_login(session: Session, person: ExternalPerson) -> str:
    """A login for the list of accounts. It never makes somebody the owner of an account that is there already."""
    digest = hashlib.sha256(f"{person.issuer} {person.subject}".encode()).hexdigest()
    wanted = written_login(person.login)
    if wanted and find_account(session, wanted) is None:
        return wanted
    return f"{person.source}-{digest[:12]}"


def _system(person: ExternalPerson) -> Actor:
    return Actor(_BY_SYSTEM[person.source], frozenset(), frozenset())


def admission_of(settings: Any) -> Admission:
    """Whom the settings let in."""
    roles = {group.casefold(): role for role, group in settings.group_roles}
    return Admission(roles, settings.unknown_people)
