"""A date that stands in several cells of a row: in columns for year, month and day, or in those and one for the whole.

The cells are put together only where they say one date. A day without its month, a month without its year, and cells
that contradict each other are told, never guessed at.
"""

import re
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from catalogue.imports.columns.layouts import ColumnLayout
from catalogue.imports.rows.cell_errors import CellError, contradiction
from catalogue.records.models.partial_dates import PartialDate
from catalogue.records.schema.value_readers import narrow, read_date, unambiguous

_PARTS = ("year", "month", "day")
_MONTH_ONLY = re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,2})\s*(?:月份?(?:[上中下]旬|[初底末])?)?")
_DAY_ONLY = re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,3})\s*[日号]?")

Cells = Mapping[str, Sequence[tuple[int, str]]]
Said = dict[str, tuple[int, int, str]]  # part of a date → its number, and the column and the text that say it


def has_parts(name: str, cells: Cells) -> bool:
    """Whether a row says the date in more than one cell, or in one that holds but a part of it."""
    feeds = [name, *(f"{name}.{part}" for part in _PARTS)]
    return any(cells.get(feed) for feed in feeds[1:]) or len(cells.get(name, ())) > 1


def read_date_cells(name: str, cells: Cells, layout: ColumnLayout, doubtful: Sequence[int]) -> str:
    """The date that the cells of a row say together, in ISO form to the precision given.

    Raises CellError at the cell that is to be mended, naming the others that speak against it.
    """
    said: Said = {}
    for part in ("", *_PARTS):
        for column, text in cells.get(f"{name}.{part}" if part else name, ()):
            try:
                numbers = _read(part, text, layout.year, is_doubtful=column in doubtful)
            except ValueError as error:
                raise CellError(column, text, str(error)) from error
            _add(said, numbers, column, text, layout)
    if "year" not in said and f"{name}.year" not in layout.fields and layout.year:
        said["year"] = (int(layout.year), -1, layout.year)
    _check_whole(name, said, layout)
    return _joined(said)


def _read(part: str, text: str, year: str, *, is_doubtful: bool) -> dict[str, int]:
    """The parts of a date that a cell says: a column for months may hold a whole date that shows its month."""
    plain = narrow(text)
    if part == "month" and (match := _MONTH_ONLY.fullmatch(plain)):
        return {"month": _number(text, f"2000-{match[1]}", _("“%(text)s” is no month; write 1 to 12", text=text))}
    if part == "day" and (match := _DAY_ONLY.fullmatch(plain)):
        return {"day": _number(text, f"2000-1-{match[1]}", _("“%(text)s” is no day; write 1 to 31", text=text))}
    if is_doubtful:
        raise ValueError(unambiguous(text))
    return dict(zip(_PARTS, map(int, read_date(text, year).split("-")), strict=False))


def _number(text: str, date: str, refusal: str) -> int:
    try:
        return int(read_date(date).rpartition("-")[2])
    except ValueError:
        raise ValueError(refusal) from None


def _add(said: Said, numbers: Mapping[str, int], column: int, text: str, layout: ColumnLayout) -> None:
    for part, number in numbers.items():
        known, other, other_text = said.setdefault(part, (number, column, text))
        if known != number:
            raise contradiction(layout, column, text, other, other_text)


def _check_whole(name: str, said: Said, layout: ColumnLayout) -> None:
    """Raises CellError, at the empty cell where there is one, for a part without the greater one that it belongs to."""
    for part, greater in (("month", "year"), ("day", "month")):
        if part not in said or greater in said:
            continue
        _known, column, text = said[part]
        feed = f"{name}.{greater}"
        empty = layout.fields.index(feed) if feed in layout.fields else None
        words = {"heading": layout.heading(column), "text": text}
        if greater == "month":
            message = _(
                "“%(heading)s” says %(text)s, but the month is missing; add it, or leave the day out too", **words
            )
        else:
            message = _("“%(heading)s” says %(text)s, but the year is missing; add it", **words)
        raise CellError(column if empty is None else empty, text if empty is None else "", message)


def _joined(said: Said) -> str:
    date = "-".join(f"{said[part][0]:02}" for part in _PARTS if part in said)
    try:
        return str(PartialDate.parse(date))
    except ValueError:
        _day, column, text = said["day"]
        raise CellError(column, text, _("there is no day %(date)s; correct it", date=date)) from None
