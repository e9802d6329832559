"""Records and ledger lines by the data interface: lists, one whole entry, and writing with a token.

What is written goes the way of the forms: drafts, proposals and transitions (`publish.entry_writes`). Programs say by
`If-Match` which version they have read, and none overwrites what it has not seen.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor, require_permission
from catalogue.accounts.permissions import REVIEW_STATES
from catalogue.database import db
from catalogue.errors import Conflict, InvalidInput, Outdated
from catalogue.paging import PER_PAGE, Paging
from catalogue.publish import representations, write_service
from catalogue.publish.representations import Entry
from catalogue.publish.request_bodies import (
    read_body,
    read_fields,
    read_links,
    read_text,
)
from catalogue.query_args import read_choice, read_number, read_year
from catalogue.records.models.benefits import Benefit
from catalogue.records.models.code_lists import BENEFIT_KINDS
from catalogue.records.models.records import Record
from catalogue.records.models.transitions import (
    TRANSITIONS,
    find_transition,
)
from catalogue.records.operations import Work, move
from catalogue.records.queries import visible_to
from catalogue.records.schema.entities import RECORDS, Entity
from catalogue.records.schema.kinds import KINDS, Kind
from catalogue.records.schema.reference_data import BENEFITS
from catalogue.records.transactions import writing_records
from catalogue.review.models import Amendment

blueprint = Blueprint("records_api", __name__, url_prefix="/api/v1")
CHANNEL = "api"
_MODELS: Mapping[str, type[Entry]] = {RECORDS: Record, BENEFITS.place: Benefit}
MOST_LISTED = 100  # on one page
TRANSITION_NAMES = tuple(dict.fromkeys(each.name for each in TRANSITIONS))


class ConditionMissing(InvalidInput):
    """A change comes without saying which version it is a change of."""

    status = 428


@blueprint.get("/records", defaults={"place": RECORDS})
@blueprint.get("/benefits", defaults={"place": BENEFITS.place})
def index(place: str) -> Response:
    """One page of the entries that the actor may see, by code; the total counts no more than those."""
    session, model = db.session(), _MODELS[place]
    state = read_choice(request.args, "review_state", list(REVIEW_STATES))
    per_page = read_number(request.args, "per_page", PER_PAGE, most=MOST_LISTED)
    shown = [visible_to(current_actor(), model), *_wanted(place), *([model.review_state == state] if state else [])]
    paging = Paging.from_args(request.args, session.scalar(select(func.count(model.id)).where(*shown)) or 0, per_page)
    query: Select[Any] = select(model).where(*shown).order_by(model.code).limit(per_page).offset(paging.offset)
    found = session.scalars(query).all()
    versions = representations.versions_of(session, found)
    arguments: dict[str, Any] = {**request.args.to_dict(), "place": place, "per_page": per_page}
    return jsonify(
        total=paging.total,
        page=paging.page,
        pages=paging.pages,
        **{place: [representations.brief(entry, versions[entry.code]) for entry in found]},
        links={
            end: url_for("records_api.index", **{**arguments, "page": page}, _external=True)
            if 1 <= page <= paging.pages
            else None
            for end, page in (("self", paging.page), ("next", paging.page + 1), ("previous", paging.page - 1))
        },
    )


def _wanted(place: str) -> list[ColumnElement[bool]]:
    """What a list is narrowed to besides the state of review."""
    if place == RECORDS:
        kind = read_choice(request.args, "kind", list(KINDS))
        return [Record.kind == kind] if kind else []
    kind, year = read_choice(request.args, "kind", list(BENEFIT_KINDS)), read_year(request.args, "year")
    return ([Benefit.kind == kind] if kind else []) + ([Benefit.year == year] if year else [])


@blueprint.get("/records/<path:code>", defaults={"place": RECORDS})
@blueprint.get("/benefits/<path:code>", defaults={"place": BENEFITS.place})
def show(place: str, code: str) -> Response:
    """One entry, whole."""
    return representations.answer(representations.find(db.session(), current_actor(), _MODELS[place], code))


@blueprint.post("/records", defaults={"place": RECORDS})
@blueprint.post("/benefits", defaults={"place": BENEFITS.place})
@require_permission("write")
def create(place: str) -> Response:
    """Make a draft of an entry."""
    body = read_body(request, ("kind", "fields", "links", "note") if place == RECORDS else ("fields", "note"))
    entity = KINDS.get(read_text(body, "kind")) if place == RECORDS else BENEFITS
    if entity is None:
        raise InvalidInput(_("“kind” is to be one of: %(kinds)s.", kinds=", ".join(KINDS)), "kind")
    return _created(entity, body)


@blueprint.patch("/records/<path:code>", defaults={"place": RECORDS})
@blueprint.patch("/benefits/<path:code>", defaults={"place": BENEFITS.place})
@require_permission("write")
def change(place: str, code: str) -> Response:
    """Change some fields of an entry, or propose it."""
    return _changed(_MODELS[place], code)


@blueprint.post("/records/<path:code>/transitions", defaults={"place": RECORDS})
@blueprint.post("/benefits/<path:code>/transitions", defaults={"place": BENEFITS.place})
@require_permission("write")
def transition(place: str, code: str) -> Response:
    """Submit, publish, return … an entry."""
    return _moved(_MODELS[place], code)


def _created(entity: Entity, body: Mapping[str, Any]) -> Response:
    session, actor = db.session(), current_actor()
    texts, links, note = read_fields(entity, body), read_links(body), read_text(body, "note")
    more: dict[str, Any] = {}
    if isinstance(entity, Kind):
        more["possible_duplicates"] = write_service.possible_duplicates(session, actor, entity, texts)
    with writing_records(session):
        entry = write_service.create(Work(session, actor, CHANNEL, note), entity, texts, links)
    response = representations.answer(entry, 201, **more)
    response.headers["Location"] = url_for("records_api.show", place=entity.place, code=entry.code, _external=True)
    return response


def _changed(model: type[Entry], code: str) -> Response:
    body = read_body(request, ("fields", "note"))
    session, actor, note = db.session(), current_actor(), read_text(body, "note")
    try:
        with writing_records(session):
            entry = representations.find(session, actor, model, code, to_change=True)
            texts = read_fields(representations.entity_of(entry), body)
            _check_condition(entry)
            done = write_service.change(Work(session, actor, CHANNEL, note), entry, texts)
    except StaleDataError:  # somebody who does not lock rows was faster
        raise Conflict(_("Somebody else has changed this entry at the same moment. Read it anew.")) from None
    if isinstance(done, Amendment):
        response = jsonify(amendment=done.id, state=done.state, four_eyes=done.four_eyes, changes=done.changes)
        response.status_code = 202
        return response
    return representations.answer(entry)


def _check_condition(entry: Entry) -> None:
    """Raises ConditionMissing where a request does not say what it has read, Outdated where that is not so any more."""
    if not request.headers.get("If-Match", "").strip() or request.if_match.star_tag:
        raise ConditionMissing(_("Say in the header If-Match which version you change: the ETag of the entry as read."))
    versions = [representations.version_of_tag(tag) for tag in request.if_match]
    session, actor, now = db.session(), current_actor(), representations.version_tag(db.session(), entry)
    if now in versions:
        return
    stem, _dash, number = next(iter(versions), "").rpartition("-")
    is_older = stem == now.rpartition("-")[0] and number.isdecimal() and len(number) < len(str(2**31))
    texts = representations.visible_texts(actor, entry)
    raise Outdated(
        _("This entry has been changed since. Read it anew, and send the change again if it is still right."),
        str(representations.answer(entry).headers["ETag"]),
        write_service.changed_since(session, actor, entry, int(number), texts) if is_older else {},
    )


def _moved(model: type[Entry], code: str) -> Response:
    body = read_body(request, ("transition", "note"))
    name, note = read_text(body, "transition"), read_text(body, "note")
    if name not in TRANSITION_NAMES:
        names = ", ".join(TRANSITION_NAMES)
        raise InvalidInput(_("“transition” is to be one of: %(names)s.", names=names), "transition")
    session, actor = db.session(), current_actor()
    with writing_records(session):
        entry = representations.find(session, actor, model, code, to_change=True)
        if request.headers.get("If-Match"):
            _check_condition(entry)
        step = find_transition(name, entry.review_state)
        move(Work(session, actor, CHANNEL, note), representations.entity_of(entry), entry, step)
    return representations.answer(entry)
