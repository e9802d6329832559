"""Charts as data: what they show, and where every mark stands. The template only writes it down as SVG.

Places across are percentages and places down are pixels, so a chart takes the width that it is given while its letters
keep their size; which labels have room is decided here for a narrow and for a wide screen. Nothing is styled inline
(the content security policy forbids it): tones are classes and patterns.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from catalogue.formatting import number

Value = Decimal | int
# Stacked bars (columns side by side for years), a line for each series, or a table of shades.
Kind = Literal["bars", "lines", "heat"]

# Told apart by lightness as well as by colour, and by a pattern; the style sheet says the same.
TONES = {
    "red": "#a12a22",
    "red-light": "#dea79f",
    "gold": "#e2b95a",
    "green": "#7fae88",
    "blue": "#5c86ad",
    "blue-light": "#c9d6e3",
    "grey": "#c3c0b8",
}
# Lines must be darker than fields to be seen: their colours and dashes.
STROKES = {
    "red": ("#a12a22", "none"),
    "red-light": ("#c2695d", "8 3"),
    "gold": ("#9a7016", "2 3"),
    "green": ("#3f7a4c", "10 3 2 3"),
    "blue": ("#3d6c97", "5 2"),
    "grey": ("#6f6b62", "12 4"),
}
HEAT = {"heat-1": "#fcf3f1", "heat-2": "#f8e4e0", "heat-3": "#f2d3cd", "heat-4": "#ebc0b9"}

_NARROW, _WIDE = 230, 440  # pixels that a plot surely has, on a phone and on a desk
_CHARACTER = 7.5  # pixels of a digit
_GAP = 8  # pixels between two labels
_SHARE_OF_SLOT = 0.64  # of its place that a column takes
_WIDEST_COLUMN = 10.0  # percent
_MOST_YEARS = 80  # more than these, and years without records are left out
_CJK_CHARACTER = 12.5  # pixels of a Chinese one
_LETTER = 6.8  # pixels of a Latin one, on average
_AXIS = 44  # pixels that values take beside a plot
_HEAT_AXIS = 118  # that names of rows take at most
_HEAT_HEAD = 176  # that names of columns take at most when they stand upright
_HEAT_ROW = 34


@dataclass(frozen=True)
class Series:
    """One part of every bar: its name in the legend, and its tone."""

    name: str
    tone: str


@dataclass(frozen=True)
class Segment:
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
    segments: tuple[Segment, ...]

    @property
    def total(self) -> float:
        return float(sum(max(segment.value, 0) for segment in self.segments))


@dataclass(frozen=True)
class Mark:
    """A rectangle to be drawn. `x` and `width` are percentages, `y` and `height` pixels."""

    segment: Segment
    tone: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Point:
    """A place on a line. Its shape tells the series without colour."""

    segment: Segment
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
class Label:
    """A text to be drawn; `wide` ones only where there is room, `upright` ones from top to bottom."""

    text: str
    x: float
    y: float
    anchor: str = "middle"
    wide: bool = False
    strong: bool = False
    upright: bool = False


@dataclass(frozen=True)
class Line:
    """What stands beside the plot at a height, and whether a rule goes across from it."""

    y: float
    text: str
    ruled: bool = True


@dataclass(frozen=True)
class Drawing:
    """Everything that a chart consists of."""

    height: int
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
    lines: tuple[Line, ...]
    axis: int = _AXIS
    points: tuple[Point, ...] = ()
    strokes: tuple[Stroke, ...] = ()

    @property
    def tones(self) -> set[str]:
        """Those of the marks."""
        return {mark.tone for mark in self.marks}


@dataclass(frozen=True)
class Chart:
    """A chart. Bars of years stand as columns side by side; others lie in rows, which have room for long labels.
    A small one has neither axis nor totals. `note` says what a reader must know of it, `room` is
    the pixels across that its plot surely has where there is room."""

    title: str
    unit: str
    series: tuple[Series, ...]
    bars: tuple[Bar, ...]
    small: bool = False
    kind: Kind = "bars"
    note: str = ""
    room: int = _WIDE

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(bar.total for bar in self.bars)

    @property
    def in_columns(self) -> bool:
        return self.kind == "bars" and all(bar.label.isdigit() for bar in self.bars)

    @property
    def drawing(self) -> Drawing:
        if self.kind == "bars":
            return _columns(self) if self.in_columns else _rows(self)
        return _lines(self) if self.kind == "lines" else _heat(self)


def years_chart(
    years: Mapping[int, int], url_of: Callable[[int], str], chosen: tuple[int | None, int | None]
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
        bars.append(Bar(str(year), tuple(Segment(each, f"{year}: {each}", url_of(year)) for each in counts)))
    return Chart("", "", (Series("", "blue"), Series("", "blue-light")), tuple(bars), small=True)


def ticks(highest: float, whole: bool) -> list[float]:
    """Round values from zero to at least `highest`, two to five of them."""
    if highest <= 0:
        return [0, 1]
    rough = highest / 3
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    if whole:
        step = max(1, math.ceil(step))
    return [step * place for place in range(math.ceil(highest / step) + 1)]


def _at(place: float) -> float:
    """A place as it is written down: to a thousandth."""
    return round(place, 3)


def _columns(chart: Chart) -> Drawing:
    top, plot = (2, 56) if chart.small else (22, 178)
    base = top + plot
    highest = max((bar.total for bar in chart.bars), default=0)
    values = ticks(highest, all(isinstance(s.value, int) for bar in chart.bars for s in bar.segments))
    scale = plot / (highest or 1 if chart.small else values[-1])
    slot = 100 / max(len(chart.bars), 1)
    width = min(slot * _SHARE_OF_SLOT, _WIDEST_COLUMN)
    marks, labels = [], []
    names = dict(_shown([bar.label for bar in chart.bars], chart.room, small=chart.small))
    totals = dict(_shown([_short(bar.total) for bar in chart.bars], chart.room, all_or_none=True))
    for place, bar in enumerate(chart.bars):
        left, middle, y = place * slot + (slot - width) / 2, (place + 0.5) * slot, float(base)
        for series, segment in zip(chart.series, bar.segments, strict=False):
            if segment.value > 0:
                height = max(float(segment.value) * scale, 1)
                y -= height
                marks.append(Mark(segment, series.tone, _at(left), _at(y), _at(width), _at(height)))
        if place in names:
            labels.append(Label(bar.label, _at(middle), _at(base + 17), wide=names[place]))
        if place in totals and bar.total and not chart.small:
            labels.append(Label(_short(bar.total), _at(middle), _at(y - 6), wide=totals[place], strong=True))
    lines = [] if chart.small else [Line(base - value * scale, _short(value)) for value in values]
    return Drawing(base + 24, tuple(marks), tuple(labels), tuple(lines))


def _rows(chart: Chart) -> Drawing:
    row, bar_height = 50, 16
    highest = max((bar.total for bar in chart.bars), default=0) or 1
    marks, labels = [], []
    for place, bar in enumerate(chart.bars):
        top, x = place * row, 0.0
        labels.append(Label(bar.label, 0, top + 15, anchor="start"))
        labels.append(Label(_short(bar.total), 100, top + 15, anchor="end", strong=True))
        for series, segment in zip(chart.series, bar.segments, strict=False):
            if segment.value > 0:
                width = float(segment.value) / highest * 100
                marks.append(Mark(segment, series.tone, _at(x), _at(top + 22), _at(width), _at(bar_height)))
                x += width
    return Drawing(row * len(chart.bars), tuple(marks), tuple(labels), ())


def _lines(chart: Chart) -> Drawing:
    top, plot = 22, 200
    base = top + plot
    values = [float(segment.value) for bar in chart.bars for segment in bar.segments]
    highest = max(values, default=0)
    marks_at = ticks(highest, all(isinstance(s.value, int) for bar in chart.bars for s in bar.segments))
    scale, slot = plot / marks_at[-1], 100 / max(len(chart.bars), 1)
    points, strokes = [], []
    for which, series in enumerate(chart.series):
        ends: list[tuple[float, float]] = []
        for place, bar in enumerate(chart.bars):
            segment = bar.segments[which]
            ends.append((_at((place + 0.5) * slot), _at(base - max(float(segment.value), 0) * scale)))
            points.append(Point(segment, series.tone, *ends[-1]))
        strokes += [Stroke(series.tone, *one, *other) for one, other in pairwise(ends)]
    names = _shown([bar.label for bar in chart.bars], chart.room)
    labels = [
        Label(chart.bars[place].label, _at((place + 0.5) * slot), _at(base + 17), wide=wide) for place, wide in names
    ]
    rules = [Line(base - value * scale, _short(value)) for value in marks_at]
    return Drawing(base + 24, (), tuple(labels), tuple(rules), points=tuple(points), strokes=tuple(strokes))


def _heat(chart: Chart) -> Drawing:
    highest = max((float(segment.value) for bar in chart.bars for segment in bar.segments), default=0) or 1
    slot = 100 / max(len(chart.series), 1)
    names = [series.name for series in chart.series]
    upright = not all(name.isdigit() for name in names)
    head = min(_HEAT_HEAD, int(max(map(text_width, names), default=0)) + 16) if upright else 24
    axis = min(_HEAT_AXIS, int(max((text_width(bar.label) for bar in chart.bars), default=0)) + 18)
    labels = []
    if upright:
        for place, name in enumerate(names):
            labels.append(
                Label(_cut(name, head - 10), _at((place + 0.5) * slot), _at(head - 8), anchor="end", upright=True)
            )
    else:
        for place, wide in _shown(names, chart.room):
            labels.append(Label(names[place], _at((place + 0.5) * slot), _at(head - 8), wide=wide))
    longest = max((len(s.shown) for bar in chart.bars for s in bar.segments), default=0) * _CHARACTER + 4
    fits, wide = longest * len(names) <= chart.room, longest * len(names) > _NARROW - (axis - _AXIS)
    marks, lines = [], []
    for row, bar in enumerate(chart.bars):
        top = head + row * _HEAT_ROW
        lines.append(Line(top, ""))
        label = _wrapped(bar.label, axis - 10)
        for line, text in enumerate(label):
            lines.append(Line(top + _HEAT_ROW / 2 + (line - (len(label) - 1) / 2) * 14, text, ruled=False))
        for place, segment in enumerate(bar.segments):
            if segment.value > 0:
                step = max(1, round(len(HEAT) * float(segment.value) / highest))
                x = place * slot
                marks.append(Mark(segment, f"heat-{step}", _at(x), _at(top), _at(slot), _at(_HEAT_ROW)))
                if fits:
                    labels.append(Label(segment.shown, _at(x + slot / 2), _at(top + 21), wide=wide, strong=True))
    height = head + _HEAT_ROW * len(chart.bars) + 2
    return Drawing(height, tuple(marks), tuple(labels), tuple(lines), axis=axis)


def text_width(text: str) -> float:
    """About how many pixels a text takes."""
    return sum(_CJK_CHARACTER if ord(character) > 0x2E7F else _LETTER for character in text)


def _cut(text: str, room: float) -> str:
    """As much of a text as has room; what is cut off is still said by the marks."""
    if text_width(text) <= room:
        return text
    while text and text_width(text) > room - _CJK_CHARACTER:
        text = text[:-1]
    return text.rstrip() + "…"


def _wrapped(text: str, room: float) -> list[str]:
    """A text in one line or two."""
    if text_width(text) <= room:
        return [text]
    end = len(text)
    while text_width(text[:end]) > room:
        end -= 1
    space = text.rfind(" ", 0, end + 1)
    # Chinese breaks anywhere; two lines of the same length look best.
    end = space if space > 0 else min(end, (len(text) + 1) // 2)
    return [text[:end].rstrip(), _cut(text[end:].strip(), room)]


def _shown(
    texts: Sequence[str], room: int, *, small: bool = False, all_or_none: bool = False
) -> Iterator[tuple[int, bool]]:
    """Which labels have room side by side: their places, each with whether it takes a wide screen. The last one, the
    newest year, is always among them. With `all_or_none`, no label is left out alone."""
    each = max((len(text) for text in texts), default=0) * _CHARACTER + _GAP
    wide = math.ceil(len(texts) * each / (_NARROW if small else room)) or 1
    # A multiple, so that what a wide screen shows includes what a narrow one does, and never crowds it.
    narrow = math.ceil(len(texts) * each / _NARROW / wide) * wide
    if all_or_none and wide > 1:
        return
    for place in range(len(texts)):
        from_last = len(texts) - 1 - place
        if from_last % wide == 0:
            yield place, narrow > 1 if all_or_none else bool(from_last % narrow)


def _short(value: float) -> str:
    """A number short enough to stand on a column; the exact one is in the mark's text."""
    return number(Decimal(str(round(value, 1 if value < 10 else 0))))
