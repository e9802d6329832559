"""Entering and changing records and ledger lines."""

from functools import partial

from flask import Blueprint, render_template, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor, require_permission
from catalogue.accounts.permissions import ROLES
from catalogue.database import db
from catalogue.editing import layout
from catalogue.editing.form_controller import (
    FormTarget,
    open_form,
    send_form,
)
from catalogue.editing.messages import DONE
from catalogue.editing.saving import Saved
from catalogue.records.models.code_lists import ROLES as PARTS
from catalogue.records.review_lookup import REVIEWED, find_at
from catalogue.records.schema.entities import RECORDS, Entity
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.reference_data import BENEFITS

blueprint = Blueprint("editing", __name__)
_KIND = f"<any({','.join(KINDS)}):name>"


@blueprint.record_once
def share_words(setup: BlueprintSetupState) -> None:
    """Make known to templates what it takes to draw a form."""
    setup.app.jinja_env.globals.update(editing_done=DONE, form_layout=layout, account_roles=ROLES, person_roles=PARTS)


@blueprint.get("/records/new")
@require_permission("write")
def choose() -> str:
    """The kinds of entries there are to make."""
    return render_template("editing/choose.html")


@blueprint.get(f"/records/new/{_KIND}")
@blueprint.get("/benefits/new", defaults={"name": BENEFITS.name})
@require_permission("write")
def new(name: str) -> Response:
    """The form of a new entry."""
    return open_form(_new(name))


@blueprint.post(f"/records/new/{_KIND}")
@blueprint.post("/benefits/new", defaults={"name": BENEFITS.name})
@require_permission("write")
def create(name: str) -> Response:
    """Save a new entry."""
    return send_form(_new(name))


def _new(name: str) -> FormTarget:
    entity = REVIEWED[name]
    is_record, above = entity.place == RECORDS, _list_url(entity)
    last = _("New entry") if is_record else _("New ledger line")
    return FormTarget(
        entity,
        url_for("editing.new", name=name),
        _("New: %(kind)s", kind=entity.label) if is_record else last,
        lambda _session: None,
        partial(_after, entity.place),
        back=above,
        trail=[(entity.plural or entity.label, above), (last, None)],
        section=entity.table,
    )


@blueprint.get("/records/<path:code>/edit", defaults={"place": RECORDS})
@blueprint.get("/benefits/<path:code>/edit", defaults={"place": BENEFITS.place})
@require_permission("write")
def edit(place: str, code: str) -> Response:
    """The form of an entry."""
    return open_form(_stored(place, code))


@blueprint.post("/records/<path:code>/edit", defaults={"place": RECORDS})
@blueprint.post("/benefits/<path:code>/edit", defaults={"place": BENEFITS.place})
@require_permission("write")
def change(place: str, code: str) -> Response:
    """Save an entry, or propose its change."""
    return send_form(_stored(place, code))


def _stored(place: str, code: str) -> FormTarget:
    entity, item = find_at(db.session(), current_actor(), place, code)
    above = _list_url(entity)
    page = url_for("records.show", code=item.code) if place == RECORDS else None
    return FormTarget(
        entity,
        url_for("editing.edit", place=place, code=item.code),
        _("Edit: %(title)s", title=item.title if page else code),
        lambda session: find_at(session, current_actor(), place, code)[1],
        partial(_after, place),
        back=page or above,
        trail=[(entity.plural or entity.label, above), (code, page), *([(_("Edit"), None)] if page else [])],
        section=entity.table,
    )


def _list_url(entity: Entity) -> str:
    return url_for("records.index", table=entity.table) if entity.place == RECORDS else url_for("records.benefits")


def _after(place: str, saved: Saved) -> str:
    """Where saving leads: to the page of a record, else (or where there is more to look at) to the form."""
    if place == RECORDS and saved.done != "looked":
        return url_for("records.show", code=saved.code, done=saved.done)
    return url_for("editing.edit", place=place, code=saved.code, done=saved.done)
