"""Records as files. Every format writes down the same stream of records, so that a new one is a new line of `FORMATS`.

Nothing that a record says can become a formula, and no more records are in memory than one batch.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO, Generic, Self, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from xlsxwriter import Workbook
from xlsxwriter.format import Format as CellFormat
from xlsxwriter.worksheet import Worksheet

from catalogue.accounts.permissions import Actor
from catalogue.formatting import TEN_THOUSAND, csv_cell, local_name, xml_text
from catalogue.palette import colour
from catalogue.records import presentation
from catalogue.records.ledger import counted_by_record
from catalogue.records.models.code_lists import LEVELS
from catalogue.records.models.records import Award, Record
from catalogue.records.queries import WHOLE_OPTIONS, by_ids, level_of
from catalogue.records.schema.kinds import KINDS

MOST_RECORDS = 10_000  # in one file
_BATCH = 500
_LONGEST_CELL = 32_767  # characters that Excel keeps in one
A4 = 9  # as Excel numbers kinds of paper

Value = str | date | Decimal | int | None
Content = TypeVar("Content")
Row = TypeVar("Row")


@dataclass(frozen=True)
class Signs:
    """What stands between items in the reader's language; asked for once, not some times for every record."""

    comma: str
    semicolon: str
    pair: str

    @classmethod
    def here(cls) -> Self:
        return cls(_(", "), _("; "), _("%(facet)s: %(value)s"))

    def labelled(self, pairs: Iterable[tuple[str, str]]) -> str:
        """Those of the pairs that say something, each with its label."""
        return self.semicolon.join(self.pair % {"facet": label, "value": text} for label, text in pairs if text)


@dataclass(frozen=True)
class Exported:
    """One record to be written: where its page is, what counts of its benefit (yuan), and the day that states are as
    of."""

    record: Record
    address: str
    benefit: Decimal | None
    as_of: date
    signs: Signs


@dataclass(frozen=True)
class Export:
    """All that goes into one file. `about` says in pairs of a label and a text where the records come from, `warnings`
    what a reader must not miss."""

    title: str
    records: Iterable[Exported]
    about: Sequence[tuple[str, str]]
    warnings: Sequence[str] = ()


@dataclass(frozen=True)
class ExportFormat(Generic[Content]):
    """A kind of file, and how what goes into it is written."""

    label: Any
    mimetype: str
    write: Callable[[Content, BinaryIO], None]


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column of the table; `width` is in characters of the usual size. Where `leads`, its cells open the row's
    page."""

    label: Any
    width: int
    value: Callable[[Row], Value]
    leads: bool = False


def stream(
    session: Session, actor: Actor, ids: Sequence[int], as_of: date, address_of: Callable[[str], str]
) -> Iterator[Exported]:
    """The records with these ids that the actor may see, in the order of `ids`, read batch by batch."""
    signs = Signs.here()
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        benefits = counted_by_record(session, actor, batch)
        for record in by_ids(session, actor, batch, WHOLE_OPTIONS):
            yield Exported(record, address_of(record.code), benefits.get(record.id), as_of, signs)


def _date(exported: Exported) -> Value:
    """A day as a date; a month or a year, which is not the first of anything, as it is written."""
    known = exported.record.date
    if known is None:
        return None
    return known.first if known.first == known.last else str(known)


def _divisions(exported: Exported) -> str:
    return exported.signs.comma.join(local_name(row.division) for row in exported.record.participations)


def _people(exported: Exported) -> str:
    return exported.signs.comma.join(row.person.name for row in exported.record.contributions)


def _numbers(exported: Exported) -> str:
    """The numbers by which the record is known. With its label, none is ever taken for a quantity and rounded."""
    record, kind = exported.record, KINDS[exported.record.kind]
    fields = [kind.field(name) for name in kind.numbers]
    return exported.signs.labelled(
        (str(field.label), presentation.shown(field, record, exported.as_of)) for field in fields
    )


def _details(exported: Exported) -> str:
    """What lists say of a record of its kind, but for what has a column of its own."""
    record, kind = exported.record, KINDS[exported.record.kind]
    elsewhere = {str(kind.field(name).label) for name in kind.numbers}
    pairs = [pair for pair in presentation.columns(record, exported.as_of) if pair[0] not in elsewhere]
    if isinstance(record, Award):
        pairs.insert(0, (_("Counts as"), str(LEVELS.label(level_of(record)))))
    return exported.signs.labelled(pairs)


# What tells a record and its standing; enough for the list behind a figure.
BRIEF_COLUMNS: tuple[Column[Exported], ...] = (
    Column(_l("Code"), 15, lambda each: each.record.code),
    Column(_l("Kind"), 11, lambda each: str(KINDS[each.record.kind].label)),
    Column(_l("Title"), 56, lambda each: each.record.title, leads=True),
    Column(_l("Date"), 12, _date),
    Column(_l("Divisions"), 20, _divisions),
    Column(_l("People"), 26, _people),
    Column(_l("Numbers"), 40, _numbers),
    Column(_l("Details"), 40, _details),
)
ADDRESS: Column[Exported] = Column(_l("Address"), 40, lambda each: each.address)
COLUMNS: tuple[Column[Exported], ...] = (
    *BRIEF_COLUMNS[:6],
    Column(_l("Keywords"), 26, lambda each: each.signs.comma.join(each.record.keywords)),
    *BRIEF_COLUMNS[6:],
    Column(_l("Counted benefit (10,000 yuan)"), 14, lambda each: each.benefit and each.benefit / TEN_THOUSAND),
    Column(_l("Abstract"), 60, lambda each: each.record.abstract),
    ADDRESS,
)


def write_csv(export: Export, out: BinaryIO) -> None:
    """The table as CSV, with a byte-order mark, without which Excel takes UTF-8 for GBK; warnings come last."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(str(column.label) for column in COLUMNS)
    for each in export.records:
        writer.writerow(_as_text(column.value(each)) for column in COLUMNS)
    writer.writerows([csv_cell(warning)] for warning in export.warnings)
    text.detach()


