"""Tables as pages show them: texts, links and shades, titles and forms. Knows nothing of requests."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.records.models.code_lists import LEVELS
from catalogue.tallies.crosstab import CrossTable, Figure, Heading
from catalogue.tallies.dimensions import YEAR, YES_NO, Dimension
from catalogue.tallies.measures import Number
from catalogue.tallies.paragraph.published_figures import FIGURES
from catalogue.tallies.serializers import show_number
from catalogue.tallies.spec import Selection, TallySpec, Value
from catalogue.tallies.subjects import SUBJECTS, Subject

_SHADES = 4
MOST_SHOWN = 100  # rows, and columns, of a page; files have them all


@dataclass(frozen=True)
class Cell:
    """A figure as shown: its text, where its evidence is (None for zero), and its shade (`heat-1` to `heat-4`, below
    zero `cold-1` to `cold-4`; nothing for what is not stated)."""

    text: str
    url: str | None = None
    count: int = 0
    shade: str = ""


class Shading:
    """The shades of a table's cells, by the greatest of the values that its stated cells have. What is not stated is
    left out: it may be so much that nothing else would have a shade."""

    def __init__(self, values: Iterable[Number | str]) -> None:
        self._greatest = max((abs(float(value)) for value in values), default=0.0)

    def shade(self, value: Number | str) -> str:
        """The class of a cell: `heat-1` to `heat-4`, and for what is below zero `cold-1` to `cold-4`."""
        step = round(_SHADES * abs(float(value)) / self._greatest) if self._greatest else 0
        return f"{'cold' if float(value) < 0 else 'heat'}-{max(step, 1)}"


class TablePage:
    """A table ready for its template. `url_of` gives the address of a figure's evidence."""

    def __init__(self, table: CrossTable, url_of: Callable[[Figure], str]) -> None:
        self._table, self._make_url = table, url_of
        self._urls: dict[int, str] = {}
        self.spec: TallySpec = table.spec
        self.subject = table.spec.selection.subject
        self.row_label = self.subject.dimensions[self.spec.rows].label
        self.column_label = self.subject.dimensions[self.spec.columns].label if self.spec.columns else None
        self.columns: Sequence[Heading] = table.columns[:MOST_SHOWN]
        self.left_out = max(len(table.rows) - MOST_SHOWN, 0), max(len(table.columns) - MOST_SHOWN, 0)
        self.unit = table.spec.selection.measured.unit_text
        self._shading = Shading(figure.value for place, figure in table.cells.items() if not self._is_apart(*place))

    @property
    def title(self) -> str:
        """“Awards: level × grade”."""
        return title_of(self.spec)

    @property
    def rows(self) -> list[tuple[Heading, list[Cell], Cell]]:
        """Each row: heading, cells, total."""
        return [
            (
                row,
                [
                    self._cell(
                        self._table.cells.get((row.value, column.value)),
                        shaded=not self._is_apart(row.value, column.value),
                    )
                    for column in self.columns
                ],
                self._cell(self._table.row_totals.get(row.value)),
            )
            for row in self._table.rows[:MOST_SHOWN]
        ]

    @property
    def column_totals(self) -> list[Cell]:
        return [self._cell(self._table.column_totals.get(column.value)) for column in self.columns]

    @property
    def total(self) -> Cell:
        return self._cell(self._table.total)

    @property
    def is_empty(self) -> bool:
        return not self._table.cells

    def url_of(self, figure: Figure) -> str:
        """Where a figure of the table has its evidence; made once for table and chart."""
        if id(figure) not in self._urls:
            self._urls[id(figure)] = self._make_url(figure)
        return self._urls[id(figure)]

    def _is_apart(self, row: Value, column: Value) -> bool:
        """Whether a cell is one of what is not stated."""
        return row is None or (column is None and self.spec.columns is not None)

    def _cell(self, figure: Figure | None, *, shaded: bool = False) -> Cell:
        if figure is None or not figure.entry_count:
            return Cell("–")
        return Cell(
            show_number(self.spec.selection.measured, figure.value),
            self.url_of(figure),
            figure.entry_count,
            self._shading.shade(figure.value) if shaded else "",
        )


def title_of(spec: TallySpec) -> str:
    """“Awards: level × grade”, and what is added up where that is not the usual."""
    measured = spec.selection.measured
    return cut_of(spec) if measured is spec.selection.subject.measure else f"{cut_of(spec)} · {measured.label}"


def cut_of(spec: TallySpec) -> str:
    """“Awards: level × grade”."""
    subject = spec.selection.subject
    labels = [str(subject.dimensions[name].label) for name in (spec.rows, spec.columns) if name]
    return _("%(subject)s: %(dimensions)s", subject=subject.label, dimensions=" × ".join(labels))


def describe_values(session: Session, actor: Actor, selection: Selection) -> dict[str, str]:
    """What a selection is narrowed by, in words, by dimension: “Second prize”, “Major project: Yes”. What the actor
    may not know stays as it was written."""
    words: dict[str, str] = {}
    for name, value in selection.values:
        dimension = selection.subject.dimensions[name]
        if value is None:
            words[name] = f"{dimension.label}: {_('Not stated')}"
        elif dimension is YEAR:
            words[name] = str(value)
        elif dimension.is_year:
            words[name] = f"{dimension.label}: {value}"
        else:
            text = str(dimension.labels(session, actor).get(str(value), value))
            words[name] = f"{dimension.label}: {text}" if dimension.vocabulary is YES_NO else text
    return words


