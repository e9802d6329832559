"""The JSON interface, version 1. What each route takes and gives is described in `publish.guide`."""

from dataclasses import dataclass, replace
from typing import Any, Self

from flask import Blueprint, jsonify, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor
from catalogue.database import db
from catalogue.errors import InvalidInput
from catalogue.query_args import read_choice, read_number
from catalogue.records.models.records import Record
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.search.current import current_index
from catalogue.search.facets import facet_labels
from catalogue.search.results_page import Facet, run_search
from catalogue.search.suggestions import MOST, suggestions_for
from catalogue.search.text.highlight import Segments
from catalogue.search.url_state import SearchState

MOST_HITS = 100  # in one answer
MOST_SUGGESTED = 20  # in one group

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@dataclass(frozen=True)
class HitRange:
    """The stretch of the hits that is wanted. `in_pages` says that it was asked for by the number of a page."""

    offset: int
    limit: int
    in_pages: bool

    @classmethod
    def from_args(cls, args: MultiDict[str, str], state: SearchState) -> Self:
        """Read `limit` and `offset`, in their absence the page. Raises InvalidInput where both are given."""
        if not ("limit" in args or "offset" in args):
            return cls((state.page - 1) * state.per_page, state.per_page, in_pages=True)
        if "page" in args or "per_page" in args:
            raise InvalidInput(_("Ask either for limit and offset or for page and per_page, not for both."), "limit")
        offset = read_number(args, "offset", 0, least=0)
        return cls(offset, read_number(args, "limit", state.per_page, most=MOST_HITS), in_pages=False)

    def arguments(self, offset: int) -> dict[str, int]:
        """The arguments of the window of the same length that begins there."""
        if self.in_pages:
            return {"page": offset // self.limit + 1, "per_page": self.limit}
        return {"offset": offset, "limit": self.limit}


@blueprint.get("/search")
def search() -> Response:
    """The search page as data: the same arguments, the same answer."""
    labels = facet_labels(db.session(), current_actor())
    state = SearchState.from_args(request.args, labels)
    window = HitRange.from_args(request.args, state)
    with_facets = read_choice(request.args, "facets", ("0", "1"), "1") == "1"
    query = replace(state.to_query(current_actor()), offset=window.offset, limit=window.limit, with_facets=with_facets)
    result = run_search(db.session(), current_actor(), current_index(), state, labels, query)
    pages = {"page": state.page, "pages": result.paging.pages, "per_page": state.per_page} if window.in_pages else {}
    counts = {
        "facets": {facet.name: _facet(facet) for facet in result.facets},
        "years": {str(year): count for year, count in result.results.years.items()},
    }
    return jsonify(
        total=result.results.total,
        offset=window.offset,
        limit=window.limit,
        **pages,
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
        hits=[
            {
                **record_as_json(found.record),
                "score": found.score,
                "missing": found.missing,
                "benefit": None if found.benefit is None else str(found.benefit),
                "highlights": highlights_as_json(found.title, found.abstract),
            }
            for found in result.found
        ],
        **(counts if with_facets else {}),
        links=_links(state, window, result.results.total, with_facets),
    )


@blueprint.get("/suggest")
def suggest() -> Response:
    """What somebody who has typed `q` may mean, in groups of at most `limit` suggestions."""
    most = min(read_number(request.args, "limit", MOST), MOST_SUGGESTED)
    text = request.args.get("q", "")
    groups = suggestions_for(db.session(), current_actor(), current_index(), text, current_reporting_day(), most)
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


def record_as_json(record: Record) -> dict[str, Any]:
    """What every hit says of its record."""
    return {
        "code": record.code,
        "kind": record.kind,
        "title": record.title,
        "year": record.date.year if record.date else None,
        "date": str(record.date) if record.date else None,
        "url": url_for("records.show", code=record.code, _external=True),
    }


def highlights_as_json(title: Segments, abstract: Segments) -> dict[str, list[dict[str, Any]]]:
    """A title and a piece of the abstract in pieces, each with whether it is marked."""
    return {"title": _pieces(title), "abstract": _pieces(abstract)}


def _pieces(segments: Segments) -> list[dict[str, Any]]:
    return [{"text": text, "marked": marked} for text, marked in segments]


def _facet(facet: Facet) -> list[dict[str, Any]]:
    return [
        {"code": value.code, "label": value.label, "count": value.count, "chosen": value.chosen}
        for value in facet.values
    ]


def _links(state: SearchState, window: HitRange, total: int, with_facets: bool) -> dict[str, str | None]:
    """The addresses of this answer and of its neighbours; None where there is none."""
    shared = state.with_(per_page=SearchState.per_page).arguments
    if not with_facets:
        shared["facets"] = "0"

    def address(offset: int) -> str:
        return url_for("api.search", **{**shared, **window.arguments(offset)}, _external=True)

    following = window.offset + window.limit
    return {
        "self": address(window.offset),
        "next": address(following) if following < total else None,
        "previous": address(max(0, min(window.offset, total) - window.limit)) if window.offset else None,
    }
