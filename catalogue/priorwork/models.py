"""The saved report of a prior-work check: written once, never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.database import Base, UtcDateTime


class PriorWorkReport(Base):
    """One check as it was made. Texts in two languages are kept as ``{"zh": …, "en": …}``."""

    __tablename__ = "prior_work_report"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        CheckConstraint("serial >= 1", name="serial_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(40), unique=True)  # its address; cannot be guessed
    year: Mapped[int]  # in the site's time zone
    serial: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(100))
    access: Mapped[list[str]] = mapped_column(JSON)  # the labels under which it was made, all of which a reader needs
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    scope: Mapped[dict[str, Any]] = mapped_column(JSON)
    strategy: Mapped[dict[str, Any]] = mapped_column(JSON)
    index_state: Mapped[dict[str, Any]] = mapped_column(JSON)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of all the above

    @property
    def number(self) -> str:
        """As it is cited: CX-2026-0001."""
        return f"CX-{self.year}-{self.serial:04}"
