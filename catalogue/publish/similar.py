"""`POST /api/v1/similar`: the records that resemble a text, for a check against prior work."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, jsonify, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor
from catalogue.database import db
from catalogue.errors import InvalidInput
from catalogue.priorwork import passages
from catalogue.priorwork.check import FACETS, MOST_FOUND, Draft
from catalogue.publish.api import MOST_HITS, highlights_as_json, record_as_json
from catalogue.query_args import read_choice, read_number, read_year
from catalogue.records.queries import by_ids
from catalogue.search.current import current_index
from catalogue.search.facets import FacetLabels, facet_labels
from catalogue.search.interface import Likeness, SimilarRecord

blueprint = Blueprint("api_similar", __name__, url_prefix="/api/v1")


@blueprint.post("/similar")
def similar() -> Response:
    """The records that resemble a title and a text, best first, each with what it has in common with them."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise InvalidInput(_("The request must be a JSON object such as {“title”: “…”, “text”: “…”}."))
    draft = Draft.of(_text(body, "title"), _text(body, "text"))
    numbers = {name: _text(body, name) for name in ("year_from", "year_to", "limit")}
    actor = current_actor()
    labels = facet_labels(db.session(), actor)
    found = current_index().similar(
        Likeness(
            draft.whole,
            filters={facet: values for facet in FACETS if (values := _values(body, facet, labels))},
            year_from=read_year(numbers, "year_from"),
            year_to=read_year(numbers, "year_to"),
            limit=read_number(numbers, "limit", MOST_FOUND, most=MOST_HITS),
            access=actor.access,
        )
    )
    hits = {hit.id: hit for hit in found.hits}
    compared_with = passages.DraftPassages(draft.whole)
    return jsonify(
        compared=found.compared,
        weighed=found.weighed,
        partial=found.partial,
        shortened=draft.shortened,
        hits=[
            {
                **record_as_json(record),
                **_explained(hits[record.id]),
                "highlights": highlights_as_json(*compared_with.shared_with(record.title, record.abstract).texts),
            }
            for record in by_ids(db.session(), actor, list(hits))
        ],
    )


def _explained(hit: SimilarRecord) -> dict[str, Any]:
    terms = [{"text": term.text, "records": term.records, "share": term.share} for term in hit.terms]
    return {"score": hit.score, "terms": terms}


def _text(body: Mapping[str, Any], name: str) -> str:
    """A member that is a text or a number, as text; empty where there is none."""
    value = body.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidInput(_("“%(name)s” must be a text or a number.", name=name), name)
    return str(value)


def _values(body: Mapping[str, Any], facet: str, labels: FacetLabels) -> tuple[str, ...]:
    """The values that a facet is narrowed to: a text, or a list of them."""
    given = body.get(facet)
    listed = given if isinstance(given, list) else [given]
    chosen = (read_choice({facet: _text({facet: each}, facet)}, facet, labels[facet]) for each in listed)
    return tuple(filter(None, chosen))
