"""Reading records. Every query passes `visible_to`, the one filter of what an actor may see."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, extract, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectin_polymorphic, selectinload

from catalogue.accounts.permissions import OF_DIVISION, Actor
from catalogue.errors import NotFound
from catalogue.people.models import (
    Division,
    Person,
)
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
    Reviewed,
)
from catalogue.records.models.schemes import AwardScheme, SchemeLevelPeriod


def visible_to(actor: Actor, model: type[Reviewed] = Record) -> ColumnElement[bool]:
    """SQL: the actor may see the row. `Actor.access` says the same to the index."""
    open_to_actor: ColumnElement[bool] = model.confidentiality.in_(sorted(actor.confidentialities))
    if actor.scopes and "restricted" not in actor.confidentialities:
        # Not by LIKE, for which SQLite takes d1 and D1 for the same.
        text = model.restricted_to
        named = [func.replace(text, f";{scope};", "") != text for scope in sorted(actor.scopes)]
        open_to_actor = or_(open_to_actor, and_(model.confidentiality == "restricted", or_(*named)))
    seen = and_(model.review_state.in_(sorted(actor.review_states)), open_to_actor)
    return seen if actor.account_id is None else or_(seen, model.owner_id == actor.account_id)


def published_for(actor: Actor, model: type[Reviewed] = Record) -> ColumnElement[bool]:
    """SQL: the actor may see the row, and it counts: tallies and reports know published entries only, whoever asks."""
    return and_(visible_to(actor, model), model.review_state == "published")


def year_of(column: Any) -> ColumnElement[int]:
    """SQL: the year of a date column."""
    return extract("year", column).cast(Integer)


def counts_as_level() -> ColumnElement[str]:
    """SQL: the level an award counts as. Join with `with_standing` first."""
    return func.coalesce(SchemeLevelPeriod.counts_as, AwardScheme.level)


def with_standing(query: Select[Any]) -> Select[Any]:
    """Join awards with their scheme and with the scheme's standing in the year of conferral."""
    year = year_of(Award.date_to)
    return query.join(AwardScheme, Award.scheme_id == AwardScheme.id).outerjoin(
        SchemeLevelPeriod,
        and_(
            SchemeLevelPeriod.scheme_id == AwardScheme.id,
            or_(SchemeLevelPeriod.from_year.is_(None), SchemeLevelPeriod.from_year <= year),
            or_(SchemeLevelPeriod.to_year.is_(None), year <= SchemeLevelPeriod.to_year),
        ),
    )


def standing_of(award: Award) -> SchemeLevelPeriod | None:
    """What the award's scheme counted as in the year of conferral; None where only its own level is known."""
    year = award.date.year if award.date else None
    for standing in award.scheme.standings:
        after = standing.from_year is None or (year is not None and standing.from_year <= year)
        before = standing.to_year is None or (year is not None and year <= standing.to_year)
        if after and before:
            return standing
    return None


def level_of(award: Award) -> str:
    """The level an award counts as: the scheme's standing in its year, else the scheme's own level."""
    standing = standing_of(award)
    return standing.counts_as if standing else award.scheme.level


# What a list of records shows besides the columns of `record` itself, loaded for the whole page at once.
LIST_OPTIONS = (
    selectinload(Record.participations).joinedload(Participation.division),
    selectin_polymorphic(Record, Record.__subclasses__()),
    joinedload(Award.scheme).selectinload(AwardScheme.standings),
    selectinload(Patent.events),
)


# The same and whatever else is the record's own.
WHOLE_OPTIONS = (
    *LIST_OPTIONS,
    selectinload(Record.keyword_rows),
    selectinload(Record.contributions).joinedload(Contribution.person),
)


def by_ids(session: Session, actor: Actor, ids: Sequence[int], options: Sequence[Any] = LIST_OPTIONS) -> list[Record]:
    """The records with these ids that the actor may see, in the order of `ids`."""
    found = session.scalars(select(Record).where(Record.id.in_(ids), visible_to(actor)).options(*options)).all()
    by_id = {record.id: record for record in found}
    return [by_id[record_id] for record_id in ids if record_id in by_id]


