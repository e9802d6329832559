"""Import: tables become operations, row by row, and the plan says what each row did or why it cannot be used.

The dry run is the real import, rolled back by whoever called it; so the two can never disagree.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from catalogue.errors import Forbidden, InvalidFields
from catalogue.imports.columns.layouts import CellProblem
from catalogue.imports.plan import AS_NEW, Plan, PlannedRow, RowProblem, Source
from catalogue.imports.redaction import has_hidden_shares, is_hidden
from catalogue.imports.resolver import Lookups
from catalogue.imports.row_codes import save_new
from catalogue.imports.rows.reading import interpret
from catalogue.imports.tables.sheets import Row, SheetTable
from catalogue.records.bulk import LARGEST, bulk_changes, can_be_grouped
from catalogue.records.duplicates import Duplicates
from catalogue.records.operations import BulkConflict, Work, problems_of, save
from catalogue.records.operations import SaveOutcome as Done
from catalogue.records.review.workflow import needs_four_eyes
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.kinds import Kind
from catalogue.records.schema.reference_data import ENTITIES

_STEP = 25  # rows between two words on how far it is
_FEW = 6  # rows that are no group


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
    run = _Run(work, choices or {}, _typed_codes(sources))
    tables = list(ENTITIES)
    order = sorted(
        range(len(sources)),
        key=lambda number: tables.index(entity.table) if (entity := sources[number].layout.entity) else len(tables),
    )
    total, done = sum(len(source.table.rows) for source in sources), 0
    rows: dict[int, list[PlannedRow]] = {}
    for number in order:
        rows[number] = []
        for planned in run.rows(number, sources[number]):
            if planned is not None:
                rows[number].append(planned)
            done += 1
            if done % _STEP == 0:
                told(done, total)
    told(total, total)
    return Plan([row for number in sorted(rows) for row in rows[number]])


def _typed_codes(sources: Sequence[Source]) -> frozenset[str]:
    """The codes that stand in columns of codes: none of them is given to another row."""
    return frozenset(
        row.cells[place].strip()
        for source in sources
        for place, name in enumerate(source.layout.fields)
        if name == "code"
        for row in source.table.rows
    )


@dataclass(frozen=True)
class _Read:
    """A row that has been read and is still to be saved; whether it was given its code automatically."""

    number: int
    source: Source
    row: Row
    texts: dict[str, str]
    unread: Sequence[CellProblem]
    is_judged: bool  # whether it has no duplicates, or somebody has said what becomes of it
    is_provisional: bool

    @property
    def entity(self) -> Entity:
        assert self.source.layout.entity is not None  # noqa: S101  # nosec B101  # others are never read
        return self.source.layout.entity


class _Run:
    """One run over all rows: what is known beside the database, and the rows that are read and not yet saved.

    Rows are saved in groups; where one of a group cannot be, smaller groups are, down to single rows.
    """

    def __init__(self, work: Work, choices: Mapping[str, str], typed_codes: frozenset[str]) -> None:
        self._work = work
        self._choices = choices
        self._lookups = Lookups(work.session, self._needed, work.actor, typed_codes)
        self._duplicates = Duplicates(work.session)
        self._open: list[_Read] = []
        self._planned: list[PlannedRow] = []

    def rows(self, number: int, source: Source) -> Iterator[PlannedRow | None]:
        """Save the rows of a source, or say why not, in their order; None for one that says nothing of what is read."""
        entity = source.layout.entity
        largest = LARGEST if entity and can_be_grouped(entity) else 1
        for row in source.table.rows:
            if entity is None:
                message = _("It is not known what these rows are; choose the kind of the sheet.")
                yield PlannedRow(number, row.number, "invalid", problems=(RowProblem(None, "", "", message),))
                continue
            texts, unread = self._read(source, row)
            if source.layout.part and not texts and not unread:
                yield None
                continue
            chosen = self._choices.get(f"{number}:{row.number}", "")
            if chosen and chosen != AS_NEW:
                texts["code"] = chosen
            is_judged = source.authoritative or bool(chosen)
            is_provisional = texts.get("code") in self._lookups.codes.given
            self._open.append(_Read(number, source, row, texts, unread, is_judged, is_provisional))
            if len(self._open) >= largest:
                self._save_open()
            yield from self._taken()
        self._save_open()
        yield from self._taken()

    def _taken(self) -> list[PlannedRow]:
        planned, self._planned = self._planned, []
        return planned

    def _needed(self, code: str) -> None:
        """Before a stored item, or a link to it, is looked at: what earlier rows say of it is to be there."""
        if any(code in (read.texts.get("code"), read.texts.get("target")) for read in self._open):
            self._save_open()

    def _save_open(self) -> None:
        reads, self._open = self._open, []
        if not reads:
            return
        entity = reads[0].entity
        if isinstance(entity, Kind) and not reads[0].source.authoritative:
            self._duplicates.prepare(entity)
        planned = self._save_all(reads)
        if isinstance(entity, Kind):  # only now is it sure what each row became
            for read, row in zip(reads, planned, strict=True):
                if row.outcome in ("new", "changed", "unchanged"):
                    self._lookups.remember((id(read.source.table), row.number), entity.name, row.code, row.title)
        self._planned += planned

    def _save_all(self, reads: Sequence[_Read]) -> list[PlannedRow]:
        """Save rows as a group or, where that cannot be, each half of it; the last few each by itself."""
        if len(reads) <= _FEW:
            return [self._save(read) for read in reads]
        self._duplicates.mark()
        try:
            with bulk_changes(self._work, reads[0].entity, [read.texts for read in reads]):
                return [self._save(read) for read in reads]
        except BulkConflict:
            self._duplicates.go_back()
        half = len(reads) // 2
        return self._save_all(reads[:half]) + self._save_all(reads[half:])

    def _save(self, read: _Read) -> PlannedRow:
        """Save one row, or say why not."""
        source, entity, texts = read.source, read.entity, read.texts
        place, title = (read.number, read.row.number), texts.get("title", "") or texts.get("name", "")
        problems = [
            RowProblem(each.column, _heading(source.table, each.column), each.read, each.message)
            for each in read.unread
        ]
        if problems:
            seen = {source.layout.fields[each.column] for each in read.unread} | {each.field for each in read.unread}
            said = {**self._left_empty(read), **texts}
            also = [each for each in problems_of(entity, said) if each[0] not in seen and not source.is_beside]
            problems += self._places(source, read.row, also)
            return PlannedRow(*place, "invalid", texts.get("code", ""), title, problems=tuple(problems))
        if not read.is_provisional and (obstacle := self._obstacle(entity, texts)):
            problems = [RowProblem(None, "", "", obstacle)]
            return PlannedRow(*place, "invalid", texts.get("code", ""), title, problems=tuple(problems))
        if isinstance(entity, Kind) and not read.is_judged:
            candidates = self._duplicates.of(entity, texts)
            closed = [each for each in candidates if each.by != "file" and self._is_hidden(entity, {"code": each.code})]
            if any(each.by == "number" for each in closed):
                message = _("An entry that is not open to you has the same number; ask a reviewer.")
                return PlannedRow(*place, "invalid", "", title, problems=(RowProblem(None, "", "", message),))
            if candidates := tuple(each for each in candidates if each not in closed):
                return PlannedRow(*place, "duplicate", "", title, _as_new(texts), (), candidates)
        try:
            done = self._store(read)
        except InvalidFields as error:
            problems = self._places(source, read.row, error.problems)
            return PlannedRow(*place, "invalid", texts.get("code", ""), title, problems=tuple(problems))
        except Forbidden as error:
            problems = [RowProblem(None, "", "", str(error))]
            return PlannedRow(*place, "invalid", texts.get("code", ""), title, problems=tuple(problems))
        if isinstance(entity, Kind) and not source.authoritative:
            self._duplicates.add(entity, done, texts)
        changes = {name: list(pair) for name, pair in done.changes.items()}
        outcome: Any = done.change
        four_eyes = done.change != "unchanged" and _takes_second_person(entity, done)
        provisional = read.is_provisional
        return PlannedRow(*place, outcome, done.code, title, changes, four_eyes=four_eyes, is_provisional=provisional)

    def _store(self, read: _Read) -> Done:
        """What was given its code automatically is new, and is never a change of what has the code meanwhile."""
        if read.is_provisional:
            return save_new(self._work, read.entity, read.texts, self._lookups.codes)
        return save(self._work, read.entity, read.texts)

    def _left_empty(self, read: _Read) -> dict[str, str]:
        """The fields that something new needs and whose cells are empty, so that they are told with the other faults of
        the row and not after those are mended. What is stored already keeps its values."""
        entity = read.entity
        if entity.key != ("code",) or entity.find(self._work.references, {"code": read.texts.get("code", "")}):
            return {}
        needed = {each.name for each in entity.fields if each.required}
        cells = zip(read.source.layout.fields, read.row.cells, strict=False)
        return {name: "" for name, cell in cells if name in needed and not cell.strip()}

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

    def _places(self, source: Source, row: Row, problems: Iterable[tuple[str, str]]) -> list[RowProblem]:
        """Problems with fields as problems with cells."""
        found = []
        fields, entity = source.layout.fields, source.layout.entity
        for name, message in problems:
            column = _column(fields, name)
            if column is None:
                heading = str(entity.field(name).label) if entity else name
                found.append(RowProblem(None, heading, source.layout.extra.get(name, ""), message))
            else:
                found.append(RowProblem(column, _heading(source.table, column), row.cells[column].strip(), message))
        return found


def _takes_second_person(entity: Entity, done: Done) -> bool:
    """Whether it counts in published figures, as it is now or as it was."""
    after = entity.texts(done.item)
    before = {**after, **{name: old for name, (old, _new) in done.changes.items()}}
    return any(each.get("review_state") == "published" for each in (before, after)) and needs_four_eyes(
        entity, before, after
    )


def _column(fields: Sequence[str | None], name: str) -> int | None:
    """The column of a field, or the first that feeds a part of it (`people.first`)."""
    exact = [place for place, fed in enumerate(fields) if fed == name]
    parts = [place for place, fed in enumerate(fields) if fed and re.split(r"[.:]", fed)[0] == name]
    return next(iter(exact + parts), None)


def _heading(table: SheetTable, column: int) -> str:
    return table.headings[column] if column < len(table.headings) else ""


def _as_new(texts: Mapping[str, str]) -> dict[str, list[str]]:
    return {name: ["", text] for name, text in texts.items() if text}
