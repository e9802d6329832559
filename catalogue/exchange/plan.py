"""Import: sheets become operations. Everything is stored or, if a single row cannot be used, nothing is."""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _

from catalogue.errors import InvalidFields, InvalidInput
from catalogue.exchange.sheets import Table, read
from catalogue.records.entities import Entity
from catalogue.records.operations import Change, Work, save
from catalogue.records.registers import ENTITIES


@dataclass(frozen=True)
class Problem:
    """Why a cell cannot be used: file, row, column, what was read and what is expected."""

    file: str
    row: int
    column: str
    read: str
    message: str

    def __str__(self) -> str:
        shown = self.read if len(self.read) <= 40 else f"{self.read[:40]}…"
        return _(
            "%(file)s, row %(row)s, column %(column)s: “%(read)s” – %(message)s",
            file=self.file,
            row=self.row,
            column=self.column,
            read=shown,
            message=self.message,
        )


class ImportRefused(InvalidInput):
    """At least one row cannot be used; roll the transaction back. `problems` names them all."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Receipt:
    """What an import did: per table, how many rows were new, changed and unchanged."""

    counts: Mapping[str, Mapping[Change, int]]


def entity_of(path: Path, table: str | None) -> Entity:
    """What the rows of a file are: `table` if given, else the file's name up to the first `-` or `.`."""
    name = table or path.name.split(".")[0].split("-")[0]
    if name not in ENTITIES:
        raise InvalidInput(
            _(
                "%(file)s: what its rows are is not known; name the file after one of these, or say --kind: %(names)s",
                file=path,
                names=", ".join(ENTITIES),
            )
        )
    return ENTITIES[name]


def import_files(work: Work, paths: Iterable[Path], table: str | None = None) -> Receipt:
    """Read the files and save every row, in an order in which references find what they name.

    Raises ImportRefused with every problem found (the caller's transaction must then be rolled back), or
    InvalidInput where a file cannot be read at all.
    """
    sheets = [(entity_of(path, table), read(path)) for path in paths]
    order = list(ENTITIES.values())
    sheets.sort(key=lambda pair: order.index(pair[0]))
    for entity, sheet in sheets:
        _check_heading(entity, sheet)
    counts: dict[str, Counter[Change]] = {}
    problems: list[Problem] = []
    for entity, sheet in sheets:
        counts.setdefault(entity.table, Counter())
        for row in sheet.rows:
            try:
                outcome = save(work, entity, sheet.texts(row))
            except InvalidFields as error:
                problems.extend(
                    Problem(sheet.file, row.number, column, sheet.texts(row).get(column, "").strip(), message)
                    for column, message in error.problems
                )
            else:
                counts[entity.table][outcome.change] += 1
    if problems:
        raise ImportRefused(problems)
    return Receipt({name: dict(counter) for name, counter in counts.items()})


def _check_heading(entity: Entity, sheet: Table) -> None:
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