def _as_text(value: Value) -> str:
    if isinstance(value, str):
        return csv_cell(xml_text(value))
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int):
        return str(value)
    return value.isoformat() if value else ""


def write_xlsx(export: Export, out: BinaryIO) -> None:
    """The table as an Excel workbook; a second sheet says where its records come from."""
    # Rows go to disk as they are written.
    with Workbook(out, {"constant_memory": True}) as book:
        book.set_properties({"title": xml_text(export.title)})
        rows = _write_records(book, export)
        about = [*export.about, (_("Records in this file"), str(rows))]
        write_about(book, export.title, [*about, *((_("Note"), warning) for warning in export.warnings)])


@dataclass(frozen=True)
class Styles:
    """The looks of a workbook's cells."""

    head: CellFormat
    link: CellFormat
    day: CellFormat
    amount: CellFormat
    count: CellFormat

    @classmethod
    def of(cls, book: Workbook) -> Self:
        return cls(
            head=book.add_format(
                {"bold": True, "bg_color": colour("wash"), "bottom": 1, "valign": "top", "text_wrap": True}
            ),
            link=book.add_format({"font_color": colour("link"), "underline": 1}),
            day=book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
            amount=book.add_format({"num_format": "#,##0.00##"}),
            count=book.add_format({"num_format": "#,##0"}),
        )


def write_head(sheet: Worksheet, columns: Sequence[tuple[str, int]], styles: Styles) -> None:
    """The first row of a list, labels with the widths of their columns; it stays in sight and is on every page."""
    sheet.freeze_panes(1, 0)
    for place, (label, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, cell_text(label), styles.head)
    # A code or a year is a text on purpose.
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def write_cell(sheet: Worksheet, row: int, place: int, value: Value, styles: Styles, address: str = "") -> None:
    """One cell, of the type of its value, so that nothing that a record says becomes a formula; with `address`, a
    link."""
    if address and isinstance(value, str):
        sheet.write_url(row, place, address, styles.link, cell_text(value))
    elif isinstance(value, str):
        sheet.write_string(row, place, cell_text(value))
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, styles.day)
    elif value is not None:
        sheet.write_number(row, place, value, styles.count if isinstance(value, int) else styles.amount)


def _write_records(book: Workbook, export: Export) -> int:
    sheet, styles = book.add_worksheet(_("Records")), Styles.of(book)
    write_head(sheet, [(str(column.label), column.width) for column in COLUMNS], styles)
    row = 0
    for row, each in enumerate(export.records, 1):
        for place, column in enumerate(COLUMNS):
            write_cell(sheet, row, place, column.value(each), styles, each.address if column.leads else "")
    sheet.autofilter(0, 0, row, len(COLUMNS) - 1)
    for place, warning in enumerate(export.warnings, row + 1):
        sheet.write_string(place, 0, cell_text(warning))
    return row


def write_about(book: Workbook, title: str, pairs: Sequence[tuple[str, str]]) -> None:
    """The last sheet: where the figures or records of a workbook come from, as pairs of a label and a text."""
    sheet: Worksheet = book.add_worksheet(_("About this file"))
    label = book.add_format({"font_color": colour("muted"), "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, cell_text(title), book.add_format({"bold": True, "font_size": 14}))
    for row, (name, value) in enumerate(pairs, 2):
        sheet.write_string(row, 0, cell_text(name), label)
        sheet.write_string(row, 1, cell_text(value), text)


def cell_text(text: str) -> str:
    """A text as it can stand in a cell of a workbook."""
    return xml_text(text)[:_LONGEST_CELL]


XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: Mapping[str, ExportFormat[Export]] = {
    "xlsx": ExportFormat(_l("Excel workbook"), XLSX_TYPE, write_xlsx),
    "csv": ExportFormat(_l("CSV table"), "text/csv", write_csv),
}
