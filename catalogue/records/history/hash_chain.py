"""History as a chain of hashes: each revision is sealed with the SHA-256 of itself and of the seal before it, so that
none of them can be changed, left out or put in later without breaking every seal after it.

Whoever can write to the database can make the whole chain anew; the last seal, noted on paper or in another place
(`catalogue check` prints it), shows even that.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalogue.records.history.models import HistoryLock, Revision

FIRST = ""  # what stands in the place of the seal before the first
_STEP = 1000


@dataclass(frozen=True)
class Break:
    """Where the chain is broken: `what` is ``changed`` (the revision, or its place, is not what was sealed),
    ``missing`` (revisions before it are not there any more) or ``unsealed`` (it came by another way, and has no
    position)."""

    what: Literal["changed", "missing", "unsealed"]
    entity: str
    code: str
    number: int
    position: int | None


@dataclass(frozen=True)
class SealCheck:
    """What looking through the chain has found: how many revisions are sealed, the last seal, and the breaks."""

    sealed: int
    last: str
    breaks: tuple[Break, ...]

    @property
    def broken(self) -> tuple[int, ...]:
        """The positions at which the chain is broken."""
        return tuple(each.position for each in self.breaks if each.position is not None)

    @property
    def unsealed(self) -> tuple[Break, ...]:
        """What is not sealed."""
        return tuple(each for each in self.breaks if each.position is None)


def seal_of(revision: Any, before: str) -> str:
    """The seal of a revision after the one before: 64 hexadecimal digits."""
    at = revision.at.replace(tzinfo=None).isoformat(timespec="microseconds")
    said = [
        before,
        revision.entity,
        revision.entity_code,
        revision.number,
        revision.actor,
        revision.account_id,
        at,
        revision.channel,
        revision.note,
        revision.changes,
        revision.batch_id,
    ]
    written = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()


def seal(session: Session) -> None:
    """Seal every revision that is not sealed yet, at the end of the transaction that has written it."""
    session.flush()
    unsealed = Revision.position.is_(None)  # what has no position has no hash either, and positions are indexed
    if session.scalar(select(Revision.id).where(unsealed).limit(1)) is None:
        return
    session.execute(select(HistoryLock.id).with_for_update())
    position, before = _end(session)
    # Step by step: a large import has written tens of thousands.
    while rows := session.execute(select(*_COLUMNS).where(unsealed).order_by(Revision.id).limit(_STEP)).all():
        sealed = []
        for row in rows:
            position, before = position + 1, seal_of(row, before)
            sealed.append({"id": row.id, "position": position, "hash": before})
        session.execute(update(Revision), sealed)


def check_seals(session: Session) -> SealCheck:
    """Look through the whole chain. It tells nothing of revisions that are missing at its end: the last seal, noted
    elsewhere, does, and so does the item itself (`replay`)."""
    before, expected, sealed, breaks = FIRST, 1, 0, []
    query = select(*_COLUMNS).where(Revision.position.is_not(None)).order_by(Revision.position)
    for row in session.execute(query.execution_options(yield_per=_STEP)):
        if row.position != expected:
            breaks.append(_break("missing", row))
        elif row.hash != seal_of(row, before):
            breaks.append(_break("changed", row))
        # From here on by what is written, so that one fault is told once and not for all that follow.
        before, expected, sealed = row.hash, row.position + 1, sealed + 1
    unsealed = session.execute(select(*_COLUMNS).where(Revision.hash.is_(None)).order_by(Revision.id))
    return SealCheck(sealed, before, (*breaks, *(_break("unsealed", row) for row in unsealed)))


def _break(what: Literal["changed", "missing", "unsealed"], row: Any) -> Break:
    return Break(what, row.entity, row.entity_code, row.number, row.position)


def _end(session: Session) -> tuple[int, str]:
    last = session.execute(
        select(Revision.position, Revision.hash)
        .where(Revision.position.is_not(None))
        .order_by(Revision.position.desc())
        .limit(1)
    ).first()
    return (last.position or 0, last.hash or FIRST) if last else (0, FIRST)


_COLUMNS = (
    Revision.id,
    Revision.position,
    Revision.hash,
    Revision.entity,
    Revision.entity_code,
    Revision.number,
    Revision.actor,
    Revision.account_id,
    Revision.at,
    Revision.channel,
    Revision.note,
    Revision.changes,
    Revision.batch_id,
)
