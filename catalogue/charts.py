"""Stacked bar charts as data: what they show, and where every mark stands. The template only writes it down as SVG.

Places across are percentages and places down are pixels, so a chart takes the width that it is given while its letters
keep their size; which labels have room is decided here for a narrow and for a wide screen. Nothing is styled inline
(the content security policy forbids it): tones are classes and patterns.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalogue.formatting import number

Value = Decimal | int

_NARROW, _WIDE = 230, 440  # pixels that a plot surely has, on a phone and on a desk
_CHARACTER = 7.5  # pixels of a digit
_GAP = 8  # pixels between two labels
_SHARE_OF_SLOT = 0.64  # of its place that a column takes
_WIDEST_COLUMN = 10.0  # percent
_MOST_YEARS = 80  # more than these, and years without records are left out


@dataclass(frozen=True)
class Series:
    """One part of every bar: its name in the legend, and its tone."""

    name: str
    tone: str


@dataclass(frozen=True)
class Segment:
    """One part of one bar. `text` says it in words; `url` leads to what is counted, and may be empty."""

    value: Value
    text: str
    url: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar: its label, and a segment for each series."""

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
class Label:
    """A text to be drawn; `wide` ones only where there is room."""

    text: str
    x: float
    y: float
    anchor: str = "middle"
    wide: bool = False
    strong: bool = False


@dataclass(frozen=True)
class Line:
    """A rule across the plot with the value that it stands for."""

    y: float
    text: str


@dataclass(frozen=True)
class Drawing:
    """Everything that a chart consists of."""

    height: int
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Chart:
    """A chart. Years stand as columns side by side; anything else lies in rows, which have room for long labels.
    A small one has neither axis nor totals."""

    title: str
    unit: str
    series: tuple[Series, ...]
    bars: tuple[Bar, ...]
    small: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(bar.total for bar in self.bars)

    @property
    def in_columns(self) -> bool:
        return all(bar.label.isdigit() for bar in self.bars)

    @property
    def drawing(self) -> Drawing:
        return _columns(self) if self.in_columns else _rows(self)


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


def _columns(chart: Chart) -> Drawing:
    top, plot = (2, 56) if chart.small else (22, 178)
    base = top + plot
    highest = max((bar.total for bar in chart.bars), default=0)
    values = ticks(highest, all(isinstance(s.value, int) for bar in chart.bars for s in bar.segments))
    scale = plot / (highest or 1 if chart.small else values[-1])
    slot = 100 / max(len(chart.bars), 1)
    width = min(slot * _SHARE_OF_SLOT, _WIDEST_COLUMN)
    marks, labels = [], []
    names = dict(_shown([bar.label for bar in chart.bars], small=chart.small))
    totals = dict(_shown([_short(bar.total) for bar in chart.bars], small=False, all_or_none=True))
    for place, bar in enumerate(chart.bars):
        left, middle, y = place * slot + (slot - width) / 2, (place + 0.5) * slot, float(base)
        for series, segment in zip(chart.series, bar.segments, strict=False):
            if segment.value > 0:
                height = max(float(segment.value) * scale, 1)
                y -= height
                marks.append(Mark(segment, series.tone, left, y, width, height))
        if place in names:
            labels.append(Label(bar.label, middle, base + 17, wide=names[place]))
        if place in totals and bar.total and not chart.small:
            labels.append(Label(_short(bar.total), middle, y - 6, wide=totals[place], strong=True))
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
                marks.append(Mark(segment, series.tone, x, top + 22, width, bar_height))
                x += width
    return Drawing(row * len(chart.bars), tuple(marks), tuple(labels), ())


def _shown(texts: Sequence[str], *, small: bool, all_or_none: bool = False) -> Iterator[tuple[int, bool]]:
    """Which labels have room side by side: their places, each with whether it takes a wide screen. The last one, the
    newest year, is always among them. With `all_or_none`, no label is left out alone."""
    each = max((len(text) for text in texts), default=0) * _CHARACTER + _GAP
    wide = math.ceil(len(texts) * each / (_NARROW if small else _WIDE)) or 1
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
