"""An amount with what other cells of its row, its heading and the title of the sheet say of it: unit, kind and year.

A heading may say how many (万) and a column of units which currency. What the amount itself says comes before what its
heading says; where two cells of one row, or a heading and a cell, cannot both be right, it is told.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from catalogue.imports.columns.layouts import ColumnLayout
from catalogue.imports.rows.cell_errors import CellError, contradiction
from catalogue.imports.rows.money_cells import amount_in, parts_of, read_amount
from catalogue.records.models.code_lists import BENEFIT_KINDS
from catalogue.records.schema.reference_data import BENEFITS
from catalogue.records.schema.typed_values import Typed
from catalogue.records.schema.value_fields import write_amount
from catalogue.records.schema.value_readers import MIXED, narrow, read_unit, unit_words

_EXAMPLES = "元, 万元, 亿元, 美元, 瑞士法郎, 吨标准煤, 千瓦时"
# They say that an amount is in single yuan; 人民币 says the currency alone.
_SINGLE = ("元", "圆", "块")

Cells = Mapping[str, Sequence[tuple[int, str]]]


def amount_of_row(layout: ColumnLayout, cells: Cells) -> dict[str, str]:
    """The texts of a ledger line that follow from the amount of a row. Raises ValueError where it is none, CellError
    where it and other cells contradict each other."""
    column, cell = cells["amount"][0]
    nth = layout.part.nth if layout.part else 0
    heading_kind = (layout.fields[column] or "").partition(":")[2]
    unit = _unit_of(layout, column, amount_in(parts_of(cell)[nth]), cells.get("unit", ()))
    known_kind = heading_kind or _kind_in_column(cells) or layout.extra.get("kind", "")
    read = read_amount(cell, nth, unit, known_kind)
    _check_kind(layout, cells, read.kind or heading_kind)
    texts = {"amount": write_amount(read.money.amount), "unit": read.money.unit}
    if read.kind and "kind" not in cells:
        texts["kind"] = read.kind
    if read.money.qualifier != "exact" or "qualifier" not in cells:
        texts["qualifier"] = read.money.qualifier
    year = layout.years[column] if column < len(layout.years) else ""
    if year:
        _check_year(layout, cells, year)
        texts["year"] = year
    return texts


def _kind_in_column(cells: Cells) -> str:
    """The kind of benefit that the column of kinds says; what is no kind is told there."""
    if "kind" not in cells:
        return ""
    try:
        return BENEFITS.field("kind").read_typed(cells["kind"][0][1], Typed(is_sheet=True))
    except ValueError:
        return ""


def _check_kind(layout: ColumnLayout, cells: Cells, kind: str) -> None:
    """Raises CellError where the column of kinds says another one than the amount or its heading."""
    if kind and _kind_in_column(cells) not in ("", kind):
        column, cell = cells["amount"][0]
        words = str(BENEFIT_KINDS.label(kind))
        said = cell if words in cell else f"{cell} ({words})"
        raise contradiction(layout, column, cell, *cells["kind"][0], said=said)


def _check_year(layout: ColumnLayout, cells: Cells, year: str) -> None:
    """Raises CellError where the column of years says another one than the heading of the amount."""
    for place, text in cells.get("year", ()):
        if re.search(r"\d{4}", narrow(text)) and year not in narrow(text):
            raise contradiction(layout, *cells["amount"][0], place, text, said=year)


@dataclass(frozen=True)
class _Words:
    """The words of a unit: 万 and 美元 of 万美元. Either may be missing."""

    scale: str
    unit: str

    def is_other_unit(self, other: "_Words") -> bool:
        """Whether both name a unit, and not the same one."""
        return bool(self.unit and other.unit) and _code(self.unit) != _code(other.unit)


def _code(unit: str) -> str:
    known = read_unit(unit)
    return known[0] if known else unit


def _unit_of(layout: ColumnLayout, column: int, amount: str, cells: Sequence[tuple[int, str]]) -> str:
    """The unit of the amount in a column, as `values.read_money` takes it: by the `cells` of the row that hold a unit,
    by its heading and by the title. Raises CellError where they leave it open."""
    heading = layout.units[column] if column < len(layout.units) else ""
    general = heading or layout.extra.get("unit", "")
    stated = general if general != MIXED else ""
    own = unit_words(amount)
    if not cells:
        place = layout.fields.index("unit") if "unit" in layout.fields else None
        if place is not None and not stated and own == ("", ""):
            raise _missing(layout, column, amount, place)
        return general
    place, cell = cells[0]
    if read_unit(cell) is None:
        raise CellError(place, cell, _unknown(cell))
    words, about = _words(cell), _words(stated)
    if stated and _contradict(about, words):
        heading_says = {"said": cell, "other_said": stated}
        raise contradiction(layout, place, cell, column, amount, **heading_says)
    scale = words.scale or ("" if words.unit in _SINGLE and about.unit else about.scale)
    if own is not None and _is_against(_Words(*own), _Words(scale, words.unit or about.unit)):
        raise contradiction(layout, column, amount, place, cell)
    return scale + (words.unit or about.unit)


def _words(text: str) -> _Words:
    known = unit_words(text, bare=True)
    return _Words(*known) if known else _Words("", "")


def _contradict(heading: _Words, cell: _Words) -> bool:
    """Whether what is said of all rows and what is said of one cannot both be so."""
    if heading.is_other_unit(cell):
        return True
    if heading.scale == cell.scale or (cell.scale and not heading.scale and not heading.unit):
        return False
    return bool(cell.scale) or (cell.unit in _SINGLE and bool(heading.unit))


def _is_against(amount: _Words, said: _Words) -> bool:
    """Whether an amount says another unit than is said for it, or 元 where 万元 is said. 万元 may stand beside 元."""
    if amount.is_other_unit(said):
        return True
    return bool(said.scale and (amount.scale or amount.unit)) and amount.scale != said.scale


def _missing(layout: ColumnLayout, column: int, amount: str, place: int) -> CellError:
    message = _(
        "“%(heading)s” says %(text)s, but the unit is missing; add it", heading=layout.heading(column), text=amount
    )
    return CellError(place, "", message)


def _unknown(cell: str) -> str:
    return _("“%(text)s” is no unit known here; write one such as %(examples)s", text=cell, examples=_EXAMPLES)
