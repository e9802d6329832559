"""Files become tables: headings and numbered rows of text. What a cell means is not asked here (`layouts` does).

Workbooks are taken apart by `unpack` in a process of its own; every refusal is an InvalidInput with one sentence.
"""

import dataclasses
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from flask_babel import gettext as _

from catalogue import isolated
from catalogue.errors import InvalidInput
from catalogue.exchange import unpack
from catalogue.exchange.delimited import Grid, check_widths, decoded, grid_of, json_grid, separator, wrong_width
from catalogue.exchange.headings import is_heading, kind_named, normalise

ENDINGS = (".xlsx", ".xlsm", ".xls", ".et", ".csv", ".tsv", ".txt", ".jsonl", ".ndjson")
MOST_ROWS, MOST_COLUMNS = unpack.MOST_ROWS, unpack.MOST_COLUMNS
MOST_BYTES = 32 * 1024 * 1024
LIMIT_SECONDS = 20.0  # by the clock; `unpack` has limits of its own on processor and memory
EXAMPLE = "（示例"  # how the example row of a template begins
GUIDE_SHEETS = frozenset({"填表说明", "说明", "使用说明", "填写说明", "关于本文件", "instructions", "aboutthisfile"})

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_PROGRAMS = (b"MZ", b"\x7fELF", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TOTALS = re.compile(
    r"(?:本页|本年|全部|年度|\d{4}年?度?)?(?:合计|总计|小计|共计|累计|总数|合計|total|sum)[\d.,元万项件个条]*"
)
_NOTES = re.compile(
    r"(?:注|备注|说明|填表人|制表人?|审核人?|填表日期|填报日期|填报单位|制表日期|单位负责人|科协)[:：1-9].*|注", re.S
)
_SECTION = re.compile(r"[(（]?[一二三四五六七八九十]+[)）]?[、.．].*")
_OWN_HEADING = re.compile(r"[a-z_]+（[^）]*）|table")
_HEADING_WITHIN = 25  # rows from the top

Spans = Sequence[Sequence[int]]  # merged cells: top, left, bottom, right, from 0


@dataclass(frozen=True)
class Row:
    """One row: its number as the spreadsheet shows it, and one text a column."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table of text and where it came from. `left_out` are rows that hold no record, with the reason; `title` is what
    stands above the heading, `kind` the table that a column of kinds names for all of these rows."""

    file: str
    sheet: str
    heading_row: int
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    left_out: tuple[tuple[int, str], ...] = ()
    title: str = ""
    kind: str | None = None

    def texts(self, row: Row) -> dict[str, str]:
        """The cells of a row by their headings."""
        return dict(zip(self.headings, row.cells, strict=True))


def read(path: Path) -> Table:
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
    return Table(str(path), "", number, headings, tuple(Row(number, tuple(cells)) for number, cells in grid[1:]))


def read_tables(content: bytes, name: str) -> list[Table]:
    """The tables of a file, one for each sheet that has something in it; a sheet whose rows are of several kinds (by a
    column that names them) becomes one for each. Raises InvalidInput with one line."""
    shown = PurePosixPath(name.replace("\\", "/")).name[-80:]
    if PurePosixPath(shown).suffix.lower() not in ENDINGS:
        raise InvalidInput(_refusal("other_ending", shown))
    if not content.strip():
        raise InvalidInput(_refusal("empty", shown))
    if len(content) > MOST_BYTES:
        raise InvalidInput(_refusal("too_large", shown))
    found: list[Table] = []
    for sheet, grid, merged in _grids(content, shown):
        if grid and normalise(sheet) not in GUIDE_SHEETS:
            if len(grid) > MOST_ROWS or max(len(cells) for _number, cells in grid) > MOST_COLUMNS:
                raise InvalidInput(_refusal("too_large", shown))
            table = table_of(shown, sheet, grid, merged)
            if not content.startswith(_WORKBOOKS):
                _check_ends(table)
            found.extend(split_by_kind(table))
    if not found:
        raise InvalidInput(_refusal("empty", shown))
    return found


def _check_ends(table: Table) -> None:
    """Of separated values, a cell beyond the last heading says that a separator inside a cell has moved the others."""
    wanted = max((place + 1 for place, heading in enumerate(table.headings) if heading), default=0)
    for row in table.rows:
        if any(row.cells[wanted:]):
            raise wrong_width(table.file, row.number, _used([row]), wanted)


def _grids(content: bytes, name: str) -> Iterator[tuple[str, Grid, Spans]]:
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
        yield "", json_grid(text, name), ()
        return
    yield "", grid_of(text, name, separator(text)), ()


def _workbook(content: bytes, name: str) -> Iterator[tuple[str, Grid, Spans]]:
    if _ENCRYPTED in content:
        raise InvalidInput(_refusal("encrypted", name))
    sheet, merged = "", ()
    grid: Grid = []
    for line in _unpacked(content, name).splitlines():
        part = json.loads(line)
        if isinstance(part, list):
            grid.append((part[0], part[1]))
        elif "problem" in part:
            raise InvalidInput(_refusal(part["problem"], name))
        else:
            if sheet:
                yield sheet, grid, merged
            sheet, merged, grid = part.get("sheet", ""), part.get("merged", ()), []


def _unpacked(content: bytes, name: str) -> bytes:
    ended = isolated.run(unpack.__file__, source=content, seconds=LIMIT_SECONDS)
    if ended.problem:
        raise InvalidInput(_refusal("too_large" if ended.problem == "out_of_memory" else ended.problem, name))
    return ended.output


def table_of(file: str, sheet: str, grid: Grid, merged: Spans = ()) -> Table:
    """A grid as a table: its heading found, merged cells filled, rows that hold no record left out."""
    width = max(len(cells) for _number, cells in grid)
    rows = {number: [cell.strip() for cell in cells] + [""] * (width - len(cells)) for number, cells in grid}
    top = _heading_row(rows)
    last = max([top, *(span[2] + 1 for span in merged if span[0] + 1 <= top <= span[2] + 1)])
    headings = _headings(rows, top, last, merged)
    left_out = [(number, "title") for number in rows if number < top]
    title = " ".join(dict.fromkeys(cell for number, _why in left_out for cell in rows[number] if cell))
    body = {number: cells for number, cells in rows.items() if number > last}
    wide = _fill_down(body, merged)
    kept = []
    for number, cells in body.items():
        if why := _why_left_out(cells, headings, number in wide):
            left_out.append((number, why))
        else:
            kept.append(Row(number, tuple(cells)))
    if kept:
        missing = set(range(last + 1, kept[-1].number)) - set(rows)
        left_out.extend((number, "blank") for number in sorted(missing)[:MOST_COLUMNS])
    used = max([place + 1 for place, heading in enumerate(headings) if heading] + [_used(kept)])
    kept = [Row(row.number, row.cells[:used]) for row in kept]
    return Table(file, sheet, top, headings[:used], tuple(kept), tuple(sorted(left_out)), title)


def _used(rows: Sequence[Row]) -> int:
    """How many columns have something in them."""
    return max((place + 1 for row in rows for place, cell in enumerate(row.cells) if cell), default=0)


def _heading_row(rows: dict[int, list[str]]) -> int:
    """The row near the top that has the most names of columns; else the first with nearly as many texts as any."""
    if 0 in rows:  # the names of JSON objects
        return 0
    near = list(rows.items())[:_HEADING_WITHIN]
    known = {number: len({cell for cell in cells if is_heading(cell)}) for number, cells in near}
    best = max(known, key=lambda number: known[number])
    if known[best] >= 2:
        return best
    filled = {number: len({cell for cell in cells if cell}) for number, cells in near}
    return next(number for number, count in filled.items() if count * 5 >= max(filled.values()) * 4)


def _headings(rows: dict[int, list[str]], top: int, last: int, merged: Spans) -> tuple[str, ...]:
    """The headings of the columns; of those on two levels the lower, with the upper before it where it needs it."""
    levels = [list(rows.get(number, [""] * len(rows[top]))) for number in range(top, last + 1)]
    for span_top, left, bottom, right in merged:
        if span_top + 1 >= top and bottom + 1 <= last:
            text = rows[span_top + 1][left] if span_top + 1 in rows and left < len(levels[0]) else ""
            for level in range(span_top + 1 - top, bottom + 2 - top):
                for place in range(left, min(right + 1, len(levels[level]))):
                    levels[level][place] = text
    headings = []
    for column in zip(*levels, strict=True):
        parts = list(dict.fromkeys(filter(None, column)))
        headings.append(parts[-1] if parts and is_heading(parts[-1]) else "".join(parts))
    return tuple(headings)


def _fill_down(body: dict[int, list[str]], merged: Spans) -> set[int]:
    """Write what is merged over several rows into each of them; tells the rows that are one wide merged cell."""
    wide = set()
    for top, left, bottom, right in merged:
        first = body.get(top + 1)
        if first is None or left >= len(first):
            continue
        if right - left >= max(2, len(first) // 2) and top == bottom:
            wide.add(top + 1)
        for number in range(top + 2, min(bottom + 1, top + MOST_ROWS) + 1):
            if number in body:
                body[number][left] = first[left]
    return wide


def _why_left_out(cells: list[str], headings: tuple[str, ...], wide: bool) -> str:
    filled = [cell for cell in cells if cell]
    if not filled:
        return "blank"
    if _OWN_HEADING.fullmatch(headings[0]):
        return ""  # an export has no rows that only people need
    if any(cell.startswith(EXAMPLE) for cell in filled):
        return "example"
    if any(_TOTALS.fullmatch(re.sub(r"[\s:：]", "", cell).lower()) for cell in filled[:2]):
        return "totals"
    if tuple(cells) == headings:
        return "heading"
    if len(filled) == 1 and (wide or (len(headings) > 2 and _is_remark(filled[0]))):
        return "title"
    return ""


def _is_remark(text: str) -> bool:
    return bool(_NOTES.fullmatch(text) or _SECTION.fullmatch(text))


def split_by_kind(table: Table) -> list[Table]:
    """The table itself or, where a column tells the kinds of its rows and there are several, one for each."""
    for place, heading in enumerate(table.headings):
        if normalise(heading) not in _KIND_COLUMNS:
            continue
        kinds = [kind_named(row.cells[place]) for row in table.rows]
        several = {kind for kind in kinds if kind}
        if kinds and sum(kind is not None for kind in kinds) * 2 > len(kinds) and (several != {"patents"}):
            if len(several) == 1 and None not in kinds:
                return [dataclasses.replace(table, kind=kinds[0])]
            groups = dict.fromkeys(kinds)
            return [
                dataclasses.replace(
                    table,
                    rows=tuple(row for row, kind in zip(table.rows, kinds, strict=True) if kind == group),
                    left_out=table.left_out if place_of_group == 0 else (),
                    kind=group,
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
