"""The ways to cut a tally, as data: what each is worth on a day, and how its values are labelled and ordered.

Most give each counted item exactly one value (the leading division, the level it counts as), so that an item is one
in every total. Those marked `many` (people, keywords, all divisions) may give it several: their tables are views, in
which an item stands in several rows, and only the totals count it once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, SQLColumnExpression, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from catalogue.accounts.permissions import Actor
from catalogue.code_list import CodeList
from catalogue.errors import InvalidInput
from catalogue.people.models import (
    Division,
    Person,
)
from catalogue.records.models.participation import (
    Contribution,
    Participation,
)
from catalogue.records.models.records import Record, RecordKeyword
from catalogue.records.models.schemes import AwardScheme
from catalogue.records.queries import named_divisions, visible_to, year_of

NONE = "none"  # how a URL names the value of what has none
YES_NO = CodeList({"yes": _l("Yes"), "no": _l("No")})
Join = Callable[[Select[Any]], Select[Any]]
# What the values of a dimension are to one another: years, steps of a ladder (levels, grades), or mere names.
Scale = Literal["time", "ordered", "nominal"]


@dataclass(frozen=True)
class Dimension:
    """One way to cut a subject: the SQL of its value on a day, and how values are labelled and ordered.

    `scale` says what its values are. Years, the values of a `time` dimension, label and order themselves. Others have
    `labels`, code → label in the order of display: a vocabulary, or what `load_labels` reads from the database as far
    as an actor may know it. Where the value itself depends on what the actor may see, `seen_value` gives it. `many`
    says that an item may have several values, or several items in a table: then its totals are counted for
    themselves. `by_size` orders names by how much they have rather than as their labels stand.
    """

    name: str
    label: Any
    value: Callable[[date], SQLColumnExpression[Any]]
    scale: Scale
    vocabulary: CodeList | None = None
    load_labels: Callable[[Session, Actor], Mapping[str, str]] | None = None
    join: Join | None = None
    many: bool = False
    by_size: bool = False
    seen_value: Callable[[Actor], SQLColumnExpression[Any]] | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a declaration that contradicts itself."""
        if self.is_year == (self.vocabulary is not None or self.load_labels is not None):
            raise ValueError(f"{self.name}: years label themselves, and nothing else does")
        if self.by_size and self.scale != "nominal":
            raise ValueError(f"{self.name}: only names are ordered by size")

    def value_for(self, actor: Actor, as_of: date) -> SQLColumnExpression[Any]:
        """SQL: what it is worth on a day, by what the actor may see."""
        return self.seen_value(actor) if self.seen_value else self.value(as_of)

    @property
    def is_year(self) -> bool:
        return self.scale == "time"

    def parse(self, text: str) -> str | int | None:
        """The value that a URL names. Raises InvalidInput."""
        if text == NONE:
            return None
        if self.is_year:
            if not (text.isascii() and text.isdigit() and len(text) == 4):
                raise InvalidInput(f"{self.name}={text[:20]}", self.name)
            return int(text)
        if self.vocabulary is not None and text not in self.vocabulary:
            raise InvalidInput(f"{self.name}={text[:40]}", self.name)
        return text

    def labels(self, session: Session, actor: Actor) -> Mapping[str, Any]:
        """Code → label of every value that the actor may know, in the order of display; empty for years."""
        if self.vocabulary is not None:
            return self.vocabulary.labels
        return self.load_labels(session, actor) if self.load_labels else {}


def plain(name: str, label: Any, column: Any, vocabulary: CodeList) -> Dimension:
    """A dimension of the codes in a column, which are mere names."""
    return Dimension(name, label, lambda as_of: column, "nominal", vocabulary)


def ladder(name: str, label: Any, column: Any, vocabulary: CodeList) -> Dimension:
    """A dimension of the codes in a column, which are steps in the order of their vocabulary."""
    return replace(plain(name, label, column, vocabulary), scale="ordered")


