"""The annual fees of patents (年费): when each falls due, what it costs, and where it stands on a day.

The rule, as far as it is computed here:

- A patent year runs from the filing date to the day before its anniversary, whatever the priority date or the day of
  grant (专利审查指南, Part V, Chapter 9, 2.2.1.1).
- The fee of the year of grant is paid together with the registration of the grant. The fee of each later year is to be
  paid before the year before it ends (专利法实施细则, Rule 98 in the version of 2010, Rule 115 in that of 2023). The
  last day is the anniversary itself, by the way that the office counts terms (Rule 5): the Guidelines (2.2.1.2) give
  a patent filed on 1997-06-03 until 2002-06-03 to pay for its sixth year. Where a month has no such day, its last day
  stands for it.
- Six months of grace follow. Within the first month nothing is added; for each month beyond, 5 % of the full fee of
  the year, up to 25 % (2.2.1.3). Months end on the day of the month on which the fee was due, inclusively.
- After that the right has lapsed, as from the day on which the fee was due (Patent Law, Art. 44; the same rule).

The last fee is that of the last year of the term. What is left out: a last day on a public holiday moves to the next
working day, and reduced fees (费减). Amounts come from the dated table `patent_fee`, by the day on which a fee is due.

Payments are events (`fee_paid`) without a patent year, as few clerks note it. A payment settles the earliest open fee
that could still be paid that day, and all before it: the office takes none for a right that has lapsed. A payment up to
the grant belongs to the registration, one between a lapse and a restoration belongs to the restoration.
"""

import calendar
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.records.models.dated_rates import PatentFee
from catalogue.records.models.records import Patent, PatentEvent, Record
from catalogue.records.patents.status import status_column, term_years
from catalogue.records.queries import visible_to

State = Literal["settled", "upcoming", "due", "grace", "overdue"]
GRACE_MONTHS = 6
SURCHARGE_A_MONTH = Decimal("0.05")  # of the full fee, for each month after the first
NOTICE_MONTHS = 1  # before its last day, a fee is called due


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def due_date(filed: date, patent_year: int) -> date:
    """The last day on which the fee of a patent year can be paid without grace."""
    return months_after(filed, 12 * (patent_year - 1))


def patent_year_on(filed: date, day: date) -> int:
    """The patent year that a day lies in, from 1."""
    years = day.year - filed.year
    return years + 1 if months_after(filed, 12 * years) <= day else years


def grace_month(due: date, day: date) -> int:
    """In which month of grace a day lies: 1 to 6, 0 on or before the last day, 7 after all grace."""
    return next((month for month in range(GRACE_MONTHS + 1) if day <= months_after(due, month)), GRACE_MONTHS + 1)


def surcharge_rate(month: int) -> Decimal:
    """What part of the fee is added in a month of grace."""
    return SURCHARGE_A_MONTH * max(month - 1, 0)


@dataclass(frozen=True)
class Protected:
    """A granted patent as its fees need it: type, filing, grant, and what then happened to it, in order."""

    code: str
    title: str
    patent_type: str
    application_number: str
    filed: date
    granted: date
    events: tuple[tuple[str, date], ...] = ()

    @property
    def first_fee(self) -> int:
        """The first patent year whose fee falls due by itself; that of the grant is paid with the registration."""
        return patent_year_on(self.filed, self.granted) + 1

    @property
    def last_fee(self) -> int:
        """The last year of the term."""
        return term_years(self.patent_type, self.filed)


@dataclass(frozen=True)
class Fee:
    """One fee of one patent as it stands on a day. `amount` is None where no rate is known for it; `missing` is the
    number of earlier fees without a recorded payment, whose grace is over."""

    patent: Protected
    patent_year: int
    due: date
    amount: Decimal | None
    state: State
    month: int = 0
    missing: int = 0

    @property
    def surcharge(self) -> Decimal:
        """What is added to the fee on that day, in yuan."""
        return (self.amount or Decimal(0)) * surcharge_rate(self.month)

    @property
    def payable(self) -> Decimal:
        """The fee with its surcharge; nothing where no rate is known."""
        return (self.amount or Decimal(0)) + self.surcharge

    @property
    def grace_ends(self) -> date:
        return months_after(self.due, GRACE_MONTHS)


class FeeTable:
    """The stored rates, by patent type."""

    def __init__(self, rates: Iterable[PatentFee]) -> None:
        self._rates: dict[str, list[PatentFee]] = {}
        for rate in rates:
            self._rates.setdefault(rate.patent_type, []).append(rate)

    def amount(self, patent_type: str, patent_year: int, day: date) -> Decimal | None:
        """The fee of a patent year by the rate valid on a day; None where there is none."""
        for rate in self._rates.get(patent_type, ()):
            in_force = rate.valid_from <= day and (rate.valid_to is None or day <= rate.valid_to)
            if in_force and rate.from_year <= patent_year <= rate.to_year:
                return rate.amount
        return None


def settled_year(patent: Protected, as_of: date) -> int:
    """The last patent year whose fee is known on a day to be paid, or by a restoration is no longer asked for."""
    settled, lapsed, restored = patent.first_fee - 1, False, date.min
    for kind, day in patent.events:
        if day > as_of:
            break
        if kind == "lapsed":
            lapsed = True
        elif kind == "restored":
            settled, lapsed, restored = max(settled, patent_year_on(patent.filed, day)), False, day
        elif kind == "fee_paid" and not lapsed and day > max(patent.granted, restored):
            settled = max(settled + 1, _first_payable(patent.filed, day))
    return settled


