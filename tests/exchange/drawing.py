"""Workbooks drawn cell by cell, as clerks lay them out."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import xlsxwriter
import xlwt
from xlsxwriter.utility import xl_cell_to_rowcol

Cell = str | int | float | datetime | None


@dataclass(frozen=True)
class Sheet:
    """A sheet: its rows, merged ranges (A1:C1) and the format of its dates."""

    name: str
    rows: Sequence[Sequence[Cell]]
    merged: Sequence[str] = field(default=())
    day: str = "yyyy-mm-dd"
    hidden: bool = False


def xlsx(*sheets: Sheet) -> bytes:
    """A workbook of today; texts stay texts."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            dated = book.add_format({"num_format": sheet.day})
            for number, cells in enumerate(sheet.rows):
                for place, cell in enumerate(cells):
                    if isinstance(cell, datetime):
                        page.write_datetime(number, place, cell, dated)
                    elif isinstance(cell, str):
                        page.write_string(number, place, cell)
                    elif cell is not None:
                        page.write_number(number, place, cell)
            for span in sheet.merged:
                row, column = xl_cell_to_rowcol(span.split(":")[0])
                page.merge_range(span, sheet.rows[row][column])
            if sheet.hidden:
                page.hide()
    return out.getvalue()


def xls(*sheets: Sheet) -> bytes:
    """A workbook of the old format (BIFF8)."""
    book = xlwt.Workbook()
    for sheet in sheets:
        page = book.add_sheet(sheet.name)
        dated = xlwt.easyxf(num_format_str=sheet.day)
        for number, cells in enumerate(sheet.rows):
            for place, cell in enumerate(cells):
                if cell is not None:
                    page.write(number, place, cell, dated if isinstance(cell, datetime) else xlwt.Style.default_style)
        for span in sheet.merged:
            (top, left), (bottom, right) = (xl_cell_to_rowcol(corner) for corner in span.split(":"))
            page.merge(top, bottom, left, right)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
