"""What is kept of forms that nobody has sent yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.database import Base, UtcDateTime, utc_now


class FormDraft(Base):
    """A form as somebody left it: kept while they type, gone once it is saved, discarded or ninety days old.

    `address` is that of the form; `token` tells several new entries at one address apart and is empty where an item is
    changed. `content` are the texts of its controls by name, `base_number` the revision that it was opened at.
    """

    __tablename__ = "form_draft"
    __table_args__ = (UniqueConstraint("account_id", "address", "token", name="uq_form_draft_form"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(500))
    token: Mapped[str] = mapped_column(String(40), default="")
    title: Mapped[str] = mapped_column(String(300), default="")
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    base_number: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
