"""Tables as charts: stacked bars, lines over years, or a table of shades; every mark a link to its evidence.

What is not stated has no place on a scale: it is told in words beneath the chart, with its figure and its evidence, and
never makes the others small. Only as a part of a bar is it drawn, because the bar is the whole of its row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from catalogue.charts import TONES, Bar, BarSegment, Chart, Kind, Series
from catalogue.code_list import CodeList
from catalogue.query_args import read_choice
from catalogue.tallies.crosstab import CrossTable, Figure, Heading
from catalogue.tallies.dimensions import Dimension
from catalogue.tallies.presentation import cut_of
from catalogue.tallies.serializers import show_number
from catalogue.tallies.spec import Value

_NOT_STATED_TONE = TONES[-1]
MOST_SERIES = len(TONES)
MOST_BARS = 40  # rows of bars or shades that can still be taken in
MOST_YEARS = 80
MOST_SHADES = 24  # columns of shades
_WIDE_PLOT = 560  # pixels that shades have, which take the whole page

Choice = Literal["bars", "lines", "heat", "none"]
KINDS = CodeList({"bars": _l("Bar chart"), "lines": _l("Line chart"), "heat": _l("Heat map"), "none": _l("No chart")})
UrlOf = Callable[[Figure], str]


def read_kind(args: Mapping[str, str]) -> str:
    """The kind of chart that an address asks for, nothing for the usual one. Raises InvalidInput."""
    return read_choice(args, "chart", KINDS.labels)


def kinds_of(table: CrossTable) -> dict[str, str]:
    """The kinds of chart that can show a table, each with its label."""
    possible = ["bars"]
    if _is_by_year(table):
        possible.append("lines")
    if len(table.columns) > 1:
        possible.append("heat")
    return {kind: str(KINDS.label(kind)) for kind in (*possible, "none")}


def usual_kind(table: CrossTable) -> Kind:
    """Bars where their parts can be told apart and add up; else shades."""
    return "heat" if len(table.columns) > MOST_SERIES or _is_many(table) else "bars"


def chart_of(table: CrossTable, url_of: UrlOf, title: str = "", kind: str = "") -> Chart | None:
    """The chart of a table; None where there is nothing to draw or no chart is wanted. A kind that cannot show the
    table gives way to the usual one."""
    if not table.cells or kind == "none":
        return None
    draw = {"bars": _bars, "lines": _lines, "heat": _heat}[kind if kind in kinds_of(table) else usual_kind(table)]
    chart = draw(_Marks(table, url_of), title)
    return None if chart.is_empty else chart


def describe_chart(cut: str, measure: Any, kind: Kind) -> str:
    """The name of a chart for those who do not see it: “Patents: year × type · Number of entries (bar chart)”."""
    return _("%(cut)s · %(measure)s (%(kind)s)", cut=cut, measure=measure, kind=KINDS.label(kind))


def _dimension(table: CrossTable, name: str | None) -> Dimension | None:
    return table.spec.selection.subject.dimensions[name] if name else None


def _is_many(table: CrossTable) -> bool:
    """Whether an entry may stand in several columns, so that these do not add up to their row."""
    columns = _dimension(table, table.spec.columns)
    return columns is not None and columns.many


def _is_by_year(table: CrossTable) -> bool:
    rows, columns = _dimension(table, table.spec.rows), _dimension(table, table.spec.columns)
    return any(each is not None and each.is_year for each in (rows, columns))


@dataclass(frozen=True)
class _Side:
    """The rows of a table, or its columns."""

    dimension: Dimension
    headings: Sequence[Heading]
    totals: Mapping[Value, Figure]

    def drawn(self, most: int) -> tuple[Sequence[Heading], tuple[str, ...]]:
        """The headings that a chart has room for, in their order, and what it says of the others: it keeps the latest
        years, the first steps of a ladder, and the greatest of what are mere names."""
        stated = [heading for heading in self.headings if heading.value is not None]
        if len(stated) <= most:
            return stated, ()
        numbers = {"dimension": self.dimension.label, "number": most, "of": len(stated)}
        if self.dimension.scale == "time":
            return stated[-most:], (_("%(dimension)s: only the latest %(number)s of %(of)s are drawn.", **numbers),)
        if self.dimension.scale == "ordered":
            return stated[:most], (_("%(dimension)s: only the first %(number)s of %(of)s are drawn.", **numbers),)
        kept = set(sorted(stated, key=self._size, reverse=True)[:most])
        note = _("%(dimension)s: only the greatest %(number)s of %(of)s are drawn.", **numbers)
        return [heading for heading in stated if heading in kept], (note,)

    def _size(self, heading: Heading) -> float:
        return abs(float(self.totals[heading.value].value)) if heading.value in self.totals else 0.0


class _Marks:
    """The figures of a table as parts of a chart."""

    def __init__(self, table: CrossTable, url_of: UrlOf) -> None:
        self.table, self._url_of = table, url_of
        self.measured = table.spec.selection.measured
        self.subject = table.spec.selection.subject
        self.rows = _Side(self.subject.dimensions[table.spec.rows], table.rows, table.row_totals)
        columns = _dimension(table, table.spec.columns)
        self.columns = _Side(columns, table.columns, table.column_totals) if columns else None

    def mark(self, figure: Figure | None, *names: str) -> BarSegment:
        """A figure as a part that says its names and its number."""
        amount = figure.value if figure else 0
        shown = show_number(self.measured, amount)
        height = Decimal(amount) / 10_000 if self.measured.unit == "yuan" else amount
        text = f"{' '.join(name for name in names if name)}: {shown}"
        return BarSegment(height, text, self._url_of(figure) if figure and figure.entry_count else "", shown)

    def cell(self, row: Heading, column: Heading) -> BarSegment:
        """The figure of a row and a column."""
        return self.mark(self.table.cells.get((row.value, column.value)), row.label, column.label)

    def total(self, side: _Side, heading: Heading) -> BarSegment:
        """The figure of a whole row, or of a whole column."""
        return self.mark(side.totals.get(heading.value), heading.label, str(self.subject.label))

    def apart(self, *sides: _Side | None) -> tuple[BarSegment, ...]:
        """The figures of what has no value in a dimension, in words."""
        reported = []
        for side in sides:
            figure = side.totals.get(None) if side else None
            if side and figure and figure.entry_count:
                shown = f"{show_number(self.measured, figure.value)} {self.measured.unit_text}".rstrip()
                text = _("%(dimension)s not stated: %(figure)s", dimension=side.dimension.label, figure=shown)
                reported.append(BarSegment(figure.value, text, self._url_of(figure), shown))
        return tuple(reported)

    def chart(self, kind: Kind, title: str, series: Sequence[Series], bars: Sequence[Bar], **more: Any) -> Chart:
        """A chart of this table."""
        return Chart(
            description=describe_chart(cut_of(self.table.spec), self.measured.label, kind),
            title=title,
            unit=self.measured.unit_text,
            series=tuple(series),
            bars=tuple(bars),
            kind=kind,
            **more,
        )


def _series(headings: Sequence[Heading]) -> list[Series]:
    """A tone for each heading; what is not stated is grey."""
    return [
        Series(heading.label, TONES[place % MOST_SERIES] if heading.value is not None else _NOT_STATED_TONE)
        for place, heading in enumerate(headings)
    ]


def _bars(marks: _Marks, title: str) -> Chart:
    """Each row a bar, each column a part of it; where the parts are too many or overlap, the totals of the rows."""
    table, years = marks.table, marks.rows.dimension.is_year
    rows, notes = marks.rows.drawn(MOST_YEARS if years else MOST_BARS)
    if not table.columns or len(table.columns) > MOST_SERIES or _is_many(table):
        series = [Series(str(marks.subject.label), TONES[0])]
        bars = [Bar(row.label, (marks.total(marks.rows, row),)) for row in rows]
    else:
        series = _series(table.columns)
        bars = [Bar(row.label, tuple(marks.cell(row, column) for column in table.columns)) for row in rows]
    if any(bar.below for bar in bars):
        notes += (
            _("Negative amounts are drawn below the zero line; where a bar has a number, it is the net total.")
            if years
            else _("Negative amounts are drawn left of the zero line; where a bar has a number, it is the net total."),
        )
    return marks.chart("bars", title, series, bars, bars_are_years=years, apart=marks.apart(marks.rows), notes=notes)


def _lines(marks: _Marks, title: str) -> Chart:
    """Years from left to right; what stands against them is a line each."""
    sides = [side for side in (marks.rows, marks.columns) if side]
    time = next(side for side in sides if side.dimension.is_year)
    others = next((side for side in sides if side is not time), None)
    years, notes = time.drawn(MOST_YEARS)
    drawn, more_notes = others.drawn(MOST_SERIES) if others else ((), ())
    if drawn:
        series = _series(drawn)
        by_row = time is marks.rows
        bars = [
            Bar(year.label, tuple(marks.cell(year, each) if by_row else marks.cell(each, year) for each in drawn))
            for year in years
        ]
    else:
        series = [Series(str(marks.subject.label), TONES[0])]
        bars = [Bar(year.label, (marks.total(time, year),)) for year in years]
    apart = marks.apart(time, others)
    return marks.chart("lines", title, series, bars, bars_are_years=True, apart=apart, notes=(*notes, *more_notes))


def _heat(marks: _Marks, title: str) -> Chart:
    """Each figure a field, the darker the greater."""
    rows, notes = marks.rows.drawn(MOST_BARS)
    columns, more_notes = marks.columns.drawn(MOST_SHADES) if marks.columns else ((), ())
    notes += more_notes
    bars = [Bar(row.label, tuple(marks.cell(row, column) for column in columns)) for row in rows]
    if any(bar.below for bar in bars):
        notes += (_("Negative amounts are shaded blue."),)
    return marks.chart(
        "heat",
        title,
        _series(columns),
        bars,
        bars_are_years=marks.rows.dimension.is_year,
        series_are_years=marks.columns is not None and marks.columns.dimension.is_year,
        apart=marks.apart(marks.rows, marks.columns),
        notes=notes,
        room=_WIDE_PLOT,
    )
