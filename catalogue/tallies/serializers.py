"""One table, many faces: plain text, JSON and CSV; the page is drawn from the same `CrossTable`."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from catalogue.formatting import csv_cell, number
from catalogue.tallies.crosstab import CrossTable, Figure, Heading
from catalogue.tallies.measures import Measure, Number
from catalogue.tallies.spec import Value
from catalogue.tallies.subjects import Subject


def plain_number(measured: Subject | Measure, value: Number) -> str:
    """A figure for a machine: counts as they are, money in 万元 with as many places as it has."""
    return show_number(measured, value).replace(",", "")


def show_number(measured: Subject | Measure, value: Number) -> str:
    """A figure for a reader: the same with its thousands grouped."""
    return show_in_unit(measured.unit, value)


def show_in_unit(unit: str, value: Number) -> str:
    """A figure for a reader, in the unit of a measure: sums of yuan in 万元."""
    if unit == "count":
        return f"{int(value):,}"
    if unit != "yuan":
        return number(Decimal(value))
    return f"{Decimal(value) / 10_000:,.6f}".rstrip("0").rstrip(".")


def plain_decimal(value: Decimal) -> str:
    """A decimal with all its digits, without exponent or trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def heads(table: CrossTable) -> list[str]:
    """The first row of the table: what the rows are, the columns, and the total."""
    corner = table.spec.selection.subject.dimensions[table.spec.rows].label
    return [str(corner), *(column.label for column in table.columns), _("Total")]


def figure_rows(table: CrossTable) -> Iterator[tuple[str, list[Figure | None]]]:
    """Every other row, the totals last: its label, and its figures with its own total at the end; None is zero."""
    columns = [column.value for column in table.columns]
    for row in table.rows:
        cells = [table.cells.get((row.value, column)) for column in columns]
        yield row.label, [*cells, table.row_totals.get(row.value)]
    yield _("Total"), [*(table.column_totals.get(column) for column in columns), table.total]


def _grid(table: CrossTable) -> list[list[str]]:
    """The table as rows of text, headings and totals included."""
    measured = table.spec.selection.measured
    rows = (
        [label, *(plain_number(measured, figure.value) if figure else "0" for figure in figures)]
        for label, figures in figure_rows(table)
    )
    return [heads(table), *rows]


def _width(text: str) -> int:
    """The columns that a text takes in a terminal: CJK characters take two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def table_as_text(table: CrossTable) -> str:
    """The table for a terminal, columns aligned."""
    grid = _grid(table)
    widths = [max(_width(row[place]) for row in grid) for place in range(len(grid[0]))]
    lines = []
    for row in grid:
        first, *others = ((text, " " * (width - _width(text))) for text, width in zip(row, widths, strict=True))
        lines.append("  ".join([first[0] + first[1], *(space + text for text, space in others)]).rstrip())
    return "\n".join(lines)


def table_as_csv(table: CrossTable) -> str:
    """The table as CSV. Cells that a spreadsheet would take for formulas get an apostrophe before them."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in _grid(table):
        writer.writerow(map(csv_cell, row))
    return out.getvalue()


def table_as_json(table: CrossTable, url_of: Callable[[Figure], str] | None = None) -> dict[str, Any]:
    """The table as data: one entry a cell, with codes; money in yuan as a decimal string. With `url_of`, made for
    reading outside of the catalogue: labels, margins, and where the evidence of each figure is."""
    spec, subject, measured = table.spec, table.spec.selection.subject, table.spec.selection.measured

    def exact(figure: Figure) -> dict[str, Any]:
        value = int(figure.value) if measured.unit == "count" else plain_decimal(Decimal(figure.value))
        evidence = {"evidence": url_of(figure)} if url_of else {}
        return {"value": value, "entries": figure.entry_count, **evidence}

    cells = []
    for (row, column), figure in table.cells.items():
        key: dict[str, Any] = {spec.rows: row}
        if spec.columns:
            key[spec.columns] = column
        cells.append({**key, **exact(figure)})
    rows = {heading.value: place for place, heading in enumerate(table.rows)}
    columns = {heading.value: place for place, heading in enumerate(table.columns)}
    cells.sort(key=lambda cell: (rows[cell[spec.rows]], columns.get(cell.get(str(spec.columns)), 0)))
    data = {
        "subject": subject.name,
        "measure": measured.name,
        "unit": measured.unit,
        "rows": spec.rows,
        "columns": spec.columns,
        "as_of": spec.selection.as_of.isoformat(),
        "year_from": spec.selection.year_from,
        "year_to": spec.selection.year_to,
        "cells": cells,
        "total": exact(table.total)["value"],
    }
    if not url_of:
        return data

    def margin(headings: Sequence[Heading], totals: Mapping[Value, Figure]) -> list[dict[str, Any]]:
        nothing = {"value": exact(Figure(0, 0, spec.selection))["value"], "entries": 0}
        return [
            {
                "code": heading.value,
                "label": heading.label,
                "total": exact(totals[heading.value]) if heading.value in totals else nothing,
            }
            for heading in headings
        ]

    return {
        **data,
        "search": spec.selection.text,
        "filters": dict(spec.selection.values),
        "row_headings": margin(table.rows, table.row_totals),
        "column_headings": margin(table.columns, table.column_totals),
        "evidence": url_of(table.total),
    }
