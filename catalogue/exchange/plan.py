"""Import: tables become operations, row by row, and the plan says what each row did or why it cannot be used.

The dry run is the real import, rolled back by whoever called it; so the two can never disagree.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from flask_babel import gettext as _

from catalogue.errors import InvalidFields
from catalogue.exchange.codes import Coder
from catalogue.exchange.duplicates import Candidate, Duplicates
from catalogue.exchange.hidden import has_hidden_shares, is_hidden
from catalogue.exchange.layouts import CellProblem, Layout, interpret
from catalogue.exchange.lookups import Lookups
from catalogue.exchange.sheets import Row, Table
from catalogue.records import operations
from catalogue.records.entities import Entity
from catalogue.records.kinds import Kind
from catalogue.records.operations import Work, problems_of, save
from catalogue.records.registers import ENTITIES
from catalogue.records.workflow import needs_four_eyes

Outcome = Literal["new", "changed", "unchanged", "invalid", "duplicate"]
AS_NEW = "new"  # what a clerk chooses for a possible duplicate that is none
_STEP = 25  # rows between two words on how far it is


@dataclass(frozen=True)
class Source:
    """A table and what its columns are. `authoritative` ones name each thing by its code: they have no duplicates."""

    table: Table
    layout: Layout
    authoritative: bool = False


@dataclass(frozen=True)
class Problem:
    """Why a cell cannot be used; `column` is None where the table has no such column."""

    column: int | None
    heading: str
    read: str
    message: str


@dataclass(frozen=True)
class PlannedRow:
    """What one row does. `source` is the number of its table, `number` its row as the spreadsheet shows it."""

    source: int
    number: int
    outcome: Outcome
    code: str = ""
    title: str = ""
    changes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    candidates: Sequence[Candidate] = ()
    four_eyes: bool = False  # whether it counts in published figures

    @property
    def key(self) -> str:
        """Under which a choice about the row is kept."""
        return f"{self.source}:{self.number}"


@dataclass(frozen=True)
class Plan:
    """What the rows of all tables do, in their order."""

    rows: Sequence[PlannedRow]

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

    @property
    def digest(self) -> str:
        """The same for plans that do the same."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        """As it is kept until it is applied."""
        return json.dumps([asdict(row) for row in self.rows], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """As `to_json` wrote it."""
        return cls([_planned(**row) for row in json.loads(text)])


def _planned(problems: Sequence[Any], candidates: Sequence[Any], **rest: Any) -> PlannedRow:
    return PlannedRow(
        problems=tuple(Problem(**each) for each in problems),
        candidates=tuple(Candidate(**each) for each in candidates),
        **rest,
    )


def carry_out(
    work: Work,
    sources: Sequence[Source],
    choices: Mapping[str, str] | None = None,
    told: Callable[[int, int], None] = lambda _done, _all: None,
) -> Plan:
    """Save every row that can be used, in an order in which references find what they name.

    `choices` say by row what becomes of a possible duplicate: `AS_NEW`, or the code of the record that it is.
    What the transaction then becomes is the caller's business: rolled back it was a dry run.
    """
    run = _Run(work, choices or {})
    tables = list(ENTITIES)
    order = sorted(
        range(len(sources)),
        key=lambda number: tables.index(entity.table) if (entity := sources[number].layout.entity) else len(tables),
    )
    total, done = sum(len(source.table.rows) for source in sources), 0
    rows: dict[int, list[PlannedRow]] = {number: [] for number in order}
    for number in order:
        for row in sources[number].table.rows:
            rows[number].append(run.row(number, sources[number], row))
            done += 1
            if done % _STEP == 0:
                told(done, total)
    told(total, total)
    return Plan([row for number in sorted(rows) for row in rows[number]])


class _Run:
    """One run over all rows: what is known beside the database."""

    def __init__(self, work: Work, choices: Mapping[str, str]) -> None:
        self._work = work
        self._choices = choices
        self._coder = Coder(work.session)
        self._lookups = Lookups(work.session, work.actor)
        self._duplicates = Duplicates(work.session)

    def row(self, number: int, source: Source, row: Row) -> PlannedRow:
        """Save one row, or say why not."""
        entity = source.layout.entity
        if entity is None:
            message = _("It is not known what these rows are; choose the kind of the sheet.")
            return PlannedRow(number, row.number, "invalid", problems=(Problem(None, "", "", message),))
        texts, unread = self._read(source, row)
        problems = [
            Problem(each.column, _heading(source.table, each.column), each.read, each.message) for each in unread
        ]
        title = texts.get("title", "") or texts.get("name", "")
        chosen = self._choices.get(f"{number}:{row.number}", "")
        needs_code = "code" in entity.key and not source.authoritative
        if chosen and chosen != AS_NEW:
            texts["code"] = chosen
        elif needs_code and not problems:
            if not texts.get("code") and not chosen:
                texts["code"] = self._coder.find(entity, texts)
                if self._is_hidden(entity, texts):  # a title tells no more than that somebody has typed it
                    texts["code"] = ""
            candidates = self._duplicates.of(entity, texts) if isinstance(entity, Kind) and not chosen else ()
            closed = [each for each in candidates if self._is_hidden(entity, {"code": each.code})]
            if any(each.by == "number" for each in closed):
                problem = Problem(
                    None, "", "", _("An entry that is not open to you has the same number; ask a reviewer.")
                )
                return PlannedRow(number, row.number, "invalid", "", title, problems=(problem,))
            candidates = tuple(each for each in candidates if each not in closed)
            if candidates:
                return PlannedRow(number, row.number, "duplicate", "", title, _as_new(texts), (), candidates)
        if needs_code and not texts.get("code"):
            texts["code"] = self._coder.give(entity, texts)
        if not problems and (obstacle := self._obstacle(entity, texts)):
            code = texts.get("code", "")
            return PlannedRow(number, row.number, "invalid", code, title, problems=(Problem(None, "", "", obstacle),))
        if problems:
            self._coder.take_back(texts.get("code", ""))
            seen = {source.layout.fields[each.column] for each in unread} | {each.field for each in unread}
            also = [each for each in problems_of(entity, texts) if each[0] not in seen]
            problems += self._places(source, row, also)
        else:
            try:
                done = save(self._work, entity, texts)
            except InvalidFields as error:
                self._coder.take_back(texts.get("code", ""))
                problems = self._places(source, row, error.problems)
            else:
                if isinstance(entity, Kind):
                    self._duplicates.add(entity, done.code, texts)
                changes = {name: list(pair) for name, pair in done.changes.items()}
                outcome: Any = done.change
                four_eyes = done.change != "unchanged" and _takes_second_person(entity, done)
                return PlannedRow(number, row.number, outcome, done.code, title, changes, four_eyes=four_eyes)
        return PlannedRow(number, row.number, "invalid", texts.get("code", ""), title, problems=tuple(problems))

    def _obstacle(self, entity: Entity, texts: Mapping[str, str]) -> str:
        """Why the row is not for this actor to bring, with its remedy; empty where it is."""
        if self._is_hidden(entity, texts):
            return _("It names an entry that is not open to you; ask a reviewer.")
        if has_hidden_shares(self._work.actor, self._work.references, entity, texts):
            return _("An entry that is not open to you has a share in this line; leave the column of shares out.")
        return ""

    def _is_hidden(self, entity: Entity, texts: Mapping[str, str]) -> bool:
        return is_hidden(self._work.actor, self._work.references, entity, texts)

    def _read(self, source: Source, row: Row) -> tuple[dict[str, str], list[CellProblem]]:
        if source.authoritative:  # the cells are the texts, and an empty one empties the field
            texts = zip(source.layout.fields, row.cells, strict=True)
            return {**source.layout.extra, **{name: text for name, text in texts if name}}, []
        return interpret(self._work.session, source.layout, row, self._lookups)

    def _places(self, source: Source, row: Row, problems: Iterable[tuple[str, str]]) -> list[Problem]:
        """Problems with fields as problems with cells."""
        found = []
        fields, entity = source.layout.fields, source.layout.entity
        for name, message in problems:
            column = _column(fields, name)
            if column is None:
                heading = str(entity.field(name).label) if entity else name
                found.append(Problem(None, heading, source.layout.extra.get(name, ""), message))
            else:
                found.append(Problem(column, _heading(source.table, column), row.cells[column].strip(), message))
        return found


def _takes_second_person(entity: Entity, done: operations.Outcome) -> bool:
    """Whether it counts in published figures, as it is now or as it was."""
    after = entity.texts(done.thing)
    before = {**after, **{name: old for name, (old, _new) in done.changes.items()}}
    return any(each.get("review_state") == "published" for each in (before, after)) and needs_four_eyes(
        entity, before, after
    )


def _column(fields: Sequence[str | None], name: str) -> int | None:
    """The column of a field, or the first that feeds a part of it (`people.first`)."""
    exact = [place for place, fed in enumerate(fields) if fed == name]
    parts = [place for place, fed in enumerate(fields) if fed and re.split(r"[.:]", fed)[0] == name]
    return next(iter(exact + parts), None)


def _heading(table: Table, column: int) -> str:
    return table.headings[column] if column < len(table.headings) else ""


def _as_new(texts: Mapping[str, str]) -> dict[str, list[str]]:
    return {name: ["", text] for name, text in texts.items() if text}


def cell_name(column: int | None, row: int) -> str:
    """As a spreadsheet calls it: C7; the row alone where there is no column."""
    if column is None:
        return str(row)
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"
