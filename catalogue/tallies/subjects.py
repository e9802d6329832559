"""What can be tallied, as data: subjects, the dimensions by which each can be cut, and what can be added up.

An item is one in every total, whatever the number of its people, divisions or projects.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import SQLColumnExpression, null

from catalogue.errors import InvalidInput
from catalogue.records.models.benefits import Benefit, YearlyCount
from catalogue.records.models.code_lists import (
    APPRAISAL_LEVELS,
    BENEFIT_KINDS,
    GRADES,
    LEVELS,
    MEASURES,
    PATENT_STATUSES,
    PATENT_TYPES,
    PROJECT_CATEGORIES,
    PROJECT_STATUSES,
    PROPOSAL_STATUSES,
)
from catalogue.records.models.records import (
    Achievement,
    Award,
    Copyright,
    Paper,
    Patent,
    Project,
    Proposal,
    Record,
)
from catalogue.records.models.schemes import AwardScheme
from catalogue.records.patents.status import event_year, happened_by, status_column
from catalogue.records.queries import counts_as_level, leading_division_of_benefit, with_standing
from catalogue.records.schema.kinds import KINDS, KINDS_BY_TABLE, REVIEW_FIELDS, Kind
from catalogue.tallies.dimensions import (
    ANY_DIVISION,
    DIVISION,
    KEYWORD,
    PERSON,
    RECORD_YEAR,
    YEAR,
    Dimension,
    division_labels,
    ladder,
    plain,
    scheme_labels,
    written,
    years,
    yes_if,
)
from catalogue.tallies.measures import LEDGER_MEASURES, RECORD_MEASURES, Measure, whole_years_by


@dataclass(frozen=True, eq=False)
class Subject:
    """Something that can be tallied. `certain_by` is the SQL for what had surely happened by a day; `year` the SQL of
    the year that a period is about; `measures` what can be added up, the usual one first."""

    name: str
    label: Any
    model: type[Any]
    year: SQLColumnExpression[int]
    certain_by: Callable[[date], SQLColumnExpression[bool]]
    dimensions: Mapping[str, Dimension]
    rows: str
    columns: str | None
    measures: Mapping[str, Measure]
    conditions: tuple[SQLColumnExpression[bool], ...] = ()
    note: Any = ""

    @property
    def measure(self) -> Measure:
        """What is added up unless something else is asked for."""
        return next(iter(self.measures.values()))

    @property
    def unit(self) -> str:
        """The unit of the usual measure."""
        return self.measure.unit

    @property
    def is_searchable(self) -> bool:
        """Whether it can be confined to the records that a search finds."""
        return self.model is not YearlyCount

    def dimension(self, name: str) -> Dimension:
        """The dimension called `name`. Raises InvalidInput that lists those there are."""
        if name not in self.dimensions:
            raise InvalidInput(f"{self.name}: {name[:40]}? {', '.join(self.dimensions)}", name[:40])
        return self.dimensions[name]


def _record_subject(model: type[Record], rows: str, columns: str | None, *own: Dimension, **more: Any) -> Subject:
    kind = KINDS[model.__mapper_args__["polymorphic_identity"]]
    return Subject(
        name=kind.table,
        label=kind.plural,
        model=model,
        year=RECORD_YEAR,
        certain_by=lambda as_of: Record.date_to <= as_of,
        dimensions={dimension.name: dimension for dimension in (*own, YEAR, DIVISION, ANY_DIVISION, PERSON, KEYWORD)},
        rows=rows,
        columns=columns,
        # The join to the kind's own table says the same, but this lets a database find the kind by its index.
        conditions=(Record.kind == kind.name,),
        measures=RECORD_MEASURES,
        **more,
    )


def _benefit_year_certain(model: type[Any]) -> Callable[[date], SQLColumnExpression[bool]]:
    return lambda as_of: model.year <= whole_years_by(as_of)


def _yearly(name: str) -> Measure:
    return Measure(
        name,
        MEASURES.label(name),
        amount=lambda actor, as_of: YearlyCount.count,
        condition=lambda actor, as_of: YearlyCount.measure == name,
        read=lambda total: int(total or 0),  # the sum of nothing is no number in SQL
    )


_SUBJECTS = (
    _record_subject(
        Award,
        "level",
        "grade",
        Dimension(
            "level", _l("Level it counts as"), lambda as_of: counts_as_level(), "ordered", LEVELS, join=with_standing
        ),
        ladder("grade", _l("Grade"), Award.grade, GRADES),
        Dimension(
            "scheme",
            _l("Award scheme"),
            lambda as_of: AwardScheme.code,
            "nominal",
            load_labels=scheme_labels,
            join=with_standing,
        ),
        written("conferring_body", _l("Conferring body"), Award.conferring_body),
        note=_l(
            "An award counts once, however many people or divisions it honours. "
            "Its level is what its scheme counted as in the year of conferral."
        ),
    ),
    _record_subject(
        Patent,
        "patent_type",
        "status",
        plain("patent_type", _l("Patent type"), Patent.patent_type, PATENT_TYPES),
        Dimension("status", _l("Legal status"), status_column, "nominal", PATENT_STATUSES),
        yes_if("granted", _l("Granted by then"), lambda as_of: happened_by("granted", as_of)),
        years("grant_year", _l("Year of grant"), lambda as_of: event_year("granted", as_of)),
        years("lapse_year", _l("Year of lapse"), lambda as_of: event_year("lapsed", as_of)),
        written("applicant", _l("Applicant"), Patent.applicant),
        note=_l("The year is the year of filing; the status is that of the as-of date."),
    ),
    _record_subject(
        Achievement,
        "level",
        "appraisal_level",
        ladder("level", _l("Level"), Achievement.level, LEVELS),
        ladder("appraisal_level", _l("Level of appraisal"), Achievement.appraisal_level, APPRAISAL_LEVELS),
        written("appraising_body", _l("Appraised by"), Achievement.appraising_body),
        note=_l("Achievements are registered results, not awards."),
    ),
    _record_subject(
        Project,
        "year",
        "category",
        plain("category", _l("Category"), Project.category, PROJECT_CATEGORIES),
        plain("status", _l("Status"), Project.status, PROJECT_STATUSES),
        yes_if("major", _l("Major project"), lambda as_of: Project.major),
        note=_l("Completed projects, by the year of completion."),
    ),
    _record_subject(Copyright, "year", None),
    _record_subject(Paper, "year", "division", written("venue", _l("Published in"), Paper.venue)),
    _record_subject(
        Proposal,
        "year",
        "status",
        ladder("status", _l("Status"), Proposal.status, PROPOSAL_STATUSES),
        yes_if("major", _l("Major proposal"), lambda as_of: Proposal.major),
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
                years("year", _l("Year"), lambda as_of: Benefit.year),
                plain("kind", _l("Kind of benefit"), Benefit.kind, BENEFIT_KINDS),
                Dimension(
                    "division",
                    _l("Leading division"),
                    lambda as_of: null(),
                    "nominal",
                    load_labels=division_labels,
                    seen_value=leading_division_of_benefit,
                ),
            )
        },
        rows="year",
        columns="kind",
        measures=LEDGER_MEASURES,
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
        dimensions={"year": years("year", _l("Year"), lambda as_of: YearlyCount.year)},
        rows="year",
        columns=None,
        measures={name: _yearly(name) for name in MEASURES},
        note=_l("Kept as yearly counts, without a record of each proposal."),
    ),
)


def _plain_subject(kind: Kind) -> Subject:
    """What can be tallied of a kind that nothing more is said of: by its choices, and by yes or no."""
    own = [
        plain(each.name, each.label, getattr(kind.model, each.name), each.choices)
        for each in kind.fields
        if each.choices is not None and each.name not in REVIEW_FIELDS
    ]
    own += [
        yes_if(each.name, each.label, partial(_column, getattr(kind.model, each.name)))
        for each in kind.fields
        if each.sort == "yes_no"
    ]
    return _record_subject(kind.model, "year", own[0].name if own else None, *own)


def _column(column: SQLColumnExpression[bool], as_of: date) -> SQLColumnExpression[bool]:
    return column


_OWN = {subject.name: subject for subject in _SUBJECTS}
SUBJECTS: Mapping[str, Subject] = {
    **_OWN,
    **{table: _plain_subject(kind) for table, kind in KINDS_BY_TABLE.items() if table not in _OWN},
}
