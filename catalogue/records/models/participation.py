"""Who did the work on a record: the people in rank order, and the divisions with the leading one first."""

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.database import Base
from catalogue.people.models import (
    Division,
    Person,
)


class Contribution(Base):
    """One person's part in one record: rank (第n完成人) and role."""

    __tablename__ = "contribution"
    __table_args__ = (
        UniqueConstraint("record_id", "person_id", name="uq_contribution_person"),
        CheckConstraint("rank >= 1", name="rank_positive"),
    )

    record_id: Mapped[int] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(20), default="contributor")

    person: Mapped[Person] = relationship()


class Participation(Base):
    """One division's part in one record; rank 1 leads and is the one that tallies count."""

    __tablename__ = "participation"
    __table_args__ = (
        UniqueConstraint("record_id", "division_id", name="uq_participation_division"),
        CheckConstraint("rank >= 1", name="rank_positive"),
    )

    record_id: Mapped[int] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)

    division: Mapped[Division] = relationship()
