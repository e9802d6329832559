"""Plain files as grids of text: separated values in any encoding and with any separator used here, and JSON lines."""

import csv
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from catalogue.documents.text_extraction import decode
from catalogue.errors import InvalidInput

# A cell of more would be no abstract but an accident (an unclosed quote swallows the rest of a file).
LONGEST_CELL = 100_000
_SEPARATORS = ",\t;"
_SAMPLE_LINES = 50

Grid = list[tuple[int, list[str]]]


def decoded(content: bytes, name: str) -> str:
    """The text of a plain file, in whichever encoding it is. Raises InvalidInput."""
    text = decode(content)
    if text is None:
        raise InvalidInput(
            _("%(file)s does not read as text; save the sheet as Excel workbook (.xlsx) or “CSV UTF-8”", file=name)
        )
    return text


def separator(text: str) -> str:
    """What stands between the cells: the sign that cuts the lines most often into equally many."""
    lines = [line for line in text.splitlines()[:_SAMPLE_LINES] if line.strip()]

    def regular(sign: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=sign)]
        common = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(common) if common > 1 else 0, common)

    try:
        return max(_SEPARATORS, key=regular)
    except csv.Error:
        return ","


def grid_of(text: str, name: str, sign: str = ",") -> Grid:
    """The rows that have something in them, by their number. Raises InvalidInput that names the row."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=sign, strict=True)
    number = 0
    grid = []
    try:
        for number, cells in enumerate(reader, 1):
            if any(cell.strip() for cell in cells):
                grid.append((number, cells))
    except csv.Error as error:
        raise InvalidInput(
            _("%(file)s, row %(row)s: not a CSV row (%(reason)s)", file=name, row=number + 1, reason=error)
        ) from None
    return grid


def check_widths(grid: Grid, name: str) -> None:
    """Refuse a row with more or fewer cells than its heading: a comma in a cell has moved all that follow it."""
    wanted = len(grid[0][1])
    for number, cells in grid[1:]:
        if len(cells) != wanted:
            raise wrong_width(name, number, len(cells), wanted)


def wrong_width(name: str, number: int, found: int, wanted: int) -> InvalidInput:
    """That a row has not as many cells as its heading."""
    return InvalidInput(
        _(
            "%(file)s, row %(row)s: %(found)s cells where the heading has %(wanted)s; "
            "put cells that contain a comma in quotes",
            file=name,
            row=number,
            found=found,
            wanted=wanted,
        )
    )


def json_grid(text: str, name: str) -> Grid:
    """The objects of JSON lines, one a row under the names of all; a list becomes one cell, `;` between its parts."""
    objects = list(_objects(text, name))
    names: dict[str, None] = {}
    for _number, values in objects:
        names.update(dict.fromkeys(values))
    rows = [(number, [values.get(key, "") for key in names]) for number, values in objects]
    return [(0, list(names)), *rows] if names else []


def _objects(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line, parse_float=Decimal)
            yield number, {str(key): _json_text(value) for key, value in values.items()}
        except (ValueError, AttributeError, TypeError, RecursionError):
            raise InvalidInput(
                _("%(file)s, line %(line)s: not a JSON object of texts, numbers and lists", file=name, line=number)
            ) from None


def _json_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ";".join(_parts(value))
    if isinstance(value, dict):
        raise TypeError
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _parts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, list):
            raise TypeError
        yield _json_text(value)
