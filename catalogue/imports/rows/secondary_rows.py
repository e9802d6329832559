"""What rows say beside their own entry: ledger lines (an amount in a list of projects) and links (来源项目 in a list of
patents), and several amounts in one row of a ledger. Each is a layout of its own over the same rows.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from flask_babel import gettext as _

from catalogue.imports.columns.layouts import CellProblem, ColumnLayout, Part
from catalogue.imports.headings import lowest
from catalogue.imports.resolver import Lookups
from catalogue.imports.rows.money_cells import parts_of
from catalogue.imports.tables.sheets import Row, SheetTable
from catalogue.records.schema.kinds import Kind
from catalogue.records.schema.reference_data import BENEFITS, LINK_ENDS, LINKS
from catalogue.records.schema.value_readers import is_nothing

_LINK_SIGNS = re.compile(r"[;；、,，\n|]+")
_MOST_PARTS = 20
# Words of a heading that say which kind the other entry is of.
_KIND_WORDS = {
    "项目": "project", "课题": "project", "成果": "achievement", "专利": "patent", "申请号": "patent", "论文": "paper",
    "奖": "award", "建议": "proposal", "软": "copyright", "project": "project", "patent": "patent",
    "achievement": "achievement", "award": "award", "paper": "paper",
}  # fmt: skip
# The title of an award is often that of what was honoured, and its column then says so.
_HONOURED = re.compile(r"(?:获奖|授奖|奖励|科技)?(?:项目|成果|课题)(?:名称)?|(?:awarded)?project(?:name)?")
_ZERO = re.compile(r"0+(?:\.0+)?(?:万?元)?")


def layouts_of(table: SheetTable, layout: ColumnLayout) -> tuple[ColumnLayout, list[ColumnLayout]]:
    """The layout of a table's own entries, and those of all else that its rows bring."""
    if layout.entity is BENEFITS:
        return _amounts(table, layout)
    if not isinstance(layout.entity, Kind):
        return layout, []
    source = id(table)
    others: list[ColumnLayout] = []
    for column, name in enumerate(layout.fields):
        if name and name.split(":")[0] == "benefit.amount":
            others += [
                replace(_ledger(layout, column), part=Part(column, layout.entity.name, source, nth))
                for nth in range(_most(table, column, parts_of))
            ]
        elif name == "links":
            others += [
                replace(layout, entity=LINKS, part=Part(column, layout.entity.name, source, nth))
                for nth in range(_most(table, column, _links_in))
            ]
    if layout.entity.name == "award" and "links" not in layout.fields and "title" in layout.fields:
        column = layout.fields.index("title")
        if _HONOURED.fullmatch(lowest(table.headings[column])):
            others.append(replace(layout, entity=LINKS, part=Part(column, layout.entity.name, source, implied=True)))
    return layout, others


def _amounts(table: SheetTable, layout: ColumnLayout) -> tuple[ColumnLayout, list[ColumnLayout]]:
    """A ledger with several amounts in a row has a line for each that says something."""
    columns = [column for column, name in enumerate(layout.fields) if name and name.split(":")[0] == "amount"]
    found = [
        replace(layout, part=Part(column, nth=nth, is_further=(column, nth) != (columns[0], 0)))
        for column in columns
        for nth in range(_most(table, column, parts_of))
    ]
    return (found[0], found[1:]) if len(found) > 1 else (layout, [])


def _ledger(layout: ColumnLayout, column: int) -> ColumnLayout:
    """The layout of a ledger that reads one amount of a record's row, and what else the row says of its benefit."""

    def feeds(place: int, name: str | None) -> str | None:
        own = name.removeprefix("benefit.") if name and name.startswith("benefit.") else None
        return None if own and own.startswith("amount") and place != column else own

    extra = {"unit": layout.extra["unit"]} if "unit" in layout.extra else {}
    fields = tuple(feeds(place, name) for place, name in enumerate(layout.fields))
    return replace(layout, entity=BENEFITS, fields=fields, extra=extra)


