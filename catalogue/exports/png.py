"""Charts as pictures of their own: where everything stands on a drawing of fixed width, and such a drawing as PNG."""

from dataclasses import dataclass, replace

import resvg_py

from catalogue.chart_labels import text_width, wrapped
from catalogue.charts import Chart, Drawing, Series
from catalogue.palette import colour

WIDTH = 1000
_MARGIN, _TOP = 24, 88
_LEGEND_LINE = 24
_ZOOM = 2  # a picture must be sharp on paper
# By name: a picture brings no font along. The first that the machine has is used.
FONTS = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, SimHei, Helvetica, Arial, sans-serif"


@dataclass(frozen=True)
class Picture:
    """A chart on a drawing of its own; `legend` has each series with the place of its name, `words` each line of text
    under it with its height and where it leads, if anywhere."""

    chart: Chart
    drawing: Drawing
    legend: tuple[tuple[Series, float, float], ...]
    words: tuple[tuple[str, float, str], ...]
    top: int
    height: int
    with_title: bool

    width = WIDTH
    fonts = FONTS

    @classmethod
    def of(cls, chart: Chart, with_title: bool = True) -> "Picture":
        """The picture of a chart, whose plot has all the room that there is."""
        top = _TOP if with_title else _MARGIN
        chart = replace(chart, room=WIDTH - 2 * _MARGIN - 120)
        drawing = chart.drawing
        legend = []
        x, y = float(_MARGIN), float(top + drawing.height + 28)
        if len(chart.series) > 1 and chart.kind != "heat":
            for series in chart.series:
                needed = cls.sample_width(chart) + text_width(series.name) + 24
                if x + needed > WIDTH - _MARGIN and x > _MARGIN:
                    x, y = float(_MARGIN), y + _LEGEND_LINE
                legend.append((series, x, y))
                x += needed
        bottom = y + 20 if legend else top + drawing.height + _MARGIN
        words = []
        for text, url in (*((each.text, each.url) for each in chart.apart), *((note, "") for note in chart.notes)):
            for line in wrapped(text, WIDTH - 2 * _MARGIN):
                words.append((line, bottom + 4, url))
                bottom += _LEGEND_LINE
        return cls(chart, drawing, tuple(legend), tuple(words), top, int(bottom), with_title)

    @staticmethod
    def sample_width(chart: Chart) -> int:
        """What a series in the legend takes before its name."""
        return 34 if chart.kind == "lines" else 21

    @property
    def left(self) -> int:
        """Where the plot begins."""
        return 16 + self.drawing.axis if self.drawing.lines else _MARGIN

    @property
    def plot_width(self) -> int:
        """How wide the plot is."""
        return WIDTH - self.left - _MARGIN


def png_of(svg: str) -> bytes:
    """A drawing as PNG, twice its size, on white."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=_ZOOM, background=colour("card"), languages=["zh", "en"]))
