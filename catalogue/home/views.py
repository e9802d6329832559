"""The home page: what the catalogue holds, and the two ways in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from catalogue.accounts.auth import current_actor
from catalogue.database import db
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.records.queries import newest
from catalogue.tallies.charts import chart_of
from catalogue.tallies.crosstab import count, tabulate
from catalogue.tallies.figure_cache import current_figure_cache
from catalogue.tallies.paragraph.published_figures import FIGURES
from catalogue.tallies.serializers import show_number
from catalogue.tallies.spec import Selection, TallySpec
from catalogue.tallies.subjects import SUBJECTS

blueprint = Blueprint("home", __name__)
NEWEST = 5
# The strip of figures; those not published as such count what their name says.
_STRIP = (
    "projects_major",
    "achievements_provincial",
    "awards",
    "inventions_filed",
    "patents_granted",
    "benefit_counted",
)
_EXAMPLES = ("电解槽扩容", "阴极炭块", "烟气净化", "节能 竞赛")


@dataclass(frozen=True)
class StripFigure:
    """A figure of the strip."""

    label: Any
    value_text: str
    unit: str
    url: str


def _strip_selection(key: str, as_of: date) -> tuple[Any, Selection]:
    if key == "awards":
        return _l("Awards"), Selection(SUBJECTS["awards"], as_of)
    return FIGURES[key].label, FIGURES[key].selection(as_of)


def _recall(question: tuple[Any, ...], counted: Callable[[], Any]) -> Any:
    return current_figure_cache().recall(db.session(), (current_actor(), *question), counted)


def _strip(as_of: date) -> list[StripFigure]:
    strip = []
    for key in _STRIP:
        label, selection = _strip_selection(key, as_of)
        figure = _recall(("count", selection), partial(count, db.session(), current_actor(), selection))
        money = selection.subject.unit == "yuan"
        strip.append(
            StripFigure(
                label,
                show_number(selection.subject, figure.value),
                _("10,000 yuan") if money else "",
                url_for("tallies.records", subject=selection.subject.name, **selection.to_args()),
            )
        )
    return strip


@blueprint.get("/")
def index() -> str:
    """Figures, charts and the newest records."""
    as_of = current_reporting_day()

    def chart(subject: str, rows: str, columns: str, title: str) -> Any:
        spec = TallySpec(Selection(SUBJECTS[subject], as_of), rows, columns)
        language = str(get_locale())  # a table has its labels in it
        table = _recall(("table", spec, language), partial(tabulate, db.session(), current_actor(), spec))
        return chart_of(
            table,
            lambda figure: url_for("tallies.records", subject=subject, **figure.selection.to_args()),
            title,
        )

    return render_template(
        "home/index.html",
        figures=_strip(as_of),
        benefit_chart=chart("benefits", "year", "kind", _("Economic benefit by year")),
        award_chart=chart("awards", "level", "grade", _("Awards by level")),
        newest=newest(db.session(), current_actor(), NEWEST),
        example_queries=_EXAMPLES,
    )
