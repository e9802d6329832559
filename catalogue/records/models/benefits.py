"""The benefit ledger, and yearly counts of what is kept without a record each."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.database import Base, Hundredths, one_of
from catalogue.records.models.code_lists import (
    BENEFIT_KINDS,
    MEASURES,
    QUALIFIERS,
    UNITS,
)
from catalogue.records.models.partial_dates import PartialDate
from catalogue.records.models.records import (
    Record,
    Reviewed,
    date_pair_checks,
    partial_date,
    reviewed_checks,
)


class Benefit(Reviewed, Base):
    """One ledger line: an amount of one kind in one year, shared among the records that brought it.

    `amount` is in `unit`: whole currency (yuan, not 万元) or a physical unit.
    """

    __tablename__ = "benefit"
    __table_args__ = (
        one_of("kind", BENEFIT_KINDS, "kind_known"),
        one_of("unit", UNITS, "unit_known"),
        one_of("qualifier", QUALIFIERS, "qualifier_known"),
        *reviewed_checks(),
        *date_pair_checks("verified"),
        CheckConstraint("year BETWEEN 1900 AND 2200", name="year_plausible"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    year: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(20))
    amount: Mapped[Decimal] = mapped_column(Hundredths)
    unit: Mapped[str] = mapped_column(String(10), default="CNY")
    qualifier: Mapped[str] = mapped_column(String(10), default="exact")
    basis: Mapped[str] = mapped_column(Text, default="")
    verifier: Mapped[str] = mapped_column(String(100), default="")
    verified_from: Mapped[date | None] = mapped_column(Date)
    verified_to: Mapped[date | None] = mapped_column(Date)

    verified_on: Mapped[PartialDate | None] = partial_date("verified")
    shares: Mapped[list["BenefitShare"]] = relationship(
        cascade="all, delete-orphan", order_by="BenefitShare.record_id", passive_deletes=True
    )


class BenefitShare(Base):
    """A record's part in a ledger line, in percent; the parts of one line add up to at most 100."""

    __tablename__ = "benefit_share"
    __table_args__ = (
        # Stored in hundredths.
        CheckConstraint("percent > 0 AND percent <= 10000", name="percent_in_range"),
    )

    benefit_id: Mapped[int] = mapped_column(ForeignKey("benefit.id", ondelete="CASCADE"), primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True, index=True)
    percent: Mapped[Decimal] = mapped_column(Hundredths)

    record: Mapped[Record] = relationship()


class YearlyCount(Reviewed, Base):
    """How many of something a year brought, where no record is kept of each (proposals)."""

    __tablename__ = "yearly_count"
    __table_args__ = (
        one_of("measure", MEASURES, "measure_known"),
        *reviewed_checks(),
        UniqueConstraint("measure", "year", name="uq_yearly_count_year"),
        CheckConstraint("count >= 0", name="count_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(String(30))
    year: Mapped[int]
    count: Mapped[int]
    source: Mapped[str] = mapped_column(Text, default="")
