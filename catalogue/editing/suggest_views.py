"""What forms ask for while somebody types, as JSON: items to pick, what a number says, and keeping what is typed."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, jsonify, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor, require_permission
from catalogue.database import db, writing
from catalogue.editing import drafts
from catalogue.editing.form_controller import PRIVATE, account_id
from catalogue.editing.links import ways
from catalogue.editing.suggestions import find_divisions, find_people, find_records
from catalogue.editing.suggestions import read_number as read_patent_number
from catalogue.errors import InvalidInput
from catalogue.formatting import local_minute
from catalogue.query_args import read_number
from catalogue.records.schema.kinds import KINDS
from catalogue.search.current import current_index

blueprint = Blueprint("editing_help", __name__)
_LONGEST = 100
_NOT_CONTENT = ("csrf_token", "form-token", "form-address", "form-title", "base", "action")


def _text() -> str:
    return request.args.get("q", "").strip()[:_LONGEST]


def _json(**values: Any) -> Response:
    response = jsonify(**values)
    response.headers.update(PRIVATE)
    return response


@blueprint.get("/editing/people")
@require_permission("write")
def people() -> Response:
    """People by name, staff number or pinyin."""
    return _json(picks=[asdict(pick) for pick in find_people(db.session(), current_actor(), _text())])


@blueprint.get("/editing/divisions")
@require_permission("write")
def divisions() -> Response:
    """Divisions by name, alias or pinyin."""
    return _json(picks=[asdict(pick) for pick in find_divisions(db.session(), current_actor(), _text())])


@blueprint.get("/editing/records")
@require_permission("write")
def records() -> Response:
    """Records that the actor may see; those that a record of `kind` can be linked with by `way`, where these are
    named."""
    kind, way = KINDS.get(request.args.get("kind", "")), request.args.get("way", "")
    kinds = ways(kind).get(way, ("", ()))[1] if kind else ()
    found = find_records(db.session(), current_actor(), current_index(), _text(), kinds)
    return _json(picks=[asdict(pick) for pick in found])


@blueprint.get("/editing/number")
@require_permission("write")
def number() -> Response:
    """What a patent application number says, beside the type and the filing date that are entered."""
    said = read_patent_number(_text(), request.args.get("type", "")[:20], request.args.get("filed", "").strip()[:20])
    return _json(**asdict(said))


@blueprint.post("/editing/drafts")
@require_permission("write")
def keep() -> Response:
    """Keep a form as it stands now."""
    address = request.form.get("form-address", "")
    if not address.startswith("/") or address.startswith(("//", "/\\")) or len(address) > 500:
        raise InvalidInput(_("A form that is kept names its own address."), "form-address")
    base = read_number(request.form, "base", 0, least=0)
    content = {name: text for name, text in request.form.items() if name not in _NOT_CONTENT and text}
    with writing(db.session()) as session:
        kept = drafts.keep(
            session,
            account_id(),
            address,
            request.form.get("form-token", "").replace("\x00", "").strip()[:40],
            request.form.get("form-title", ""),
            content,
            base,
        )
        at = local_minute(kept.updated_at)
    return _json(id=kept.id, at=at[-5:])
