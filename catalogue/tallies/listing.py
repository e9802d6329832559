"""One table, many faces: plain text, JSON and CSV; the page is drawn from the same `Table`."""

import csv
import io
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from catalogue.formatting import csv_cell
from catalogue.tallies.crosstab import Heading, Number, Table
from catalogue.tallies.subjects import Subject


def plain_number(subject: Subject, value: Number) -> str:
    """A figure for a machine: counts as they are, money in 万元 with as many places as it has."""
    return show_number(subject, value).replace(",", "")


def show_number(subject: Subject, value: Number) -> str:
    """A figure for a reader: the same with its thousands grouped."""
    if subject.unit != "yuan":
        return f"{value:,}"
    return f"{Decimal(value) / 10_000:,.6f}".rstrip("0").rstrip(".")


def _grid(table: Table) -> list[list[str]]:
    """The table as rows of text, headings and totals included."""
    subject = table.spec.selection.subject
    corner = str(subject.dimensions[table.spec.rows].label)
    columns = list(table.columns)
    grid = [[corner, *(column.label for column in columns), _("Total")]]

    def cell(row: Heading, column: Heading) -> str:
        figure = table.cells.get((row.value, column.value))
        return plain_number(subject, figure.value) if figure else "0"

    for row in table.rows:
        total = table.row_totals.get(row.value)
        grid.append(
            [
                row.label,
                *(cell(row, column) for column in columns),
                plain_number(subject, total.value) if total else "0",
            ]
        )
    totals = [plain_number(subject, table.column_totals[column.value].value) for column in columns]
    grid.append([_("Total"), *totals, plain_number(subject, table.total.value)])
    return grid


def _width(text: str) -> int:
    """The columns that a text takes in a terminal: CJK characters take two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def table_as_text(table: Table) -> str:
    """The table for a terminal, columns aligned."""
    grid = _grid(table)
    widths = [max(_width(row[place]) for row in grid) for place in range(len(grid[0]))]
    lines = []
    for row in grid:
        first, *others = ((text, " " * (width - _width(text))) for text, width in zip(row, widths, strict=True))
        lines.append("  ".join([first[0] + first[1], *(space + text for text, space in others)]).rstrip())
    return "\n".join(lines)


def table_as_csv(table: Table) -> str:
    """The table as CSV. Cells that a spreadsheet would take for formulas get an apostrophe before them."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in _grid(table):
        writer.writerow(map(csv_cell, row))
    return out.getvalue()


def table_as_json(table: Table) -> dict[str, Any]:
    """The table as data: one entry a cell, with codes; money in yuan as a decimal string."""
    spec, subject = table.spec, table.spec.selection.subject

    def number(value: Number) -> Any:
        return str(value) if subject.unit == "yuan" else int(value)

    cells = []
    for (row, column), figure in table.cells.items():
        cell: dict[str, Any] = {spec.rows: row}
        if spec.columns:
            cell[spec.columns] = column
        cells.append({**cell, "value": number(figure.value), "entries": figure.things})
    rows = {heading.value: place for place, heading in enumerate(table.rows)}
    columns = {heading.value: place for place, heading in enumerate(table.columns)}
    cells.sort(key=lambda cell: (rows[cell[spec.rows]], columns.get(cell.get(str(spec.columns)), 0)))
    return {
        "subject": subject.name,
        "unit": subject.unit,
        "rows": spec.rows,
        "columns": spec.columns,
        "as_of": spec.selection.as_of.isoformat(),
        "year_from": spec.selection.year_from,
        "year_to": spec.selection.year_to,
        "cells": cells,
        "total": number(table.total.value),
    }
