"""The search page."""

from flask import Blueprint, render_template, request
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from catalogue.charts import years_chart
from catalogue.database import db
from catalogue.records.kinds import KINDS
from catalogue.search.alike import similar_records
from catalogue.search.answer import Answer, answer
from catalogue.search.facets import FACET_LABELS, facet_labels
from catalogue.search.parser import PER_PAGE, SORT_LABELS, SearchState
from catalogue.services import services
from catalogue.web import current_actor

ROLE_LABELS = {
    "word": _l("with"),
    "phrase": _l("just so"),
    "prefix": _l("beginning with"),
    "without": _l("without"),
    "either": _l("either of"),
    "together": _l("all of"),
    "title": _l("in the title"),
    "person": _l("person"),
    "division": _l("division"),
    "number": _l("number"),
    "kind": _l("kind"),
    "year": _l("year"),
}

blueprint = Blueprint("search", __name__)
_MOST_SUGGESTED = 6


@blueprint.record_once
def share_similar_records(setup: BlueprintSetupState) -> None:
    """Make known to the record page what resembles a record. (A template asks, because records know of no search.)"""
    setup.app.jinja_env.globals["similar_records"] = lambda record, related: similar_records(
        db.session(), current_actor(), services().index, record, related
    )


@blueprint.get("/search")
def index() -> str:
    """What was found, and how to narrow or widen it."""
    labels = facet_labels(db.session())
    state = SearchState.from_args(request.args, labels)
    result = answer(db.session(), current_actor(), services().index, state, labels)
    return render_template(
        "search/index.html",
        state=state,
        answer=result,
        explanation=_explanation(result),
        understood=_understood(result),
        labels=labels,
        facet_labels=FACET_LABELS,
        sorts=SORT_LABELS,
        per_page_choices=PER_PAGE,
        years=years_chart(
            result.results.years,
            lambda year: state.url(year_from=year, year_to=year),
            (state.year_from, state.year_to),
        ),
        fewer_words=_fewer_words(result),
        kinds=KINDS,
    )


def _explanation(result: Answer) -> str:
    """How strictly the words were taken, where that is not what a reader expects."""
    some_complete = any(not found.missing for found in result.found)
    if result.results.match in {"most", "any"} and len(result.results.words) == 1 and not some_complete:
        return _("No record has this word as a whole; these have parts of it.")
    if result.results.match == "most":
        if some_complete:
            return _("Few records have all of these words; those come first, then those that have most of them.")
        return _("No record has all of these words; these have most of them.")
    if result.results.match == "any":
        if some_complete:
            return _("Few records have all of these words; those come first, then those that have some of them.")
        return _("No record has all of these words; these have at least one of them.")
    if result.results.match == "number":
        return _("What is known by this number comes first.")
    if result.results.match == "pinyin":
        return _("Nothing has these letters as words; these records sound like them (pinyin).")
    return ""


def _understood(result: Answer) -> list[tuple[str, str]]:
    """How the query was understood, in pairs of a label and texts, where it is more than a row of words."""
    texts: dict[str, list[str]] = {}
    for role, text in result.results.understood:
        shown = str(KINDS[text].plural) if role == "kind" and text in KINDS else text
        texts.setdefault(role, []).append(shown)
    if set(texts) <= {"word"}:
        return []
    return [(str(ROLE_LABELS[role]), _(", ").join(texts[role])) for role in texts]


def _fewer_words(result: Answer) -> list[tuple[str, SearchState]]:
    """Searches for each single word, offered where all together found nothing."""
    words = result.results.words
    if result.results.total or len(words) < 2:
        return []
    return [(word, result.state.with_(text=word)) for word in words[:_MOST_SUGGESTED]]
