"""Sheets in the catalogue's own columns: nothing is guessed, and an unknown column is an error, not a column left out.

So are the demonstration data, what `catalogue export` writes, and what other programs make.
"""

import csv
import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flask_babel import gettext as _

from catalogue.errors import InvalidInput
from catalogue.formatting import unguarded
from catalogue.imports.columns.layouts import ColumnLayout
from catalogue.imports.execution import carry_out
from catalogue.imports.plan import RowProblem, Source
from catalogue.imports.tables.sheets import Row, SheetTable, read
from catalogue.records.operations import Work
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.reference_data import ENTITIES


@dataclass(frozen=True)
class Placed:
    """A problem with its file and row."""

    file: str
    row: int
    problem: RowProblem

    @property
    def column(self) -> str:
        return self.problem.heading

    @property
    def read(self) -> str:
        return self.problem.read

    def __str__(self) -> str:
        shown = self.read if len(self.read) <= 40 else f"{self.read[:40]}…"
        return _(
            "%(file)s, row %(row)s, column %(column)s: “%(read)s” – %(message)s",
            file=self.file,
            row=self.row,
            column=self.column,
            read=shown,
            message=self.problem.message,
        )


class ImportRefused(InvalidInput):
    """At least one row cannot be used; roll the transaction back. `problems` names them all."""

    def __init__(self, problems: Sequence[Placed]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Receipt:
    """What an import did: per table, how many rows were new, changed and unchanged."""

    counts: Mapping[str, Mapping[str, int]]


def entity_of(path: Path, table: str | None) -> Entity:
    """What the rows of a file are: `table` if given, else the file's name up to the first `-` or `.`."""
    name = table or _name(path)
    if name not in ENTITIES:
        raise InvalidInput(
            _(
                "%(file)s: what its rows are is not known; name the file after one of these, or say --kind: %(names)s",
                file=path,
                names=", ".join(ENTITIES),
            )
        )
    return ENTITIES[name]


def _name(path: Path) -> str:
    return path.name.split(".")[0].split("-")[0]


def is_own(path: Path, table: str | None) -> bool:
    """Whether a file looks as if it were in the catalogue's own columns: CSV, most of whose headings are names of
    fields. A mistyped one among them is then told."""
    name = table or _name(path)
    if path.suffix.lower() != ".csv" or name not in ENTITIES:
        return False
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            heading = next(csv.reader(line for line in file if line.strip(" ,\r\n")), [])
    except (OSError, UnicodeDecodeError, csv.Error):
        return False
    known = {field.name for field in ENTITIES[name].fields}
    # With a column `table` it may hold items of several tables.
    return "table" not in heading and 2 * sum(cell.strip() in known for cell in heading) >= max(1, len(heading))


def own_source(path: Path, table: str | None = None) -> Source:
    """Read a file in the catalogue's own columns. Raises InvalidInput for a column that there is not."""
    entity, sheet = entity_of(path, table), read(path)
    _check_heading(entity, sheet)
    sheet = replace(sheet, rows=tuple(Row(row.number, tuple(map(unguarded, row.cells))) for row in sheet.rows))
    return Source(sheet, ColumnLayout(entity, sheet.headings, {}), authoritative=True)


def import_files(work: Work, paths: Iterable[Path], table: str | None = None) -> Receipt:
    """Read files in the catalogue's own columns and save every row, whatever the order of the files.

    Raises ImportRefused with every problem found (the caller's transaction must then be rolled back), or
    InvalidInput where a file cannot be read at all.
    """
    sources = [own_source(path, table) for path in paths]
    plan = carry_out(work, sources)
    problems = [Placed(sources[row.source].table.file, row.number, each) for row in plan.rows for each in row.problems]
    if problems:
        raise ImportRefused(problems)
    counts: dict[str, Counter[str]] = {}
    for source in sorted(sources, key=_place):
        counts.setdefault(_table(source), Counter())
    for row in plan.rows:
        counts[_table(sources[row.source])][row.outcome] += 1
    return Receipt({name: dict(counter) for name, counter in counts.items()})


def _table(source: Source) -> str:
    return source.layout.entity.table if source.layout.entity else ""


def _place(source: Source) -> int:
    return list(ENTITIES).index(_table(source))


def _check_heading(entity: Entity, sheet: SheetTable) -> None:
    known = [field.name for field in entity.fields]
    for column in sheet.headings:
        if column not in known:
            near = difflib.get_close_matches(column, known, n=1)
            hint = _(" (did you mean %(column)s?)", column=near[0]) if near else ""
            raise InvalidInput(
                _(
                    "%(file)s: there is no column “%(column)s” in %(table)s%(hint)s; its columns are: %(columns)s",
                    file=sheet.file,
                    column=column,
                    table=entity.table,
                    hint=hint,
                    columns=", ".join(known),
                )
            )
    missing = [name for name in entity.key if name not in sheet.headings]
    if missing:
        raise InvalidInput(_("%(file)s: the column %(column)s is missing", file=sheet.file, column=missing[0]))


def own_layout(table: SheetTable) -> ColumnLayout | None:
    """The layout of a sheet that `catalogue export` wrote, or that is in the same columns: named after its table, its
    headings names of fields with or without their labels. None where it is none of these."""
    entity = ENTITIES.get(table.kind or table.sheet or _name(Path(table.file)))
    if entity is None:
        return None
    known = {field.name for field in entity.fields}
    names = [heading.partition("（")[0].strip() for heading in table.headings]
    used = [name if any(row.cells[place] for row in table.rows) else None for place, name in enumerate(names)]
    is_split = bool(table.kind) and "table" in names  # JSON lines: other tables have other columns
    fields = tuple(
        name if name in known and (not is_split or used[place] or name in entity.key) else None
        for place, name in enumerate(names)
    )
    strange = [name for name, use in zip(names, used, strict=True) if use and name not in known | {"table"}]
    if strange or not set(entity.key) <= set(names) or len(set(names)) != len(names):
        return None
    return ColumnLayout(entity, fields, {})
