"""Tables as charts: stacked bars, lines over years, or a table of shades; every mark a link to its evidence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from catalogue.charts import Bar, Chart, Kind, Segment, Series
from catalogue.code_list import Vocabulary
from catalogue.query_args import read_choice
from catalogue.tallies.crosstab import Figure, Heading, Table
from catalogue.tallies.dimensions import Dimension
from catalogue.tallies.serializers import show_number

TONES = ("red", "red-light", "gold", "green", "blue", "grey")
MOST_SERIES = len(TONES)
MOST_BARS = 40  # rows of bars or shades that can still be taken in
MOST_YEARS = 80
MOST_SHADES = 24  # columns of shades
_WIDE_PLOT = 560  # pixels that shades have, which take the whole page

Choice = Literal["bars", "lines", "heat", "none"]
KINDS = Vocabulary({"bars": _l("Bar chart"), "lines": _l("Line chart"), "heat": _l("Heat map"), "none": _l("No chart")})
UrlOf = Callable[[Figure], str]


def read_kind(args: Mapping[str, str]) -> str:
    """The kind of chart that an address asks for, nothing for the usual one. Raises InvalidInput."""
    return read_choice(args, "chart", KINDS.labels)


def kinds_of(table: Table) -> dict[str, str]:
    """The kinds of chart that can show a table, each with its label."""
    possible = ["bars"]
    if _is_by_year(table):
        possible.append("lines")
    if len(table.columns) > 1:
        possible.append("heat")
    return {kind: str(KINDS.label(kind)) for kind in (*possible, "none")}


def usual_kind(table: Table) -> Kind:
    """Bars where their parts can be told apart and add up; else shades."""
    return "heat" if len(table.columns) > MOST_SERIES or _is_many(table) else "bars"


def chart_of(table: Table, url_of: UrlOf, title: str = "", kind: str = "") -> Chart | None:
    """The chart of a table; None where there is nothing to draw or no chart is wanted. A kind that cannot show the
    table gives way to the usual one."""
    if not table.cells or kind == "none":
        return None
    draw = {"bars": _bars, "lines": _lines, "heat": _heat}[kind if kind in kinds_of(table) else usual_kind(table)]
    return draw(_Marks(table, url_of), title)


def _dimension(table: Table, name: str | None) -> Dimension | None:
    return table.spec.selection.subject.dimensions[name] if name else None


def _is_many(table: Table) -> bool:
    """Whether an entry may stand in several columns, so that these do not add up to their row."""
    columns = _dimension(table, table.spec.columns)
    return columns is not None and columns.many


def _is_by_year(table: Table) -> bool:
    rows, columns = _dimension(table, table.spec.rows), _dimension(table, table.spec.columns)
    return any(each is not None and each.is_year for each in (rows, columns))


class _Marks:
    """The figures of a table as parts of a chart."""

    def __init__(self, table: Table, url_of: UrlOf) -> None:
        self.table, self._url_of = table, url_of
        self.measured = table.spec.selection.measured
        self.subject = table.spec.selection.subject

    def mark(self, figure: Figure | None, *names: str) -> Segment:
        """A figure as a part that says its names and its number."""
        amount = figure.value if figure else 0
        shown = show_number(self.measured, amount)
        height = Decimal(amount) / 10_000 if self.measured.unit == "yuan" else amount
        text = f"{' '.join(name for name in names if name)}: {shown}"
        return Segment(height, text, self._url_of(figure) if figure and figure.things else "", shown)

    def chart(self, kind: Kind, title: str, names: Sequence[str], bars: Sequence[Bar], note: str = "") -> Chart:
        series = tuple(Series(name, TONES[place % MOST_SERIES]) for place, name in enumerate(names))
        chart = Chart(title, self.measured.unit_text, series, tuple(bars), kind=kind, note=note)
        return replace(chart, room=_WIDE_PLOT) if kind == "heat" else chart


def _first(number: int, of: int) -> str:
    """What a chart says when it shows only the first of its rows."""
    return _("The first %(number)s of %(of)s rows are drawn.", number=number, of=of) if of > number else ""


def _bars(marks: _Marks, title: str) -> Chart:
    """Each row a bar, each column a part of it; where the parts are too many or overlap, the totals of the rows."""
    table = marks.table
    dimension = _dimension(table, table.spec.rows)
    rows = table.rows[: MOST_YEARS if dimension is not None and dimension.is_year else MOST_BARS]
    note = _first(len(rows), len(table.rows))
    if not table.columns or len(table.columns) > MOST_SERIES or _is_many(table):
        totals = [
            Bar(row.label, (marks.mark(table.row_totals.get(row.value), row.label, str(marks.subject.label)),))
            for row in rows
        ]
        return marks.chart("bars", title, [str(marks.subject.label)], totals, note)
    bars = [
        Bar(
            row.label,
            tuple(
                marks.mark(table.cells.get((row.value, column.value)), row.label, column.label)
                for column in table.columns
            ),
        )
        for row in rows
    ]
    return marks.chart("bars", title, [column.label for column in table.columns], bars, note)


def _lines(marks: _Marks, title: str) -> Chart:
    """Years from left to right; what stands against them is a line each, the greatest ones where there are many."""
    table = marks.table
    rows_are_years = table.spec.selection.subject.dimensions[table.spec.rows].is_year
    headings: Sequence[Heading] = table.rows if rows_are_years else table.columns
    others: Sequence[Heading] = table.columns if rows_are_years else table.rows
    totals = table.column_totals if rows_are_years else table.row_totals
    greatest = sorted(others, key=lambda other: -totals[other.value].value if other.value in totals else 0)
    kept = set(greatest[:MOST_SERIES])
    drawn = [other for other in others if other in kept]
    years = [heading for heading in headings if heading.value is not None]
    notes = []
    if len(drawn) < len(others):
        notes.append(_("Only the %(number)s greatest of %(of)s are drawn.", number=len(drawn), of=len(others)))
    if len(years) < len(headings):
        notes.append(_("What has no year is not drawn."))
    bars = []
    for year in years:
        if not others:
            segments = [marks.mark(table.row_totals.get(year.value), year.label, str(marks.subject.label))]
        else:
            keys = [(year.value, other.value) if rows_are_years else (other.value, year.value) for other in drawn]
            segments = [
                marks.mark(table.cells.get(key), year.label, other.label)
                for key, other in zip(keys, drawn, strict=True)
            ]
        bars.append(Bar(year.label, tuple(segments)))
    names = [other.label for other in drawn] or [str(marks.subject.label)]
    return marks.chart("lines", title, names, bars, " ".join(notes))


def _heat(marks: _Marks, title: str) -> Chart:
    """Each figure a field, the darker the greater."""
    table = marks.table
    rows, columns = table.rows[:MOST_BARS], table.columns[:MOST_SHADES]
    notes = [_first(len(rows), len(table.rows))]
    if len(columns) < len(table.columns):
        notes.append(_("The first %(number)s of %(of)s columns are drawn.", number=len(columns), of=len(table.columns)))
    bars = [
        Bar(
            row.label,
            tuple(
                marks.mark(table.cells.get((row.value, column.value)), row.label, column.label) for column in columns
            ),
        )
        for row in rows
    ]
    return marks.chart("heat", title, [column.label for column in columns], bars, " ".join(filter(None, notes)))
