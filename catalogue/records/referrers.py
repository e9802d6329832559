"""What refers to an item, so that it is not taken away beneath others."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from catalogue.people.models import (
    Division,
    Person,
)
from catalogue.records.models.benefits import Benefit, BenefitShare
from catalogue.records.models.participation import (
    Contribution,
    Participation,
)
from catalogue.records.models.records import Award, Record, RecordLink
from catalogue.records.models.schemes import AwardScheme, SchemeGrade, SchemeLevelPeriod

_MOST_NAMED = 5


def dependents(session: Session, item: Any) -> list[str]:
    """The codes of some of what refers to the item; empty where nothing does."""
    codes: list[str] = []
    for query in _queries(item):
        codes.extend(str(code) for code in session.scalars(query.limit(_MOST_NAMED)))
    return codes[:_MOST_NAMED]


def referred_to(session: Session, items: Sequence[Any]) -> set[Any]:
    """Those of many items of one sort that something may refer to; `dependents` says by what."""
    first = items[0] if items else None
    ids = [item.id for item in items] if isinstance(first, Record | Person) else []
    if isinstance(first, Record):
        columns: tuple[Any, ...] = (RecordLink.source_id, RecordLink.target_id, BenefitShare.record_id)
    elif isinstance(first, Person):
        columns = (Contribution.person_id,)
    else:
        return {item for item in items if _queries(item)}
    found = {number for column in columns for number in session.scalars(select(column).where(column.in_(ids)))}
    return {item for item in items if item.id in found}


def _queries(item: Any) -> list[Select[Any]]:
    if isinstance(item, Record):
        linked = select(Record.code).join(
            RecordLink, or_(RecordLink.source_id == Record.id, RecordLink.target_id == Record.id)
        )
        ends = or_(RecordLink.source_id == item.id, RecordLink.target_id == item.id)
        shared = select(Benefit.code).join(BenefitShare, BenefitShare.benefit_id == Benefit.id)
        return [linked.where(ends, Record.id != item.id), shared.where(BenefitShare.record_id == item.id)]
    if isinstance(item, Person):
        return [select(Record.code).join(Contribution).where(Contribution.person_id == item.id)]
    if isinstance(item, Division):
        return [
            select(Record.code).join(Participation).where(Participation.division_id == item.id),
            select(Person.staff_number).where(Person.division_id == item.id),
            select(Division.code).where(Division.predecessor_id == item.id),
        ]
    if isinstance(item, AwardScheme):
        return [
            select(Award.code).where(Award.scheme_id == item.id),
            *(
                select(AwardScheme.code).join(row).where(row.scheme_id == item.id)
                for row in (SchemeLevelPeriod, SchemeGrade)
            ),
        ]
    return []
