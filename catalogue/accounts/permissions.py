"""Who may see what. So far there are two actors: the anonymous reader and the command line."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from catalogue.vocabulary import Vocabulary

REVIEW_STATES = Vocabulary(
    {
        "draft": _l("Draft"),
        "submitted": _l("Submitted"),
        "returned": _l("Returned"),
        "published": _l("Published"),
        "withdrawn": _l("Withdrawn"),
    }
)
CONFIDENTIALITY = Vocabulary({"public": _l("Public"), "internal": _l("Internal"), "restricted": _l("Restricted")})


def access_label(review_state: str, confidentiality: str) -> str:
    """What the index keeps of a record for `Actor.access`."""
    return f"{review_state}/{confidentiality}"


@dataclass(frozen=True)
class Actor:
    """Somebody, or something, that asks or writes: the states and confidentialities it may see."""

    name: str
    review_states: frozenset[str]
    confidentialities: frozenset[str]

    @property
    def access(self) -> frozenset[str]:
        """The access labels this actor may see, for the index; `queries.visible_to` says the same in SQL."""
        return frozenset(access_label(*pair) for pair in product(self.review_states, self.confidentialities))

    def may_see(self, thing: Any) -> bool:
        """Whether the actor may see something reviewed that is at hand already; `queries.visible_to` says the same."""
        return thing.review_state in self.review_states and thing.confidentiality in self.confidentialities


def actor_with(name: str, labels: Iterable[str]) -> Actor:
    """Somebody who may see what these access labels say, no more: the reverse of `Actor.access`."""
    pairs = [label.split("/") for label in labels]
    return Actor(name, frozenset(state for state, _level in pairs), frozenset(level for _state, level in pairs))


ANONYMOUS = Actor("anonymous", frozenset({"published"}), frozenset({"public"}))
COMMAND_LINE = Actor("command line", frozenset(REVIEW_STATES), frozenset(CONFIDENTIALITY))


def name_in_words(name: str) -> str:
    """Who did something, by the name kept of it: the two actors without an account are described."""
    return {ANONYMOUS.name: _("a reader without an account"), COMMAND_LINE.name: _("the command line")}.get(name, name)
