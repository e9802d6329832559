"""One page that shows every component of the templates, so that a change to one is seen at a glance."""

from dataclasses import replace

from flask import Blueprint, render_template

from catalogue.charts import Bar, Chart, Segment, Series
from catalogue.database import db
from catalogue.records.queries import newest
from catalogue.web import PER_PAGE, Paging, current_actor

blueprint = Blueprint("patterns", __name__)
_TONES = ("red", "red-light", "gold", "green", "blue", "grey")
_YEARS = range(1998, 2007)


def _chart(title: str, labels: list[str]) -> Chart:
    """A chart with every tone, and with parts of every size."""
    bars = []
    for place, label in enumerate(labels, 1):
        sizes = {name: place * tone % 7 for tone, name in enumerate(_TONES, 1)}
        parts = (Segment(size, f"{label} {name}", "#charts", str(size)) for name, size in sizes.items())
        bars.append(Bar(label, tuple(parts)))
    return Chart(title, "", tuple(Series(tone, tone) for tone in _TONES), tuple(bars))


@blueprint.get("/patterns")
def index() -> str:
    """All components, with what the catalogue holds as their content."""
    columns = _chart("1998–2006", [str(year) for year in _YEARS])
    return render_template(
        "patterns.html",
        records=newest(db.session(), current_actor(), 4),
        tones=("blue", "green", "red", "gold", "grey"),
        columns=columns,
        lines=replace(columns, kind="lines"),
        heat=replace(columns, kind="heat"),
        rows=_chart("A – D", ["A", "B", "C", "D"]),
        paging=Paging(5, PER_PAGE, 230),
    )
