"""A tally as an Excel workbook: real numbers, each of them a link to the rows of its entries on another sheet.

The entries stand cell by cell, so that those of a cell, and mostly those of a row, are neighbours. Margins that no
range of these is exactly (columns; rows of a view, where an entry stands in several cells) have lists of their own.
"""

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, BinaryIO, Final

from flask_babel import gettext as _
from flask_babel import ngettext
from xlsxwriter import Workbook
from xlsxwriter.format import Format as CellFormat
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from catalogue.exports.evidence_sheet import Listing, listing_of
from catalogue.exports.record_files import (
    A4,
    Styles,
    Value,
    cell_text,
    write_about,
    write_cell,
    write_head,
)
from catalogue.exports.tally_export import TallyExport
from catalogue.formatting import TEN_THOUSAND, in_chinese, number, xml_text
from catalogue.palette import colour
from catalogue.tallies.crosstab import CrossTable, Figure
from catalogue.tallies.evidence import members
from catalogue.tallies.measures import Number
from catalogue.tallies.serializers import heads

MOST_LINES = 20_000  # of entries, on all sheets; figures beyond them open their page
_MOST_LINKS = 60_000  # Excel keeps 65,530 on a sheet
_MOST_COLUMNS = 16_000  # Excel keeps 16,384
_LONGEST_ADDRESS = 2_000  # Excel keeps 2,079 characters
_HEAD_ROW = 4  # of the table
_LEAST_PRINTED = 6  # the last column on paper, however few the table has
_LINE = 100  # letters of a note
_NUMBER_FORMATS = {"count": "#,##0", "yuan": "#,##0.00##"}
_ZERO = '{0};-{0};"–"'  # a zero is written as the page shows it, and is still a number

ALL: Final = object()  # every row, or every column
Place = tuple[Any, Any]  # of a figure: the values of its row and column, or ALL
Adding = Mapping[int, Number]  # ids of entries, each with what it adds


@dataclass
class Block:
    """The entries of one figure on a sheet, from row `first` on (counted from 0)."""

    labels: tuple[str, str]
    entries: Adding
    first: int


@dataclass
class EntrySheet:
    """A sheet of blocks, and where each block will stand."""

    name: str
    blocks: list[Block] = field(default_factory=list)
    lines: int = 0

    def add(self, labels: tuple[str, str], entries: Adding) -> str:
        """Put a block at the end; the range in which it stands."""
        first = self.lines + 1
        self.blocks.append(Block(labels, entries, first))
        self.lines += len(entries)
        return self.range(first, self.lines)

    def range(self, first: int, last: int) -> str:
        """The link to some rows."""
        return f"internal:'{self.name}'!{xl_rowcol_to_cell(first, 0)}:{xl_rowcol_to_cell(last, 2)}"


@dataclass
class EvidenceLayout:
    """Where the entries of every figure are: on which sheet, and in which rows."""

    by_cell: EntrySheet
    of_totals: EntrySheet
    links: dict[Place, str] = field(default_factory=dict)

    @property
    def sheets(self) -> list[EntrySheet]:
        return [sheet for sheet in (self.by_cell, self.of_totals) if sheet.blocks]

    def has_room(self, entries: Adding) -> bool:
        return self.by_cell.lines + self.of_totals.lines + len(entries) <= MOST_LINES


def lay_out(table: CrossTable, cells: Mapping[Place, Adding]) -> EvidenceLayout:
    """Find a place for the entries of every figure, first for those of the cells."""
    layout = EvidenceLayout(EntrySheet(_("Entries")), EntrySheet(_("Entries of the totals")))
    spec, dimensions = table.spec, table.spec.selection.subject.dimensions
    columns = [(column.value, column.label) for column in table.columns] or [(None, "")]
    many_columns = bool(spec.columns) and dimensions[str(spec.columns)].many
    by_cell = layout.by_cell
    complete = True
    for row in table.rows:
        first = by_cell.lines + 1
        for column, label in columns:
            entries = cells.get((row.value, column), {})
            if entries and layout.has_room(entries):
                layout.links[row.value, column] = by_cell.add((row.label, label), entries)
            elif entries:
                complete = False
        if complete and not many_columns and by_cell.lines >= first:
            layout.links[row.value, ALL] = by_cell.range(first, by_cell.lines)
    if complete and not spec.is_view and by_cell.lines:
        layout.links[ALL, ALL] = by_cell.range(1, by_cell.lines)
    groups = _groups(cells)
    for place, labels in _margins(table):
        if place not in layout.links and place in groups:
            entries = _together(groups[place])
            if layout.has_room(entries):
                layout.links[place] = layout.of_totals.add(labels, entries)
    return layout


