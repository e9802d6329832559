"""What happened: revisions of everything that is stored, the imports that made many at once, and the queue that the
index follows."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.accounts.models import Account
from catalogue.database import Base, UtcDateTime, one_of, utc_now
from catalogue.records.models.code_lists import (
    BATCH_STATES,
    CHANNELS,
)


class Revision(Base):
    """One change of one item: who, when, through what, and each field's old and new value.

    Before its transaction ends it is sealed (`sealing.seal`): it gets its `position` in the one chain of all revisions,
    and a `hash` over itself and the one before. Triggers refuse to change what is sealed, and to remove anything.
    """

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("entity", "entity_code", "number", name="uq_revision_number"),
        one_of("channel", CHANNELS, "channel_known"),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint("(position IS NULL) = (hash IS NULL)", name="sealed_whole"),
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
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    position: Mapped[int | None] = mapped_column(unique=True)
    hash: Mapped[str | None] = mapped_column(String(64))


class HistoryLock(Base):
    """One row that is locked while a transaction seals its revisions, so that the chain has one end at a time."""

    __tablename__ = "history_lock"

    id: Mapped[int] = mapped_column(primary_key=True)


class ImportBatch(Base):
    """A file brought to be imported, from its first reading on. It gets its number when it is applied.

    `options` are what the clerk has chosen (kind, corrected columns, what becomes of possible duplicates), `counts` how
    many rows had which outcome, `digest` that of the plan which was shown, and `tried_for_id` to whom. What comes by
    command has no accounts.
    """

    __tablename__ = "import_batch"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        one_of("state", BATCH_STATES, "state_known"),
        CheckConstraint("serial >= 1", name="serial_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(40), unique=True)  # its folder and address until it has a number
    year: Mapped[int | None]  # in the site's time zone
    serial: Mapped[int | None]
    file_name: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(100))
    uploader_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    tried_for_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64), default="")
    message: Mapped[str] = mapped_column(Text, default="")  # why it could not go on

    tried_for: Mapped[Account | None] = relationship(foreign_keys=[tried_for_id])
    applied_by: Mapped[Account | None] = relationship(foreign_keys=[applied_by_id])

    @property
    def number(self) -> str:
        """As it is cited: DR-2026-0001; empty before it is applied."""
        return f"DR-{self.year}-{self.serial:04}" if self.serial else ""


class RememberedLayout(Base):
    """Which column is which field, as a clerk corrected it for all sheets with these headings."""

    __tablename__ = "import_layout"

    signature: Mapped[str] = mapped_column(String(64), primary_key=True)
    entity_table: Mapped[str] = mapped_column(String(30))
    fields: Mapped[list[str | None]] = mapped_column(JSON)
    extra: Mapped[dict[str, str]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, onupdate=utc_now)


class IndexQueueEntry(Base):
    """A record whose index entry may be out of date. Written in the transaction of the change itself."""

    __tablename__ = "index_queue"
    __table_args__ = (Index("ix_index_queue_record_id", "record_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int]  # no foreign key: a deleted record must still leave the index
