"""Review: who may take which transition (`models.transitions`), who may write, and what needs four eyes."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from catalogue.accounts.permissions import Actor
from catalogue.errors import Forbidden
from catalogue.records.models.transitions import TRANSITIONS, Transition
from catalogue.records.schema.entities import Entity

# A change of these counts in tallies that the company publishes: whoever enters it does not confirm it.
_FOUR_EYES = frozenset({"award", "benefit"})
_GRANTED = "granted"


def open_transitions(actor: Actor, item: Any) -> Iterator[Transition]:
    """What the actor may do with something reviewed as it stands now."""
    for each in TRANSITIONS:
        if each.before == item.review_state and may_go(actor, each, item):
            yield each


def may_go(actor: Actor, transition: Transition, item: Any) -> bool:
    """Whether the actor may take this way: by permission, and as the owner where it is the owner's to take. Whether
    four eyes have seen the item is not asked here: see `needs_four_eyes`."""
    is_own = transition.by_owner is False or item.owner_id == actor.account_id or actor.may("review")
    return actor.may(transition.permission) and is_own


def needs_four_eyes(entity: Entity, *texts: Mapping[str, str]) -> bool:
    """Whether publishing something with (one of) these texts takes a second person: awards, ledger lines, and patents
    once they are granted."""
    granted = any(_GRANTED in each.get("events", "") or each.get("grant_number") for each in texts)
    return entity.name in _FOUR_EYES or (entity.name == "patent" and granted)


def may_write(actor: Actor, item: Any, *, created: bool = False) -> bool:
    """Whether the actor may change something reviewed: who may not review writes nothing but drafts of its own."""
    if actor.may("review"):
        return True
    is_own = created or (actor.account_id is not None and item.owner_id == actor.account_id)
    return actor.may("write") and is_own and item.review_state in ("draft", "submitted", "returned")


def check_write(actor: Actor, item: Any, *, created: bool) -> None:
    """The last guard of every writer, whatever page or programme called it: see `may_write`. Raises Forbidden."""
    if not may_write(actor, item, created=created):
        raise Forbidden(_("This entry is not yours to change; propose the change instead."))
