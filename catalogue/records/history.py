"""What happened: revisions of everything that is stored, and the queue that the index follows."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.database import Base, UtcDateTime, one_of, utc_now
from catalogue.records.vocabulary import CHANNELS


class Revision(Base):
    """One change of one thing: who, when, through what, and each field's old and new value."""

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("entity", "entity_code", "number", name="uq_revision_number"),
        one_of("channel", CHANNELS, "channel_known"),
        CheckConstraint("number >= 1", name="number_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entity: Mapped[str] = mapped_column(String(30))
    entity_code: Mapped[str] = mapped_column(String(120))
    number: Mapped[int]
    actor: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    channel: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)  # field → [old, new]


class IndexQueueEntry(Base):
    """A record whose index entry may be out of date. Written in the transaction of the change itself."""

    __tablename__ = "index_queue"
    __table_args__ = (Index("ix_index_queue_record_id", "record_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int]  # no foreign key: a deleted record must still leave the index
