"""Sheets: a file becomes named columns and numbered rows of text, and nothing is guessed."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _

from catalogue.errors import InvalidInput

# A cell of more would be no abstract but an accident (an unclosed quote swallows the rest of a file).
LONGEST_CELL = 100_000


@dataclass(frozen=True)
class Row:
    """One row: its number as a spreadsheet shows it (the heading is row 1) and its cells by column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """A table of text: where it came from, its columns in order, its rows."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read(path: Path) -> Sheet:
    """Read a CSV file in UTF-8 (with or without BOM), its first row being the heading.

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
    return _parse(path, text)


def _parse(path: Path, text: str) -> Sheet:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    number = 0
    columns: tuple[str, ...] = ()
    rows = []
    try:
        for number, cells in enumerate(reader, 1):
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = _heading(path, cells)
                continue
            if len(cells) != len(columns):
                raise InvalidInput(
                    _(
                        "%(file)s, row %(row)s: %(found)s cells where the heading has %(wanted)s; "
                        "put cells that contain a comma in quotes",
                        file=path,
                        row=number,
                        found=len(cells),
                        wanted=len(columns),
                    )
                )
            rows.append(Row(number, dict(zip(columns, cells, strict=True))))
    except csv.Error as error:
        raise InvalidInput(
            _("%(file)s, row %(row)s: not a CSV row (%(reason)s)", file=path, row=number + 1, reason=error)
        ) from None
    if not columns:
        raise InvalidInput(_("%(file)s is empty; its first row must name the columns", file=path))
    return Sheet(path, columns, tuple(rows))


def _heading(path: Path, cells: list[str]) -> tuple[str, ...]:
    columns = tuple(cell.strip() for cell in cells)
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise InvalidInput(
            _("%(file)s: the heading names %(column)s twice", file=path, column=twice[0] or _("an empty column"))
        )
    return columns
