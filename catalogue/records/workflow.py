"""Review: from which state to which a thing may go, by whom, and what needs four eyes.

`TRANSITIONS` is the one table of this. The database has its pairs as well (a trigger made from `PAIRS`), so that no
other path leads from state to state.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from catalogue.accounts.permissions import REVIEW_STATES, Actor
from catalogue.errors import Conflict, Forbidden
from catalogue.records.entities import Entity

# A change of these counts in tallies that the company publishes: whoever enters it does not confirm it.
_FOUR_EYES = frozenset({"award", "benefit"})
_GRANTED = "granted"


@dataclass(frozen=True)
class Transition:
    """One way from a state to another: the permission that it takes, whether only the owner of the thing goes it, and
    whether a comment must say why."""

    name: str
    label: Any
    before: str
    after: str
    permission: str
    by_owner: bool = False
    needs_comment: bool = False


TRANSITIONS = (
    Transition("submit", _l("Submit for review"), "draft", "submitted", "write", by_owner=True),
    Transition("submit", _l("Submit again"), "returned", "submitted", "write", by_owner=True),
    Transition("recall", _l("Take back for editing"), "submitted", "draft", "write", by_owner=True),
    Transition("publish", _l("Publish"), "draft", "published", "review"),
    Transition("publish", _l("Publish"), "submitted", "published", "review"),
    Transition("return", _l("Return with comments"), "submitted", "returned", "review", needs_comment=True),
    Transition("discard", _l("Discard the draft"), "draft", "withdrawn", "write", by_owner=True),
    Transition("discard", _l("Discard the draft"), "returned", "withdrawn", "write", by_owner=True),
    Transition("withdraw", _l("Withdraw"), "published", "withdrawn", "review", needs_comment=True),
    Transition("reopen", _l("Open again as a draft"), "withdrawn", "draft", "review"),
    Transition("reopen", _l("Take back into the drafts"), "published", "draft", "review", needs_comment=True),
    Transition("restore", _l("Publish again"), "withdrawn", "published", "review", needs_comment=True),
)
PAIRS = frozenset((each.before, each.after) for each in TRANSITIONS)


def find_transition(name: str, before: str) -> Transition:
    """The transition of this name out of a state. Raises Conflict where the state has no such way out (any more)."""
    for each in TRANSITIONS:
        if each.name == name and each.before == before:
            return each
    raise Conflict(
        _(
            "This cannot be done with an entry in the state “%(state)s”. Look at it anew.",
            state=REVIEW_STATES.label(before),
        )
    )


def open_transitions(actor: Actor, thing: Any) -> Iterator[Transition]:
    """What the actor may do with something reviewed as it stands now."""
    for each in TRANSITIONS:
        if each.before == thing.review_state and may_go(actor, each, thing):
            yield each


def may_go(actor: Actor, transition: Transition, thing: Any) -> bool:
    """Whether the actor may take this way: by permission, and as the owner where it is the owner's to take. Whether
    four eyes have seen the thing is not asked here: see `needs_four_eyes`."""
    is_own = transition.by_owner is False or thing.owner_id == actor.account_id or actor.may("review")
    return actor.may(transition.permission) and is_own


def needs_four_eyes(entity: Entity, *texts: Mapping[str, str]) -> bool:
    """Whether publishing something with (one of) these texts takes a second person: awards, ledger lines, and patents
    once they are granted."""
    granted = any(_GRANTED in each.get("events", "") or each.get("grant_number") for each in texts)
    return entity.name in _FOUR_EYES or (entity.name == "patent" and granted)


def check_pair(before: str, after: str) -> None:
    """Raises ValueError, as fields do, where no transition leads from one state to the other."""
    if before != after and (before, after) not in PAIRS:
        raise ValueError(
            _(
                "an entry cannot go from “%(before)s” to “%(after)s”",
                before=REVIEW_STATES.label(before),
                after=REVIEW_STATES.label(after),
            )
        )


def may_write(actor: Actor, thing: Any, *, created: bool = False) -> bool:
    """Whether the actor may change something reviewed: who may not review writes nothing but drafts of its own."""
    if actor.may("review"):
        return True
    is_own = created or (actor.account_id is not None and thing.owner_id == actor.account_id)
    return actor.may("write") and is_own and thing.review_state in ("draft", "submitted", "returned")


def check_write(actor: Actor, thing: Any, *, created: bool) -> None:
    """The last guard of every writer, whatever page or programme called it: see `may_write`. Raises Forbidden."""
    if not may_write(actor, thing, created=created):
        raise Forbidden(_("This entry is not yours to change; propose the change instead."))
