"""`GET /api/v1/tally` and `GET /api/v1/summary`: the figures of the pages as data, each with its evidence."""

from decimal import Decimal

from flask import Blueprint, jsonify, request, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor
from catalogue.config import current_settings
from catalogue.database import db
from catalogue.query_args import read_year
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.search.current import current_index
from catalogue.tallies.crosstab import Figure, tabulate
from catalogue.tallies.paragraph.published_figures import count_figures
from catalogue.tallies.paragraph.summary import period_text, text_of, write
from catalogue.tallies.paragraph.templates import template
from catalogue.tallies.presentation import title_of
from catalogue.tallies.search_filter import asked_for
from catalogue.tallies.serializers import plain_decimal, table_as_json
from catalogue.tallies.spec import find_subject, read_as_of

blueprint = Blueprint("api_tally", __name__, url_prefix="/api/v1")


def _evidence_url(figure: Figure) -> str:
    selection = figure.selection
    return url_for("tallies.records", subject=selection.subject.name, **selection.to_args(), _external=True)


def _plain(figure: Figure) -> int | str:
    """A whole number as such, any other with all its digits as text."""
    whole = int(figure.value)
    return whole if whole == figure.value else plain_decimal(Decimal(figure.value))


@blueprint.get("/tally")
def tally() -> Response:
    """One cross table of the subject that `subject` names; the other arguments are those of its page."""
    subject = find_subject(request.args.get("subject", "awards"))
    spec = asked_for(subject.name, request.args, current_reporting_day(), current_index(), current_actor())
    table = tabulate(db.session(), current_actor(), spec)
    return jsonify(title=title_of(spec), **table_as_json(table, _evidence_url))


@blueprint.get("/summary")
def summary() -> Response:
    """The paragraph and every published figure of it, as of a day, perhaps of a period."""
    as_of = read_as_of(request.args, current_reporting_day())
    years = read_year(request.args, "year_from"), read_year(request.args, "year_to")
    figures = count_figures(db.session(), current_actor(), as_of, *years)
    wording = template(str(get_locale())[:2], current_settings().data, period=any(years))
    return jsonify(
        as_of=as_of.isoformat(),
        text=text_of(write(figures, wording, period_text(*years, wording.language))),
        figures={
            key: {
                "value": int(figure.value)
                if figure.value == int(figure.value)
                else plain_decimal(Decimal(figure.value)),
                "unit": figure.selection.measured.unit,
                "entries": figure.entry_count,
                "evidence": _evidence_url(figure),
            }
            for key, figure in figures.items()
        },
    )
