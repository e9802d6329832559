"""One page that shows every component of the templates, so that a change to one is seen at a glance."""

from dataclasses import replace

from flask import Blueprint, render_template

from catalogue.accounts.auth import current_actor
from catalogue.charts import TONES, Bar, BarSegment, Chart, Series
from catalogue.database import db
from catalogue.editing.forms import EntityForm
from catalogue.fact_check.verification import VERDICTS
from catalogue.paging import PER_PAGE, Paging
from catalogue.records.history.field_display import Display, FieldChange
from catalogue.records.queries import newest
from catalogue.records.schema.kinds import KINDS

blueprint = Blueprint("style_guide", __name__)
_YEARS = range(1998, 2007)


def _chart(title: str, labels: list[str], *, below: int = 0, years: bool = False) -> Chart:
    """A chart with every tone, and with parts of every size; every `below`th bar has its last parts below zero."""
    bars = []
    for place, label in enumerate(labels, 1):
        sizes = {name: place * tone % 7 for tone, name in enumerate(TONES, 1)}
        if below and not place % below:
            sizes |= {name: -sizes[name] for name in TONES[-2:]}
        parts = (BarSegment(size, f"{label} {name}", "#charts", str(size)) for name, size in sizes.items())
        bars.append(Bar(label, tuple(parts)))
    return Chart(
        description=title,
        title=title,
        series=tuple(Series(tone, tone) for tone in TONES),
        bars=tuple(bars),
        bars_are_years=years,
        apart=(BarSegment(58, "58", "#charts"),),
    )


def _changes() -> list[FieldChange]:
    """A change of every sort: of prose, of a list, of a single value."""
    before = {"title": "预焙槽扩容试验", "keywords": "扩容;阳极", "status": "under_way"}
    after = {"title": "预焙电解槽扩容工业试验", "keywords": "扩容;强化电流", "status": "completed"}
    return Display(db.session(), current_actor()).changes(KINDS["project"], before, after)


@blueprint.get("/patterns")
def index() -> str:
    """All components, with what the catalogue holds as their content."""
    columns = _chart("1998–2006", [str(year) for year in _YEARS], below=3, years=True)
    return render_template(
        "home/style_guide.html",
        records=newest(db.session(), current_actor(), 4),
        verdicts=VERDICTS.labels,
        changes=_changes(),
        form=EntityForm.open(db.session(), current_actor(), KINDS["patent"], None),
        tones=("blue", "green", "red", "gold", "grey"),
        columns=columns,
        lines=replace(columns, kind="lines"),
        heat=replace(columns, kind="heat"),
        rows=_chart("A – D", ["A", "B", "C", "D"], below=2),
        paging=Paging(5, PER_PAGE, 230),
    )
