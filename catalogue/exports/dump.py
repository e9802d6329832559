"""The catalogue, or an extract of it, as files that the import takes in again: every table in its own columns, in text
form. Field names are in the headings, so that nothing need be guessed. What the asker may not see is not there.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload
from xlsxwriter import Workbook

from catalogue.accounts.permissions import Actor
from catalogue.errors import InvalidInput
from catalogue.exports.record_files import XLSX_TYPE
from catalogue.formatting import guarded, xml_text
from catalogue.palette import colour
from catalogue.people.models import (
    Division,
    Person,
)
from catalogue.records.models.benefits import Benefit, BenefitShare
from catalogue.records.models.participation import Contribution
from catalogue.records.models.records import Record, RecordLink, Reviewed
from catalogue.records.queries import WHOLE_OPTIONS, named_divisions, visible_to
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.kinds import Kind
from catalogue.records.schema.reference_data import (
    BENEFITS,
    ENTITIES,
    LINKS,
    YEARLY_COUNTS,
)

_BATCH = 500
_LONGEST_CELL = 32_767  # characters that Excel keeps in one
_WIDE = {"title": 50, "abstract": 60, "people": 40, "divisions": 24, "keywords": 30, "records": 36, "statement": 50}

Texts = dict[str, str]


@dataclass(frozen=True)
class Extract:
    """Some of what the catalogue holds, by ids: records, with the links that lead from or to them, and ledger lines."""

    records: Sequence[int] = ()
    lines: Sequence[int] = ()
    counts: Sequence[int] = ()

    def ids(self, entity: Entity) -> Sequence[int]:
        """Those of an entity."""
        if entity is BENEFITS:
            return self.lines
        if entity is YEARLY_COUNTS:
            return self.counts
        return self.records if isinstance(entity, Kind) or entity is LINKS else ()

    def entities(self, session: Session) -> list[Entity]:
        """What there is something of."""
        kinds: set[str] = set()
        for batch in _batches(self.records):
            kinds.update(session.scalars(select(Record.kind).where(Record.id.in_(batch)).distinct()))
        return [
            entity
            for entity in ENTITIES.values()
            if (entity.name in kinds if isinstance(entity, Kind) else bool(self.ids(entity)))
        ]


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


def rows_of(session: Session, actor: Actor, entity: Entity, extract: Extract | None = None) -> Iterator[Texts]:
    """The texts of every item of an entity that the actor may see, in the order in which they were stored; of an
    extract those in it, in its order."""
    if entity is LINKS:  # without loading each record for the sake of its code
        yield from _links(session, actor, extract)
        return
    query = _visible(entity, actor)
    if extract is not None:
        for batch in _batches(extract.ids(entity)):
            place = {id_: number for number, id_ in enumerate(batch)}
            found = session.scalars(query.where(entity.model.id.in_(batch))).unique()
            for item in sorted(found, key=lambda item: place[item.id]):
                yield _shown(entity.texts(item), item, actor)
        return
    for items in session.scalars(query.execution_options(yield_per=_BATCH)).partitions():
        for item in items:
            yield _shown(entity.texts(item), item, actor)


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


def _links(session: Session, actor: Actor, extract: Extract | None) -> Iterator[Texts]:
    source, target = aliased(Record), aliased(Record)
    query = (
        select(source.code.label("source"), target.code.label("target"), RecordLink.relation)
        .join(source, source.id == RecordLink.source_id)
        .join(target, target.id == RecordLink.target_id)
        .where(and_(visible_to(actor, source), visible_to(actor, target)))
        .order_by(RecordLink.source_id, RecordLink.target_id, RecordLink.relation)
    )
    ends = [None] if extract is None else _batches(extract.records)
    seen: set[tuple[str, str, str]] = set()
    for batch in ends:
        some = query if batch is None else query.where(source.id.in_(batch) | target.id.in_(batch))
        for row in session.execute(some):
            link = (row.source, row.target, row.relation)
            if link not in seen:
                yield {"source": row.source, "target": row.target, "relation": row.relation}
            if batch is not None:  # both its ends may be in the extract, in different batches
                seen.add(link)


def _shown(texts: Texts, item: Any, actor: Actor) -> Texts:
    """The texts without the records, among those that share a benefit, that the actor may not see."""
    if isinstance(item, Benefit):
        hidden = {share.record.code for share in item.shares if not actor.may_see(share.record)}
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
    writers = {f".{name}": write for name, write in WRITERS.items()}
    try:
        if write := writers.get(target.suffix.lower()):
            with target.open("wb") as file:
                return write(session, actor, entities, file)
        if target.suffix and not target.is_dir():
            raise InvalidInput(_("%(file)s: name a file .xlsx, .csv or .jsonl, or a folder for CSV files", file=target))
        return _write_folder(session, actor, entities, target)
    except OSError as error:
        raise InvalidInput(_("%(file)s cannot be written: %(reason)s", file=target, reason=error.strerror)) from None


def write_jsonl(
    session: Session, actor: Actor, entities: Sequence[Entity], out: BinaryIO, extract: Extract | None = None
) -> dict[str, int]:
    """A line for each item, its table first."""
    counts: dict[str, int] = {}
    for entity in entities:
        for texts in rows_of(session, actor, entity, extract):
            line = json.dumps({"table": entity.table, **texts}, ensure_ascii=False)
            out.write(f"{line}\n".encode())
            counts[entity.table] = counts.get(entity.table, 0) + 1
    return counts


def write_csv(
    session: Session, actor: Actor, entities: Sequence[Entity], out: BinaryIO, extract: Extract | None = None
) -> dict[str, int]:
    """One table for all: the first column names that of each row, the others are the fields of any of them."""
    counts: dict[str, int] = {}
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    names = dict.fromkeys(field.name for entity in entities for field in entity.fields)
    writer = csv.DictWriter(text, ["table", *names], restval="")
    writer.writeheader()
    for entity in entities:
        for texts in rows_of(session, actor, entity, extract):
            writer.writerow({"table": entity.table, **{name: guarded(cell) for name, cell in texts.items()}})
            counts[entity.table] = counts.get(entity.table, 0) + 1
    text.flush()
    text.detach()
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


def write_xlsx(
    session: Session, actor: Actor, entities: Sequence[Entity], out: BinaryIO, extract: Extract | None = None
) -> dict[str, int]:
    """A sheet for each table. Every cell is a text: no formula, no lost zero, no rounded number."""
    counts: dict[str, int] = {}
    with Workbook(out, {"constant_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": colour("wash"), "bottom": 1})
        text_format = book.add_format({"num_format": "@"})
        for entity in entities:
            sheet = book.add_worksheet(entity.table)
            sheet.freeze_panes(1, 0)
            for place, heading in enumerate(headings(entity)):
                sheet.set_column(place, place, _WIDE.get(entity.fields[place].name, 16), text_format)
                sheet.write_string(0, place, heading, head)
            for row, texts in enumerate(rows_of(session, actor, entity, extract), 1):
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


WRITERS = {"xlsx": write_xlsx, "csv": write_csv, "jsonl": write_jsonl}
MIMETYPES = {"xlsx": XLSX_TYPE, "csv": "text/csv", "jsonl": "application/x-ndjson"}
