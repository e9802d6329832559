"""Patents for leadership: applied for, granted, lapsed and in force, by year and type, on any day.

Every figure is a tally's, so that it opens its evidence and agrees with every other page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.charts import Bar, Chart, Segment, Series
from catalogue.records.vocabulary import PATENT_TYPES
from catalogue.tallies.crosstab import Figure, Table, tabulate
from catalogue.tallies.pictures import TONES
from catalogue.tallies.spec import Selection, TallySpec
from catalogue.tallies.subjects import SUBJECTS

_PATENTS = SUBJECTS["patents"]
Cells = Mapping[tuple[int, str], Figure]  # by year and patent type


@dataclass(frozen=True)
class Measure:
    """One thing that is told of each year. `running` figures are those of the year's end, and do not add up."""

    name: str
    label: str
    cells: Cells
    total: Figure
    running: bool = False

    def of_year(self, year: int) -> int:
        """The figure of a year over all types."""
        return sum(int(figure.value) for (each, _type), figure in self.cells.items() if each == year)


@dataclass(frozen=True)
class Overview:
    """The patents of a catalogue on a day."""

    as_of: date
    by_status: Table
    years: Sequence[int]
    types: Sequence[str]
    measures: Sequence[Measure]


def overview(session: Session, actor: Actor, as_of: date) -> Overview:
    """Count everything. Years run without a gap from the first filing to the day."""
    whole = Selection(_PATENTS, as_of)

    def by_year(selection: Selection, dimension: str) -> Table:
        return tabulate(session, actor, TallySpec(selection, dimension, "patent_type"))

    applied = by_year(whole, "year")
    granted = by_year(whole.narrowed("granted", "yes"), "grant_year")
    lapsed = by_year(whole.narrowed("status", "lapsed"), "lapse_year")
    first = min((int(row.value) for row in applied.rows if row.value is not None), default=as_of.year + 1)
    years = range(first, as_of.year + 1)
    in_force: dict[tuple[int, str], Figure] = {}
    now = tabulate(session, actor, TallySpec(_in_force(as_of), "patent_type", None))
    for year in years:
        day = min(date(year, 12, 31), as_of)
        table = now if day == as_of else tabulate(session, actor, TallySpec(_in_force(day), "patent_type", None))
        in_force |= {(year, str(kind)): figure for (kind, _none), figure in table.cells.items()}
    return Overview(
        as_of,
        by_status=tabulate(session, actor, TallySpec(whole, "patent_type", "status")),
        years=years,
        types=[name for name in PATENT_TYPES if any(column.value == name for column in applied.columns)],
        measures=(
            Measure("applied", _("Filed in the year"), _cells(applied), applied.total),
            Measure("granted", _("Granted in the year"), _cells(granted), granted.total),
            Measure("lapsed", _("Lapsed in the year"), _cells(lapsed), lapsed.total),
            Measure("in_force", _("In force at its end"), in_force, now.total, running=True),
        ),
    )


def _in_force(day: date) -> Selection:
    return Selection(_PATENTS, day, values=(("status", "in_force"),))


def _cells(table: Table) -> Cells:
    return {(int(row), str(column)): figure for (row, column), figure in table.cells.items() if row is not None}


def chart_of(page: Overview, measure: Measure, url_of: Callable[[Figure], str]) -> Chart:
    """A measure year by year, the types stacked."""
    labels = {name: str(PATENT_TYPES.label(name)) for name in page.types}
    bars = []
    for year in page.years:
        segments = []
        for name, label in labels.items():
            figure = measure.cells.get((year, name))
            value = int(figure.value) if figure else 0
            segments.append(Segment(value, f"{year} {label}: {value}", url_of(figure) if figure else ""))
        bars.append(Bar(str(year), tuple(segments)))
    series = tuple(Series(label, tone) for label, tone in zip(labels.values(), TONES, strict=False))
    return Chart(measure.label, "", series, tuple(bars))
