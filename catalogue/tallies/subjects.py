"""What can be tallied, as data: subjects, and the dimensions by which each can be cut.

Every dimension gives each counted thing exactly one value (the leading division, the level it counts as), so a thing
is one in every total, whatever the number of its people, divisions or projects.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, SQLColumnExpression, and_, case, select
from sqlalchemy.orm import Session

from catalogue.errors import InvalidInput
from catalogue.records.benefits import Benefit, YearlyCount
from catalogue.records.kinds import KINDS
from catalogue.records.models import Achievement, Award, Copyright, Paper, Patent, Project, Proposal, Record
from catalogue.records.patents import event_year, happened_by, status_column
from catalogue.records.people import Division, Participation
from catalogue.records.queries import counts_as_level, leading_division_of_benefit, with_standing, year_of
from catalogue.records.schemes import AwardScheme
from catalogue.records.vocabulary import (
    APPRAISAL_LEVELS,
    BENEFIT_KINDS,
    COUNTED_BENEFIT_KINDS,
    GRADES,
    LEVELS,
    MEASURES,
    PATENT_STATUSES,
    PATENT_TYPES,
    PROJECT_CATEGORIES,
    PROJECT_STATUSES,
    PROPOSAL_STATUSES,
)
from catalogue.vocabulary import Vocabulary

NONE = "none"  # how a URL names the value of what has none
YES_NO = Vocabulary({"yes": _l("Yes"), "no": _l("No")})
Join = Callable[[Select[Any]], Select[Any]]


@dataclass(frozen=True)
class Dimension:
    """One way to cut a subject: the SQL of its value on a day, and how values are labelled and ordered.

    `labels` gives code → label in the order of display: a vocabulary, or what `load_labels` reads from the database;
    a dimension with neither holds years, which label and order themselves.
    """

    name: str
    label: Any
    value: Callable[[date], SQLColumnExpression[Any]]
    vocabulary: Vocabulary | None = None
    load_labels: Callable[[Session], Mapping[str, str]] | None = None
    join: Join | None = None

    @property
    def is_year(self) -> bool:
        return self.vocabulary is None and self.load_labels is None

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

    def labels(self, session: Session) -> Mapping[str, Any]:
        """Code → label of every value, in the order of display; empty for years."""
        if self.vocabulary is not None:
            return self.vocabulary.labels
        return self.load_labels(session) if self.load_labels else {}


@dataclass(frozen=True, eq=False)
class Subject:
    """Something that can be tallied. `certain_by` is the SQL for what had surely happened by a day; `year` the SQL of
    the year that a period is about; `measure` what is added up (None counts things); `unit` how a figure is read."""

    name: str
    label: Any
    model: type[Any]
    year: SQLColumnExpression[int]
    certain_by: Callable[[date], SQLColumnExpression[bool]]
    dimensions: Mapping[str, Dimension]
    rows: str
    columns: str | None
    measure: SQLColumnExpression[Any] | None = None
    unit: str = "count"
    conditions: tuple[SQLColumnExpression[bool], ...] = field(default=())
    note: Any = ""

    def dimension(self, name: str) -> Dimension:
        """The dimension called `name`. Raises InvalidInput that lists those there are."""
        if name not in self.dimensions:
            raise InvalidInput(f"{self.name}: {name[:40]}? {', '.join(self.dimensions)}", name[:40])
        return self.dimensions[name]


def whole_years_by(day: date) -> int:
    """The last year that had wholly passed by the end of `day`."""
    return day.year if (day.month, day.day) == (12, 31) else day.year - 1


def _plain(name: str, label: Any, column: Any, vocabulary: Vocabulary) -> Dimension:
    return Dimension(name, label, lambda as_of: column, vocabulary)


def _yes_if(name: str, label: Any, condition: Callable[[date], SQLColumnExpression[bool]]) -> Dimension:
    return Dimension(name, label, lambda as_of: case((condition(as_of), "yes"), else_="no"), YES_NO)


def _named(rows: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    chinese = str(get_locale() or "zh").startswith("zh")
    return {code: name if chinese or not name_en else name_en for code, name, name_en in rows}


def _division_labels(session: Session) -> Mapping[str, str]:
    query = select(Division.code, Division.name, Division.name_en).order_by(Division.id)
    return _named(session.execute(query))


def _scheme_labels(session: Session) -> Mapping[str, str]:
    query = select(AwardScheme.code, AwardScheme.name, AwardScheme.name_en).order_by(AwardScheme.id)
    return _named(session.execute(query))


def _join_leading_division(query: Select[Any]) -> Select[Any]:
    leading = and_(Participation.record_id == Record.id, Participation.rank == 1)
    return query.outerjoin(Participation, leading).outerjoin(Division, Division.id == Participation.division_id)


_RECORD_YEAR = year_of(Record.date_to)
_YEAR = Dimension("year", _l("Year"), lambda as_of: _RECORD_YEAR)
_DIVISION = Dimension(
    "division",
    _l("Leading division"),
    lambda as_of: Division.code,
    load_labels=_division_labels,
    join=_join_leading_division,
)


def _record_subject(model: type[Record], rows: str, columns: str | None, *own: Dimension, **more: Any) -> Subject:
    kind = KINDS[model.__mapper_args__["polymorphic_identity"]]
    return Subject(
        name=kind.table,
        label=kind.plural,
        model=model,
        year=_RECORD_YEAR,
        certain_by=lambda as_of: Record.date_to <= as_of,
        dimensions={dimension.name: dimension for dimension in (*own, _YEAR, _DIVISION)},
        rows=rows,
        columns=columns,
        # The join to the kind's own table says the same, but this lets a database find the kind by its index.
        conditions=(Record.kind == kind.name,),
        **more,
    )


def _benefit_year_certain(model: type[Any]) -> Callable[[date], SQLColumnExpression[bool]]:
    return lambda as_of: model.year <= whole_years_by(as_of)


_SUBJECTS = (
    _record_subject(
        Award,
        "level",
        "grade",
        Dimension("level", _l("Level it counts as"), lambda as_of: counts_as_level(), LEVELS, join=with_standing),
        _plain("grade", _l("Grade"), Award.grade, GRADES),
        Dimension(
            "scheme", _l("Award scheme"), lambda as_of: AwardScheme.code, load_labels=_scheme_labels, join=with_standing
        ),
        note=_l(
            "An award counts once, however many people or divisions it honours. "
            "Its level is what its scheme counted as in the year of conferral."
        ),
    ),
    _record_subject(
        Patent,
        "patent_type",
        "status",
        _plain("patent_type", _l("Patent type"), Patent.patent_type, PATENT_TYPES),
        Dimension("status", _l("Legal status"), status_column, PATENT_STATUSES),
        _yes_if("granted", _l("Granted by then"), lambda as_of: happened_by("granted", as_of)),
        Dimension("grant_year", _l("Year of grant"), lambda as_of: event_year("granted", as_of)),
        Dimension("lapse_year", _l("Year of lapse"), lambda as_of: event_year("lapsed", as_of)),
        note=_l("The year is the year of filing; the status is that of the as-of date."),
    ),
    _record_subject(
        Achievement,
        "level",
        "appraisal_level",
        _plain("level", _l("Level"), Achievement.level, LEVELS),
        _plain("appraisal_level", _l("Level of appraisal"), Achievement.appraisal_level, APPRAISAL_LEVELS),
        note=_l("Achievements are registered results, not awards."),
    ),
    _record_subject(
        Project,
        "year",
        "category",
        _plain("category", _l("Category"), Project.category, PROJECT_CATEGORIES),
        _plain("status", _l("Status"), Project.status, PROJECT_STATUSES),
        _yes_if("major", _l("Major project"), lambda as_of: Project.major),
        note=_l("Completed projects, by the year of completion."),
    ),
    _record_subject(Copyright, "year", None),
    _record_subject(Paper, "year", "division"),
    _record_subject(
        Proposal,
        "year",
        "status",
        _plain("status", _l("Status"), Proposal.status, PROPOSAL_STATUSES),
        _yes_if("major", _l("Major proposal"), lambda as_of: Proposal.major),
        note=_l("Proposals of which a record is kept; the yearly counts have all of them."),
    ),
    Subject(
        name="benefits",
        label=_l("Benefits"),
        model=Benefit,
        year=Benefit.year,
        certain_by=_benefit_year_certain(Benefit),
        dimensions={
            dimension.name: dimension
            for dimension in (
                Dimension("year", _l("Year"), lambda as_of: Benefit.year),
                _plain("kind", _l("Kind of benefit"), Benefit.kind, BENEFIT_KINDS),
                Dimension(
                    "division",
                    _l("Leading division"),
                    lambda as_of: leading_division_of_benefit(),
                    load_labels=_division_labels,
                ),
            )
        },
        rows="year",
        columns="kind",
        measure=Benefit.amount,
        unit="yuan",
        conditions=(Benefit.kind.in_(COUNTED_BENEFIT_KINDS), Benefit.unit == "CNY"),
        note=_l(
            "Only new profit and cost savings in CNY are added: output value and tax overlap with profit. "
            "Other currencies and units are never converted. A line counts once, "
            "for the leading division of the project with the greatest share in it."
        ),
    ),
    Subject(
        name="yearly_counts",
        label=_l("Rationalisation proposals by year"),
        model=YearlyCount,
        year=YearlyCount.year,
        certain_by=_benefit_year_certain(YearlyCount),
        dimensions={
            dimension.name: dimension
            for dimension in (
                Dimension("year", _l("Year"), lambda as_of: YearlyCount.year),
                _plain("measure", _l("Measure"), YearlyCount.measure, MEASURES),
            )
        },
        rows="year",
        columns=None,
        measure=YearlyCount.count,
        conditions=(YearlyCount.measure == "proposals",),
        note=_l("Kept as yearly counts, without a record of each proposal."),
    ),
)
SUBJECTS: Mapping[str, Subject] = {subject.name: subject for subject in _SUBJECTS}
