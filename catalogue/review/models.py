"""What waits for review besides drafts: proposed changes of what is published already."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.accounts.models import Account
from catalogue.code_list import CodeList
from catalogue.database import Base, UtcDateTime, one_of, utc_now

AMENDMENT_STATES = CodeList(
    {
        "submitted": _l("Waits for review"),
        "returned": _l("Returned"),
        "approved": _l("Approved"),
        "recalled": _l("Taken back"),
    }
)


class Amendment(Base):
    """A proposed change of one published item. The item stays as it is until somebody who may review approves.

    `changes` are field → [text when it was proposed, proposed text], `base_number` the revision it was based on.
    `four_eyes` says that the item counts in published figures: then the database itself refuses that the author
    approves.
    """

    __tablename__ = "amendment"
    __table_args__ = (
        one_of("state", AMENDMENT_STATES, "state_known"),
        CheckConstraint("state <> 'approved' OR decided_by_id IS NOT NULL", name="approved_by_somebody"),
        CheckConstraint("state <> 'approved' OR NOT four_eyes OR decided_by_id <> author_id", name="four_eyes_kept"),
        Index("ix_amendment_entity", "entity", "entity_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entity: Mapped[str] = mapped_column(String(30))
    entity_code: Mapped[str] = mapped_column(String(120))
    base_number: Mapped[int]
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    four_eyes: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(20), default="submitted", index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    comment: Mapped[str] = mapped_column(Text, default="")

    author: Mapped[Account] = relationship(foreign_keys=author_id)
    decided_by: Mapped[Account | None] = relationship(foreign_keys=decided_by_id)