def _most(table: SheetTable, column: int, split: Callable[[str], list[str]]) -> int:
    """The greatest number of items that a cell of a column lists."""
    return max([1, *(len(split(row.cells[column])) for row in table.rows if row.cells[column])])


def _links_in(cell: str) -> list[str]:
    return [part.strip() for part in _LINK_SIGNS.split(cell) if part.strip()][:_MOST_PARTS]


def says_nothing(cell: str) -> bool:
    """Whether an amount beside others is none: empty, a dash or zero."""
    return is_nothing(cell, words=True) or bool(_ZERO.fullmatch(cell.strip()))


def row_code(part: Part, row: Row, lookups: Lookups) -> str:
    """The code of the row's own entry. Raises ValueError where it was not stored."""
    code = lookups.rows.get((part.source, row.number))
    if code is None:
        raise ValueError(_("it belongs to the entry of its row, which cannot be used yet; settle that first"))
    return code


def cell_of(part: Part, row: Row) -> str:
    """The cell that a part reads."""
    return row.cells[part.column].strip() if part.column < len(row.cells) else ""


def read_link(layout: ColumnLayout, part: Part, row: Row, lookups: Lookups) -> tuple[dict[str, str], list[CellProblem]]:
    """One link of a row, as texts; neither texts nor problems where the cell names no further entry."""
    cell = cell_of(part, row)
    if is_nothing(cell, words=True):
        return {}, []
    heading = layout.headings[part.column]
    if part.implied:
        return _implied(part, row, heading, lookups), []
    try:
        wanted = _kind_in(heading)
        name = _nth_name(cell, part.nth, wanted, lookups)
        if not name:
            return {}, []
        kind, code = lookups.record_of(name, wanted)
        own = row_code(part, row, lookups)
    except ValueError as error:
        return {}, [CellProblem(part.column, "links", cell, str(error))]
    return ({} if own == code else _link(part.owner, own, kind, code, heading)), []


def _nth_name(cell: str, nth: int, wanted: Sequence[str], lookups: Lookups) -> str:
    """The name that stands at this place of a cell; a title may have commas in it."""
    names = _links_in(cell)
    if len(names) > 1:
        try:
            lookups.record_of(cell, wanted)
        except ValueError:
            return names[nth] if nth < len(names) else ""
    return cell if nth == 0 else ""


def _implied(part: Part, row: Row, heading: str, lookups: Lookups) -> dict[str, str]:
    """A link from what has the very title of an award, where the award has none yet."""
    own = lookups.rows.get((part.source, row.number))
    if own is None:
        return {}
    for kind in ("achievement", "project") if "成果" in heading else ("project", "achievement"):
        found = lookups.titled(cell_of(part, row), kind)
        if len(found) == 1:
            known = lookups.sources_of(own, "awarded")
            return {"source": found[0], "target": own, "relation": "awarded"} if known <= set(found) else {}
    return {}


def _kind_in(heading: str) -> tuple[str, ...]:
    plain = lowest(heading)
    return tuple(kind for word, kind in _KIND_WORDS.items() if word in plain)[:1]


def _link(own_kind: str, own: str, kind: str, code: str, heading: str) -> dict[str, str]:
    """The link between the row's entry and another, in the direction in which their kinds are joined."""
    if own_kind == kind == "project" and any(word in heading for word in ("后续", "延续")):
        return {"source": own, "target": code, "relation": "continued_by"}
    if own_kind == kind == "project" and any(word in heading for word in ("前期", "前序", "上期")):
        return {"source": code, "target": own, "relation": "continued_by"}
    for relation, (sources, targets) in LINK_ENDS.items():
        if relation != "continued_by" and kind in sources and own_kind in targets:
            return {"source": code, "target": own, "relation": relation}
        if relation != "continued_by" and own_kind in sources and kind in targets:
            return {"source": own, "target": code, "relation": relation}
    return {"source": own, "target": code, "relation": "related_to"}
