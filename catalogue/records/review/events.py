"""What happened in review: each move from state to state, kept for good, and who wrote what was moved.

The database itself holds the rules: no move that `workflow.TRANSITIONS` has not, none without the comment that it
needs, and nothing that counts in published figures published by whoever wrote it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalogue.database import Base, UtcDateTime, utc_now
from catalogue.records.history.models import Revision
from catalogue.records.models.transitions import TRANSITIONS
from catalogue.records.schema.entities import Entity

STATE = "review_state"


def _steps(steps: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"'{before}>{after}'" for before, after in steps)


_STEP = "state_before || '>' || state_after"
_STEPS = _steps([(each.before, each.after) for each in TRANSITIONS])
_COMMENTED = _steps([(each.before, each.after) for each in TRANSITIONS if each.needs_comment])


class ReviewEvent(Base):
    """One move of one item. `number` is that of its revision, `author_id` who wrote what is moved: the account that
    moves it where that has had a hand in it, else whoever wrote last (null for what came by command).

    Triggers refuse to change or remove one.
    """

    __tablename__ = "review_event"
    __table_args__ = (
        UniqueConstraint("entity", "entity_code", "number", name="uq_review_event_number"),
        CheckConstraint(f"{_STEP} IN ({_STEPS})", name="step_known"),
        CheckConstraint(f"{_STEP} NOT IN ({_COMMENTED}) OR comment <> ''", name="comment_given"),
        CheckConstraint(
            "state_after <> 'published' OR NOT four_eyes OR account_id IS NULL OR author_id IS NULL"
            " OR account_id <> author_id",
            name="four_eyes_kept",
        ),
        Index("ix_review_event_state_after", "state_after"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entity: Mapped[str] = mapped_column(String(30))
    entity_code: Mapped[str] = mapped_column(String(120))
    number: Mapped[int]
    state_before: Mapped[str] = mapped_column(String(20))
    state_after: Mapped[str] = mapped_column(String(20))
    four_eyes: Mapped[bool]
    actor: Mapped[str] = mapped_column(String(100))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    comment: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


def events_of(session: Session, entity: Entity, code: str) -> Sequence[ReviewEvent]:
    """The moves of an item, the newest first."""
    own = ReviewEvent.entity == entity.name, ReviewEvent.entity_code == code
    return session.scalars(select(ReviewEvent).where(*own).order_by(ReviewEvent.number.desc())).all()


def authors_of(session: Session, entity: Entity, item: Any) -> list[int]:
    """The accounts that have had a hand in something reviewed: who owns it, and who has changed more of it than its
    state since it was published last; whoever wrote last comes last."""
    own = Revision.entity == entity.name, Revision.entity_code == entity.code_of(item)
    return authors(item.owner_id, session.scalars(select(Revision).where(*own).order_by(Revision.number)).all())


def authors(owner_id: int | None, revisions: Sequence[Revision]) -> list[int]:
    """The same from an item's revisions, the oldest first."""
    wrote: list[int] = []
    for revision in revisions:
        if revision.changes.get(STATE, ["", ""])[1] == "published":
            wrote = []
        elif revision.account_id is not None and set(revision.changes) != {STATE}:
            wrote.append(revision.account_id)
    return ([] if owner_id is None else [owner_id]) + wrote
