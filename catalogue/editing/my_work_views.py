"""“My work”: one's own drafts, what came back, proposals, and forms that nobody has sent."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor, require_permission
from catalogue.accounts.permissions import REVIEW_STATES
from catalogue.database import db, writing
from catalogue.editing import drafts
from catalogue.editing.form_controller import account_id, answer, not_found
from catalogue.editing.my_work import own_drafts, own_proposals
from catalogue.editing.saving import CHANNEL
from catalogue.records.models.transitions import find_transition
from catalogue.records.operations import Work, move
from catalogue.records.review_lookup import find_at
from catalogue.records.transactions import writing_records
from catalogue.review.models import AMENDMENT_STATES

blueprint = Blueprint("my_work", __name__)


@blueprint.get("/my-work")
@require_permission("write")
def index() -> Response:
    """What somebody has under way."""
    session, actor = db.session(), current_actor()
    return answer(
        "editing/my_work.html",
        drafts=own_drafts(session, actor),
        proposals=own_proposals(session, actor),
        unsaved=drafts.of_account(session, actor.account_id or 0),
        states=REVIEW_STATES,
        amendment_states=AMENDMENT_STATES,
        done=request.args.get("done", ""),
    )


@blueprint.post("/my-work/forms/<int:number>/discard")
@require_permission("write")
def discard_form(number: int) -> Response:
    """Forget a form that was never sent; lead back to it, empty, or to the list."""
    with writing(db.session()) as session:
        draft = drafts.find(session, account_id(), number)
        address = draft.address if draft else ""
        if draft:
            session.delete(draft)
    here = request.form.get("to") == "form" and address
    return redirect(address if here else url_for("my_work.index"), 303)


@blueprint.post("/my-work/<any(record,benefit):sort>/<path:code>/discard")
@require_permission("write")
def discard_draft(sort: str, code: str) -> Response:
    """Give up a draft of one's own: it is withdrawn, its history stays."""
    actor = current_actor()
    with writing_records(db.session()) as session:
        entity, item = find_at(session, actor, f"{sort}s", code)
        if item.owner_id != account_id():
            raise not_found(code)
        move(Work(session, actor, CHANNEL), entity, item, find_transition("discard", item.review_state))
    return redirect(url_for("my_work.index", done="withdrawn"), 303)
