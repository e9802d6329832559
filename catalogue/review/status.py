"""Where something stands in review, for its own page and for whoever decides on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import REVIEW_STATES, Actor
from catalogue.records.checks import Breach, warnings_of
from catalogue.records.duplicates import resembling
from catalogue.records.history.field_display import Display, Fact, FieldChange
from catalogue.records.history.versions import texts_at
from catalogue.records.models.records import Record
from catalogue.records.models.transitions import Transition
from catalogue.records.queries import by_ids, ids_of_codes
from catalogue.records.review.events import ReviewEvent, authors_of, events_of
from catalogue.records.review.workflow import (
    needs_four_eyes,
    open_transitions,
)
from catalogue.records.review_lookup import entity_of
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.kinds import KINDS
from catalogue.review.amendments import amendments_of, current_number
from catalogue.review.models import Amendment

# The way that is taken most comes first.
_ORDER = ("publish", "submit", "return", "restore", "recall", "reopen", "withdraw", "discard")


@dataclass(frozen=True)
class ReviewStatus:
    """What the actor may know and do about an item in review.

    `number` is the version that is looked at and goes along with every form; `available_transitions` are open
    to the actor, `blocked_by_four_eyes` those that would be but for the second person that they take. `last` is the
    latest move, for who may read its comment, `reader_id` the actor's account.
    """

    entity: Entity
    code: str
    title: str
    state: str
    number: int
    available_transitions: tuple[Transition, ...]
    blocked_by_four_eyes: tuple[Transition, ...]
    last: ReviewEvent | None
    amendments: Sequence[Amendment]
    reader_id: int

    @property
    def state_label(self) -> str:
        """The state in words."""
        return str(REVIEW_STATES.label(self.state))


def status_of(session: Session, actor: Actor, item: Any) -> ReviewStatus | None:
    """Where an item stands; None for whoever has no part in it."""
    if actor.account_id is None or not actor.may("write"):
        return None
    entity = entity_of(item)
    code = entity.code_of(item)
    amendments = amendments_of(session, actor, entity, code)
    takes_part = actor.may("review") or item.owner_id == actor.account_id
    if not takes_part and not amendments:
        return None
    texts = entity.texts(item)
    available_transitions = sorted(open_transitions(actor, item), key=lambda way: _ORDER.index(way.name))
    blocked_by_four_eyes: list[Transition] = []
    if needs_four_eyes(entity, texts) and actor.account_id in authors_of(session, entity, item):
        blocked_by_four_eyes = [way for way in available_transitions if way.after == "published"]
    events = events_of(session, entity, code) if takes_part else []
    return ReviewStatus(
        entity,
        code,
        entity.title_of(texts),
        item.review_state,
        current_number(session, entity, item),
        tuple(way for way in available_transitions if way not in blocked_by_four_eyes),
        tuple(blocked_by_four_eyes),
        events[0] if events else None,
        amendments,
        actor.account_id,
    )


@dataclass(frozen=True)
class ReviewContent:
    """What a reviewer reads of an item: all that it says, or what differs from what was returned or published before
    (`baseline` says which; empty: it is new); what rules and near-duplicates say; what happened so far."""

    baseline: str
    changes: list[FieldChange]
    whole: list[Fact]
    warnings: Sequence[Breach]
    resembling: Sequence[Record]
    events: Sequence[ReviewEvent]


def read(session: Session, actor: Actor, entity: Entity, item: Any) -> ReviewContent:
    """Put together what whoever decides must know."""
    code, texts, display = entity.code_of(item), entity.texts(item), Display(session, actor)
    events = events_of(session, entity, code)
    before = next((event for event in events if _is_mark(event)), None)
    known = texts_at(session, entity, item, before.number) if before else None
    differing = [] if known is None else display.changes(entity, known, texts, _content(entity))
    baseline = ""
    if before is not None and known is not None and item.review_state not in ("returned", "published"):
        baseline = _("what was returned") if before.state_after == "returned" else _("what was published before")
    is_record = isinstance(item, Record)
    alike = resembling(session, KINDS[item.kind], code, texts) if is_record else []
    return ReviewContent(
        baseline,
        differing,
        display.facts(entity, texts),
        warnings_of(session, actor, item) if is_record else (),
        by_ids(session, actor, ids_of_codes(session, alike)) if alike else (),
        events,
    )


def _is_mark(event: ReviewEvent) -> bool:
    """Whether what was moved then is what a reader of the next version knows already."""
    return event.state_after == "returned" or "published" in (event.state_before, event.state_after)


def _content(entity: Entity) -> list[str]:
    return [field.name for field in entity.fields if field.name != "review_state"]
