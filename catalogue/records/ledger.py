"""The benefit ledger: its list with totals, and what a record holds of a line."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.permissions import Actor
from catalogue.formatting import number, wan
from catalogue.query_args import read_choice, read_year
from catalogue.records.models.benefits import Benefit, BenefitShare
from catalogue.records.models.code_lists import (
    BENEFIT_KINDS,
    COUNTED_BENEFIT_KINDS,
    UNITS,
)
from catalogue.records.queries import leading_division_of_benefit, visible_to


def counted_lines() -> ColumnElement[bool]:
    """SQL: the ledger lines that belong to the headline; `is_counted` says the same of one."""
    return and_(Benefit.kind.in_(COUNTED_BENEFIT_KINDS), Benefit.unit == "CNY")


def part_of(amount: Decimal, percent: Decimal) -> Decimal:
    """What a share in percent is of an amount."""
    return amount * percent / 100


def is_counted(kind: str, unit: str) -> bool:
    """Whether amounts of this kind and unit belong to the headline 累计经济效益."""
    return kind in COUNTED_BENEFIT_KINDS and unit == "CNY"


def why_not_counted(kind: str, unit: str) -> str:
    """Why amounts of this kind and unit stay outside the headline; empty where they belong to it."""
    if is_counted(kind, unit):
        return ""
    if unit != "CNY":
        return _("in another unit, never converted")
    if kind in ("new_output_value", "new_tax"):
        return _("overlaps with profit")
    return _("not a kind that is added up")


def amount_text(amount: Decimal, unit: str, places: int = 0) -> str:
    """An amount for a reader: yuan as 万元 (the column or the text around it says so), others with their unit."""
    if unit == "CNY":
        return wan(amount, places)
    return f"{number(amount)} {UNITS.label(unit)}"


def qualified(text: str, qualifier: str) -> str:
    """An amount with what its source said about its exactness."""
    if qualifier == "over":
        return _("over %(amount)s", amount=text)
    return _("about %(amount)s", amount=text) if qualifier == "about" else text


@dataclass(frozen=True)
class Holding:
    """A ledger line as seen from some of its records: `percent` is what they hold of it together."""

    benefit: Benefit
    percent: Decimal

    @classmethod
    def of(cls, benefit: Benefit, record_ids: AbstractSet[int]) -> Self:
        """What the records with these ids hold of a line; of a line without any, nothing."""
        held = (share.percent for share in benefit.shares if share.record_id in record_ids)
        return cls(benefit, sum(held, Decimal(0)))

    @property
    def part(self) -> Decimal:
        """The records' part of the amount, in the line's unit."""
        return part_of(self.benefit.amount, self.percent)

    @property
    def counted(self) -> bool:
        return is_counted(self.benefit.kind, self.benefit.unit)


def counted_total(holdings: Sequence[Holding]) -> Decimal:
    """The records' parts of the counted lines, added up, in yuan."""
    return sum((holding.part for holding in holdings if holding.counted), Decimal(0))


def counted_by_record(session: Session, actor: Actor, record_ids: Collection[int]) -> dict[int, Decimal]:
    """The counted total of each of these records that has any, in yuan, from the lines that the actor may see."""
    parts = session.execute(
        select(BenefitShare.record_id, Benefit.amount, BenefitShare.percent)
        .join(Benefit, Benefit.id == BenefitShare.benefit_id)
        .where(BenefitShare.record_id.in_(record_ids), counted_lines(), visible_to(actor, Benefit))
    )
    totals: defaultdict[int, Decimal] = defaultdict(Decimal)
    for record_id, amount, percent in parts:
        totals[record_id] += part_of(amount, percent)
    return dict(totals)


@dataclass(frozen=True)
class LedgerState:
    """What a ledger page asks for, read from its address once."""

    kind: str = ""
    division: str = ""
    year_from: int | None = None
    year_to: int | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, str], divisions: Mapping[str, str]) -> Self:
        """Read the arguments. Raises InvalidInput for a kind or a division that there is not, or a bad year."""
        return cls(
            kind=read_choice(args, "kind", list(BENEFIT_KINDS)),
            division=read_choice(args, "division", divisions),
            year_from=read_year(args, "year_from"),
            year_to=read_year(args, "year_to"),
        )

    def where(self, query: Select[Any], actor: Actor) -> Select[Any]:
        """The query, narrowed to the lines that the state asks for and the actor may see."""
        query = query.where(visible_to(actor, Benefit))
        if self.kind:
            query = query.where(Benefit.kind == self.kind)
        if self.year_from is not None:
            query = query.where(Benefit.year >= self.year_from)
        if self.year_to is not None:
            query = query.where(Benefit.year <= self.year_to)
        if self.division:
            query = query.where(leading_division_of_benefit(actor) == self.division)  # as tallies count it
        return query


@dataclass(frozen=True)
class KindTotal:
    """The lines of one kind and unit: their number and the sum of their amounts."""

    kind: str
    unit: str
    lines: int
    amount: Decimal

    @property
    def counted(self) -> bool:
        return is_counted(self.kind, self.unit)


def totals(session: Session, actor: Actor, state: LedgerState) -> list[KindTotal]:
    """The totals of each kind and unit, in the order of the vocabulary; kinds that overlap are never added."""
    columns: tuple[Any, ...] = (Benefit.kind, Benefit.unit, func.count(Benefit.id), func.sum(Benefit.amount))
    query: Select[Any] = select(*columns)
    rows = session.execute(state.where(query, actor).group_by(Benefit.kind, Benefit.unit))
    order = list(BENEFIT_KINDS)
    return sorted((KindTotal(*row) for row in rows), key=lambda total: (order.index(total.kind), total.unit))


def lines(session: Session, actor: Actor, state: LedgerState, offset: int, limit: int) -> Sequence[Benefit]:
    """The ledger lines of one page, newest first."""
    query = state.where(select(Benefit), actor).options(selectinload(Benefit.shares).joinedload(BenefitShare.record))
    return session.scalars(query.order_by(Benefit.year.desc(), Benefit.code).offset(offset).limit(limit)).all()
