"""The list of one kind of records: what its address asks for, and the records that answer it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.code_list import CodeList
from catalogue.formatting import local_name
from catalogue.people.models import Division
from catalogue.query_args import read_choice, read_year
from catalogue.records.models.participation import Participation
from catalogue.records.models.records import Award, Record
from catalogue.records.models.schemes import AwardScheme
from catalogue.records.queries import LIST_OPTIONS, visible_to
from catalogue.records.schema.fields import Reference
from catalogue.records.schema.kinds import Kind

SORTS = CodeList(
    {
        "newest": _l("Newest first"),
        "oldest": _l("Oldest first"),
        "title": _l("By title"),
        "code": _l("By code"),
    }
)
# Records without a date come last in either direction.
_ORDERS: Mapping[str, tuple[Any, ...]] = {
    "newest": (Record.date_to.desc().nulls_last(), Record.code.desc()),
    "oldest": (Record.date_to.asc().nulls_last(), Record.code),
    "title": (Record.title, Record.code),
    "code": (Record.code,),
}


@dataclass(frozen=True)
class Choice:
    """A field by which a list can be narrowed, with the label of every value that it may have."""

    name: str
    label: Any
    values: Mapping[str, Any]


@dataclass(frozen=True)
class BrowseState:
    """What a list asks for, read from its address once. `values` are pairs of a field's name and the value chosen."""

    kind: Kind
    values: tuple[tuple[str, str], ...] = ()
    major: bool = False
    year_from: int | None = None
    year_to: int | None = None
    sort: str = "newest"

    @classmethod
    def from_args(cls, kind: Kind, choices: Sequence[Choice], args: Mapping[str, str]) -> Self:
        """Read the arguments. Raises InvalidInput for a value that there is not."""
        chosen = ((choice.name, read_choice(args, choice.name, choice.values)) for choice in choices)
        return cls(
            kind,
            tuple((name, value) for name, value in chosen if value),
            major=has_major(kind) and read_choice(args, "major", ("yes",)) == "yes",
            year_from=read_year(args, "year_from"),
            year_to=read_year(args, "year_to"),
            sort=read_choice(args, "sort", list(SORTS), "newest"),
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the order was chosen."""
        return bool(self.values or self.major or self.year_from or self.year_to)

    def where(self, query: Select[Any], actor: Actor) -> Select[Any]:
        """The query over the kind's model, narrowed to what the state asks for and the actor may see."""
        query = query.where(visible_to(actor))
        for name, value in self.values:
            query = _narrow(query, self.kind, name, value)
        if self.major:
            query = query.where(self.kind.model.major)
        if self.year_from is not None:
            query = query.where(Record.date_to >= date(self.year_from, 1, 1))
        if self.year_to is not None:
            query = query.where(Record.date_to <= date(self.year_to, 12, 31))
        return query


def has_major(kind: Kind) -> bool:
    """Whether records of this kind may be marked as major ones."""
    return any(field.name == "major" for field in kind.fields)


def choices_of(session: Session, actor: Actor, kind: Kind) -> list[Choice]:
    """The fields by which the list of a kind can be narrowed: its own, and the divisions that have such records."""
    choices = []
    for name in kind.filters:
        field = kind.field(name)
        if isinstance(field, Reference):
            schemes = session.scalars(select(AwardScheme).order_by(AwardScheme.id))
            choices.append(Choice(name, field.label, {scheme.code: local_name(scheme) for scheme in schemes}))
        elif field.choices is not None:
            choices.append(Choice(name, field.label, field.choices.labels))
    divisions = session.scalars(
        select(Division)
        .where(
            Division.id.in_(
                select(Participation.division_id)
                .join(Record, Record.id == Participation.record_id)
                .where(Record.kind == kind.name, visible_to(actor))
            )
        )
        .order_by(Division.id)
    )
    choices.append(Choice("division", _l("Division"), {each.code: local_name(each) for each in divisions}))
    return choices


def count(session: Session, actor: Actor, state: BrowseState) -> int:
    """How many records the state asks for."""
    return session.scalar(state.where(select(func.count(state.kind.model.id)), actor)) or 0


def page(session: Session, actor: Actor, state: BrowseState, offset: int, limit: int) -> Sequence[Record]:
    """The records of one page, with all that lists show of them."""
    query = state.where(select(state.kind.model), actor).options(*LIST_OPTIONS).order_by(*_ORDERS[state.sort])
    return session.scalars(query.offset(offset).limit(limit)).unique().all()


def ids(session: Session, actor: Actor, state: BrowseState) -> Sequence[int]:
    """The ids of all records that the state asks for, in its order."""
    query = state.where(select(state.kind.model.id), actor).order_by(*_ORDERS[state.sort])
    return session.scalars(query).all()


def _narrow(query: Select[Any], kind: Kind, name: str, value: str) -> Select[Any]:
    if name == "division":
        return query.where(Record.participations.any(Participation.division.has(code=value)))
    if isinstance(kind.field(name), Reference):
        return query.where(Award.scheme.has(code=value))
    return query.where(getattr(kind.model, name) == value)
