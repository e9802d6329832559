"""The entries behind a tally as rows of a sheet, each set beneath the figure that it belongs to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from catalogue.exports.record_files import (
    ADDRESS,
    BRIEF_COLUMNS,
    Column,
    Signs,
    Value,
    stream,
)
from catalogue.exports.tally_export import TallyExport
from catalogue.formatting import TEN_THOUSAND, number
from catalogue.records.models.benefits import Benefit, YearlyCount
from catalogue.records.models.code_lists import (
    BENEFIT_KINDS,
    MEASURES,
    QUALIFIERS,
    UNITS,
)
from catalogue.records.models.records import Record
from catalogue.tallies.evidence import options_of

_BATCH = 500


@dataclass(frozen=True)
class EvidenceLine:
    """A ledger line or yearly count, with the names of the records that brought it and the page of the first."""

    entry: Any
    records: str = ""
    address: str = ""


def _amount(line: EvidenceLine) -> Value:
    amount: Decimal = line.entry.amount
    return amount / TEN_THOUSAND if line.entry.unit == "CNY" else amount


def _unit(line: EvidenceLine) -> str:
    return _("10,000 yuan") if line.entry.unit == "CNY" else str(UNITS.label(line.entry.unit))


_LEDGER_COLUMNS: tuple[Column[EvidenceLine], ...] = (
    Column(_l("Code"), 15, lambda line: line.entry.code),
    Column(_l("Year"), 8, lambda line: str(line.entry.year)),
    Column(_l("Kind of benefit"), 14, lambda line: str(BENEFIT_KINDS.label(line.entry.kind))),
    Column(_l("Amount"), 14, _amount),
    Column(_l("Unit"), 10, _unit),
    Column(_l("Exactness"), 10, lambda line: str(QUALIFIERS.label(line.entry.qualifier))),
    Column(_l("Brought by"), 56, lambda line: line.records, leads=True),
    Column(_l("Basis"), 40, lambda line: line.entry.basis),
    Column(_l("Verified by"), 20, lambda line: line.entry.verifier),
    Column(_l("Address"), 40, lambda line: line.address),
)
_COUNT_COLUMNS: tuple[Column[EvidenceLine], ...] = (
    Column(_l("Year"), 8, lambda line: str(line.entry.year)),
    Column(_l("What is counted"), 24, lambda line: str(MEASURES.label(line.entry.measure))),
    Column(_l("Count"), 12, lambda line: line.entry.count),
    Column(_l("Source"), 56, lambda line: line.entry.source),
)


@dataclass(frozen=True)
class Listing:
    """The entries of a table: their columns, and of each entry, by its id, the values and the address of its page."""

    columns: Sequence[Column[Any]]
    rows: Mapping[int, tuple[Sequence[Value], str]]

    def brief(self) -> "Listing":
        """The same with only what tells an entry: its first column, that which opens its page, and the last."""
        last = len(self.columns) - 1
        kept = [place for place, column in enumerate(self.columns) if place in (0, last) or column.leads]
        rows = {key: ([values[place] for place in kept], address) for key, (values, address) in self.rows.items()}
        return Listing([self.columns[place] for place in kept], rows)


def listing_of(file: TallyExport, ids: Sequence[int]) -> Listing:
    """The entries with these ids, as far as the reader of the file may see them."""
    model = file.table.spec.selection.subject.model
    columns: Sequence[Column[Any]]
    if issubclass(model, Record):
        columns, found = (*BRIEF_COLUMNS, ADDRESS), _records(file, ids)
    else:
        columns, found = (_LEDGER_COLUMNS if model is Benefit else _COUNT_COLUMNS), _lines(file, ids)
    return Listing(columns, {key: ([column.value(each) for column in columns], each.address) for key, each in found})


def _records(file: TallyExport, ids: Sequence[int]) -> Iterator[tuple[int, Any]]:
    as_of = file.table.spec.selection.as_of
    for each in stream(file.session, file.actor, ids, as_of, file.record_url):
        yield each.record.id, each


def _lines(file: TallyExport, ids: Sequence[int]) -> Iterator[tuple[int, EvidenceLine]]:
    subject = file.table.spec.selection.subject
    brought_by = _brought_by if subject.model is Benefit else _nobody
    signs = Signs.here()
    for start in range(0, len(ids), _BATCH):
        query = select(subject.model).where(subject.model.id.in_(ids[start : start + _BATCH]))
        for entry in file.session.scalars(query.options(*options_of(subject))).unique():
            yield entry.id, brought_by(file, entry, signs)


def _nobody(file: TallyExport, count: YearlyCount, signs: Signs) -> EvidenceLine:
    return EvidenceLine(count)


def _brought_by(file: TallyExport, benefit: Benefit, signs: Signs) -> EvidenceLine:
    """The line with those of its records that the reader may see."""
    shares = [share for share in benefit.shares if file.actor.may_see(share.record)]
    names = (
        f"{share.record.code} {share.record.title}" + ("" if share.percent == 100 else f" {number(share.percent)}%")
        for share in shares
    )
    greatest = max(shares, key=lambda share: share.percent, default=None)
    return EvidenceLine(benefit, signs.semicolon.join(names), file.record_url(greatest.record.code) if greatest else "")