def _margins(table: CrossTable) -> Iterable[tuple[Place, tuple[str, str]]]:
    total = _("Total")
    for column in table.columns:
        yield (ALL, column.value), (total, column.label)
    for row in table.rows:
        yield (row.value, ALL), (row.label, total)
    yield (ALL, ALL), (total, total)


def _groups(cells: Mapping[Place, Adding]) -> Mapping[Place, list[Adding]]:
    """The cells of every margin."""
    groups: dict[Place, list[Adding]] = {}
    for (row, column), entries in cells.items():
        for place in ((row, ALL), (ALL, column), (ALL, ALL)):
            groups.setdefault(place, []).append(entries)
    return groups


def _together(group: Iterable[Adding]) -> Adding:
    """The entries of some cells, each once."""
    found: dict[int, Number] = {}
    for entries in group:
        found.update(entries)
    return found


def write_tally_xlsx(file: TallyExport, out: BinaryIO) -> None:
    """The workbook: the table, the entries behind it, and how it was counted."""
    cells = members(file.session, file.actor, file.table.spec)
    layout = lay_out(file.table, cells)
    listed = dict.fromkeys(key for sheet in layout.sheets for block in sheet.blocks for key in block.entries)
    listing = listing_of(file, list(listed))
    # Rows go to disk as they are written.
    with Workbook(out, {"constant_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": xml_text(file.title), "comments": xml_text(file.scope)})
        _TableSheet(book, file, layout).write()
        for sheet in layout.sheets:
            _write_entries(book, sheet, file, listing if sheet is layout.by_cell else listing.brief())
        write_about(book, file.title, [*file.about, *file.made, *((_("Note"), note) for note in _notes(file, layout))])


def _notes(file: TallyExport, layout: EvidenceLayout) -> list[str]:
    notes = [str(note) for note in file.notes]
    figures = sum(1 for figure in file.table.figures() if figure.entry_count)
    if len(layout.links) < figures:
        notes.append(
            _(
                "This file lists at most %(most)s entries; figures whose entries are not among them open their page.",
                most=number(MOST_LINES),
            )
        )
    return notes


def _wrapped(note: str) -> list[str]:
    """A note in lines that the printed columns have room for."""
    each = _LINE // 2 if in_chinese() else _LINE
    return textwrap.wrap(note, each)


