"""What happened to accounts: written down beside each change, and read on the account's page."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Account, AccountEvent
from catalogue.accounts.permissions import Actor, actor_of

Changes = Mapping[str, tuple[str, str]]  # field → (old, new)


def note_event(session: Session, actor: Actor, account: Account, event: str, changes: Changes | None = None) -> None:
    """Write down that `actor` did something to an account."""
    session.add(
        AccountEvent(
            account_id=account.id,
            event=event,
            changes={field: list(pair) for field, pair in (changes or {}).items()},
            actor=actor.name,
            actor_id=actor.account_id,
        )
    )
    session.flush()


def themselves(account: Account) -> Actor:
    """The owner of an account as the actor, for what people do to their own."""
    return actor_of(account.name, account.role, account.id)


def events_of(session: Session, account: Account, most: int = 100) -> Sequence[AccountEvent]:
    """What happened to an account, the latest first."""
    return session.scalars(
        select(AccountEvent).where(AccountEvent.account_id == account.id).order_by(AccountEvent.id.desc()).limit(most)
    ).all()
