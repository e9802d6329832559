"""What refers to a thing, so that it is not taken away beneath others."""

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
from catalogue.records.models.schemes import AwardScheme, SchemeGrade, SchemeStanding

_MOST_NAMED = 5


def dependents(session: Session, thing: Any) -> list[str]:
    """The codes of some of what refers to the thing; empty where nothing does."""
    codes: list[str] = []
    for query in _queries(thing):
        codes.extend(str(code) for code in session.scalars(query.limit(_MOST_NAMED)))
    return codes[:_MOST_NAMED]


def referred_to(session: Session, things: Sequence[Any]) -> set[Any]:
    """Those of many things of one sort that something may refer to; `dependents` says by what."""
    first = things[0] if things else None
    ids = [thing.id for thing in things] if isinstance(first, Record | Person) else []
    if isinstance(first, Record):
        columns: tuple[Any, ...] = (RecordLink.source_id, RecordLink.target_id, BenefitShare.record_id)
    elif isinstance(first, Person):
        columns = (Contribution.person_id,)
    else:
        return {thing for thing in things if _queries(thing)}
    found = {number for column in columns for number in session.scalars(select(column).where(column.in_(ids)))}
    return {thing for thing in things if thing.id in found}


def _queries(thing: Any) -> list[Select[Any]]:
    if isinstance(thing, Record):
        linked = select(Record.code).join(
            RecordLink, or_(RecordLink.source_id == Record.id, RecordLink.target_id == Record.id)
        )
        ends = or_(RecordLink.source_id == thing.id, RecordLink.target_id == thing.id)
        shared = select(Benefit.code).join(BenefitShare, BenefitShare.benefit_id == Benefit.id)
        return [linked.where(ends, Record.id != thing.id), shared.where(BenefitShare.record_id == thing.id)]
    if isinstance(thing, Person):
        return [select(Record.code).join(Contribution).where(Contribution.person_id == thing.id)]
    if isinstance(thing, Division):
        return [
            select(Record.code).join(Participation).where(Participation.division_id == thing.id),
            select(Person.staff_number).where(Person.division_id == thing.id),
            select(Division.code).where(Division.predecessor_id == thing.id),
        ]
    if isinstance(thing, AwardScheme):
        return [
            select(Award.code).where(Award.scheme_id == thing.id),
            *(
                select(AwardScheme.code).join(row).where(row.scheme_id == thing.id)
                for row in (SchemeStanding, SchemeGrade)
            ),
        ]
    return []
