"""Why an entry came, went or moved: what its history says, and that of whatever decides where it counts.

A change is told field by field, from what it was to what it is. What the reader may no longer see is not explained:
its history says more than its absence.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor, name_in_words
from catalogue.formatting import local_day
from catalogue.records.history.models import Revision
from catalogue.records.models.benefits import Benefit, BenefitShare
from catalogue.records.models.records import Award, Record
from catalogue.records.models.schemes import AwardScheme
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.reference_data import (
    AWARD_SCHEMES,
    BENEFITS,
    ENTITIES,
    SCHEME_LEVEL_PERIODS,
    YEARLY_COUNTS,
)
from catalogue.tallies.dimensions import YES_NO
from catalogue.tallies.issued.comparison import Move
from catalogue.tallies.issued.entries_today import Name, in_parts, visible_names

LONGEST_TEXT = 80  # of an old or new value
_BY_NAME = {entity.name: entity for entity in ENTITIES.values()}


@dataclass(frozen=True)
class FieldChange:
    """A field's label, what it was and what it is."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Cause:
    """A sentence, perhaps with the changes of fields that it is about."""

    text: str
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True)
class CountInterval:
    """The time between two counts. `until` None means now; `differences` say what else the two do not share;
    `by_ledger` that records are measured by their parts of ledger lines."""

    since: datetime
    until: datetime | None
    differences: tuple[str, ...] = ()
    by_ledger: bool = False

    def holds(self) -> ColumnElement[bool]:
        """SQL: the revision was made in between."""
        after = Revision.at > self.since
        return after if self.until is None else and_(after, Revision.at <= self.until)


def causes_of(session: Session, actor: Actor, moves: Sequence[Move], window: CountInterval) -> dict[Name, list[Cause]]:
    """Why each entry moved, by its name."""
    names = [move.entry.name for move in moves]
    visible = visible_names(session, actor, names)
    own = _revisions(session, names, window)
    others = _causes_elsewhere(session, actor, [move.entry.name for move in moves if move.effects], window)
    reasons = {}
    for move in moves:
        name = move.entry.name
        if name not in visible:
            reasons[name] = [Cause(_("It is no longer published, or not open to you."))]
        elif name in own and own[name][0].number == 1:
            reasons[name] = [_entered(own[name][0])]
        else:
            found = [_changed(own[name])] if name in own else []
            found += others.get(name, [])
            found += [Cause(difference) for difference in window.differences if move.effects]
            reasons[name] = found or [Cause(_("Nothing in its history says why."))]
    return reasons


def _revisions(session: Session, names: Iterable[Name], window: CountInterval) -> dict[Name, list[Revision]]:
    """What was changed in the time, item by item, in order."""
    found: dict[Name, list[Revision]] = {}
    for entity, codes in in_parts(names):
        query = select(Revision).where(Revision.entity == entity, Revision.entity_code.in_(codes), window.holds())
        for revision in session.scalars(query.order_by(Revision.entity_code, Revision.number)):
            found.setdefault((entity, revision.entity_code), []).append(revision)
    return found


def _entered(revision: Revision) -> Cause:
    return Cause(_("Entered on %(day)s by %(actor)s.", day=local_day(revision.at), actor=name_in_words(revision.actor)))


def _changed(revisions: Sequence[Revision]) -> Cause:
    last = revisions[-1]
    text = _("Changed on %(day)s by %(actor)s:", day=local_day(last.at), actor=name_in_words(last.actor))
    return Cause(text, field_changes(revisions))


def field_changes(revisions: Sequence[Revision]) -> tuple[FieldChange, ...]:
    """What revisions of one item changed on the whole: each field from its first old to its last new value."""
    merged: dict[str, list[str]] = {}
    for revision in revisions:
        for name, (old, new) in revision.changes.items():
            merged.setdefault(name, [old, new])[1] = new
    entity = _BY_NAME[revisions[0].entity]
    labels = {field.name: field for field in entity.fields}

    def shown(name: str, text: str) -> str:
        choices = (labels[name].choices if name in labels else None) or YES_NO
        text = str(choices.label(text)) if choices and text else text
        return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"

    return tuple(
        FieldChange(entity.label_of(name), shown(name, old), shown(name, new))
        for name, (old, new) in merged.items()
        if old != new
    )


