"""The pages of importing (uploads, plans, receipts, undo), and the whole catalogue as a file."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Any, cast

from flask import Blueprint, Flask, current_app, redirect, render_template, request, send_file, url_for
from flask_babel import format_datetime, get_locale
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor, require_permission
from catalogue.database import db, utc_now, writing
from catalogue.errors import Busy, NotFound
from catalogue.exports.dump import MIMETYPES, WRITERS, chosen
from catalogue.exports.record_files import FORMATS
from catalogue.imports import jobs
from catalogue.imports.annotated_workbook import marked_copy
from catalogue.imports.batches import (
    UNREAD,
    find_batch,
    new_batch,
    remember,
    sources_of,
)
from catalogue.imports.blank_workbooks import template
from catalogue.imports.columns.column_targets import feeds_of
from catalogue.imports.columns.layouts import recognise
from catalogue.imports.labels import (
    FOUND_BY,
    LEFT_OUT,
    OUTCOMES,
    about,
    code_of,
    place,
)
from catalogue.imports.permissions import (
    batches_of,
    check_second_person,
    check_tried_for,
    check_undo,
    is_own,
    open_batch,
    second_person,
)
from catalogue.imports.plan import AS_NEW, PlannedRow, Source
from catalogue.imports.redaction import hidden_revisions
from catalogue.imports.tables.sheets import ENDINGS
from catalogue.imports.undo import UndoRefused, is_new
from catalogue.paging import Paging
from catalogue.records.history.models import ImportBatch, Revision
from catalogue.records.models.code_lists import BATCH_STATES
from catalogue.records.schema.kinds import KINDS, KINDS_BY_TABLE
from catalogue.records.schema.reference_data import ENTITIES
from catalogue.web.locale import LANGUAGES

blueprint = Blueprint("imports", __name__)
_PER_PAGE = 50
_PRIVATE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
_REFRESH_SECONDS = "2"
_TEMPLATES = (*KINDS_BY_TABLE, "benefits", "people", "divisions")
_BY_NAME = {entity.name: entity for entity in ENTITIES.values()}


@blueprint.get("/imports")
@require_permission("write")
def index() -> Response:
    """The upload, the templates and the imports so far."""
    return _index_page()


def _index_page(problem: str = "", kind: str = "", status: int = 200) -> Response:
    session, mine = db.session(), batches_of(current_actor())
    paging = Paging.from_args(request.args, session.scalar(select(func.count()).select_from(mine.subquery())) or 0)
    batches = session.scalars(mine.order_by(ImportBatch.id.desc()).limit(paging.per_page).offset(paging.offset)).all()
    return _page(
        "imports/index.html",
        status=status,
        batches=batches,
        paging=paging,
        problem=problem,
        chosen_kind=kind,
        endings=ENDINGS,
        states=BATCH_STATES,
        tables=_table_labels(),
        templates=_TEMPLATES,
    )


def _table_labels() -> dict[str, str]:
    return {name: str(entity.plural or entity.label) for name, entity in ENTITIES.items()}


@blueprint.post("/imports")
@require_permission("write")
def upload() -> Any:
    """Take a file, try it, and lead to its plan."""
    file, kind = request.files.get("file"), request.form.get("kind", "")
    if file is None or not file.filename:
        return _index_page(_("Choose a file first."), kind, 400)
    content = file.read()
    options = {"kind": kind} if kind in ENTITIES else {}
    batch = new_batch(
        current_actor(), file.filename.replace("\\", "/").split("/")[-1], sha256(content).hexdigest(), options
    )
    folder = jobs.folder_of(batch.token)
    folder.keep(content)
    token = batch.token
    try:
        with writing(db.session()) as session:
            session.add(batch)
    except Busy:
        folder.forget()
        raise
    _start(token, jobs.plan)
    with db.session.no_autoflush:
        batch = find_batch(db.session(), token)
        db.session.refresh(batch)
    if batch.state == "refused":
        return _index_page(batch.message, kind, 400)
    return redirect(url_for("imports.show", name=token), 303)


def _start(token: str, job: jobs.Job) -> None:
    db.session.rollback()  # what this request has read must not hold up the run
    app = cast("Flask", current_app._get_current_object())  # type: ignore[attr-defined]
    jobs.start(app, token, current_actor(), str(get_locale() or "zh"), job)


@blueprint.get("/imports/<name>")
@require_permission("write")
def show(name: str) -> Response:
    """How far it is, the plan, or the receipt."""
    batch, actor = _batch(name), current_actor()
    folder = jobs.folder_of(batch.token)
    if batch.state == "undone" or (batch.state == "applied" and not jobs.is_running(folder)):
        return _receipt(batch)
    if jobs.is_running(folder):
        done, total = jobs.progress(folder)
        page = _page("imports/running.html", batch=batch, done=done, total=total)
        page.headers["Refresh"] = _REFRESH_SECONDS
        return page
    if batch.state == "planned" and batch.tried_for_id == actor.account_id:
        return _plan_page(batch)
    return _page("imports/stopped.html", batch=batch)


def _batch(name: str) -> ImportBatch:
    """The import that an address names. Raises NotFound."""
    return open_batch(db.session(), current_actor(), name)


def _plan_page(batch: ImportBatch) -> Response:
    folder = jobs.folder_of(batch.token)
    plan, tables = folder.plan(), jobs.described(folder)
    outcome = request.args.get("outcome", "")
    rows = [row for row in plan.rows if not outcome or row.outcome == outcome]
    paging = Paging.from_args(request.args, len(rows), _PER_PAGE)
    return _page(
        "imports/plan.html",
        batch=batch,
        counts=plan.counts,
        is_whole=plan.is_whole,
        usable=plan.counts.get("new", 0) + plan.counts.get("changed", 0),
        second_person=second_person() if plan.needs_four_eyes and is_own(current_actor(), batch) else "",
        total=len(plan.rows),
        outcome=outcome,
        outcomes=OUTCOMES,
        rows=rows[paging.offset : paging.last],
        paging=paging,
        tables=tables,
        place=lambda row, column: place(tables[row.source].sheet, row.number, column),
        about=lambda row: about(tables[row.source].table, row),
        code_of=code_of,
        told_in=_other_language(plan.language),
        has_provisional=any(row.is_provisional for row in rows[paging.offset : paging.last]),
        shown_changes=lambda row: _shown_changes(row, tables),
        found_by=FOUND_BY,
        record_tables=KINDS_BY_TABLE,
        choices=batch.options.get("choices", {}),
        as_new=AS_NEW,
        entities=_table_labels(),
        feeds=feeds_of,
        unread=UNREAD,
        left_out_words=LEFT_OUT.labels,
    )


def _other_language(language: str) -> str:
    """As HTML names the language of what was told when a file was tried, where the page has another; else empty."""
    return LANGUAGES.get(language, "") if language != str(get_locale() or "zh") else ""


def _shown_changes(row: PlannedRow, tables: Sequence[jobs.Described]) -> list[tuple[str, str, str]]:
    """Label, old and new of each field that a row changes."""
    entity = ENTITIES.get(tables[row.source].table)
    if entity is None:
        return []
    labels = {field.name: str(field.label) for field in entity.fields}
    return [(labels[name], old, new) for name, (old, new) in row.changes.items() if name in labels]


def _receipt(batch: ImportBatch, status: int = 200) -> Response:
    """What an import did and, where it was to be undone and could not be, why."""
    session = db.session()
    of_batch = select(Revision).where(Revision.batch_id == batch.id)
    total = session.scalar(select(func.count()).select_from(of_batch.subquery())) or 0
    paging = Paging.from_args(request.args if request.method == "GET" else {}, total, _PER_PAGE)
    revisions = session.scalars(of_batch.order_by(Revision.id).limit(_PER_PAGE).offset(paging.offset)).all()
    return _page(
        "imports/receipt.html",
        status=status,
        batch=batch,
        revisions=revisions,
        hidden=hidden_revisions(session, current_actor(), revisions),
        paging=paging,
        reasons=batch.message.splitlines() if batch.state == "applied" or status != 200 else (),
        outcomes=OUTCOMES,
        is_new=is_new,
        label_of=lambda revision: _BY_NAME[revision.entity].label,
        changes_of=_revision_changes,
        kinds=KINDS,
        states=BATCH_STATES,
    )


def _revision_changes(revision: Revision) -> list[tuple[str, str, str]]:
    entity = _BY_NAME[revision.entity]
    return [(entity.label_of(name), old, new) for name, (old, new) in revision.changes.items()]


def _waiting(name: str) -> ImportBatch:
    """A batch that may still be changed. Raises NotFound."""
    batch = _batch(name)
    _check_waits(batch)
    return batch


def _check_waits(batch: ImportBatch) -> None:
    if batch.state in ("applied", "undone"):
        raise NotFound(_("%(number)s has been applied already.", number=batch.number))


@blueprint.post("/imports/<name>/plan")
@require_permission("write")
def plan_again(name: str) -> Response:
    """Make the plan anew: with other columns, with what was chosen for duplicates, or after an interruption."""
    batch = _waiting(name)
    token = batch.token
    if jobs.is_running(jobs.folder_of(token)):
        return redirect(url_for("imports.show", name=token), 303)
    options = dict(batch.options)
    if "columns" in request.form:
        options["layouts"] = _chosen_layouts(batch)
        options["choices"] = {}
    choices = {key.removeprefix("choice-"): value for key, value in request.form.items() if key.startswith("choice-")}
    kept = {**options.get("choices", {}), **choices}
    options["choices"] = {key: value for key, value in kept.items() if value}
    with writing(db.session()) as session:
        batch = find_batch(session, token, lock=True)
        _check_waits(batch)  # somebody may have applied it meanwhile
        batch.options, batch.state, batch.message, batch.digest = options, "planning", "", ""
    _start(token, jobs.plan)
    return redirect(url_for("imports.show", name=token, outcome=request.form.get("outcome") or None), 303)


def _chosen_layouts(batch: ImportBatch) -> dict[str, Any]:
    """The layouts as the form says them; remembered for the next sheets of their kind."""
    session = db.session()
    sources = sources_of(session, jobs.folder_of(batch.token).content(batch), batch.file_name, batch.options)
    layouts = dict(batch.options.get("layouts", {}))
    corrected: list[Source] = []
    for number, source in enumerate(sources):
        table = request.form.get(f"kind-{number}", "")
        if table == UNREAD:
            layouts[str(number)] = {"table": UNREAD}
        if source.authoritative or source.is_beside or table not in ENTITIES:
            continue
        layout = source.layout
        if layout.entity is not ENTITIES[table]:  # the columns mean other items now
            layout = recognise(session, source.table, table)
            fields: list[str | None] = list(layout.fields)
        else:
            feeds = {*feeds_of(table), *(field for field in layout.fields if field)}
            said = [request.form.get(f"column-{number}-{at}", "") for at in range(len(source.table.headings))]
            fields = [field if field in feeds else None for field in said]
        layouts[str(number)] = {"table": table, "fields": fields, "extra": dict(layout.extra)}
        corrected.append(Source(source.table, replace(layout, entity=ENTITIES[table], fields=tuple(fields))))
    with writing(session):
        for source in corrected:
            remember(session, source.table, source.layout)
    return layouts


@blueprint.post("/imports/<name>/apply")
@require_permission("review")
def apply(name: str) -> Response:
    """Do what was shown."""
    batch, actor = _waiting(name), current_actor()
    check_tried_for(actor, batch)
    token = batch.token
    check_second_person(actor, batch, jobs.folder_of(token).plan().needs_four_eyes)
    job = jobs.apply_usable if request.form.get("rows") == "valid" else jobs.apply_all
    _start(token, partial(job, shown=request.form.get("plan", "")))
    db.session.rollback()
    batch = find_batch(db.session(), token)
    return redirect(url_for("imports.show", name=batch.number or token), 303)


@blueprint.get("/imports/<name>/marked.xlsx")
@require_permission("write")
def marked(name: str) -> Response:
    """The workbook with a note at every cell that cannot be used."""
    batch = _waiting(name)
    check_tried_for(current_actor(), batch)
    folder = jobs.folder_of(batch.token)
    sources = sources_of(db.session(), folder.content(batch), batch.file_name, batch.options)
    stem = batch.file_name.rpartition(".")[0] or batch.file_name
    return _file(marked_copy(sources, folder.plan()), f"{stem}-{_('marked')}.xlsx")


@blueprint.post("/imports/<name>/undo")
@require_permission("review")
def take_back(name: str) -> Response:
    """Take the whole import back."""
    batch = _batch(name)
    check_undo(db.session(), current_actor(), batch)
    token = batch.token
    _start(token, jobs.take_back)
    db.session.rollback()
    batch = find_batch(db.session(), token)
    if batch.message and not jobs.is_running(jobs.folder_of(token)):
        return _receipt(batch, UndoRefused.status)
    return redirect(url_for("imports.show", name=batch.number or token), 303)


@blueprint.get("/imports/templates/<table>.xlsx")
@require_permission("write")
def template_file(table: str) -> Response:
    """The workbook to fill in for a kind."""
    if table not in _TEMPLATES:
        raise NotFound(_("There is no template for this."))
    return _file(template(ENTITIES[table]), f"{_table_labels()[table]}.xlsx")


@blueprint.get(f"/export.<any({','.join(WRITERS)}):file_type>")
def export(file_type: str) -> Response:
    """All that the reader may see, or one table of it, such that it can be imported again."""
    entities = chosen(request.args.getlist("kind"))
    # As large as it likes without filling the memory; the response closes it.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    WRITERS[file_type](db.session(), current_actor(), entities, file)
    file.seek(0)
    name = entities[0].table if len(entities) == 1 else "catalogue"
    day = format_datetime(utc_now(), "yyyy-MM-dd")
    response = send_file(file, MIMETYPES[file_type], as_attachment=True, download_name=f"{name}-{day}.{file_type}")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _file(content: bytes, name: str) -> Response:
    file = tempfile.TemporaryFile()  # noqa: SIM115
    file.write(content)
    file.seek(0)
    response = send_file(file, FORMATS["xlsx"].mimetype, as_attachment=True, download_name=name)
    response.headers.update(_PRIVATE)
    return response


def _page(template_name: str, status: int = 200, **values: Any) -> Response:
    return current_app.response_class(render_template(template_name, **values), status, headers=_PRIVATE)
