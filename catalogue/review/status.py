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
class Standing:
    """What the actor may know and do about a thing in review.

    `number` is the version that is looked at and goes along with every form; `ways` are open to the actor, `barred`
    those that would be but for the second person that they take. `last` is the latest move, for who may read its
    comment, `reader_id` the actor's account.
    """

    entity: Entity
    code: str
    title: str
    state: str
    number: int
    ways: tuple[Transition, ...]
    barred: tuple[Transition, ...]
    last: ReviewEvent | None
    amendments: Sequence[Amendment]
    reader_id: int

    @property
    def state_label(self) -> str:
        """The state in words."""
        return str(REVIEW_STATES.label(self.state))


def standing_of(session: Session, actor: Actor, thing: Any) -> Standing | None:
    """Where a thing stands; None for whoever has no part in it."""
    if actor.account_id is None or not actor.may("write"):
        return None
    entity = entity_of(thing)
    code = entity.code_of(thing)
    amendments = amendments_of(session, actor, entity, code)
    takes_part = actor.may("review") or thing.owner_id == actor.account_id
    if not takes_part and not amendments:
        return None
    texts = entity.texts(thing)
    ways = sorted(open_transitions(actor, thing), key=lambda way: _ORDER.index(way.name))
    barred: list[Transition] = []
    if needs_four_eyes(entity, texts) and actor.account_id in authors_of(session, entity, thing):
        barred = [way for way in ways if way.after == "published"]
    events = events_of(session, entity, code) if takes_part else []
    return Standing(
        entity,
        code,
        entity.title_of(texts),
        thing.review_state,
        current_number(session, entity, thing),
        tuple(way for way in ways if way not in barred),
        tuple(barred),
        events[0] if events else None,
        amendments,
        actor.account_id,
    )


@dataclass(frozen=True)
class Reading:
    """What a reviewer reads of a thing: all that it says, or what differs from what was returned or published before
    (`against` says which; empty: it is new); what rules and near-duplicates say; what happened so far."""

    against: str
    changes: list[FieldChange]
    whole: list[Fact]
    warnings: Sequence[Breach]
    resembling: Sequence[Record]
    events: Sequence[ReviewEvent]


def read(session: Session, actor: Actor, entity: Entity, thing: Any) -> Reading:
    """Put together what whoever decides must know."""
    code, texts, display = entity.code_of(thing), entity.texts(thing), Display(session, actor)
    events = events_of(session, entity, code)
    before = next((event for event in events if _is_mark(event)), None)
    known = texts_at(session, entity, thing, before.number) if before else None
    differing = [] if known is None else display.changes(entity, known, texts, _content(entity))
    against = ""
    if before is not None and known is not None and thing.review_state not in ("returned", "published"):
        against = _("what was returned") if before.state_after == "returned" else _("what was published before")
    is_record = isinstance(thing, Record)
    alike = resembling(session, KINDS[thing.kind], code, texts) if is_record else []
    return Reading(
        against,
        differing,
        display.facts(entity, texts),
        warnings_of(session, actor, thing) if is_record else (),
        by_ids(session, actor, ids_of_codes(session, alike)) if alike else (),
        events,
    )


def _is_mark(event: ReviewEvent) -> bool:
    """Whether what was moved then is what a reader of the next version knows already."""
    return event.state_after == "returned" or "published" in (event.state_before, event.state_after)


def _content(entity: Entity) -> list[str]:
    return [field.name for field in entity.fields if field.name != "review_state"]
