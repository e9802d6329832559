"""The result of a search as a file: the same arguments as the page, the same records in the same order, but all."""

import tempfile
from dataclasses import replace
from typing import IO

from flask import Blueprint, request, send_file, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import format_datetime
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor
from catalogue.database import db, utc_now
from catalogue.exports.record_files import (
    FORMATS,
    MOST_RECORDS,
    Export,
    stream,
)
from catalogue.formatting import number
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.search.current import current_index
from catalogue.search.facets import FACET_LABELS, FacetLabels, facet_labels
from catalogue.search.interface import Results
from catalogue.search.presentation import explanation, filters, understood
from catalogue.search.url_state import SORT_LABELS, SearchState

blueprint = Blueprint("downloads", __name__)


@blueprint.record_once
def share_formats(setup: BlueprintSetupState) -> None:
    """Make known to every template in which formats a result can be had."""
    setup.app.jinja_env.globals.update(export_formats=FORMATS, most_exported=MOST_RECORDS)


@blueprint.get(f"/search.<any({','.join(FORMATS)}):file_type>")
def search(file_type: str) -> Response:
    """All that was found, up to the greatest number that a file holds."""
    actor = current_actor()
    labels = facet_labels(db.session(), actor)
    state = SearchState.from_args(request.args, labels)
    query = replace(state.to_query(actor), offset=0, limit=MOST_RECORDS, with_facets=False)
    results = current_index().search(query)
    records = stream(db.session(), actor, [hit.id for hit in results.hits], current_reporting_day(), _address)
    export = Export(_title(state), records, _about(state, results, labels), _warnings(state, results))
    format_ = FORMATS[file_type]
    # As large as it likes without filling the memory; the response closes it.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    format_.write(export, file)
    name = _("search-result-%(day)s", day=format_datetime(utc_now(), "yyyy-MM-dd"))
    return attachment(file, format_.mimetype, f"{name}.{file_type}")


def attachment(file: IO[bytes], mimetype: str, name: str) -> Response:
    """A finished file for the reader alone: it says what they may see, in their language."""
    file.seek(0)
    response = send_file(file, mimetype, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Accept-Language", "Cookie"))
    return response


def _address(code: str) -> str:
    return url_for("records.show", code=code, _external=True)


def _title(state: SearchState) -> str:
    return _("Search: %(text)s", text=state.text) if state.text else _("All records")


def _about(state: SearchState, results: Results, labels: FacetLabels) -> list[tuple[str, str]]:
    """What was searched for, and how and when, so that the file can be told and made again."""
    also = [word for _typed, others in results.also for word in others]
    pairs = [
        (_("Searched for"), state.text or _("All records")),
        (_("Understood as"), _("; ").join(f"{label} {text}" for label, text in understood(results))),
        (_("Also searched for"), _(", ").join(also)),
        (_("How it was found"), explanation(results)),
        *filters(state, labels),
        (_("Order"), str(SORT_LABELS.label(state.sort))),
        (_("Records found"), number(results.total)),
        (_("Made"), format_datetime(utc_now(), "yyyy-MM-dd HH:mm")),
        (_("Data as of"), current_reporting_day().isoformat()),
        (_("Address"), url_for("search.index", **state.with_().arguments, _external=True)),
    ]
    return [pair for pair in pairs if pair[1]]


def _warnings(state: SearchState, results: Results) -> list[str]:
    """What a reader of the file must know before counting its rows."""
    found = []
    if results.total > MOST_RECORDS:
        found.append(
            _(
                "Only the first %(most)s of %(total)s records are in this file. Narrow the search down for the others.",
                most=number(MOST_RECORDS),
                total=number(results.total),
            )
        )
    if results.partial:
        found.append(
            _(
                "The search was stopped after one second; these are the best records found by then. "
                "Fewer or rarer words search faster."
            )
        )
    if results.ignored:
        found.append(_("Not used in this search: %(words)s", words=_(", ").join(results.ignored)))
    if state.shortened:
        found.append(_("The text was too long; only its beginning was used."))
    for facet, value in state.unknown:
        found.append(
            _(
                "There is no “%(value)s” under “%(facet)s” any more; this filter was left out.",
                value=value,
                facet=FACET_LABELS[facet],
            )
        )
    return found
