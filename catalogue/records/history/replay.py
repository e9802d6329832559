"""Whether history and the present agree: what the revisions of each item add up to is what is stored of it.

Read batch by batch, so that memory does not grow with the catalogue. An item without any revision (made in bulk, past
`operations`) is counted and not judged; of one whose revisions begin late, what they speak of is compared.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, selectinload

from catalogue.people.models import Division
from catalogue.records.history.models import Revision
from catalogue.records.models.benefits import Benefit, BenefitShare
from catalogue.records.models.participation import (
    Contribution,
    Participation,
)
from catalogue.records.models.records import (
    Award,
    Patent,
    Record,
    RecordLink,
)
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.fields import Field, Reference, split
from catalogue.records.schema.list_fields import DivisionsField, PeopleField
from catalogue.records.schema.reference_data import DIVISIONS, ENTITIES

_BATCH = 500


@dataclass(frozen=True)
class Disagreement:
    """Where an item and its history say different items: in these fields, or in its being there at all (no fields);
    `number` is the version from which on, as far as history itself shows it."""

    entity: str
    code: str
    number: int
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReplayCheck:
    """How many items were compared, how many have no history, and where the two disagree."""

    compared: int
    without_history: int
    disagreements: tuple[Disagreement, ...]


@dataclass
class _Replayed:
    """The texts that revisions add up to; `broken` is the first of them that does not follow on the one before."""

    texts: dict[str, str]
    last: int
    is_whole: bool
    broken: Disagreement | None


class _Sameness:
    """Texts are compared by what they mean: people and divisions may have been renamed since they were written."""

    def __init__(self, session: Session) -> None:
        self._divisions: defaultdict[str, set[str]] = defaultdict(set)
        for code, changes in session.execute(
            select(Revision.entity_code, Revision.changes).where(Revision.entity == DIVISIONS.name)
        ):
            for name in changes.get("name", ()):
                self._divisions[name].add(code)
        for division in session.scalars(select(Division)):
            for name in (division.name, division.code, *(alias.name for alias in division.aliases)):
                self._divisions[name].add(division.code)

    def same(self, field: Field, first: str, second: str) -> bool:
        """Whether two text forms of a field say the same."""
        if first == second:
            return True
        if isinstance(field, PeopleField):
            return _staff(first) == _staff(second)
        if isinstance(field, DivisionsField) or (isinstance(field, Reference) and field.attribute == "name"):
            pairs = list(zip(split(first), split(second), strict=False))
            return len(split(first)) == len(split(second)) and all(
                one == other or self._divisions[one] & self._divisions[other] for one, other in pairs
            )
        return False


def check_replay(session: Session) -> ReplayCheck:
    """Compare everything that is stored with its history."""
    sameness = _Sameness(session)
    compared = without = 0
    found: list[Disagreement] = []
    for entity in ENTITIES.values():
        seen: set[str] = set()
        for items, histories in _batches(session, entity, seen):
            without += len(items) - len(histories)
            compared += len(histories)
            found += _disagreements(entity, items, histories, sameness)
        found += _gone(session, entity, seen)
    return ReplayCheck(compared, without, tuple(found))


def _disagreements(
    entity: Entity, items: Mapping[str, Any], histories: Mapping[str, Sequence[Any]], sameness: _Sameness
) -> Iterator[Disagreement]:
    for code, revisions in histories.items():
        replayed = _replay(entity, code, revisions, sameness)
        if replayed.broken:
            yield replayed.broken
            continue
        item = items[code]
        texts = entity.texts(item)
        names = texts if replayed.is_whole else replayed.texts
        wrong = tuple(
            name for name in names if not sameness.same(entity.field(name), replayed.texts.get(name, ""), texts[name])
        )
        if isinstance(item, Record) and item.version != replayed.last:
            wrong += ("version",)
        if wrong:
            yield Disagreement(entity.name, code, replayed.last, wrong)


def _replay(entity: Entity, code: str, revisions: Sequence[Any], sameness: _Sameness) -> _Replayed:
    """Add up the revisions of one item, the oldest first."""
    is_whole = not revisions[0].changes.get(entity.key[0], [" "])[0]
    fields = {field.name: field for field in entity.fields}
    texts: dict[str, str] = {}
    number = revisions[0].number - 1
    if is_whole and number:
        return _Replayed(texts, number, is_whole, Disagreement(entity.name, code, 1))
    for revision in revisions:
        wrong = [
            name
            for name, (old, _new) in revision.changes.items()
            if name in fields and (is_whole or name in texts)
            if not sameness.same(fields[name], texts.get(name, ""), old)
        ]
        if revision.number != number + 1 or wrong:
            broken = Disagreement(entity.name, code, number + 1, tuple(wrong))
            return _Replayed(texts, number, is_whole, broken)
        texts.update({name: new for name, (_old, new) in revision.changes.items() if name in fields})
        number = revision.number
    return _Replayed(texts, number, is_whole, None)


def _batches(
    session: Session, entity: Entity, seen: set[str]
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Sequence[Any]]]]:
    """The items of an entity by code, and the revisions of those that have any; every code goes into `seen`.

    Only what has a history is read as a whole.
    """
    model: Any = entity.model
    if not hasattr(model, "code"):  # registers, whose codes in history are made of several fields
        items = {entity.code_of(item): item for item in session.scalars(select(model).options(*_options(model)))}
        codes = list(items)
        seen.update(codes)
        for start in range(0, len(codes), _BATCH):
            part = codes[start : start + _BATCH]
            yield {code: items[code] for code in part}, _histories(session, entity, part)
        return
    last = ""
    while codes := list(session.scalars(_codes(model).where(model.code > last).order_by(model.code).limit(_BATCH))):
        last = codes[-1]
        seen.update(codes)
        histories = _histories(session, entity, codes)
        known = session.scalars(select(model).where(model.code.in_(histories)).options(*_options(model)))
        yield {**dict.fromkeys(codes), **{item.code: item for item in known}}, histories
        session.expunge_all()  # what has been compared need not stay in memory


def _codes(model: Any) -> Any:
    """The codes of a model; of a kind of record by the table of all records, which knows its kinds."""
    if issubclass(model, Record):
        return select(Record.code).where(Record.kind == model.__mapper_args__["polymorphic_identity"])
    return select(model.code)


def _histories(session: Session, entity: Entity, codes: Sequence[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in session.execute(
        select(Revision.entity_code, Revision.number, Revision.changes)
        .where(Revision.entity == entity.name, Revision.entity_code.in_(codes))
        .order_by(Revision.entity_code, Revision.number)
    ):
        found.setdefault(row.entity_code, []).append(row)
    return found


def _gone(session: Session, entity: Entity, seen: set[str]) -> Iterator[Disagreement]:
    """Things that are not there, though their last revision did not remove them."""
    own: ColumnElement[bool] = Revision.entity == entity.name
    codes = [code for code in session.scalars(select(Revision.entity_code).where(own).distinct()) if code not in seen]
    for start in range(0, len(codes), _BATCH):
        for code, revisions in _histories(session, entity, codes[start : start + _BATCH]).items():
            last = revisions[-1]
            if last.changes.get(entity.key[0], ["", " "])[1]:
                yield Disagreement(entity.name, code, last.number)


def _staff(text: str) -> list[tuple[str, str]]:
    """Each person's staff number and role, without the name."""
    return [(part.partition("(")[2].partition(")")[0], part.partition("/")[2]) for part in split(text)]


def _options(model: Any) -> tuple[Any, ...]:
    """What it takes to read whole items of a model at once."""
    if issubclass(model, Record):
        own = {Award: (joinedload(Award.scheme),), Patent: (selectinload(Patent.events),)}.get(model, ())
        return (
            selectinload(model.keyword_rows),
            selectinload(model.contributions).joinedload(Contribution.person),
            selectinload(model.participations).joinedload(Participation.division),
            *own,
        )
    if model is Benefit:
        return (selectinload(Benefit.shares).joinedload(BenefitShare.record),)
    return (joinedload(RecordLink.source), joinedload(RecordLink.target)) if model is RecordLink else ()