def _first_payable(filed: date, day: date) -> int:
    """The earliest patent year whose fee could still be paid on a day, grace included."""
    year = patent_year_on(filed, day)
    return year if grace_month(due_date(filed, year), day) <= GRACE_MONTHS else year + 1


def state_on(due: date, day: date) -> tuple[State, int]:
    """Where an unpaid fee stands on a day, and in which month of grace."""
    month = grace_month(due, day)
    if month > GRACE_MONTHS:
        return "overdue", 0
    if month:
        return "grace", month
    return ("due" if months_after(day, NOTICE_MONTHS) >= due else "upcoming"), 0


def fees_of(patent: Protected, table: FeeTable, as_of: date, until: date) -> Iterator[Fee]:
    """The fees of a patent that are open on a day and fall due by another, earliest first.

    Of fees whose grace is over only the last is given: it says how many before it have no recorded payment either.
    """
    paid = settled_year(patent, as_of)
    missing = 0
    for year in range(max(paid + 1, patent.first_fee), patent.last_fee + 1):
        due = due_date(patent.filed, year)
        if due > until:
            return
        state, month = state_on(due, as_of)
        next_is_overdue = year < patent.last_fee and state_on(due_date(patent.filed, year + 1), as_of)[0] == "overdue"
        if not (state == "overdue" and next_is_overdue):
            yield Fee(patent, year, due, table.amount(patent.patent_type, year, due), state, month, missing)
        missing += state == "overdue"


@dataclass(frozen=True)
class Month:
    """The fees that fall due in one month, named by its first day."""

    first: date
    fees: tuple[Fee, ...]

    @property
    def total(self) -> Decimal:
        return total_of(self.fees)


@dataclass(frozen=True)
class Calendar:
    """The fees of all patents in force on a day: of the next twelve months, in grace, and overdue by the record."""

    as_of: date
    until: date
    coming: tuple[Fee, ...]
    grace: tuple[Fee, ...]
    overdue: tuple[Fee, ...]
    patents: int

    @property
    def months(self) -> list[Month]:
        """The coming fees by the month in which they fall due."""
        by_month: dict[date, list[Fee]] = {}
        for fee in self.coming:
            by_month.setdefault(fee.due.replace(day=1), []).append(fee)
        return [Month(first, tuple(fees)) for first, fees in by_month.items()]

    @property
    def by_type(self) -> Mapping[str, tuple[int, Decimal]]:
        """Number and cost of the coming fees of each patent type."""
        types = dict.fromkeys(fee.patent.patent_type for fee in self.coming)
        chosen = {name: [fee for fee in self.coming if fee.patent.patent_type == name] for name in sorted(types)}
        return {name: (len(fees), total_of(fees)) for name, fees in chosen.items()}

    @property
    def total(self) -> Decimal:
        """What the next twelve months cost, without what is in grace."""
        return total_of(self.coming)

    @property
    def without_rate(self) -> int:
        """How many fees have no amount, because the table has no rate for them."""
        return sum(fee.amount is None for fee in (*self.coming, *self.grace))


def total_of(fees: Iterable[Fee]) -> Decimal:
    """The fees with their surcharges, added up."""
    return sum((fee.payable for fee in fees), Decimal(0))


def calendar_on(session: Session, actor: Actor, as_of: date) -> Calendar:
    """The fee calendar of the patents that the actor may see and that are in force on a day."""
    until = months_after(as_of, 12)
    table = FeeTable(session.scalars(select(PatentFee).order_by(PatentFee.valid_from.desc(), PatentFee.id)))
    patents = protected_on(session, actor, as_of)
    fees = sorted(
        (fee for patent in patents for fee in fees_of(patent, table, as_of, until)),
        key=lambda fee: (fee.due, fee.patent.code),
    )
    return Calendar(
        as_of,
        until,
        coming=tuple(fee for fee in fees if fee.state in ("upcoming", "due")),
        grace=tuple(fee for fee in fees if fee.state == "grace"),
        overdue=tuple(fee for fee in fees if fee.state == "overdue"),
        patents=len(patents),
    )


def protected_on(session: Session, actor: Actor, as_of: date) -> list[Protected]:
    """The published patents that the actor may see and that are in force on a day, by code."""
    shown = (Record.kind == "patent", visible_to(actor), Record.review_state == "published")
    rows = session.execute(
        select(Patent.id, Patent.code, Patent.title, Patent.patent_type, Patent.application_number, Patent.date_from)
        .where(*shown, status_column(as_of) == "in_force")
        .order_by(Patent.code)
    ).all()
    events: dict[int, list[tuple[str, date]]] = {}
    # Of all patents shown: asking for their status again would take longer than leaving some events unused.
    query = (
        select(PatentEvent.patent_id, PatentEvent.type, PatentEvent.on)
        .join(Record, Record.id == PatentEvent.patent_id)
        .where(*shown, PatentEvent.type.in_(("granted", "fee_paid", "lapsed", "restored")), PatentEvent.on <= as_of)
    )
    for patent_id, kind, day in session.execute(query.order_by(PatentEvent.on, PatentEvent.position)):
        events.setdefault(patent_id, []).append((kind, day))
    patents = []
    for patent_id, code, title, patent_type, number, filed in rows:
        if filed is None:  # no term runs from a day that nobody knows
            continue
        happened = tuple(events.get(patent_id, ()))
        granted = next((day for kind, day in happened if kind == "granted"), filed)
        patents.append(Protected(code, title, patent_type, number, filed, granted, happened))
    return patents
