"""Award schemes and their rules. What counts as 省部级, and which grades exist when, is data with dates."""

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.database import Base, one_of
from catalogue.records.models.code_lists import (
    GRADES,
    LEVELS,
)

_YEARS_IN_ORDER = "from_year IS NULL OR to_year IS NULL OR from_year <= to_year"


class AwardScheme(Base):
    """A named award with its own level and conferring body."""

    __tablename__ = "award_scheme"
    __table_args__ = (one_of("level", LEVELS, "level_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    name_en: Mapped[str] = mapped_column(String(150), default="")
    level: Mapped[str] = mapped_column(String(30))
    conferring_body: Mapped[str] = mapped_column(String(100), default="")

    standings: Mapped[list["SchemeLevelPeriod"]] = relationship(order_by="SchemeLevelPeriod.from_year", viewonly=True)
    grades: Mapped[list["SchemeGrade"]] = relationship(order_by="SchemeGrade.id", viewonly=True)


class SchemeLevelPeriod(Base):
    """The level that a scheme's awards count as in the years given (both ends included; empty is open)."""

    __tablename__ = "scheme_standing"
    __table_args__ = (
        one_of("counts_as", LEVELS, "counts_as_known"),
        CheckConstraint(_YEARS_IN_ORDER, name="years_in_order"),
        UniqueConstraint("scheme_id", "from_year", name="uq_scheme_standing_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("award_scheme.id"))
    counts_as: Mapped[str] = mapped_column(String(30))
    from_year: Mapped[int | None]
    to_year: Mapped[int | None]
    basis: Mapped[str] = mapped_column(Text, default="")

    scheme: Mapped[AwardScheme] = relationship()


class SchemeGrade(Base):
    """A grade that a scheme confers in the years given, and how many people it may honour."""

    __tablename__ = "scheme_grade"
    __table_args__ = (
        one_of("grade", GRADES, "grade_known"),
        CheckConstraint(_YEARS_IN_ORDER, name="years_in_order"),
        CheckConstraint("people_cap IS NULL OR people_cap >= 1", name="people_cap_positive"),
        UniqueConstraint("scheme_id", "grade", "from_year", name="uq_scheme_grade_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("award_scheme.id"))
    grade: Mapped[str] = mapped_column(String(20))
    from_year: Mapped[int | None]
    to_year: Mapped[int | None]
    people_cap: Mapped[int | None]

    scheme: Mapped[AwardScheme] = relationship()
