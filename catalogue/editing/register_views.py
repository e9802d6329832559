"""The registers, kept by hand: what records refer to (divisions, people, schemes, rates), and counts and claims."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import String, func, inspect, or_, select
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor, require_permission
from catalogue.database import db
from catalogue.editing.form_controller import (
    FormTarget,
    answer,
    not_found,
    open_form,
    send_form,
)
from catalogue.editing.register_rows import cell, is_amount, name_of
from catalogue.editing.saving import CHANNEL, Saved
from catalogue.editing.suggestions import find_people
from catalogue.errors import InvalidFields
from catalogue.paging import Paging
from catalogue.people.models import Person
from catalogue.records.models.records import Reviewed
from catalogue.records.models.transitions import find_transition
from catalogue.records.operations import Work, move, remove
from catalogue.records.queries import visible_to
from catalogue.records.referrers import dependents
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.fields import Reference
from catalogue.records.schema.reference_data import (
    AWARD_SCHEMES,
    CLAIMS,
    DIVISIONS,
    PATENT_FEES,
    PEOPLE,
    SCHEME_GRADES,
    SCHEME_LEVEL_PERIODS,
    UNIT_FACTORS,
    YEARLY_COUNTS,
)
from catalogue.records.transactions import writing_records

blueprint = Blueprint("registers", __name__)
REGISTERS = {
    entity.table: entity
    for entity in (
        DIVISIONS,
        PEOPLE,
        AWARD_SCHEMES,
        SCHEME_GRADES,
        SCHEME_LEVEL_PERIODS,
        PATENT_FEES,
        UNIT_FACTORS,
        YEARLY_COUNTS,
        CLAIMS,
    )
}
_TABLE = f"/registers/<any({','.join(REGISTERS)}):table>"
_PER_PAGE = 50
_NOT_LISTED = ("confidentiality", "restricted_to", "source", "basis", "statement")


@blueprint.get("/registers")
@require_permission("keep_registers")
def index() -> Response:
    """The registers and how many rows each has."""
    session = db.session()
    return answer(
        "editing/registers.html",
        registers=[
            (entity, session.scalar(select(func.count()).select_from(entity.model))) for entity in REGISTERS.values()
        ],
    )


@blueprint.get(_TABLE)
@require_permission("keep_registers")
def rows(table: str) -> Response:
    """The rows of a register."""
    return _rows_page(table)


def _rows_page(table: str, problem: str = "", status: int = 200) -> Response:
    entity, session = REGISTERS[table], db.session()
    text = request.args.get("q", "").strip()[:100]
    query = select(entity.model)
    if issubclass(entity.model, Reviewed):
        query = query.where(visible_to(current_actor(), entity.model), entity.model.review_state != "withdrawn")
    if text:
        query = query.where(_fits(session, entity, text))
    paging = Paging.from_args(
        request.args if request.method == "GET" else {},
        session.scalar(select(func.count()).select_from(query.subquery())) or 0,
        _PER_PAGE,
    )
    fields = [field for field in entity.fields if field.name not in _NOT_LISTED]
    references = [getattr(entity.model, field.name) for field in fields if isinstance(field, Reference)]
    items = session.scalars(
        query.options(*(selectinload(each) for each in references))
        .order_by(entity.model.id)
        .limit(paging.per_page)
        .offset(paging.offset)
    ).all()
    return answer(
        "editing/rows.html",
        status,
        entity=entity,
        fields=fields,
        is_amount=is_amount,
        rows=[(item, name_of(entity, item), [cell(field, item) for field in fields]) for item in items],
        paging=paging,
        text=text,
        problem=problem,
        done=request.args.get("done", ""),
        done_code=request.args.get("code", ""),
        code_of=entity.code_of,
    )


def _fits(session: Session, entity: Entity, text: str) -> Any:
    """SQL: one of the texts of the row has what was typed; people are found by pinyin as well."""
    columns = [each for each in inspect(entity.model).columns if isinstance(each.type, String)]
    found = [column.contains(text, autoescape=True) for column in columns]
    if entity is PEOPLE:
        numbers = [pick.note.split()[0] for pick in find_people(session, current_actor(), text)]
        found.append(Person.staff_number.in_(numbers))
    return or_(*found)


@blueprint.get(f"{_TABLE}/new")
@require_permission("keep_registers")
def new(table: str) -> Response:
    """The form of a new row."""
    return open_form(_new(table))


@blueprint.post(f"{_TABLE}/new")
@require_permission("keep_registers")
def create(table: str) -> Response:
    """Save a new row."""
    return send_form(_new(table))


def _new(table: str) -> FormTarget:
    heading = _("Add to: %(register)s", register=REGISTERS[table].label)
    return _place(table, url_for("registers.new", table=table), lambda _session: None, heading, _("Add"))


@blueprint.get(f"{_TABLE}/<int:number>/edit")
@require_permission("keep_registers")
def edit(table: str, number: int) -> Response:
    """The form of a row."""
    return open_form(_row(table, number))


@blueprint.post(f"{_TABLE}/<int:number>/edit")
@require_permission("keep_registers")
def change(table: str, number: int) -> Response:
    """Save a row."""
    return send_form(_row(table, number))


def _row(table: str, number: int) -> FormTarget:
    entity = REGISTERS[table]
    item = _find(db.session(), entity, number)
    name = name_of(entity, item)
    address = url_for("registers.edit", table=table, number=number)
    return _place(table, address, lambda session: _find(session, entity, number), name, name)


def _find(session: Session, entity: Entity, number: int) -> Any:
    item = session.get(entity.model, number) if number < 2**31 else None
    if item is None or (isinstance(item, Reviewed) and not current_actor().may_see(item)):
        raise not_found(str(number))
    return item


def _place(table: str, address: str, find: Any, heading: str, last: str) -> FormTarget:
    entity, back = REGISTERS[table], url_for("registers.rows", table=table)

    def after(saved: Saved) -> str:
        return url_for("registers.rows", table=table, done=saved.done, code=saved.code)

    trail = [(_("Registers"), url_for("registers.index")), (entity.label, back), (last, None)]
    return FormTarget(entity, address, heading, find, after, back, trail, "registers")


@blueprint.post(f"{_TABLE}/<int:number>/remove")
@require_permission("keep_registers")
def take_out(table: str, number: int) -> Response:
    """Take a row out of the register: what stands under review is withdrawn, the rest removed unless it is needed."""
    entity, note = REGISTERS[table], request.form.get("note", "").strip()[:1000]
    try:
        with writing_records(db.session()) as session:
            item = _find(session, entity, number)
            work = Work(session, current_actor(), CHANNEL, note)
            if isinstance(item, Reviewed):
                way = "withdraw" if item.review_state == "published" else "discard"
                move(work, entity, item, find_transition(way, item.review_state))
                done = "withdrawn"
            else:
                if needed := dependents(session, item):
                    raise InvalidFields([("", _("It is still needed by: %(codes)s.", codes=", ".join(needed)))])
                remove(work, entity, item)
                done = "removed"
    except InvalidFields as error:
        return _rows_page(table, error.problems[0][1], 400)
    return redirect(url_for("registers.rows", table=table, done=done), 303)
