"""The one table of review: from which state to which an entry may go, and what each transition requires.

The database holds the same pairs (a trigger made from `PAIRS`), so that no other path leads from state to state.
"""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from catalogue.accounts.permissions import REVIEW_STATES
from catalogue.errors import Conflict


@dataclass(frozen=True)
class Transition:
    """One way from a state to another: the permission that it takes, whether only the owner of the item goes it, and
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