def years(name: str, label: Any, value: Callable[[date], SQLColumnExpression[Any]]) -> Dimension:
    """A dimension of years."""
    return Dimension(name, label, value, "time")


def yes_if(name: str, label: Any, condition: Callable[[date], SQLColumnExpression[bool]]) -> Dimension:
    return Dimension(name, label, lambda as_of: case((condition(as_of), "yes"), else_="no"), "nominal", YES_NO)


def _named(rows: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    chinese = str(get_locale() or "zh").startswith("zh")
    return {code: name if chinese or not name_en else name_en for code, name, name_en in rows}


def division_labels(session: Session, actor: Actor) -> Mapping[str, str]:
    query = named_divisions(actor).with_only_columns(Division.code, Division.name, Division.name_en)
    return _named((code, name, name_en) for code, name, name_en in session.execute(query))


def scheme_labels(session: Session, actor: Actor) -> Mapping[str, str]:
    query = select(AwardScheme.code, AwardScheme.name, AwardScheme.name_en).order_by(AwardScheme.id)
    return _named(session.execute(query))


def _join_leading_division(query: Select[Any]) -> Select[Any]:
    leading = and_(Participation.record_id == Record.id, Participation.rank == 1)
    return query.outerjoin(Participation, leading).outerjoin(Division, Division.id == Participation.division_id)


def written(name: str, label: Any, column: Any, *, join: Join | None = None) -> Dimension:
    """A dimension of whatever was written into a column."""

    def labels(session: Session, actor: Actor) -> Mapping[str, str]:
        return {text: text for text in session.scalars(select(column).where(column != "").distinct().order_by(column))}

    value = func.nullif(column, "")
    return Dimension(name, label, lambda as_of: value, "nominal", load_labels=labels, join=join, by_size=True)


_AnyParticipation, _AnyDivision = aliased(Participation), aliased(Division)


def _join_any_division(query: Select[Any]) -> Select[Any]:
    return query.outerjoin(_AnyParticipation, _AnyParticipation.record_id == Record.id).outerjoin(
        _AnyDivision, _AnyDivision.id == _AnyParticipation.division_id
    )


def _join_people(query: Select[Any]) -> Select[Any]:
    return query.outerjoin(Contribution, Contribution.record_id == Record.id).outerjoin(
        Person, Person.id == Contribution.person_id
    )


def _join_keywords(query: Select[Any]) -> Select[Any]:
    return query.outerjoin(RecordKeyword, RecordKeyword.record_id == Record.id)


def _people_labels(session: Session, actor: Actor) -> Mapping[str, str]:
    """Name by staff number of those who took part in what the actor may see; who shares a name is told apart by the
    number."""
    seen = select(Contribution.person_id).join(Record, Record.id == Contribution.record_id).where(visible_to(actor))
    query = select(Person.staff_number, Person.name).where(Person.id.in_(seen))
    rows = session.execute(query.order_by(Person.name, Person.staff_number)).all()
    names = Counter(row.name for row in rows)
    return {row.staff_number: f"{row.name}（{row.staff_number}）" if names[row.name] > 1 else row.name for row in rows}


RECORD_YEAR = year_of(Record.date_to)
YEAR = years("year", _l("Year"), lambda as_of: RECORD_YEAR)
DIVISION = Dimension(
    "division",
    _l("Leading division"),
    lambda as_of: Division.code,
    "nominal",
    load_labels=division_labels,
    join=_join_leading_division,
)


ANY_DIVISION = Dimension(
    "any_division",
    _l("Each division taking part"),
    lambda as_of: _AnyDivision.code,
    "nominal",
    load_labels=division_labels,
    join=_join_any_division,
    many=True,
)
PERSON = Dimension(
    "person",
    _l("Person"),
    lambda as_of: Person.staff_number,
    "nominal",
    load_labels=_people_labels,
    join=_join_people,
    many=True,
    by_size=True,
)
KEYWORD = replace(
    written("keyword", _l("Keyword"), RecordKeyword.keyword, join=_join_keywords),
    value=lambda as_of: RecordKeyword.keyword,
    many=True,
)
