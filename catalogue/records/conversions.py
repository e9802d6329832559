"""Amounts in other units beside what they come to by a stored factor: for comparison, and never in the headline."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.records.ledger import LedgerState
from catalogue.records.models.benefits import Benefit
from catalogue.records.models.dated_rates import UnitFactor


@dataclass(frozen=True)
class Conversion:
    """The amounts of one kind, unit and year, and the factor that was valid then."""

    kind: str
    year: int
    amount: Decimal
    factor: UnitFactor

    @property
    def converted(self) -> Decimal:
        """What the amount comes to, in the factor's unit, to hundredths."""
        return round(self.amount * self.factor.factor, 2)


def conversions(session: Session, actor: Actor, state: LedgerState) -> Sequence[Conversion]:
    """What can be converted of the lines that the state asks for, by kind and year. Each year has its own factor: an
    amount of a year without one stays as it is."""
    valid = and_(
        UnitFactor.from_unit == Benefit.unit,
        UnitFactor.from_year <= Benefit.year,
        or_(UnitFactor.to_year.is_(None), Benefit.year <= UnitFactor.to_year),
    )
    summed: Any = select(Benefit.kind, Benefit.year, func.sum(Benefit.amount), UnitFactor.id)
    sums = (
        state.where(summed, actor)
        .join(UnitFactor, valid)
        .group_by(Benefit.kind, Benefit.year, UnitFactor.id)
        .order_by(Benefit.kind, Benefit.year, UnitFactor.id)
    )
    rows = session.execute(sums).all()
    factors = {each.id: each for each in session.scalars(select(UnitFactor))} if rows else {}
    return [Conversion(kind, year, amount, factors[factor]) for kind, year, amount, factor in rows]
