"""Which column of a table is which field, recognised by its heading, and what its cells say."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import force_locale
from sqlalchemy.orm import Session

from catalogue.exchange.headings import field_of, kinds_hinted
from catalogue.exchange.sheets import Row, Table
from catalogue.records.entities import Entity
from catalogue.records.registers import ENTITIES


@dataclass(frozen=True)
class Layout:
    """What a table holds: the field that each column feeds (None: not used), and values that hold for every row."""

    entity: Entity | None
    fields: tuple[str | None, ...]
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CellProblem:
    """What could not be understood in a cell, and what to do."""

    column: int
    field: str
    read: str
    message: str


def recognise(
    session: Session, table: Table, table_name: str | None = None, remembered: Sequence[Layout] = ()
) -> Layout:
    """The layout of a table, by the name of its file or sheet and by its headings."""
    hints = kinds_hinted(table.sheet) + kinds_hinted(table.file)
    name = table_name or table.kind or next(iter(hints), None)
    if name is None:
        return Layout(None, tuple(None for _heading in table.headings))
    found = [field_of(name, heading) for heading in table.headings]
    own = {each.name for each in ENTITIES[name].fields}
    fields = [feed if feed in own else None for feed, _sure in found]
    return Layout(
        ENTITIES[name], tuple(each if each and each not in fields[:at] else None for at, each in enumerate(fields))
    )


def signature(table: Table) -> str:
    """The same for all tables with the same headings."""
    return hashlib.sha256("\n".join(table.headings).encode()).hexdigest()


def interpret(session: Session, layout: Layout, row: Row) -> tuple[dict[str, str], list[CellProblem]]:
    """The texts that `operations.save` takes; words of a vocabulary may be codes or labels."""
    texts = dict(layout.extra)
    for name, cell in zip(layout.fields, row.cells, strict=False):
        if name and cell and layout.entity is not None:
            texts[name] = _code(layout.entity, name, cell)
    return texts, []


def _code(entity: Entity, name: str, cell: str) -> str:
    choices = entity.field(name).choices
    if choices is None or cell in choices:
        return cell
    with force_locale("zh"):
        return next((code for code in choices if str(choices.label(code)) == cell), cell)
