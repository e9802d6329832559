"""What is attached to records: the files (each content once), what stands in them, and on which record they hang."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.accounts.models import Account
from catalogue.attachments.formats import FORMATS
from catalogue.database import Base, UtcDateTime, one_of, utc_now

# Whether a file's text is known, is absent (as of scanned pages), could not be read, or is not to be expected.
TEXT_STATES = ("text", "none", "unread", "picture")
STATES = ("present", "removed")


class StoredFile(Base):
    """One content, known by its SHA-256; it lies in the `storage.Store`. The row stays when the file is swept."""

    __tablename__ = "stored_file"
    __table_args__ = (
        one_of("format", FORMATS, "format_known"),
        one_of("text_state", TEXT_STATES, "text_state_known"),
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        CheckConstraint("size > 0", name="size_positive"),
    )

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    format: Mapped[str] = mapped_column(String(10))
    pages: Mapped[int | None]  # of a PDF
    text_state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class AttachmentText(Base):
    """The text of a file, as far as it is searched."""

    __tablename__ = "attachment_text"

    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class Attachment(Base):
    """A file on a record, under a name. Removing only marks it: who, and when, stays known."""

    __tablename__ = "attachment"
    __table_args__ = (
        one_of("state", STATES, "state_known"),
        CheckConstraint("name <> ''", name="name_given"),
        CheckConstraint("(state = 'removed') = (removed_at IS NOT NULL)", name="removed_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), index=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(String(300), default="")
    actor: Mapped[str] = mapped_column(String(100))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    state: Mapped[str] = mapped_column(String(10), default="present")
    removed_by: Mapped[str] = mapped_column(String(100), default="")
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    file: Mapped[StoredFile] = relationship()
    account: Mapped[Account | None] = relationship(foreign_keys=account_id)
