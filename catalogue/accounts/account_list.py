"""The list of accounts: searched by login or name, narrowed by role and state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Account
from catalogue.accounts.permissions import ROLES

STATES = ("active", "closed")


@dataclass(frozen=True)
class RosterState:
    """What the list is narrowed to; empty texts narrow nothing."""

    text: str = ""
    role: str = ""
    state: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> Self:
        """The state that an address asks for; what is unknown narrows nothing."""
        role, state = args.get("role", ""), args.get("state", "")
        return cls(
            args.get("q", "").strip(),
            role if role in ROLES else "",
            state if state in STATES else "",
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return self != type(self)()

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same in SQL."""
        wanted: list[ColumnElement[bool]] = []
        if self.text:
            text = self.text.lower()
            columns = (Account.login, func.lower(Account.name))
            wanted.append(or_(*(column.contains(text, autoescape=True) for column in columns)))
        if self.role:
            wanted.append(Account.role == self.role)
        if self.state:
            wanted.append(Account.is_active.is_(self.state == "active"))
        return wanted


def count_accounts(session: Session, state: RosterState) -> int:
    """How many accounts there are in a state of the list."""
    return session.scalar(select(func.count()).select_from(Account).where(*state.conditions())) or 0


def find_accounts(session: Session, state: RosterState, offset: int = 0, limit: int | None = None) -> Sequence[Account]:
    """The accounts in a state of the list, the active ones first, by login."""
    query = select(Account).where(*state.conditions()).order_by(Account.is_active.desc(), Account.login)
    return session.scalars(query.offset(offset).limit(limit)).all()
