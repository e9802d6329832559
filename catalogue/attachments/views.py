"""The attachments of a record: shown on its page, uploaded, served, and taken off again."""

from http import HTTPStatus
from typing import Any, cast

from flask import Blueprint, current_app, redirect, render_template, request, send_file, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor, require_permission
from catalogue.attachments import presentation
from catalogue.attachments.formats import ENDINGS, FORMATS
from catalogue.attachments.models import Attachment
from catalogue.attachments.service import (
    LONGEST_DESCRIPTION,
    MOST_PER_RECORD,
    attachments_of,
    find_attachment,
    take_off,
)
from catalogue.attachments.storage import Store
from catalogue.attachments.uploads import MOST_AT_ONCE, Keeper, UploadOutcome, check_may_attach
from catalogue.config import current_settings
from catalogue.database import db
from catalogue.errors import InvalidInput, NotFound
from catalogue.records.models.records import Record
from catalogue.records.operations import Work
from catalogue.records.queries import by_code
from catalogue.records.review.workflow import may_write
from catalogue.records.transactions import writing_records
from catalogue.web.request_checks import takes_files

blueprint = Blueprint("attachments", __name__)
_PNG = b"\x89PNG"
# Whatever a file holds, a browser shows it to nobody: it is saved, and what is drawn of it can do nothing.
_HARMLESS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-cache",
    "X-Robots-Tag": "noindex",
}


@blueprint.record_once
def share_attachments(setup: BlueprintSetupState) -> None:
    """Make known to the record page what is attached. (A template asks, because records know of no attachments.)"""
    setup.app.jinja_env.globals.update(
        attachments_of=lambda record: attachments_of(db.session(), record),
        may_attach=lambda record: may_write(current_actor(), record),
        attachment_parts=presentation,
        has_preview=lambda attachment: _store().preview_of(attachment.sha256).exists(),
        attachment_limits=lambda: {
            "accept": ",".join(ENDINGS),
            "endings": _(", ").join(each.removeprefix(".") for each in ENDINGS),
            "mb": current_settings().attachment_mb,
            "at_once": MOST_AT_ONCE,
            "most": MOST_PER_RECORD,
            "description": LONGEST_DESCRIPTION,
        },
    )


def _store() -> Store:
    return Store.of(current_settings().data)


@blueprint.get("/records/<path:code>/attachments")
@require_permission("write")
def index(code: str) -> Response:
    """What is attached to a record, with what it takes to change that."""
    record = by_code(db.session(), current_actor(), code)
    check_may_attach(current_actor(), record)
    return _page(record)


def _page(record: Record, outcome: UploadOutcome | None = None, description: str = "", status: int = 200) -> Response:
    page = render_template(
        "attachments/index.html", record=record, outcome=outcome or UploadOutcome(), description=description
    )
    return current_app.response_class(page, status, headers={"Cache-Control": "private, no-store"})


@blueprint.post("/records/<path:code>/attachments")
@require_permission("write")
@takes_files
def upload(code: str) -> Response:
    """Attach files: the good ones are kept, and the page says of each other what is the matter."""
    actor, description = current_actor(), request.form.get("description", "").strip()
    keeper = Keeper(db.session(), actor, _store(), writing_records, current_settings().attachment_mb)
    files = [each for each in request.files.getlist("files") if each.filename]
    try:
        outcome = keeper.take(code, cast("Any", files), " ".join(description.split()))
    except InvalidInput as refusal:
        outcome = UploadOutcome(problems=[str(refusal)])
    if outcome.problems:
        return _page(by_code(db.session(), actor, code), outcome, description, HTTPStatus.BAD_REQUEST)
    return redirect(url_for("records.show", code=code, _anchor="attachments"), 303)


@blueprint.post("/records/<path:code>/attachments/<int:number>/remove")
@require_permission("write")
def remove(code: str, number: int) -> Response:
    """Take an attachment off the record."""
    actor = current_actor()
    with writing_records(db.session()) as session:
        record = by_code(session, actor, code)
        check_may_attach(actor, record)
        take_off(Work(session, actor, "form"), record, find_attachment(session, record, number))
    return redirect(url_for("attachments.index", code=code), 303)


@blueprint.get("/records/<path:code>/attachments/<int:number>/<name>")
def download(code: str, number: int, name: str) -> Response:
    """The file itself, to be saved. Who may not see the record (any more) does not get it."""
    attachment = _visible(db.session(), code, number)
    if name != attachment.name:
        return redirect(url_for("attachments.download", code=code, number=number, name=attachment.name))
    path = _store().path_of(attachment.sha256)
    if not path.exists():
        raise NotFound(_("The file of this attachment is missing: tell the administrator."))
    response = send_file(
        path,
        FORMATS[attachment.file.format].media_type,
        as_attachment=True,
        download_name=attachment.name,
        etag=attachment.sha256,
    )
    response.headers.update(_HARMLESS)
    return response


@blueprint.get("/records/<path:code>/attachments/<int:number>/preview")
def preview(code: str, number: int) -> Response:
    """A small picture of the file."""
    attachment = _visible(db.session(), code, number)
    path = _store().preview_of(attachment.sha256)
    if not path.exists():
        raise NotFound(_("There is no picture of this attachment."))
    with path.open("rb") as file:
        kind = "png" if file.read(4) == _PNG else "jpeg"
    response = send_file(path, FORMATS[kind].media_type, etag=f"{attachment.sha256}-preview")
    response.headers.update(_HARMLESS)
    return response


def _visible(session: Session, code: str, number: int) -> Attachment:
    return find_attachment(session, by_code(session, current_actor(), code), number)
