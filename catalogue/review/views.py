"""Review pages: the work list, what a reviewer reads of one item, and the moves from state to state."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from catalogue.accounts.auth import current_actor, require_permission
from catalogue.accounts.permissions import REVIEW_STATES, name_in_words
from catalogue.database import db
from catalogue.errors import Conflict, Forbidden, InvalidFields, NotFound
from catalogue.formatting import local_name
from catalogue.paging import Paging
from catalogue.query_args import read_number
from catalogue.records.history.timeline import changes_of, told
from catalogue.records.history.versions import find_version, versions_of
from catalogue.records.models.transitions import (
    TRANSITIONS,
    find_transition,
)
from catalogue.records.operations import Work, move
from catalogue.records.queries import named_divisions
from catalogue.records.review_lookup import REVIEWED, find_at, find_reviewed, find_to_change
from catalogue.records.schema.entities import RECORDS, Entity
from catalogue.records.transactions import writing_records
from catalogue.review.amendments import current_number
from catalogue.review.decisions import MOST_COMMENT, read_comment
from catalogue.review.restoring import restore as bring_back
from catalogue.review.restoring import way_to_restore
from catalogue.review.review_queue import (
    WorkState,
    shown,
    waiting,
    waiting_count,
)
from catalogue.review.status import read, status_of

blueprint = Blueprint("review", __name__)
_PRIVATE = {"Cache-Control": "private, no-store"}
_ENTITIES = f"any({','.join(REVIEWED)})"
_MOVES = f"any({','.join(dict.fromkeys(each.name for each in TRANSITIONS))})"


@blueprint.record_once
def share_review(setup: BlueprintSetupState) -> None:
    """Make known to every template where an item stands in review, and how much waits."""
    setup.app.jinja_env.globals.update(
        review_standing=lambda item: status_of(db.session(), current_actor(), item),
        review_waiting=lambda: waiting_count(db.session(), current_actor()),
        review_way_to_restore=lambda *wanted: way_to_restore(db.session(), current_actor(), *wanted),
        review_states=REVIEW_STATES,
        name_in_words=name_in_words,
        most_comment=MOST_COMMENT,
    )


@blueprint.get("/review")
@require_permission("review")
def index() -> Any:
    """What waits, the oldest first."""
    session, actor = db.session(), current_actor()
    divisions = {each.code: local_name(each) for each in session.scalars(named_divisions(actor))}
    state = WorkState.from_args(request.args, divisions)
    rows = waiting(session, actor, state)
    paging = Paging.from_args(request.args, len(rows))
    return _page(
        "review/index.html",
        state=state,
        kinds_of={entity.name: entity.label for entity in REVIEWED.values()},
        divisions=divisions,
        entries=shown(session, actor, rows[paging.offset : paging.last]),
        paging=paging,
    )


@blueprint.get(f"/review/<{_ENTITIES}:name>/<path:code>")
@require_permission("write")
def show(name: str, code: str) -> Any:
    """What whoever decides must know of one item; its owner sees it too."""
    return _show(name, code)


def _show(name: str, code: str, problem: str = "", status: int = 200) -> Any:
    session, actor, entity = db.session(), current_actor(), REVIEWED[name]
    item = find_reviewed(session, actor, entity, code)
    standing = status_of(session, actor, item)
    if standing is None or not (actor.may("review") or item.owner_id == actor.account_id):
        raise Forbidden(_("This is between its owner and the reviewers."))
    return _page(
        "review/show.html",
        status,
        item=item,
        standing=standing,
        reading=read(session, actor, entity, item),
        problem=problem,
        url=_address(entity, item),
    )


@blueprint.post(f"/review/<{_ENTITIES}:name>/<path:code>/<{_MOVES}:way>")
@require_permission("write")
def transition(name: str, code: str, way: str) -> Any:
    """Take an item from its state to the next; nothing is done where it is not what its sender has looked at."""
    actor, entity = current_actor(), REVIEWED[name]
    seen = read_number(request.form, "number", 0, least=0)
    try:
        note = read_comment(request.form.get("comment", ""))
        with writing_records(db.session()) as session:
            item = find_to_change(session, actor, entity, code)
            if current_number(session, entity, item) != seen:
                raise Conflict
            move(Work(session, actor, "review", note), entity, item, find_transition(way, item.review_state))
    except InvalidFields as error:
        return _show(name, code, error.problems[0][1], error.status)
    except (Conflict, StaleDataError, IntegrityError):
        return _conflict(name, code, seen)
    return redirect(_after(entity, code), 303)


@blueprint.post("/records/<path:code>/history/<int:number>/restore", defaults={"place": "records"})
@blueprint.post("/benefits/<path:code>/history/<int:number>/restore", defaults={"place": "benefits"})
@require_permission("write")
def restore(place: str, code: str, number: int) -> Any:
    """Bring an earlier version back as a new change, or propose it."""
    actor = current_actor()
    seen = read_number(request.form, "number", 0, least=0)
    entity, _found = find_at(db.session(), actor, place, code)
    try:
        with writing_records(db.session()) as session:
            item = find_to_change(session, actor, entity, code)
            if current_number(session, entity, item) != seen:
                raise Conflict
            version = find_version(versions_of(session, actor, entity, item), number)
            bring_back(session, actor, entity, item, number, version.texts)
    except InvalidFields as error:
        problems = [(str(entity.field(name).label), message) for name, message in error.problems]
        back = url_for("history.version", place=place, code=code, number=number)
        return _page("review/refused.html", error.status, code=code, number=number, problems=problems, back=back)
    except (Conflict, StaleDataError, IntegrityError):
        return _conflict(entity.name, code, seen)
    return redirect(_address(entity, find_reviewed(db.session(), actor, entity, code)), 303)


def _conflict(name: str, code: str, seen: int) -> Any:
    """What has happened to an item since version `seen` was looked at; nothing has been done."""
    session, actor, entity = db.session(), current_actor(), REVIEWED[name]
    session.rollback()
    item = find_reviewed(session, actor, entity, code)
    later = [each for each in changes_of(session, actor, entity, item) if each.sort == "own"]
    return _page(
        "review/conflict.html",
        Conflict.status,
        entity=entity,
        code=code,
        state=REVIEW_STATES.label(item.review_state),
        changes=told(session, actor, [each for each in later if each.revision.number > seen]),
        url=_address(entity, item),
    )


def _address(entity: Entity, item: Any) -> str:
    """The page on which an item is looked at."""
    if entity.place == RECORDS:
        return url_for("records.show", code=item.code)
    return url_for("review.show", name=entity.name, code=entity.code_of(item))


def _after(entity: Entity, code: str) -> str:
    """Where a move leads: to the item, as long as its mover sees it."""
    try:
        return _address(entity, find_reviewed(db.session(), current_actor(), entity, code))
    except NotFound:
        return url_for("home.index")


def _page(template_name: str, status: int = 200, **values: Any) -> Any:
    return current_app.response_class(render_template(template_name, **values), status, headers=_PRIVATE)
