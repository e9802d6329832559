"""The result of a search as an Atom feed (RFC 4287): what was changed last comes first."""

from dataclasses import replace
from datetime import UTC, datetime, time

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor
from catalogue.database import db
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.records.queries import WHOLE_OPTIONS, by_ids
from catalogue.search.current import current_index
from catalogue.search.facets import facet_labels
from catalogue.search.url_state import SearchState

MOST_ENTRIES = 50

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/search.atom")
def search() -> Response:
    """The records that the page lists, as far as they were changed last."""
    actor = current_actor()
    state = SearchState.from_args(request.args, facet_labels(db.session(), actor)).subscribed
    query = replace(state.to_query(actor), sort="changed", offset=0, limit=MOST_ENTRIES, with_facets=False)
    results = current_index().search(query)
    records = by_ids(db.session(), actor, [hit.id for hit in results.hits], WHOLE_OPTIONS)
    records.sort(key=lambda record: record.updated_at, reverse=True)  # the index knows whole seconds only
    # Of an empty feed, a moment that stays: that of the request would make every answer a new one.
    beginning = datetime.combine(current_reporting_day(), time(), UTC)
    changed = max((record.updated_at for record in records), default=beginning)
    response: Response = make_response(
        render_template(
            "publish/feed.xml",
            state=state,
            records=records,
            changed=changed,
            self_url=url_for("feeds.search", **state.arguments, _external=True),
            page_url=url_for("search.index", **state.arguments, _external=True),
        )
    )
    response.mimetype = "application/atom+xml"
    response.last_modified = changed
    response.cache_control.no_cache = True
    response.vary.update(("Accept-Language", "Cookie"))
    response.add_etag()
    return response.make_conditional(request)
