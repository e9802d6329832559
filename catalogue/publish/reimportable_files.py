"""What a search, a list or a figure shows, as a file that can be imported again: the same records, all of them, in the
catalogue's own columns. `downloads` writes a search for readers instead."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import format_datetime
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor
from catalogue.database import db, utc_now
from catalogue.exports.dump import MIMETYPES, WRITERS, Extract
from catalogue.exports.record_files import MOST_RECORDS
from catalogue.publish.downloads import attachment
from catalogue.records import browse, ledger
from catalogue.records.models.benefits import Benefit
from catalogue.records.models.records import Record
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.records.queries import named_divisions
from catalogue.records.schema.kinds import KINDS, KINDS_BY_TABLE
from catalogue.search.current import current_index
from catalogue.search.facets import facet_labels
from catalogue.search.url_state import SearchState
from catalogue.tallies.evidence import entries
from catalogue.tallies.search_filter import looked_up, subject_called
from catalogue.tallies.spec import selection_from_args
from catalogue.web.locale import LANGUAGE_COOKIE

blueprint = Blueprint("extracts", __name__)
_TYPES = f"any({','.join(WRITERS)})"
_OF_PAGES = ("page", "per_page", LANGUAGE_COOKIE)
LABELS = {"xlsx": _l("Excel workbook"), "csv": _l("CSV table"), "jsonl": _l("JSON lines")}


@blueprint.record_once
def share_links(setup: BlueprintSetupState) -> None:
    """Make known to every template where the list of its page is as a file."""
    setup.app.jinja_env.globals.update(extract_links=_links)


def _links(endpoint: str, **values: Any) -> list[tuple[str, str]]:
    """Label and address of each kind of file, of what the arguments of this page ask for."""
    asked: dict[str, Any] = {name: request.args.getlist(name) for name in request.args if name not in _OF_PAGES}
    return [(str(label), url_for(endpoint, **values, file_type=name, **asked)) for name, label in LABELS.items()]


@blueprint.get(f"/search/records.<{_TYPES}:file_type>")
def search(file_type: str) -> Response:
    """The records that a search found, up to the greatest number that a file holds."""
    actor = current_actor()
    state = SearchState.from_args(request.args, facet_labels(db.session(), actor))
    query = replace(state.to_query(actor), offset=0, limit=MOST_RECORDS, with_facets=False)
    found = current_index().search(query)
    return _sent(Extract(records=[hit.id for hit in found.hits]), file_type, "search")


@blueprint.get(f"/<any({','.join(KINDS_BY_TABLE)}):table>.<{_TYPES}:file_type>")
def records(table: str, file_type: str) -> Response:
    """The records of a kind, narrowed and ordered as on their page."""
    kind, actor = KINDS_BY_TABLE[table], current_actor()
    state = browse.BrowseState.from_args(kind, browse.choices_of(db.session(), actor, kind), request.args)
    return _sent(Extract(records=browse.ids(db.session(), actor, state)), file_type, table)


@blueprint.get(f"/benefits.<{_TYPES}:file_type>")
def benefits(file_type: str) -> Response:
    """The lines of the ledger, narrowed as on its page."""
    actor = current_actor()
    divisions = {each.code: each.name for each in db.session.scalars(named_divisions(actor))}
    state = ledger.LedgerState.from_args(request.args, divisions)
    query = state.where(select(Benefit.id), actor).order_by(Benefit.year.desc(), Benefit.code)
    return _sent(Extract(lines=db.session.scalars(query).all()), file_type, "benefits")


@blueprint.get(f"/tallies/<subject>/records.<{_TYPES}:file_type>")
def evidence(subject: str, file_type: str) -> Response:
    """The entries behind a figure."""
    selection = selection_from_args(subject_called(subject), request.args, current_reporting_day())
    selection = looked_up(selection, current_index(), current_actor())
    found: Sequence[Any] = entries(db.session(), current_actor(), selection, 0, None)
    ids = [each.id for each in found]
    if issubclass(selection.subject.model, Record):
        extract = Extract(records=ids)
    else:
        extract = Extract(lines=ids) if selection.subject.model is Benefit else Extract(counts=ids)
    return _sent(extract, file_type, f"tally-{subject}")


def _sent(extract: Extract, file_type: str, name: str) -> Response:
    entities = extract.entities(db.session()) or list(KINDS.values())[:1]  # an empty table of something
    # As large as it likes without filling the memory; the response closes it.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    WRITERS[file_type](db.session(), current_actor(), entities, file, extract)
    day = format_datetime(utc_now(), "yyyy-MM-dd")
    return attachment(file, MIMETYPES[file_type], f"{name}-{day}.{file_type}")
