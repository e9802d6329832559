"""Outcomes of rows in words, and where a problem stands."""

from collections.abc import Iterator
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from catalogue.code_list import CodeList
from catalogue.formatting import number
from catalogue.imports.plan import PlannedRow, Source, cell_name
from catalogue.records.models.code_lists import (
    BENEFIT_KINDS,
    RELATIONS,
)
from catalogue.records.schema.reference_data import BENEFITS, LINKS

OUTCOMES = CodeList(
    {
        "new": _l("new"),
        "changed": _l("changed"),
        "unchanged": _l("unchanged"),
        "invalid": _l("invalid"),
        "duplicate": _l("possible duplicate"),
    }
)
LEFT_OUT = CodeList(
    {
        "title": _l("title or remark"),
        "blank": _l("blank"),
        "totals": _l("totals"),
        "heading": _l("heading again"),
        "example": _l("example"),
        "hidden": _l("hidden sheet"),
        "chosen": _l("left out as chosen"),
    }
)
FOUND_BY = CodeList(
    {"number": _l("the same number"), "title": _l("nearly the same title"), "file": _l("an earlier row of this file")}
)
_LONGEST = 40


def place(sheet: str, row: int, column: int | None) -> str:
    """Sheet and cell: 专利!C7."""
    return f"{sheet}!{cell_name(column, row)}" if sheet else cell_name(column, row)


def about(table: str, row: PlannedRow) -> str:
    """What a row is about: its title, or what a ledger line or a link says."""
    said = {name: new for name, (_old, new) in row.changes.items()}
    if table == BENEFITS.table and "kind" in said:
        return " · ".join(
            filter(None, (str(BENEFIT_KINDS.label(said["kind"])), _amount(said), said.get("records", "")))
        )
    if table == LINKS.table and "relation" in said:
        return f"{said['source']} {RELATIONS.label(said['relation'])} {said['target']}"
    return row.title


def _amount(said: dict[str, str]) -> str:
    amount = said.get("amount", "")
    return f"{number(Decimal(amount))} {said.get('unit', '')}".strip() if amount else ""


def line(source: Source, row: PlannedRow) -> Iterator[str]:
    """What is the matter with a row, a line for each cell."""
    table = source.table
    for each in row.problems:
        yield _(
            "%(file)s, row %(row)s, column %(column)s: “%(read)s” – %(message)s",
            file=f"{table.file} {place(table.sheet, row.number, each.column)}",
            row=row.number,
            column=each.heading,
            read=each.read if len(each.read) <= _LONGEST else f"{each.read[:_LONGEST]}…",
            message=each.message,
        )
    for candidate in row.candidates:
        yield _(
            "%(file)s, row %(row)s: “%(title)s” may be %(code)s “%(known)s” (%(by)s); write its code into the sheet, "
            "or choose on the import page",
            file=f"{table.file} {table.sheet}".strip(),
            row=row.number,
            title=row.title,
            code=candidate.code,
            known=candidate.title,
            by=FOUND_BY.label(candidate.by),
        )