@dataclass(frozen=True)
class _Dependence:
    """What decides beside an entry itself where it counts: revisions of `entities` that `concerns` finds to be about
    the entry."""

    entities: tuple[str, ...]
    concerns: Callable[[Revision], bool]


def _causes_elsewhere(
    session: Session, actor: Actor, names: Sequence[Name], window: CountInterval
) -> dict[Name, list[Cause]]:
    """Changes of other items that move an entry: the standing of an award's scheme, the ledger lines of a record,
    the divisions of the records that share a line."""
    dependences = _dependences(session, names, window.by_ledger)
    entities = {entity for _name, each in dependences for entity in each.entities}
    if not entities:
        return {}
    query = select(Revision).where(Revision.entity.in_(sorted(entities)), window.holds()).order_by(Revision.id)
    revisions = session.scalars(query).all()
    open_to = visible_names(session, actor, [(r.entity, r.entity_code) for r in revisions if _is_reviewed(r.entity)])
    usable = [r for r in revisions if not _is_reviewed(r.entity) or (r.entity, r.entity_code) in open_to]
    found: dict[Name, list[Cause]] = {}
    for name, dependence in dependences:
        for revision in usable:
            if revision.entity in dependence.entities and dependence.concerns(revision):
                found.setdefault(name, []).append(_elsewhere(revision))
    return found


def _is_reviewed(entity: str) -> bool:
    return entity in KINDS or entity in (BENEFITS.name, YEARLY_COUNTS.name)


def _elsewhere(revision: Revision) -> Cause:
    text = _(
        "%(what)s “%(code)s”, changed on %(day)s by %(actor)s:",
        what=_BY_NAME[revision.entity].label,
        code=revision.entity_code,
        day=local_day(revision.at),
        actor=name_in_words(revision.actor),
    )
    return Cause(text, field_changes([revision]))


def _dependences(session: Session, names: Sequence[Name], by_ledger: bool) -> list[tuple[Name, _Dependence]]:
    schemes: dict[str, str] = {}
    sharers: dict[str, set[str]] = {}  # the lines of each record, the records of each line
    for _entity, codes in in_parts(names):
        in_schemes = select(Award.code, AwardScheme.code).join(AwardScheme).where(Award.code.in_(codes))
        schemes.update(session.execute(in_schemes).all())
        shares = select(Benefit.code, Record.code).select_from(BenefitShare).join(Benefit).join(Record)
        shared = shares.where(or_(Benefit.code.in_(codes), Record.code.in_(codes)))
        for line, record in session.execute(shared):
            sharers.setdefault(line, set()).add(record)
            sharers.setdefault(record, set()).add(line)
    dependences = []
    for name in names:
        entity, code = name
        shared_with = sharers.get(code, set())
        if entity == BENEFITS.name:
            dependences.append((name, _Dependence(tuple(KINDS), partial(_is_sharer, shared_with))))
        elif by_ledger:
            dependences.append((name, _Dependence((BENEFITS.name,), partial(_is_line_of, code, shared_with))))
        if code in schemes:
            about = (AWARD_SCHEMES.name, SCHEME_LEVEL_PERIODS.name)
            dependences.append((name, _Dependence(about, partial(_is_scheme, schemes[code]))))
    return dependences


def _is_sharer(records: set[str], revision: Revision) -> bool:
    return revision.entity_code in records and "divisions" in revision.changes


def _is_line_of(record: str, lines: set[str], revision: Revision) -> bool:
    # A line that no longer names the record did so before.
    return revision.entity_code in lines or record in str(revision.changes.get("records", ""))


def _is_scheme(scheme: str, revision: Revision) -> bool:
    # A standing is called after its scheme and its first year.
    return f"{revision.entity_code} ".startswith(f"{scheme} ")
