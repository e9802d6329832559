"""What a tally adds up: the number of entries, or what they brought by one kind of benefit.

Kinds of benefit that overlap (output value, profit, tax) are never added: each is a measure of its own, and only new
profit and cost saving, which do not overlap, make the counted benefit. Units are never converted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, Select, SQLColumnExpression, and_, func, select, type_coerce

from catalogue.accounts.permissions import Actor
from catalogue.records.models.benefits import Benefit, BenefitShare
from catalogue.records.models.code_lists import (
    BENEFIT_KINDS,
    COUNTED_BENEFIT_KINDS,
)
from catalogue.records.models.records import Record
from catalogue.records.queries import visible_to

Number = int | Decimal
# The unit in which each kind of benefit is added up; lines in other units stay outside.
UNIT_OF_KIND = {kind: "tce" if kind == "energy_saving" else "CNY" for kind in BENEFIT_KINDS if kind != "other"}


@dataclass(frozen=True, eq=False)
class Measure:
    """Something to add up. `unit` is `count`, `yuan` or `tce`; `amount` is the SQL of what one entry adds (None: each
    entry is one), `condition` that of the entries that have something to add; `read` makes a figure of the sum."""

    name: str
    label: Any
    unit: str = "count"
    amount: Callable[[Actor, date], SQLColumnExpression[Any]] | None = None
    condition: Callable[[Actor, date], SQLColumnExpression[bool]] | None = None
    read: Callable[[Any], Number] = int

    @property
    def unit_text(self) -> str:
        """The unit as it stands beside a figure; nothing for counts."""
        if self.unit == "yuan":
            return _("10,000 yuan")
        return _("tonnes of coal equivalent") if self.unit == "tce" else ""


def whole_years_by(day: date) -> int:
    """The last year that had wholly passed by the end of `day`."""
    return day.year if (day.month, day.day) == (12, 31) else day.year - 1


def _counts(kinds: tuple[str, ...], unit: str) -> SQLColumnExpression[bool]:
    return and_(Benefit.kind.in_(kinds), Benefit.unit == unit)


def _shares(actor: Actor, as_of: date, kinds: tuple[str, ...], unit: str, *columns: Any) -> Select[Any]:
    """What a record holds of the ledger lines of these kinds that were certain by a day."""
    return (
        select(*columns)
        .select_from(BenefitShare)
        .join(Benefit)
        .where(
            BenefitShare.record_id == Record.id,
            _counts(kinds, unit),
            Benefit.year <= whole_years_by(as_of),
            visible_to(actor, Benefit),
            Benefit.review_state == "published",
        )
        .correlate(Record)
    )


def _of_records(name: str, label: Any, kinds: tuple[str, ...], unit: str) -> Measure:
    """The records' parts of ledger lines. Amounts and percentages are stored in hundredths."""
    part = func.sum(type_coerce(Benefit.amount, BigInteger) * type_coerce(BenefitShare.percent, BigInteger))
    return Measure(
        name,
        label,
        "tce" if unit == "tce" else "yuan",
        amount=lambda actor, as_of: _shares(actor, as_of, kinds, unit, part).scalar_subquery(),
        condition=lambda actor, as_of: _shares(actor, as_of, kinds, unit, Benefit.id).exists(),
        read=lambda total: Decimal(total or 0) / 1_000_000,
    )


def _of_lines(name: str, label: Any, kinds: tuple[str, ...], unit: str) -> Measure:
    """Whole ledger lines."""
    return Measure(
        name,
        label,
        "tce" if unit == "tce" else "yuan",
        amount=lambda actor, as_of: Benefit.amount,
        condition=lambda actor, as_of: _counts(kinds, unit),
        read=lambda total: Decimal(total or 0),
    )


def _kinds(make: Callable[[str, Any, tuple[str, ...], str], Measure]) -> dict[str, Measure]:
    counted = make("counted_benefit", _l("Counted benefit"), COUNTED_BENEFIT_KINDS, "CNY")
    single = (make(kind, BENEFIT_KINDS.label(kind), (kind,), unit) for kind, unit in UNIT_OF_KIND.items())
    return {measure.name: measure for measure in (counted, *single)}


RECORDS = Measure("records", _l("Number of entries"))
RECORD_MEASURES: Mapping[str, Measure] = {RECORDS.name: RECORDS, **_kinds(_of_records)}
LEDGER_MEASURES: Mapping[str, Measure] = {**_kinds(_of_lines), RECORDS.name: RECORDS}
