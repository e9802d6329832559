"""The page of a proposed change: what it would change, what others have changed meanwhile, and the decision."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from catalogue.accounts.auth import current_actor, require_permission
from catalogue.database import db
from catalogue.errors import CatalogueError, Conflict, InvalidFields, InvalidInput
from catalogue.query_args import read_number
from catalogue.records.history.field_display import Display
from catalogue.records.operations import Work
from catalogue.records.schema.entities import Entity
from catalogue.records.transactions import writing_records
from catalogue.review import decisions
from catalogue.review.amendments import current_number
from catalogue.review.decisions import Merge, find_amendment
from catalogue.review.models import AMENDMENT_STATES

blueprint = Blueprint("amendments", __name__)
_PRIVATE = {"Cache-Control": "private, no-store"}
_CHOICE = "field-"


@blueprint.get("/review/amendments/<int:number>")
@require_permission("write")
def show(number: int) -> Any:
    """What is proposed."""
    return _show(number)


def _show(number: int, problem: CatalogueError | None = None) -> Any:
    session, actor = db.session(), current_actor()
    session.rollback()
    amendment, entity, item = find_amendment(session, actor, number)
    display = Display(session, actor)
    # An author who does not see the item any more is shown the own proposal only.
    now = entity.texts(item) if item is not None else {name: pair[0] for name, pair in amendment.changes.items()}
    merge = Merge.of(amendment, now)
    waits = amendment.state == "submitted"
    told_now = merge.clear if waits else tuple(amendment.changes)
    conflicts = [
        {
            "field": entity.field(name),
            "base": display.pieces(entity, name, merge.base),
            "theirs": display.changes(entity, merge.base, merge.now, [name])[0],
            "proposed": next(iter(display.changes(entity, merge.now, merge.proposed, [name]))),
        }
        for name in (merge.conflicts if waits else ())
    ]
    is_own = amendment.author_id == actor.account_id
    page = render_template(
        "review/amendment.html",
        amendment=amendment,
        state=AMENDMENT_STATES.label(amendment.state),
        entity=entity,
        item=item,
        title=entity.title_of(now) if item is not None else amendment.entity_code,
        seen=current_number(session, entity, item) if item is not None else 0,
        changes=display.changes(entity, merge.base, merge.proposed, told_now) if told_now else [],
        conflicts=conflicts,
        settled=[entity.field(name).label for name in merge.settled] if waits else [],
        choices={name: request.form.get(f"{_CHOICE}{name}", "") for name in merge.conflicts},
        is_own=is_own,
        needs_other=is_own and amendment.four_eyes,
        problem=_in_words(entity, problem),
    )
    return current_app.response_class(page, problem.status if problem else 200, headers=_PRIVATE)


def _in_words(entity: Entity, problem: CatalogueError | None) -> str:
    if not isinstance(problem, InvalidFields):
        return str(problem) if problem else ""
    labels = {field.name: str(field.label) for field in entity.fields}  # the comment stands right there
    return "; ".join(f"{labels[name]}: {message}" if name in labels else message for name, message in problem.problems)


@blueprint.post("/review/amendments/<int:number>/<any(approve,return,recall):decision>")
@require_permission("write")
def decide(number: int, decision: str) -> Any:
    """Approve, return or take back; where somebody else was faster, nothing is done and that is said."""
    actor = current_actor()
    try:
        with writing_records(db.session()) as session:
            work = Work(session, actor, "review")
            if decision == "approve":
                choices = {
                    key.removeprefix(_CHOICE): value for key, value in request.form.items() if key.startswith(_CHOICE)
                }
                decisions.approve(work, number, read_number(request.form, "number", 0, least=0), choices)
            elif decision == "return":
                decisions.send_back(work, number, request.form.get("comment", ""))
            else:
                decisions.recall(work, number)
    except (Conflict, InvalidInput) as problem:
        return _show(number, problem)
    except (StaleDataError, IntegrityError):
        return _show(number, decisions.changed_since())
    return redirect(url_for("amendments.show", number=number), 303)
