"""The JSON interface, version 1."""

from typing import Any

from flask import Blueprint, jsonify, request, url_for
from werkzeug.wrappers import Response

from catalogue.arguments import read_number
from catalogue.database import db
from catalogue.search.answer import Facet, Found, answer
from catalogue.search.facets import facet_labels
from catalogue.search.highlight import Segments
from catalogue.search.parser import SearchState
from catalogue.search.suggestions import MOST, suggestions_for
from catalogue.services import services
from catalogue.web import current_actor, reporting_day

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
MOST_SUGGESTED = 20


@blueprint.get("/search")
def search() -> Response:
    """The search page as data: the same arguments, the same answer."""
    labels = facet_labels(db.session())
    state = SearchState.from_args(request.args, labels)
    result = answer(db.session(), current_actor(), services().index, state, labels)
    return jsonify(
        total=result.results.total,
        page=state.page,
        pages=result.paging.pages,
        per_page=state.per_page,
        match=result.results.match,
        words=result.results.words,
        understood=[{"role": role, "text": text} for role, text in result.results.understood],
        also=[{"word": word, "also": others} for word, others in result.results.also],
        ignored=result.results.ignored,
        instead=result.results.instead,
        partial=result.results.partial,
        ignored_filters=[{"facet": facet, "value": value} for facet, value in state.unknown],
        shortened=state.shortened,
        took_ms=result.took_ms,
        hits=[_hit(found) for found in result.found],
        facets={facet.name: _facet(facet) for facet in result.facets},
        years={str(year): count for year, count in result.results.years.items()},
    )


@blueprint.get("/suggest")
def suggest() -> Response:
    """What somebody who has typed `q` may mean, in groups of at most `limit` suggestions."""
    most = min(read_number(request.args, "limit", MOST), MOST_SUGGESTED)
    text = request.args.get("q", "")
    groups = suggestions_for(db.session(), current_actor(), services().index, text, reporting_day(), most)
    return jsonify(
        groups=[
            {
                "group": group.name,
                "label": group.label,
                "suggestions": [
                    {"text": each.text, "note": each.note, "records": each.records, "url": each.url}
                    for each in group.suggestions
                ],
            }
            for group in groups
        ]
    )


def _hit(found: Found) -> dict[str, Any]:
    record = found.record
    return {
        "code": record.code,
        "kind": record.kind,
        "title": record.title,
        "year": record.date.year if record.date else None,
        "date": str(record.date) if record.date else None,
        "score": found.score,
        "missing": found.missing,
        "url": url_for("records.show", code=record.code, _external=True),
        "highlights": {"title": _pieces(found.title), "abstract": _pieces(found.abstract)},
    }


def _pieces(segments: Segments) -> list[dict[str, Any]]:
    return [{"text": text, "marked": marked} for text, marked in segments]


def _facet(facet: Facet) -> list[dict[str, Any]]:
    return [
        {"code": value.code, "label": value.label, "count": value.count, "chosen": value.chosen}
        for value in facet.values
    ]
