"""The whole catalogue as files that the import takes in again: every table in its own columns, in text form.

Field names are in the headings, so that nothing need be guessed. What the asker may not see is not there.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload
from xlsxwriter import Workbook

from catalogue.accounts.permissions import Actor
from catalogue.errors import InvalidInput
from catalogue.exchange.own_columns import guarded
from catalogue.formatting import xml_text
from catalogue.records.benefits import Benefit, BenefitShare
from catalogue.records.entities import Entity
from catalogue.records.models import Record, RecordLink, Reviewed
from catalogue.records.people import Contribution, Division, Person
from catalogue.records.queries import WHOLE_OPTIONS, named_divisions, visible_to
from catalogue.records.registers import ENTITIES, LINKS

_BATCH = 500
_LONGEST_CELL = 32_767  # characters that Excel keeps in one
_WIDE = {"title": 50, "abstract": 60, "people": 40, "divisions": 24, "keywords": 30, "records": 36, "statement": 50}

Texts = dict[str, str]


def rows_of(session: Session, actor: Actor, entity: Entity) -> Iterator[Texts]:
    """The texts of every thing of an entity that the actor may see, in the order in which they were stored."""
    if entity is LINKS:  # without loading each record for the sake of its code
        yield from _links(session, actor)
        return
    query = _visible(entity, actor).execution_options(yield_per=_BATCH)
    for things in session.scalars(query).partitions():
        for thing in things:
            yield _shown(entity.texts(thing), thing, actor)


def _visible(entity: Entity, actor: Actor) -> Select[Any]:
    model = entity.model
    query = select(model).order_by(*model.__mapper__.primary_key)
    if issubclass(model, Record):
        query = query.options(*WHOLE_OPTIONS)
    if issubclass(model, Benefit):
        query = query.options(selectinload(Benefit.shares).joinedload(BenefitShare.record))
    if issubclass(model, Reviewed):
        return query.where(visible_to(actor, model))
    if model is Division:
        return named_divisions(actor)
    if model is Person:
        # Somebody who only took part in what the actor may not see is not named; who took part in nothing is.
        seen = select(Contribution.person_id).join(Record).where(visible_to(actor))
        return query.options(joinedload(Person.division)).where(
            Person.id.in_(seen) | ~Person.id.in_(select(Contribution.person_id))
        )
    return query


def _links(session: Session, actor: Actor) -> Iterator[Texts]:
    source, target = aliased(Record), aliased(Record)
    query = (
        select(source.code.label("source"), target.code.label("target"), RecordLink.relation)
        .join(source, source.id == RecordLink.source_id)
        .join(target, target.id == RecordLink.target_id)
        .where(and_(visible_to(actor, source), visible_to(actor, target)))
        .order_by(RecordLink.source_id, RecordLink.target_id, RecordLink.relation)
    )
    for row in session.execute(query):
        yield {"source": row.source, "target": row.target, "relation": row.relation}


def _shown(texts: Texts, thing: Any, actor: Actor) -> Texts:
    """The texts without the records, among those that share a benefit, that the actor may not see."""
    if isinstance(thing, Benefit):
        hidden = {share.record.code for share in thing.shares if not actor.may_see(share.record)}
        if hidden:
            parts = [part for part in texts["records"].split(";") if part.split(" ")[0] not in hidden]
            return {**texts, "records": ";".join(parts)}
    return texts


def chosen(tables: Iterable[str]) -> list[Entity]:
    """The entities of these tables, all where none is named. Raises InvalidInput for one that there is not."""
    names = list(tables)
    for name in names:
        if name not in ENTITIES:
            raise InvalidInput(
                _("There is no kind “%(kind)s”; the kinds are: %(names)s", kind=name, names=", ".join(ENTITIES))
            )
    return [entity for entity in ENTITIES.values() if not names or entity.table in names]


def write_dump(session: Session, actor: Actor, target: Path, tables: Sequence[str] = ()) -> dict[str, int]:
    """Write to a workbook, JSON lines or a folder of CSV files, as the name of the target says; gives the numbers of
    rows. Raises InvalidInput for another name."""
    entities = chosen(tables)
    writers = {".xlsx": write_xlsx, ".jsonl": write_jsonl}
    try:
        if write := writers.get(target.suffix.lower()):
            with target.open("wb") as file:
                return write(session, actor, entities, file)
        if target.suffix and not target.is_dir():
            raise InvalidInput(_("%(file)s: name a file .xlsx or .jsonl, or a folder for CSV files", file=target))
        return _write_folder(session, actor, entities, target)
    except OSError as error:
        raise InvalidInput(_("%(file)s cannot be written: %(reason)s", file=target, reason=error.strerror)) from None


def write_jsonl(session: Session, actor: Actor, entities: Sequence[Entity], out: BinaryIO) -> dict[str, int]:
    """A line for each thing, its table first."""
    counts: dict[str, int] = {}
    for entity in entities:
        for texts in rows_of(session, actor, entity):
            line = json.dumps({"table": entity.table, **texts}, ensure_ascii=False)
            out.write(f"{line}\n".encode())
            counts[entity.table] = counts.get(entity.table, 0) + 1
    return counts


def _write_folder(session: Session, actor: Actor, entities: Sequence[Entity], folder: Path) -> dict[str, int]:
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    for entity in entities:
        with (folder / f"{entity.table}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(field.name for field in entity.fields)
            for texts in rows_of(session, actor, entity):
                writer.writerow(guarded(text) for text in texts.values())
                counts[entity.table] = counts.get(entity.table, 0) + 1
    return counts


def write_xlsx(session: Session, actor: Actor, entities: Sequence[Entity], out: BinaryIO) -> dict[str, int]:
    """A sheet for each table. Every cell is a text: no formula, no lost zero, no rounded number."""
    counts: dict[str, int] = {}
    with Workbook(out, {"constant_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#F3F0E7", "bottom": 1})
        text_format = book.add_format({"num_format": "@"})
        for entity in entities:
            sheet = book.add_worksheet(entity.table)
            sheet.freeze_panes(1, 0)
            for place, heading in enumerate(headings(entity)):
                sheet.set_column(place, place, _WIDE.get(entity.fields[place].name, 16), text_format)
                sheet.write_string(0, place, heading, head)
            for row, texts in enumerate(rows_of(session, actor, entity), 1):
                for place, text in enumerate(texts.values()):
                    if text:
                        sheet.write_string(row, place, _cell(text, entity, texts), text_format)
                counts[entity.table] = row
    return counts


def headings(entity: Entity) -> list[str]:
    """Field names, each with what Chinese pages call it: code（编号）."""
    with force_locale("zh"):
        return [f"{field.name}（{field.label}）" for field in entity.fields]


def _cell(text: str, entity: Entity, texts: Texts) -> str:
    if len(text) > _LONGEST_CELL:
        code = texts[entity.key[0]]
        raise InvalidInput(_("%(code)s has a text too long for a workbook; export JSON lines.", code=code))
    return xml_text(text)
