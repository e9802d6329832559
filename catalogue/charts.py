"""Charts as data: what they show, and where every mark stands. The template only writes it down as SVG.

Places across are percentages and places down are pixels, so a chart takes the width that it is given while its letters
keep their size; which labels have room is decided here for a narrow and for a wide screen. Nothing is styled inline
(the content security policy forbids it): tones are classes and patterns.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from catalogue.chart_labels import CHARACTER, NARROW, cut, short, text_width, ticks, with_room, wrapped_in_two

Value = Decimal | int
# Stacked bars (columns side by side for years), a line for each series, or a table of shades.
Kind = Literal["bars", "lines", "heat"]

# How a part of a chart is drawn: as a field, a line and a point of this tone (static/css/charts.css says which colour).
TONES = ("red", "red-light", "gold", "green", "blue", "grey")
SHADES = 4  # of a table: heat-1 is the lightest; cold-1 that of what is below zero

_WIDE = 440  # pixels that a plot surely has on a desk
_SHARE_OF_SLOT = 0.64  # of its place that a column takes
_WIDEST_COLUMN = 10.0  # percent
_MOST_YEARS = 80  # more than these, and years without records are left out
_AXIS, _AXIS_GAP = 48, 8  # pixels that values take beside a plot at least, and between them and it
_HEAT_AXIS = 118  # that names of rows take at most
_HEAT_HEAD = 176  # that names of columns take at most when they stand upright
_HEAT_ROW = 34


@dataclass(frozen=True)
class Series:
    """One part of every bar: its name in the legend, and its tone."""

    name: str
    tone: str


@dataclass(frozen=True)
class BarSegment:
    """One part of one bar. `text` says it in words; `url` leads to what is counted, and may be empty; `shown` is the
    figure as it can stand in the part itself."""

    value: Value
    text: str
    url: str = ""
    shown: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar (place on a line, row of shades): its label, and a segment for each series."""

    label: str
    segments: tuple[BarSegment, ...]

    @property
    def total(self) -> float:
        return float(sum(segment.value for segment in self.segments))

    @property
    def above(self) -> float:
        """How far its parts reach above zero, one upon the other."""
        return float(sum(max(segment.value, 0) for segment in self.segments))

    @property
    def below(self) -> float:
        """How far its parts reach below zero: nothing, or a negative number."""
        return float(sum(min(segment.value, 0) for segment in self.segments))


@dataclass(frozen=True)
class Mark:
    """A rectangle to be drawn. `x` and `width` are percentages, `y` and `height` pixels."""

    segment: BarSegment
    tone: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Point:
    """A place on a line. Its shape tells the series without colour."""

    segment: BarSegment
    tone: str
    x: float
    y: float


@dataclass(frozen=True)
class Stroke:
    """A piece of a line between two of its points."""

    tone: str
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class ChartLabel:
    """A text to be drawn; `wide` ones only where there is room, `upright` ones from top to bottom."""

    text: str
    x: float
    y: float
    anchor: str = "middle"
    wide: bool = False
    strong: bool = False
    upright: bool = False


@dataclass(frozen=True)
class ScaleLine:
    """What stands beside the plot at a height, and whether a rule goes across from it; a strong one where it is the
    zero line of parts on both sides."""

    y: float
    text: str
    ruled: bool = True
    strong: bool = False


