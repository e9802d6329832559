"""The search page."""

from flask import Blueprint, render_template, request
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _

from catalogue.accounts.auth import current_actor
from catalogue.charts import years_chart
from catalogue.database import db
from catalogue.records.schema.kinds import KINDS
from catalogue.search.current import current_index
from catalogue.search.facets import FACET_LABELS, facet_labels
from catalogue.search.presentation import explanation, understood, wrong_check_note
from catalogue.search.related_records import similar_records
from catalogue.search.results_page import SearchResults, run_search
from catalogue.search.url_state import PER_PAGE, SORT_LABELS, SearchState

blueprint = Blueprint("search", __name__)
_MOST_SUGGESTED = 6


@blueprint.record_once
def share_similar_records(setup: BlueprintSetupState) -> None:
    """Make known to the record page what resembles a record. (A template asks, because records know of no search.)"""
    setup.app.jinja_env.globals["similar_records"] = lambda record, related: similar_records(
        db.session(), current_actor(), current_index(), record, related
    )


@blueprint.get("/search")
def index() -> str:
    """What was found, and how to narrow or widen it."""
    labels = facet_labels(db.session(), current_actor())
    state = SearchState.from_args(request.args, labels)
    result = run_search(db.session(), current_actor(), current_index(), state, labels)
    return render_template(
        "search/index.html",
        wrong_check_note=wrong_check_note(state.text),
        state=state,
        answer=result,
        explanation=explanation(result.results),
        understood=understood(result.results),
        labels=labels,
        facet_labels=FACET_LABELS,
        sorts=SORT_LABELS,
        per_page_choices=PER_PAGE,
        years=years_chart(
            result.results.years,
            lambda year: state.url(year_from=year, year_to=year),
            (state.year_from, state.year_to),
            _("Entries found, by year (bar chart)"),
        ),
        fewer_words=_fewer_words(result),
        kinds=KINDS,
    )


@blueprint.get("/search/help")
def guide() -> str:
    """How to search, in examples that can be followed."""
    return render_template("search/guide.html")


def _fewer_words(result: SearchResults) -> list[tuple[str, SearchState]]:
    """Searches for each single word, offered where all together found nothing."""
    words = result.results.words
    if result.results.total or len(words) < 2:
        return []
    return [(word, result.state.with_(text=word)) for word in words[:_MOST_SUGGESTED]]
