"""Whether rows and files agree, and sweeping away what nothing refers to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from catalogue.attachments.models import Attachment
from catalogue.attachments.storage import Store
from catalogue.database import utc_now

KEPT = timedelta(days=30)  # after it was removed, a file can be found again so long


@dataclass(frozen=True)
class Faults:
    """Files that rows speak of and that are gone or have another content, and files that no row speaks of."""

    missing: tuple[str, ...]
    changed: tuple[str, ...]
    orphans: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether something is lost; files too many are no loss."""
        return bool(self.missing or self.changed)


def find_faults(session: Session, store: Store, now: datetime | None = None) -> Faults:
    """Read every file and compare it with its SHA-256."""
    wanted, here = _wanted(session, now or utc_now()), set(store.digests())
    changed = (sha256 for sha256 in sorted(wanted & here) if not store.is_unchanged(sha256))
    return Faults(tuple(sorted(wanted - here)), tuple(changed), tuple(sorted(here - wanted)))


def sweep(session: Session, store: Store, now: datetime | None = None) -> list[str]:
    """Remove the files that nothing refers to; gives their SHA-256."""
    now = now or utc_now()
    return store.sweep(_wanted(session, now), now)


def names_of(session: Session, sha256: str) -> list[str]:
    """Under which names a file is or was attached, for messages."""
    return list(session.scalars(select(Attachment.name).where(Attachment.sha256 == sha256).distinct()))


def _wanted(session: Session, now: datetime) -> set[str]:
    recently = and_(Attachment.state == "removed", Attachment.removed_at > now - KEPT)
    return set(
        session.scalars(select(Attachment.sha256).where(or_(Attachment.state == "present", recently)).distinct())
    )
