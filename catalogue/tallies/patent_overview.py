"""Patents for leadership: applied for, granted, lapsed and in force, by year and type, on any day.

Every figure is a tally's, so that it opens its evidence and agrees with every other page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.charts import TONES, Bar, BarSegment, Chart, Series
from catalogue.records.models.code_lists import PATENT_TYPES
from catalogue.tallies.charts import describe_chart
from catalogue.tallies.crosstab import CrossTable, Figure, count, tabulate
from catalogue.tallies.presentation import cut_of
from catalogue.tallies.spec import Selection, TallySpec
from catalogue.tallies.subjects import SUBJECTS

_PATENTS = SUBJECTS["patents"]
Cells = Mapping[tuple[int, str], Figure]  # by year and patent type


@dataclass(frozen=True)
class YearlyFigure:
    """One item that is told of each year: by type, over all types (`years`), and as it stands on the day (`total`)."""

    name: str
    label: str
    cells: Cells
    years: Mapping[int, Figure]
    total: Figure


@dataclass(frozen=True)
class Overview:
    """The patents of a catalogue on a day."""

    as_of: date
    by_status: CrossTable
    years: Sequence[int]
    types: Sequence[str]
    measures: Sequence[YearlyFigure]


def overview(session: Session, actor: Actor, as_of: date) -> Overview:
    """Count everything. Years run without a gap from the first filing to the day."""
    whole = Selection(_PATENTS, as_of)

    def by_year(selection: Selection, dimension: str) -> CrossTable:
        return tabulate(session, actor, TallySpec(selection, dimension, "patent_type"))

    applied = by_year(whole, "year")
    granted = by_year(whole.narrowed("granted", "yes"), "grant_year")
    lapsed = by_year(whole.narrowed("status", "lapsed"), "lapse_year")
    first = min((int(row.value) for row in applied.rows if row.value is not None), default=as_of.year + 1)
    years = range(first, as_of.year + 1)
    ends = {year: min(date(year, 12, 31), as_of) for year in years}
    in_force = {
        year: tabulate(session, actor, TallySpec(_in_force(day), "patent_type", None)) for year, day in ends.items()
    }
    return Overview(
        as_of,
        by_status=tabulate(session, actor, TallySpec(whole, "patent_type", "status")),
        years=years,
        types=[name for name in PATENT_TYPES if any(column.value == name for column in applied.columns)],
        measures=(
            _by_year("applied", _("Filed in the year"), applied),
            _by_year("granted", _("Granted in the year"), granted),
            _by_year("lapsed", _("Lapsed in the year"), lapsed),
            YearlyFigure(
                "in_force",
                _("In force at the year's end"),
                {
                    (year, str(kind)): figure
                    for year, table in in_force.items()
                    for (kind, _none), figure in table.cells.items()
                },
                {year: table.total for year, table in in_force.items()},
                count(session, actor, _in_force(as_of)),
            ),
        ),
    )


def _in_force(day: date) -> Selection:
    return Selection(_PATENTS, day, values=(("status", "in_force"),))


def _by_year(name: str, label: str, table: CrossTable) -> YearlyFigure:
    """A measure from a table of years by types; what has no year is in its total alone."""
    cells = {(int(row), str(column)): figure for (row, column), figure in table.cells.items() if row is not None}
    years = {int(row): figure for row, figure in table.row_totals.items() if row is not None}
    return YearlyFigure(name, label, cells, years, table.total)


def chart_of(page: Overview, measure: YearlyFigure, url_of: Callable[[Figure], str]) -> Chart:
    """A measure year by year, the types stacked."""
    labels = {name: str(PATENT_TYPES.label(name)) for name in page.types}
    bars = []
    for year in page.years:
        segments = []
        for name, label in labels.items():
            figure = measure.cells.get((year, name))
            value = int(figure.value) if figure else 0
            segments.append(BarSegment(value, f"{year} {label}: {value}", url_of(figure) if figure else ""))
        bars.append(Bar(str(year), tuple(segments)))
    series = tuple(Series(label, tone) for label, tone in zip(labels.values(), TONES, strict=False))
    cut = cut_of(TallySpec(measure.total.selection, "year", "patent_type"))
    return Chart(
        description=describe_chart(cut, measure.label, "bars"),
        title=measure.label,
        series=series,
        bars=tuple(bars),
        bars_are_years=True,
    )
