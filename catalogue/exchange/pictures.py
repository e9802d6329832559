"""Charts as pictures of their own: where everything stands on a drawing of fixed width, and such a drawing as PNG."""

from dataclasses import dataclass, replace

import resvg_py

from catalogue.charts import Chart, Drawing, Series, text_width

WIDTH = 1000
_MARGIN, _TOP = 24, 88
_LEGEND_LINE = 24
_ZOOM = 2  # a picture must be sharp on paper
# By name: a picture brings no font along. The first that the machine has is used.
FONTS = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, SimHei, Helvetica, Arial, sans-serif"


@dataclass(frozen=True)
class Picture:
    """A chart on a drawing of its own; `legend` has each series with the place of its name."""

    chart: Chart
    drawing: Drawing
    legend: tuple[tuple[Series, float, float], ...]
    height: int

    width = WIDTH
    fonts = FONTS
    top = _TOP

    @classmethod
    def of(cls, chart: Chart) -> "Picture":
        """The picture of a chart, whose plot has all the room that there is."""
        chart = replace(chart, room=WIDTH - 2 * _MARGIN - 120)
        drawing = chart.drawing
        legend = []
        x, y = float(_MARGIN), float(_TOP + drawing.height + 28)
        if len(chart.series) > 1 and chart.kind != "heat":
            for series in chart.series:
                needed = 32 + text_width(series.name) * 1.1 + 24
                if x + needed > WIDTH - _MARGIN and x > _MARGIN:
                    x, y = float(_MARGIN), y + _LEGEND_LINE
                legend.append((series, x, y))
                x += needed
        bottom = y + 20 if legend else _TOP + drawing.height + _MARGIN
        return cls(chart, drawing, tuple(legend), int(bottom + (_LEGEND_LINE if chart.note else 0)))

    @property
    def left(self) -> int:
        """Where the plot begins."""
        return 16 + self.drawing.axis if self.drawing.lines else _MARGIN

    @property
    def plot_width(self) -> int:
        return WIDTH - self.left - _MARGIN


def png_of(svg: str) -> bytes:
    """A drawing as PNG, twice its size, on white."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=_ZOOM, background="#ffffff", languages=["zh", "en"]))