class _TableSheet:
    """The first sheet: title, what is counted, and the table."""

    def __init__(self, book: Workbook, file: TallyExport, layout: EvidenceLayout) -> None:
        self._file, self._table, self._layout = file, file.table, layout
        self._sheet: Worksheet = book.add_worksheet(_("Tally"))
        self._unit = file.table.spec.selection.measured.unit
        look = {"num_format": _ZERO.format(_NUMBER_FORMATS.get(self._unit, "#,##0.00")), "align": "right", "border": 1}
        bold = {"bold": True, "border": 1}
        self._title = book.add_format({"bold": True, "font_size": 16})
        self._quiet = book.add_format({"font_color": colour("muted")})
        self._link = book.add_format({"font_color": colour("link"), "underline": 1})
        self._head = book.add_format({**bold, "bg_color": colour("wash"), "text_wrap": True, "valign": "vcenter"})
        self._number_head = book.add_format(
            {**bold, "bg_color": colour("wash"), "text_wrap": True, "align": "right", "valign": "vcenter"}
        )
        self._label = book.add_format({"border": 1})
        self._total_label = book.add_format(bold)
        self._number: CellFormat = book.add_format({**look, "font_color": colour("link")})
        self._total: CellFormat = book.add_format({**look, "bold": True, "font_color": colour("link")})
        self._links = 0

    def write(self) -> None:
        sheet, table = self._sheet, self._table
        columns = [*table.columns[:_MOST_COLUMNS]]
        labels = [heads(table)[0], *(column.label for column in columns), _("Total")]
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, len(labels) - 1, 12)
        sheet.write_string(0, 0, cell_text(self._file.title), self._title)
        sheet.write_string(1, 0, cell_text(self._file.scope), self._quiet)
        if len(self._file.address) <= _LONGEST_ADDRESS:
            sheet.write_url(2, 0, self._file.address, self._link, cell_text(self._file.address))
        for place, label in enumerate(labels):
            sheet.write_string(_HEAD_ROW, place, cell_text(label), self._number_head if place else self._head)
        places = [*(column.value for column in columns), ALL]
        row = _HEAD_ROW
        for row, heading in enumerate(table.rows, _HEAD_ROW + 1):
            self._write_row(row, heading.label, heading.value, places)
        self._write_row(row + 1, _("Total"), ALL, places)
        # Wrapped by hand: text that runs out of its cell would make the printed table small.
        lines = [line for note in self._file.notes for line in _wrapped(note)]
        for below, line in enumerate(lines, row + 3):
            sheet.write_string(below, 0, cell_text(line), self._quiet)
        sheet.print_area(0, 0, row + 3 + len(lines), max(len(labels) - 1, _LEAST_PRINTED))
        sheet.freeze_panes(_HEAD_ROW + 1, 1)
        sheet.set_paper(A4)
        if len(labels) > 7:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEAD_ROW)
        sheet.set_footer("&C&P / &N")

    def _write_row(self, row: int, label: str, value: object, places: list[object]) -> None:
        is_total = value is ALL
        self._sheet.write_string(row, 0, cell_text(label), self._total_label if is_total else self._label)
        for column, place in enumerate(places, 1):
            look = self._total if is_total or place is ALL else self._number
            self._write_figure(row, column, self._figure(value, place), (value, place), look)

    def _figure(self, row: Any, column: Any) -> Figure | None:
        table = self._table
        if row is ALL:
            return table.total if column is ALL else table.column_totals.get(column)
        if column is ALL:
            return table.row_totals.get(row)
        return table.cells.get((row, column))

    def _write_figure(self, row: int, column: int, figure: Figure | None, place: Place, look: CellFormat) -> None:
        if figure is None:
            self._sheet.write_number(row, column, 0, look)
            return
        link = self._layout.links.get(place) or self._file.evidence_url(figure)
        if figure.entry_count and self._links < _MOST_LINKS and len(link) <= _LONGEST_ADDRESS:
            self._links += 1
            tip = ngettext("%(num)s entry", "%(num)s entries", figure.entry_count)
            self._sheet.write_url(row, column, link, look, "", tip)
        # Over the text that a link brings along: the cell holds a number and opens what it counts.
        self._sheet.write_number(row, column, _shown(figure.value, self._unit), look)


def _write_entries(book: Workbook, sheet: EntrySheet, file: TallyExport, listing: Listing) -> None:
    """Every block: the labels of its figure, what each entry adds to it, and the entry."""
    worksheet, styles = book.add_worksheet(sheet.name), Styles.of(book)
    spec, measured = file.table.spec, file.table.spec.selection.measured
    dimensions = [spec.selection.subject.dimensions[name] for name in (spec.rows, spec.columns) if name]
    front = [(str(dimension.label), 18) for dimension in dimensions]
    if measured.amount is not None:
        front.append((_("Adds to the figure"), 14))
    write_head(worksheet, [*front, *((str(column.label), column.width) for column in listing.columns)], styles)
    for block in sheet.blocks:
        labels: list[Value] = list(block.labels[: len(dimensions)])
        for row, (key, amount) in enumerate(block.entries.items(), block.first):
            adds = [_shown(amount, measured.unit)] if measured.amount is not None else []
            values, address = listing.rows[key]
            for place, value in enumerate([*labels, *adds, *values]):
                leads = place >= len(front) and listing.columns[place - len(front)].leads
                write_cell(worksheet, row, place, value, styles, address if leads else "")


def _shown(value: Number, unit: str) -> Number:
    """A figure in the unit in which it is shown: yuan as 万元."""
    return Decimal(value) / TEN_THOUSAND if unit == "yuan" else value
