"""Dated tables of rates: what an annual fee costs in which patent year, and by which factor one unit becomes another.

Both are data because offices change them: a rate says from when until when it holds, and where it is written.
"""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.database import Base, Hundredths, Millionths, one_of
from catalogue.records.models.code_lists import (
    PATENT_TYPES,
    UNITS,
)


class PatentFee(Base):
    """The annual fee, in yuan, of a range of patent years (both ends included) while the rate is valid."""

    __tablename__ = "patent_fee"
    __table_args__ = (
        one_of("patent_type", PATENT_TYPES, "patent_type_known"),
        CheckConstraint("1 <= from_year AND from_year <= to_year", name="years_in_order"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="valid_in_order"),
        UniqueConstraint("patent_type", "from_year", "valid_from", name="uq_patent_fee_rate"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    patent_type: Mapped[str] = mapped_column(String(20))
    from_year: Mapped[int]
    to_year: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(Hundredths)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    source: Mapped[str] = mapped_column(Text, default="")


class UnitFactor(Base):
    """How much of `to_unit` one `from_unit` is, in the years given (both ends included; an empty end is open).

    Years, not days: a ledger line knows its year alone, and a year's average is what accountants convert it with.
    """

    __tablename__ = "unit_factor"
    __table_args__ = (
        one_of("from_unit", UNITS, "from_unit_known"),
        one_of("to_unit", UNITS, "to_unit_known"),
        CheckConstraint("from_unit <> to_unit", name="units_differ"),
        CheckConstraint("factor > 0", name="factor_positive"),
        CheckConstraint("to_year IS NULL OR from_year <= to_year", name="years_in_order"),
        UniqueConstraint("from_unit", "to_unit", "from_year", name="uq_unit_factor_rate"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_unit: Mapped[str] = mapped_column(String(10))
    to_unit: Mapped[str] = mapped_column(String(10))
    factor: Mapped[Decimal] = mapped_column(Millionths)
    from_year: Mapped[int]
    to_year: Mapped[int | None]
    source: Mapped[str] = mapped_column(Text, default="")
