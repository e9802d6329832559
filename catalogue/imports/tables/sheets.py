"""Files become tables: headings and numbered rows of text. What a cell means is not asked here (`layouts` does).

Workbooks are taken apart by `unpack` in a process of its own; every refusal is an InvalidInput with one sentence.
"""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from flask_babel import gettext as _

from catalogue.documents import sandboxed_process, workbook_worker
from catalogue.errors import InvalidInput
from catalogue.formatting import unguarded
from catalogue.imports.headings import (
    is_title,
    kind_named,
)
from catalogue.imports.tables import grids
from catalogue.imports.tables.delimited import (
    Grid,
    check_widths,
    decoded,
    grid_of,
    json_grid,
    separator,
    wrong_width,
)
from catalogue.imports.tables.grids import Spans
from catalogue.records.schema.code_matching import normalise

ENDINGS = (".xlsx", ".xlsm", ".xls", ".et", ".csv", ".tsv", ".txt", ".jsonl", ".ndjson")
MOST_ROWS, MOST_COLUMNS = workbook_worker.MOST_ROWS, workbook_worker.MOST_COLUMNS
MOST_BYTES = 32 * 1024 * 1024
LIMIT_SECONDS = 20.0  # by the clock; what it may use of processor and memory, `unpack` says
GUIDE_SHEETS = frozenset({"填表说明", "说明", "使用说明", "填写说明", "关于本文件", "instructions", "aboutthisfile"})

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_PROGRAMS = (b"MZ", b"\x7fELF", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class Row:
    """One row: its number as the spreadsheet shows it, and one text a column. `doubtful` are the columns whose number,
    such as 2004.1, was January or October when it was typed."""

    number: int
    cells: tuple[str, ...]
    doubtful: tuple[int, ...] = ()


@dataclass(frozen=True)
class SheetTable:
    """A table of text and where it came from. `left_out` are rows that hold no record, with the reason; `title` is what
    stands above the heading, `remarks` what is said between and below the rows, `kind` the table that a column of kinds
    (`kind_column`) names for all of these rows."""

    file: str
    sheet: str
    heading_row: int
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    left_out: tuple[tuple[int, str], ...] = ()
    title: str = ""
    kind: str | None = None
    kind_column: int | None = None
    remarks: str = ""

    def texts(self, row: Row) -> dict[str, str]:
        """The cells of a row by their headings."""
        return dict(zip(self.headings, row.cells, strict=True))


@dataclass(frozen=True)
class Sheet:
    """A sheet as it was taken out of a file: its rows that have something in them, and its merged cells."""

    name: str
    grid: Grid
    merged: Spans = ()
    is_hidden: bool = False
    doubtful: dict[int, tuple[int, ...]] = dataclasses.field(default_factory=dict)


def read(path: Path) -> SheetTable:
    """Read a CSV file in the catalogue's own columns: UTF-8, its first row the heading, nothing guessed.

    Blank rows are passed over. Raises InvalidInput that names the file and, where it can, the row.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InvalidInput(_("%(file)s: there is no such file", file=path)) from None
    except IsADirectoryError:
        raise InvalidInput(_("%(file)s is a folder; name the files in it", file=path)) from None
    except OSError as error:
        raise InvalidInput(_("%(file)s cannot be read: %(reason)s", file=path, reason=error.strerror)) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InvalidInput(
            _("%(file)s, line %(line)s: this is not UTF-8; save the sheet as “CSV UTF-8”", file=path, line=line)
        ) from None
    grid = grid_of(text, str(path))
    if not grid:
        raise InvalidInput(_("%(file)s is empty; its first row must name the columns", file=path))
    check_widths(grid, str(path))
    number, headings = grid[0][0], tuple(cell.strip() for cell in grid[0][1])
    twice = sorted({heading for heading in headings if headings.count(heading) > 1})
    if twice:
        raise InvalidInput(
            _("%(file)s: the heading names %(column)s twice", file=path, column=twice[0] or _("an empty column"))
        )
    return SheetTable(str(path), "", number, headings, tuple(Row(number, tuple(cells)) for number, cells in grid[1:]))


def read_tables(content: bytes, name: str) -> list[SheetTable]:
    """The tables of a file, one for each sheet that has something in it; a sheet whose rows are of several kinds (by a
    column that names them) becomes one for each. Raises InvalidInput with one line."""
    shown = PurePosixPath(name.replace("\\", "/")).name[-80:]
    if PurePosixPath(shown).suffix.lower() not in ENDINGS:
        raise InvalidInput(_refusal("other_ending", shown))
    if not content.strip():
        raise InvalidInput(_refusal("empty", shown))
    if len(content) > MOST_BYTES:
        raise InvalidInput(_refusal("too_large", shown))
    sheets = [each for each in _grids(content, shown) if each.is_hidden or each.grid]
    sheets = [each for each in sheets if normalise(each.name) not in GUIDE_SHEETS]
    found: list[SheetTable] = []
    for each in sheets:
        if each.is_hidden or (len(sheets) > 1 and grids.is_prose(_rows_of(each.grid))):
            found.append(_without_rows(shown, each))
            continue
        if len(each.grid) > MOST_ROWS or max(len(cells) for _number, cells in each.grid) > MOST_COLUMNS:
            raise InvalidInput(_refusal("too_large", shown))
        for part in _one_below_another(each):
            table = table_of(shown, part)
            if not content.startswith(_WORKBOOKS):
                _check_ends(table)
            found.extend(split_by_kind(table))
    if not any(table.headings for table in found):
        raise InvalidInput(_refusal("empty", shown))
    return found


def _one_below_another(sheet: Sheet) -> Iterator[Sheet]:
    """The tables of a sheet that has several below each other: a row of other headings begins another one, and what
    stands alone in the rows above it is its title."""
    rows = _rows_of(sheet.grid)
    top, last = grids.heading_rows(rows, sheet.merged)
    headings = grids.headings(rows, top, last, sheet.merged)
    for place, (number, cells) in enumerate(sheet.grid):
        if number > last and grids.is_other_heading(cells, headings):
            while sum(map(bool, sheet.grid[place - 1][1])) == 1 and sheet.grid[place - 1][0] > last:
                place -= 1
            yield dataclasses.replace(sheet, grid=sheet.grid[:place])
            yield from _one_below_another(dataclasses.replace(sheet, grid=sheet.grid[place:]))
            return
    yield sheet


def _without_rows(file: str, sheet: Sheet) -> SheetTable:
    """A sheet that holds no table or is hidden: it is named, with its rows as left out."""
    left_out = [(0, "hidden")] if sheet.is_hidden else [(number, "title") for number, _cells in sheet.grid]
    return SheetTable(file, sheet.name, 0, (), (), tuple(left_out))


def _check_ends(table: SheetTable) -> None:
    """Of separated values, a cell beyond the last heading says that a separator inside a cell has moved the others."""
    wanted = max((place + 1 for place, heading in enumerate(table.headings) if heading), default=0)
    for row in table.rows:
        if any(row.cells[wanted:]):
            raise wrong_width(table.file, row.number, _used([row]), wanted)


def _grids(content: bytes, name: str) -> Iterator[Sheet]:
    if content.startswith(_WORKBOOKS):
        yield from _workbook(content, name)
        return
    if content.startswith(_PROGRAMS):
        raise InvalidInput(_refusal("disguised", name))
    text = decoded(content, name)
    beginning = text.lstrip()[:200].lower()
    if beginning.startswith(("<html", "<!doctype", "<?xml", "<table", "<meta")):
        raise InvalidInput(_refusal("disguised", name))
    if beginning.startswith("{") or name.lower().endswith((".jsonl", ".ndjson")):
        yield Sheet("", json_grid(text, name))
        return
    grid = grid_of(text, name, separator(text))
    yield Sheet("", [(number, list(map(unguarded, cells))) for number, cells in grid])


def _workbook(content: bytes, name: str) -> Iterator[Sheet]:
    if _ENCRYPTED in content:
        raise InvalidInput(_refusal("encrypted", name))
    sheet: Sheet | None = None
    for line in _unpacked(content, name).splitlines():
        part = json.loads(line)
        if isinstance(part, list) and sheet is not None:
            sheet.grid.append((part[0], part[1]))
            sheet.doubtful.update({part[0]: tuple(part[2])} if len(part) > 2 else {})
        elif isinstance(part, dict) and "problem" in part:
            raise InvalidInput(_refusal(part["problem"], name))
        elif isinstance(part, dict):
            if sheet is not None:
                yield sheet
            sheet = Sheet(part.get("sheet", ""), [], part.get("merged", ()), part.get("hidden", False))


def _unpacked(content: bytes, name: str) -> bytes:
    bounds = sandboxed_process.Bounds(workbook_worker.MOST_MEMORY, workbook_worker.MOST_SECONDS, LIMIT_SECONDS)
    ended = sandboxed_process.run(workbook_worker.__file__, source=content, bounds=bounds)
    if ended.problem:
        raise InvalidInput(_refusal("too_large" if ended.problem == "out_of_memory" else ended.problem, name))
    return ended.output


def table_of(file: str, sheet: Sheet) -> SheetTable:
    """A sheet as a table: its heading found, merged cells filled, rows that hold no record left out."""
    rows, merged = _rows_of(sheet.grid), sheet.merged
    top, last = grids.heading_rows(rows, merged)
    headings = grids.headings(rows, top, last, merged)
    left_out = [(number, "title") for number in rows if number < top]
    body = {number: cells for number, cells in rows.items() if number > last}
    wide = grids.fill_down(body, merged)
    reasons = {number: grids.why_left_out(cells, headings, number in wide) for number, cells in body.items()}
    numbers = [number for number, why in reasons.items() if not why]
    reasons.update(dict.fromkeys(grids.trailing_remarks(numbers, body, headings), "title"))
    left_out += [(number, why) for number, why in reasons.items() if why]
    kept = [Row(number, tuple(cells)) for number, cells in body.items() if not reasons[number]]
    if kept:
        missing = set(range(last + 1, kept[-1].number)) - set(rows)
        left_out.extend((number, "blank") for number in sorted(missing)[:MOST_COLUMNS])
    used = max([place + 1 for place, heading in enumerate(headings) if heading] + [_used(kept)])
    kept = [Row(row.number, row.cells[:used], sheet.doubtful.get(row.number, ())) for row in kept]
    title = _texts(rows, [number for number in rows if number < top])
    remarks = _texts(rows, [number for number, why in left_out if why == "title" and number > last])
    return SheetTable(
        file, sheet.name, top, headings[:used], tuple(kept), tuple(sorted(left_out)), title, remarks=remarks
    )


def _rows_of(grid: Grid) -> grids.Rows:
    width = max(len(cells) for _number, cells in grid)
    return {number: [cell.strip() for cell in cells] + [""] * (width - len(cells)) for number, cells in grid}


def _texts(rows: grids.Rows, numbers: Sequence[int]) -> str:
    """What stands in some rows, each text once."""
    return " ".join(dict.fromkeys(cell for number in numbers for cell in rows[number] if cell))


def _used(rows: Sequence[Row]) -> int:
    """How many columns have something in them."""
    return max((place + 1 for row in rows for place, cell in enumerate(row.cells) if cell), default=0)


def split_by_kind(table: SheetTable) -> list[SheetTable]:
    """The table itself or, where a column tells the kinds of its rows and there are several, one for each."""
    for place, heading in enumerate(table.headings):
        if normalise(heading) not in _KIND_COLUMNS or not any(map(is_title, table.headings)):
            continue  # without titles it is a summary of kinds
        kinds = [kind_named(row.cells[place]) for row in table.rows]
        several = {kind for kind in kinds if kind}
        if kinds and sum(kind is not None for kind in kinds) * 2 > len(kinds) and (several != {"patents"}):
            if len(several) == 1 and None not in kinds:
                return [dataclasses.replace(table, kind=kinds[0], kind_column=place)]
            groups = dict.fromkeys(kinds)
            return [
                dataclasses.replace(
                    table,
                    rows=tuple(row for row, kind in zip(table.rows, kinds, strict=True) if kind == group),
                    left_out=table.left_out if place_of_group == 0 else (),
                    kind=group,
                    kind_column=place,
                )
                for place_of_group, group in enumerate(groups)
            ]
    return [table]


_KIND_COLUMNS = frozenset(
    {"类型", "类别", "种类", "条目类型", "成果类型", "成果类别", "kind", "table", "条目种类", "成果形式"}
)


def _refusal(word: str, name: str) -> str:
    """The sentence for a file that cannot be used."""
    sentences = {
        "other_ending": _(
            "“%(name)s” is no table: choose an Excel workbook (.xlsx, .xls), a CSV file or JSON lines (.jsonl).",
            name=name,
        ),
        "empty": _("“%(name)s” is empty: choose the file that holds the table.", name=name),
        "disguised": _(
            "“%(name)s” is not what its name says: open it in Excel and save it as Excel workbook (.xlsx).", name=name
        ),
        "other_package": _("“%(name)s” is no Excel workbook: open it in its program and save it as .xlsx.", name=name),
        "encrypted": _("“%(name)s” has a password: save a copy without one.", name=name),
        "too_large": _(
            "“%(name)s” is too large: a sheet has at most %(rows)s rows and %(columns)s columns; "
            "delete what stands far from the table, or divide it into several files.",
            name=name,
            rows=MOST_ROWS,
            columns=MOST_COLUMNS,
        ),
        "too_slow": _(
            "“%(name)s” takes too long to read: copy the rows that matter into a new workbook and choose that.",
            name=name,
        ),
    }
    damaged = _("“%(name)s” is damaged or incomplete: open it in Excel and save it anew.", name=name)
    return sentences.get(word, damaged)
