"""What an import does, row by row: shown to somebody, kept until it is applied, and compared with what is then done.

A plan is the same as another where both decide the same of every row and bring the same values. What is told of rows
that cannot be used is no part of that: it depends on the reader's language and on whatever stands beside them. Nor
are codes that are given automatically: they are those that are free when the plan is applied.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Self

from catalogue.imports.columns.layouts import ColumnLayout, letters
from catalogue.imports.tables.sheets import SheetTable
from catalogue.records.duplicates import Candidate

Outcome = Literal["new", "changed", "unchanged", "invalid", "duplicate"]
Decision = tuple[Outcome, str, dict[str, list[str]]]  # with code, and old and new texts
AS_NEW = "new"  # what a clerk chooses for a possible duplicate that is none
_USED = ("new", "changed", "unchanged")
_VERSION = 2  # of the form in which plans are kept; those of version 1 were bare lists of rows
# Fields that hold codes, among them perhaps such as are given when the plan is applied.
_WITH_CODES = ("code", "records", "source", "target")
_CODE = re.compile(r"[^\s;]+")


@dataclass(frozen=True)
class Source:
    """A table and what its columns are. `authoritative` ones name each item by its code: they have no duplicates."""

    table: SheetTable
    layout: ColumnLayout
    authoritative: bool = False

    @property
    def is_beside(self) -> bool:
        """Whether it reads once more, for what is beside their own entries, the rows of a source before it."""
        part = self.layout.part
        return part is not None and (bool(part.owner) or part.is_further)


@dataclass(frozen=True)
class RowProblem:
    """Why a cell cannot be used; `column` is None where the table has no such column."""

    column: int | None
    heading: str
    read: str
    message: str


@dataclass(frozen=True)
class PlannedRow:
    """What one row does. `source` is the number of its table, `number` its row as the spreadsheet shows it.

    Where its code `is_provisional` it is given automatically: the row makes something new, under the code that is free
    when it is applied.
    """

    source: int
    number: int
    outcome: Outcome
    code: str = ""
    title: str = ""
    changes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problems: Sequence[RowProblem] = ()
    candidates: Sequence[Candidate] = ()
    four_eyes: bool = False  # whether it counts in published figures
    is_provisional: bool = False

    @property
    def key(self) -> str:
        """Under which a choice about the row is kept."""
        return f"{self.source}:{self.number}"


@dataclass(frozen=True)
class Plan:
    """What the rows of all tables do, in their order. One that `is_outdated` was kept by an earlier version of the
    program, which compared plans otherwise. `language` is that of the messages in it."""

    rows: Sequence[PlannedRow]
    is_outdated: bool = False
    language: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have which outcome."""
        return dict(Counter(row.outcome for row in self.rows))

    @property
    def is_whole(self) -> bool:
        """Whether every row can be used as it is."""
        return not any(row.outcome in ("invalid", "duplicate") for row in self.rows)

    @property
    def needs_four_eyes(self) -> bool:
        """Whether any row does what takes a second person."""
        return any(row.four_eyes for row in self.rows)

    @cached_property
    def digest(self) -> str:
        """The same for plans that do the same."""
        said = json.dumps(list(self.decisions.items()), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def decisions(self) -> Mapping[str, Decision]:
        """What the plan decides of each row, by the key of the row."""
        given = {row.code: f"\0{row.key}" for row in self.rows if row.is_provisional and row.outcome in _USED}
        return {row.key: _decision(row, given) for row in self.rows}

    def to_json(self) -> str:
        """As it is kept until it is applied."""
        kept = {"version": _VERSION, "language": self.language, "rows": [_plain(row) for row in self.rows]}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """As `to_json` wrote it, of this version or of an earlier one."""
        kept = json.loads(text)
        if isinstance(kept, list):
            return cls([_planned(**row) for row in kept], is_outdated=True)
        return cls([_planned(**row) for row in kept["rows"]], language=kept.get("language", ""))


def _decision(row: PlannedRow, given: Mapping[str, str]) -> Decision:
    """What is decided of a row. A code that is `given` automatically is named by the row that it is given to."""
    if row.outcome not in _USED:
        return row.outcome, "", {}
    changes = {
        name: [_neutral(text, given) for text in pair] if name in _WITH_CODES else list(pair)
        for name, pair in row.changes.items()
    }
    return row.outcome, _neutral(row.code, given), changes


def _neutral(text: str, given: Mapping[str, str]) -> str:
    return _CODE.sub(lambda match: given.get(match[0], match[0]), text) if given else text


def _plain(row: PlannedRow) -> dict[str, Any]:
    """As `dataclasses.asdict` would, which copies every text of every row on the way."""
    return {**vars(row), "problems": list(map(vars, row.problems)), "candidates": list(map(vars, row.candidates))}


def _planned(problems: Sequence[Any], candidates: Sequence[Any], **rest: Any) -> PlannedRow:
    return PlannedRow(
        problems=tuple(RowProblem(**each) for each in problems),
        candidates=tuple(Candidate(**each) for each in candidates),
        **rest,
    )


def cell_name(column: int | None, row: int) -> str:
    """As a spreadsheet calls it: C7; the row alone where there is no column."""
    if column is None:
        return str(row)
    return f"{letters(column)}{row}"