@dataclass(frozen=True)
class Drawing:
    """Everything that a chart consists of. `zero` is where a zero line stands upright, if one does (in percent)."""

    height: int
    marks: tuple[Mark, ...]
    labels: tuple[ChartLabel, ...]
    lines: tuple[ScaleLine, ...]
    axis: int = _AXIS
    points: tuple[Point, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    zero: float | None = None

    @property
    def tones(self) -> set[str]:
        """Those of the marks."""
        return {mark.tone for mark in self.marks}


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart. Bars of years stand as columns side by side; others lie in rows, which have room for long labels.

    `description` is its name for those who do not see it: what is shown, by what, and how; `title` stands over it and
    may be empty where the page says the same. `bars_are_years` and `series_are_years` say what the labels are.
    `apart` are figures that have no place on the scale, told in words beneath; `notes` what a reader must know of it.
    A small chart has neither axis nor totals. `room` is the pixels across that the plot surely has where there is room.
    """

    description: str
    title: str = ""
    unit: str = ""
    series: tuple[Series, ...]
    bars: tuple[Bar, ...]
    bars_are_years: bool = False
    series_are_years: bool = False
    small: bool = False
    kind: Kind = "bars"
    apart: tuple[BarSegment, ...] = ()
    notes: tuple[str, ...] = ()
    room: int = _WIDE

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(segment.value for bar in self.bars for segment in bar.segments)

    @property
    def goes_below_zero(self) -> bool:
        return any(segment.value < 0 for bar in self.bars for segment in bar.segments)

    @property
    def in_columns(self) -> bool:
        return self.kind == "bars" and self.bars_are_years

    @property
    def drawing(self) -> Drawing:
        if self.kind == "bars":
            return _columns(self) if self.in_columns else _rows(self)
        return _lines(self) if self.kind == "lines" else _heat(self)


def years_chart(
    years: Mapping[int, int],
    url_of: Callable[[int], str],
    chosen: tuple[int | None, int | None],
    description: str,
) -> Chart | None:
    """A small chart of how many records each year has, the chosen ones darker; None where there are fewer than two."""
    if len(years) < 2:
        return None
    first, last = chosen
    span: Sequence[int] = range(min(years), max(years) + 1)
    if len(span) > _MOST_YEARS:
        span = sorted(years)
    bars = []
    for year in span:
        count = years.get(year, 0)
        inside = (first is None or first <= year) and (last is None or year <= last)
        counts = (count, 0) if inside else (0, count)
        bars.append(Bar(str(year), tuple(BarSegment(each, f"{year}: {each}", url_of(year)) for each in counts)))
    return Chart(
        description=description,
        series=(Series("", "blue"), Series("", "grey")),
        bars=tuple(bars),
        bars_are_years=True,
        small=True,
    )


def _at(place: float) -> float:
    """A place as it is written down: to a thousandth."""
    return round(place, 3)


def _is_whole(chart: Chart) -> bool:
    return all(isinstance(segment.value, int) for bar in chart.bars for segment in bar.segments)


def _axis_width(lines: Sequence[ScaleLine]) -> int:
    """The pixels that the values beside a plot take."""
    return max(_AXIS, math.ceil(max((len(line.text) for line in lines), default=0) * CHARACTER) + _AXIS_GAP)


def _rules(values: Sequence[float], y_of: Callable[[float], float]) -> tuple[ScaleLine, ...]:
    """A rule at each value, a strong one at zero where there is something below it."""
    below = values[0] < 0
    return tuple(ScaleLine(_at(y_of(value)), short(value), strong=below and not value) for value in values)


def _columns(chart: Chart) -> Drawing:
    """Columns side by side: parts above zero upon one another from the zero line, those below it hang from there."""
    top, plot = (2, 56) if chart.small else (22, 178)
    highest = max((bar.above for bar in chart.bars), default=0)
    lowest = min((bar.below for bar in chart.bars), default=0)
    values = [lowest, highest or 1] if chart.small else ticks(lowest, highest, _is_whole(chart))
    scale, base = plot / (values[-1] - values[0]), top + plot
    zero = base + values[0] * scale
    slot = 100 / max(len(chart.bars), 1)
    width = min(slot * _SHARE_OF_SLOT, _WIDEST_COLUMN)
    marks, labels = [], []
    names = dict(with_room([bar.label for bar in chart.bars], chart.room, small=chart.small))
    totals = dict(with_room([short(bar.total) for bar in chart.bars], chart.room, all_or_none=True))
    for place, bar in enumerate(chart.bars):
        left, middle = place * slot + (slot - width) / 2, (place + 0.5) * slot
        y, under = zero, zero
        for series, segment in zip(chart.series, bar.segments, strict=False):
            height = max(abs(float(segment.value)) * scale, 1)
            if segment.value > 0:
                y -= height
                marks.append(Mark(segment, series.tone, _at(left), _at(y), _at(width), _at(height)))
            elif segment.value < 0:
                marks.append(Mark(segment, series.tone, _at(left), _at(under), _at(width), _at(height)))
                under += height
        if place in names:
            labels.append(ChartLabel(bar.label, _at(middle), _at(base + 17), wide=names[place]))
        if place in totals and (bar.above or bar.below) and not chart.small:
            labels.append(ChartLabel(short(bar.total), _at(middle), _at(y - 6), wide=totals[place], strong=True))
    lines = () if chart.small else _rules(values, lambda value: zero - value * scale)
    return Drawing(base + 24, tuple(marks), tuple(labels), lines, axis=_axis_width(lines))


def _rows(chart: Chart) -> Drawing:
    """Bars under one another, from the zero line to the right, and to the left what is below zero."""
    row, bar_height = 50, 16
    highest = max((bar.above for bar in chart.bars), default=0)
    lowest = min((bar.below for bar in chart.bars), default=0)
    scale = 100 / ((highest - lowest) or 1)
    zero = -lowest * scale
    marks, labels = [], []
    for place, bar in enumerate(chart.bars):
        top, right, left = place * row, zero, zero
        labels.append(ChartLabel(bar.label, 0, top + 15, anchor="start"))
        labels.append(ChartLabel(short(bar.total), 100, top + 15, anchor="end", strong=True))
        for series, segment in zip(chart.series, bar.segments, strict=False):
            width = abs(float(segment.value)) * scale
            left -= width if segment.value < 0 else 0
            if segment.value:
                x = right if segment.value > 0 else left
                marks.append(Mark(segment, series.tone, _at(x), _at(top + 22), _at(width), _at(bar_height)))
            right += width if segment.value > 0 else 0
    return Drawing(
        row * len(chart.bars), tuple(marks), tuple(labels), (), zero=_at(zero) if chart.goes_below_zero else None
    )


def _lines(chart: Chart) -> Drawing:
    """A line for each series, with a point for each bar's part."""
    top, plot = 22, 200
    base = top + plot
    values = [0.0, *(float(segment.value) for bar in chart.bars for segment in bar.segments)]
    marks_at = ticks(min(values), max(values), _is_whole(chart))
    scale, slot = plot / (marks_at[-1] - marks_at[0]), 100 / max(len(chart.bars), 1)
    zero = base + marks_at[0] * scale
    points, strokes = [], []
    for which, series in enumerate(chart.series):
        ends: list[tuple[float, float]] = []
        for place, bar in enumerate(chart.bars):
            segment = bar.segments[which]
            ends.append((_at((place + 0.5) * slot), _at(zero - float(segment.value) * scale)))
            points.append(Point(segment, series.tone, *ends[-1]))
        strokes += [Stroke(series.tone, *one, *other) for one, other in pairwise(ends)]
    names = with_room([bar.label for bar in chart.bars], chart.room)
    labels = [
        ChartLabel(chart.bars[place].label, _at((place + 0.5) * slot), _at(base + 17), wide=wide)
        for place, wide in names
    ]
    rules = _rules(marks_at, lambda value: zero - value * scale)
    return Drawing(
        base + 24,
        (),
        tuple(labels),
        rules,
        axis=_axis_width(rules),
        points=tuple(points),
        strokes=tuple(strokes),
    )


def _heat(chart: Chart) -> Drawing:
    """A field for each part, the darker the more it is; below zero in another colour."""
    greatest = max((abs(float(segment.value)) for bar in chart.bars for segment in bar.segments), default=0) or 1
    slot = 100 / max(len(chart.series), 1)
    names = [series.name for series in chart.series]
    upright = not chart.series_are_years
    head = min(_HEAT_HEAD, int(max(map(text_width, names), default=0)) + 16) if upright else 24
    axis = min(_HEAT_AXIS, int(max((text_width(bar.label) for bar in chart.bars), default=0)) + 18)
    labels = []
    if upright:
        for place, name in enumerate(names):
            labels.append(
                ChartLabel(cut(name, head - 10), _at((place + 0.5) * slot), _at(head - 8), anchor="end", upright=True)
            )
    else:
        for place, wide in with_room(names, chart.room):
            labels.append(ChartLabel(names[place], _at((place + 0.5) * slot), _at(head - 8), wide=wide))
    longest = max((len(s.shown) for bar in chart.bars for s in bar.segments), default=0) * CHARACTER + 4
    fits, wide = longest * len(names) <= chart.room, longest * len(names) > NARROW - (axis - _AXIS)
    marks, lines = [], []
    for row, bar in enumerate(chart.bars):
        top = head + row * _HEAT_ROW
        lines.append(ScaleLine(top, ""))
        label = wrapped_in_two(bar.label, axis - 10)
        for line, text in enumerate(label):
            lines.append(ScaleLine(top + _HEAT_ROW / 2 + (line - (len(label) - 1) / 2) * 14, text, ruled=False))
        for place, segment in enumerate(bar.segments):
            if segment.value or segment.url:
                step = max(1, round(SHADES * abs(float(segment.value)) / greatest))
                tone = f"{'cold' if segment.value < 0 else 'heat'}-{step}"
                x = place * slot
                marks.append(Mark(segment, tone, _at(x), _at(top), _at(slot), _at(_HEAT_ROW)))
                if fits:
                    labels.append(ChartLabel(segment.shown, _at(x + slot / 2), _at(top + 21), wide=wide, strong=True))
    height = head + _HEAT_ROW * len(chart.bars) + 2
    return Drawing(height, tuple(marks), tuple(labels), tuple(lines), axis=axis)
