"""Divisions with their history and aliases, and people, who are known by staff number."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.code_list import CodeList
from catalogue.database import Base, one_of

DIVISION_TYPES = CodeList({"division": _l("Division"), "unit": _l("Unit"), "company": _l("Whole company")})


class Division(Base):
    """A 学部 or unit. `valid_from`/`valid_to` bound its life; `predecessor` says what it grew out of."""

    __tablename__ = "division"
    __table_args__ = (
        one_of("type", DIVISION_TYPES, "type_known"),
        CheckConstraint("valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to", name="life_order"),
        CheckConstraint("predecessor_id IS NULL OR predecessor_id <> id", name="predecessor_other"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    name_en: Mapped[str] = mapped_column(String(100), default="")
    type: Mapped[str] = mapped_column(String(20), default="division")
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    predecessor_id: Mapped[int | None] = mapped_column(ForeignKey("division.id"))

    predecessor: Mapped["Division | None"] = relationship(remote_side=id)
    aliases: Mapped[list["DivisionAlias"]] = relationship(
        cascade="all, delete-orphan", order_by="DivisionAlias.name, DivisionAlias.valid_from", lazy="selectin"
    )


class DivisionAlias(Base):
    """Another name under which a division appears in sheets and certificates, and the days between which it does.

    A trigger of the database refuses one that is a name, a code or, at the same time, an alias of another division.
    """

    __tablename__ = "division_alias"
    __table_args__ = (
        CheckConstraint("valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to", name="life_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), index=True)
    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class Person(Base):
    """Somebody who contributes to records, identified by staff number and never by name alone."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("name <> ''", name="name_given"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_number: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100), index=True)
    division_id: Mapped[int | None] = mapped_column(ForeignKey("division.id"))

    division: Mapped[Division | None] = relationship()
