"""Entering and changing records and ledger lines."""

from flask import Blueprint, render_template, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor, needs
from catalogue.accounts.permissions import ROLES
from catalogue.database import db
from catalogue.editing import layout
from catalogue.editing.form_controller import (
    Place,
    not_found,
    open_form,
    send_form,
)
from catalogue.editing.messages import DONE
from catalogue.editing.saving import Saved
from catalogue.errors import NotFound
from catalogue.records import queries
from catalogue.records.models.benefits import Benefit
from catalogue.records.models.code_lists import ROLES as PARTS
from catalogue.records.models.records import Record
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.reference_data import BENEFITS

blueprint = Blueprint("editing", __name__)
_KIND = f"<any({','.join(KINDS)}):name>"


@blueprint.record_once
def share_words(setup: BlueprintSetupState) -> None:
    """Make known to templates what it takes to draw a form."""
    setup.app.jinja_env.globals.update(editing_done=DONE, form_layout=layout, account_roles=ROLES, person_roles=PARTS)


@blueprint.get("/records/new")
@needs("write")
def choose() -> str:
    """The kinds of entries there are to make."""
    return render_template("editing/choose.html")


@blueprint.get(f"/records/new/{_KIND}")
@needs("write")
def new_record(name: str) -> Response:
    """The form of a new record."""
    return open_form(_new_record(name))


@blueprint.post(f"/records/new/{_KIND}")
@needs("write")
def create_record(name: str) -> Response:
    """Save a new record."""
    return send_form(_new_record(name))


def _new_record(name: str) -> Place:
    kind = KINDS[name]
    return Place(
        kind,
        url_for("editing.new_record", name=name),
        _("New: %(kind)s", kind=kind.label),
        lambda _session: None,
        _after_record,
        back=url_for("records.index", table=kind.table),
        trail=[(kind.plural, url_for("records.index", table=kind.table)), (_("New entry"), None)],
        section=kind.table,
    )


@blueprint.get("/records/<path:code>/edit")
@needs("write")
def edit_record(code: str) -> Response:
    """The form of a record."""
    return open_form(_record(code))


@blueprint.post("/records/<path:code>/edit")
@needs("write")
def change_record(code: str) -> Response:
    """Save a record, or propose its change."""
    return send_form(_record(code))


def _record(code: str) -> Place:
    record = _find_record(db.session(), code)
    kind, page = KINDS[record.kind], url_for("records.show", code=record.code)
    return Place(
        kind,
        url_for("editing.edit_record", code=record.code),
        _("Edit: %(title)s", title=record.title),
        lambda session: _find_record(session, code),
        _after_record,
        back=page,
        trail=[(kind.plural, url_for("records.index", table=kind.table)), (record.code, page), (_("Edit"), None)],
        section=kind.table,
    )


def _find_record(session: Session, code: str) -> Record:
    try:
        return queries.by_code(session, current_actor(), code)
    except NotFound:
        raise not_found(code) from None


def _after_record(saved: Saved) -> str:
    endpoint = "editing.edit_record" if saved.done == "looked" else "records.show"
    return url_for(endpoint, code=saved.code, done=saved.done)


@blueprint.get("/benefits/new")
@needs("write")
def new_benefit() -> Response:
    """The form of a new ledger line."""
    return open_form(_new_benefit())


@blueprint.post("/benefits/new")
@needs("write")
def create_benefit() -> Response:
    """Save a new ledger line."""
    return send_form(_new_benefit())


def _new_benefit() -> Place:
    ledger = url_for("records.benefits")
    return Place(
        BENEFITS,
        url_for("editing.new_benefit"),
        _("New ledger line"),
        lambda _session: None,
        _after_benefit,
        back=ledger,
        trail=[(_("Benefits"), ledger), (_("New ledger line"), None)],
        section="benefits",
    )


@blueprint.get("/benefits/<path:code>/edit")
@needs("write")
def edit_benefit(code: str) -> Response:
    """The form of a ledger line."""
    return open_form(_benefit(code))


@blueprint.post("/benefits/<path:code>/edit")
@needs("write")
def change_benefit(code: str) -> Response:
    """Save a ledger line, or propose its change."""
    return send_form(_benefit(code))


def _benefit(code: str) -> Place:
    ledger = url_for("records.benefits")
    return Place(
        BENEFITS,
        url_for("editing.edit_benefit", code=code),
        _("Edit: %(title)s", title=code),
        lambda session: _find_benefit(session, code),
        _after_benefit,
        back=ledger,
        trail=[(_("Benefits"), ledger), (code, None)],
        section="benefits",
    )


def _find_benefit(session: Session, code: str) -> Benefit:
    found = session.scalar(select(Benefit).where(Benefit.code == code, queries.visible_to(current_actor(), Benefit)))
    if found is None:
        raise not_found(code)
    return found


def _after_benefit(saved: Saved) -> str:
    return url_for("editing.edit_benefit", code=saved.code, done=saved.done)