def describe(session: Session, actor: Actor, selection: Selection) -> str:
    """A selection in words: “Awards · Provincial and ministerial · Second prize · 1990–2000”."""
    parts = [str(selection.subject.label), *describe_values(session, actor, selection).values()]
    if selection.measured is not selection.subject.measure:
        parts.append(str(selection.measured.label))
    if selection.text:
        parts.append(_("found by “%(text)s”", text=selection.text))
    period = [str(year) if year is not None else "" for year in (selection.year_from, selection.year_to)]
    if any(period):
        parts.append("–".join(period))
    return " · ".join(parts)


def describe_published(key: str, figure: Figure) -> str:
    """What a published figure counts, in words; `key` names it among `figures.FIGURES`, or is `award_` and a level."""
    if key in FIGURES:
        return published_name(key)
    level = LEVELS.label(str(dict(figure.selection.values)["level"]))
    return _("%(level)s: %(grade)s", level=level, grade=figure.selection.subject.label)


def published_name(key: str) -> str:
    """The figure of that key in words; whatever is no key of `figures.FIGURES` is words already."""
    figure = FIGURES.get(key)
    if figure is None:
        return key
    level = dict(figure.values).get("level", "") if figure.subject == "awards" else ""
    return _("%(level)s: %(grade)s", level=LEVELS.label(level), grade=figure.label) if level else str(figure.label)


def filters_of(session: Session, actor: Actor, subject: Subject) -> list[tuple[Dimension, dict[str, Any]]]:
    """The dimensions that a form can narrow by, each with its choices. What people wrote themselves is not listed:
    the list would tell what a reader may not see."""
    return [
        (dimension, dict(dimension.labels(session, actor)))
        for dimension in subject.dimensions.values()
        if not dimension.is_year and not dimension.by_size
    ]


@dataclass(frozen=True)
class ReadyMade:
    """A tally that people ask for, under a heading: its title, what it answers, and its arguments."""

    title: Any
    description: Any
    subject: str
    rows: str
    columns: str | None = None

    def args(self, as_of: date) -> dict[str, Any]:
        """The arguments of its address."""
        return TallySpec(Selection(SUBJECTS[self.subject], as_of), self.rows, self.columns).to_args()


_READY_MADE: tuple[tuple[Any, tuple[ReadyMade, ...]], ...] = (
    (
        _l("Awards"),
        (
            ReadyMade(_l("By level and grade"), _l("How many of each prize?"), "awards", "level", "grade"),
            ReadyMade(_l("By year and level"), _l("What came in which year?"), "awards", "year", "level"),
            ReadyMade(_l("By division and level"), _l("Who won what?"), "awards", "division", "level"),
            ReadyMade(_l("By person and level"), _l("Whose work was honoured?"), "awards", "person", "level"),
        ),
    ),
    (
        _l("Patents"),
        (
            ReadyMade(_l("By type and status"), _l("What is in force?"), "patents", "patent_type", "status"),
            ReadyMade(_l("By year of filing and type"), _l("What was filed when?"), "patents", "year", "patent_type"),
            ReadyMade(
                _l("By year of grant and type"), _l("What was granted when?"), "patents", "grant_year", "patent_type"
            ),
            ReadyMade(
                _l("By division and type"),
                _l("Which divisions protect their work?"),
                "patents",
                "division",
                "patent_type",
            ),
        ),
    ),
    (
        _l("Benefits"),
        (
            ReadyMade(_l("By year and kind"), _l("What did the work bring?"), "benefits", "year", "kind"),
            ReadyMade(_l("By division and kind"), _l("Where did it come from?"), "benefits", "division", "kind"),
        ),
    ),
    (
        _l("Projects and achievements"),
        (
            ReadyMade(_l("Projects by year and category"), _l("What was completed?"), "projects", "year", "category"),
            ReadyMade(
                _l("Achievements by level and appraisal"),
                _l("How were they appraised?"),
                "achievements",
                "level",
                "appraisal_level",
            ),
            ReadyMade(_l("Proposals by year"), _l("How many were put forward?"), "yearly_counts", "year"),
            ReadyMade(_l("Papers by year and division"), _l("Who wrote when?"), "papers", "year", "division"),
        ),
    ),
)


def ready_made(as_of: date) -> list[tuple[Any, list[tuple[ReadyMade, dict[str, Any]]]]]:
    """The ready-made tallies by heading, each with the arguments of its address."""
    return [(heading, [(item, item.args(as_of)) for item in items]) for heading, items in _READY_MADE]


def evidence_url(figure: Figure | Selection) -> str:
    """Where the entries behind a figure are listed."""
    selection = figure.selection if isinstance(figure, Figure) else figure
    return url_for("tallies.records", subject=selection.subject.name, **selection.to_args())
