"""Saving tallies under a title, and removing them again; `/tallies` lists them."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor, require_permission
from catalogue.database import db, writing
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.tallies.saved import remove_saved, save_tally
from catalogue.tallies.spec import find_subject, spec_from_args

blueprint = Blueprint("saved", __name__)


@blueprint.post("/tallies/saved")
@require_permission("save_tally")
def create() -> Response:
    """Save the tally that the form's fields ask for."""
    spec = spec_from_args(find_subject(request.form.get("subject", "")), request.form, current_reporting_day())
    follows_day = spec.selection.as_of == current_reporting_day()
    with writing(db.session()) as session:
        save_tally(session, current_actor(), spec, request.form.get("title", ""), follows_day=follows_day)
    return redirect(url_for("tallies.index", _anchor="saved"), 303)


@blueprint.post("/tallies/saved/<int:id_>/remove")
@require_permission("save_tally")
def remove(id_: int) -> Response:
    """Forget one."""
    with writing(db.session()) as session:
        remove_saved(session, id_)
    return redirect(url_for("tallies.index", _anchor="saved"), 303)
