"""What is kept of tallies: reports as they were issued, what stood behind their figures, and tallies saved by name."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.database import Base, UtcDateTime, one_of

SHAPES = ("table", "paragraph")


class IssuedReport(Base):
    """A tally or the paragraph as it was issued: written once, never changed.

    `subject` (empty for the paragraph) and `args` say how to count it anew; `content` is what it said, its words in
    two languages as ``{"zh": …, "en": …}``.
    """

    __tablename__ = "issued_report"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        CheckConstraint("serial >= 1", name="serial_positive"),
        one_of("shape", SHAPES, "shape_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]  # in the site's time zone
    serial: Mapped[int]
    shape: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(String(30))
    args: Mapped[dict[str, str]] = mapped_column(JSON)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(100))
    access: Mapped[list[str]] = mapped_column(JSON)  # the labels under which it was counted; a reader needs all of them
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of all the above and of the entries

    @property
    def number(self) -> str:
        """As it is cited: TJ-2026-0001."""
        return f"TJ-{self.year}-{self.serial:04}"


class IssuedEntry(Base):
    """An entry that an issued report counts, as it was: its title, its revision, and what it added to which figures.

    It names the entry by its code, without a foreign key: it stays when the entry goes.
    """

    __tablename__ = "issued_entry"
    __table_args__ = (Index("ix_issued_entry_entity_code", "entity", "code"),)

    issued_id: Mapped[int] = mapped_column(ForeignKey("issued_report.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entity: Mapped[str] = mapped_column(String(30))
    code: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    figures: Mapped[dict[str, str]] = mapped_column(JSON)  # key of the figure → what the entry added, as a decimal


class SavedTally(Base):
    """A tally that people come back to, under a title of their own; `args` are those of its address."""

    __tablename__ = "saved_tally"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200), unique=True)
    subject: Mapped[str] = mapped_column(String(30))
    args: Mapped[dict[str, str]] = mapped_column(JSON)
    actor: Mapped[str] = mapped_column(String(100))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
