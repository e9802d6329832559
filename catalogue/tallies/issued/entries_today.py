"""What has become of entries that were counted once: whether they are there, at which revision, and where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.records.history.models import Revision
from catalogue.records.models.benefits import Benefit, BenefitShare, YearlyCount
from catalogue.records.models.records import Record
from catalogue.records.queries import published_for, visible_to
from catalogue.records.schema.reference_data import BENEFITS, YEARLY_COUNTS

_AT_ONCE = 500  # codes in one query
Name = tuple[str, str]  # of an entry or of anything else that is stored: entity and code


@dataclass(frozen=True)
class EntryToday:
    """An entry as it is today: its revision, and the record on whose page it stands (none for a yearly count)."""

    revision: int
    record: str = ""


def in_parts(names: Iterable[Name]) -> Iterable[tuple[str, Sequence[str]]]:
    """Entity by entity, as many codes as one query takes."""
    codes: dict[str, list[str]] = {}
    for entity, code in names:
        codes.setdefault(entity, []).append(code)
    for entity, wanted in codes.items():
        for start in range(0, len(wanted), _AT_ONCE):
            yield entity, wanted[start : start + _AT_ONCE]


def visible_names(session: Session, actor: Actor, names: Iterable[Name]) -> set[Name]:
    """Those of the entries that are published today and that the actor may see."""
    return {
        (entity, code)
        for entity, codes in in_parts(names)
        for code in session.scalars(_visible_codes(actor, entity, codes))
    }


def today_of(session: Session, actor: Actor, names: Sequence[Name]) -> dict[Name, EntryToday]:
    """What the actor may see today of these entries."""
    visible = visible_names(session, actor, names)
    found = {}
    for entity, codes in in_parts(visible):
        query = select(Revision.entity_code, func.max(Revision.number)).where(
            Revision.entity == entity, Revision.entity_code.in_(codes)
        )
        records = _records_of_lines(session, actor, codes) if entity == BENEFITS.name else {}
        for code, revision in session.execute(query.group_by(Revision.entity_code)):
            own = "" if entity in (BENEFITS.name, YEARLY_COUNTS.name) else code
            found[entity, code] = EntryToday(revision, records.get(code, own))
    return found


def _visible_codes(actor: Actor, entity: str, codes: Sequence[str]) -> Any:
    if entity == BENEFITS.name:
        return select(Benefit.code).where(Benefit.code.in_(codes), published_for(actor, Benefit))
    if entity == YEARLY_COUNTS.name:
        code = YearlyCount.measure + " " + cast(YearlyCount.year, String)
        return select(code).where(code.in_(codes), published_for(actor, YearlyCount))
    return select(Record.code).where(Record.code.in_(codes), Record.kind == entity, published_for(actor))


def _records_of_lines(session: Session, actor: Actor, lines: Sequence[str]) -> dict[str, str]:
    """For each ledger line the first of the records that share it."""
    query = (
        select(Benefit.code, func.min(Record.code))
        .select_from(BenefitShare)
        .join(Benefit)
        .join(Record)
        .where(Benefit.code.in_(lines), visible_to(actor))
        .group_by(Benefit.code)
    )
    return dict(session.execute(query).all())