def ids_of_codes(session: Session, codes: Sequence[str]) -> list[int]:
    """The ids of the records with these codes, visible or not: `by_ids` asks that."""
    return list(session.scalars(select(Record.id).where(Record.code.in_(codes)).order_by(Record.code)))


def by_code(session: Session, actor: Actor, code: str) -> Record:
    """The record with this code, with all that its page shows. Raises NotFound."""
    record = session.scalar(select(Record).where(Record.code == code, visible_to(actor)).options(*WHOLE_OPTIONS))
    if record is None:
        raise NotFound(code)
    return record


def links_of(session: Session, actor: Actor, record: Record) -> tuple[list[RecordLink], list[RecordLink]]:
    """The links from the record and the links to it, with the records at their other ends, as far as visible."""
    ends: dict[str, list[RecordLink]] = {}
    for here, there in (("source", "target"), ("target", "source")):
        other = aliased(Record)
        rows = session.scalars(
            select(RecordLink)
            .join(other, getattr(RecordLink, f"{there}_id") == other.id)
            .where(
                getattr(RecordLink, f"{here}_id") == record.id,
                other.id.in_(select(Record.id).where(visible_to(actor))),
            )
            .options(joinedload(getattr(RecordLink, there)).options(*LIST_OPTIONS))
            .order_by(other.date_to, other.code)
        )
        ends[here] = list(rows)
    return ends["source"], ends["target"]


def named_divisions(actor: Actor) -> Select[Division]:
    """The divisions by whose names lists can be narrowed, in the order in which they were stored: those that took part
    in something that the actor may see, and those that took part in nothing yet. One that is there for the sake of
    hidden items alone would tell of them; whoever belongs to it knows it all the same."""
    took_part = select(Participation.record_id).where(Participation.division_id == Division.id).correlate(Division)
    seen = took_part.join(Record, Record.id == Participation.record_id).where(visible_to(actor)).exists()
    own = [scope.removeprefix(OF_DIVISION) for scope in actor.scopes if scope.startswith(OF_DIVISION)]
    return select(Division).where(or_(seen, ~took_part.exists(), Division.code.in_(own))).order_by(Division.id)


def named_people(actor: Actor) -> ColumnElement[bool]:
    """SQL, over the columns of `Person`: those who took part in something that the actor may see, or in nothing yet."""
    took_part = select(Contribution.record_id).where(Contribution.person_id == Person.id).correlate(Person)
    seen = took_part.join(Record, Record.id == Contribution.record_id).where(visible_to(actor)).exists()
    return or_(seen, ~took_part.exists())


def leading_division_of_benefit(actor: Actor) -> ColumnElement[str]:
    """SQL: the code of the division that a ledger line belongs to, over the columns of `Benefit`.

    It is the leading division of the record with the greatest share, so that a line is counted once; splitting
    amounts by share would give figures that no ledger line shows. Records that the actor may not see do not lead.
    """
    return (
        select(Division.code)
        .select_from(BenefitShare)
        .join(Record, and_(Record.id == BenefitShare.record_id, visible_to(actor)))
        .join(Participation, and_(Participation.record_id == BenefitShare.record_id, Participation.rank == 1))
        .join(Division, Division.id == Participation.division_id)
        .where(BenefitShare.benefit_id == Benefit.id)
        .order_by(BenefitShare.percent.desc(), BenefitShare.record_id)
        .limit(1)
        .correlate(Benefit)
        .scalar_subquery()
    )


def benefits_of(session: Session, actor: Actor, record: Record) -> list[Benefit]:
    """The ledger lines in which the record has a share."""
    return list(
        session.scalars(
            select(Benefit)
            .join(BenefitShare)
            .where(BenefitShare.record_id == record.id, visible_to(actor, Benefit))
            .options(selectinload(Benefit.shares).joinedload(BenefitShare.record))
            .order_by(Benefit.year, Benefit.kind, Benefit.code)
        )
    )


def newest(session: Session, actor: Actor, number: int) -> list[Record]:
    """The records of the latest dates, newest first."""
    query = select(Record).where(visible_to(actor)).order_by(Record.date_to.desc(), Record.id.desc()).limit(number)
    return list(session.scalars(query.options(*LIST_OPTIONS)))
