"""The index follows the database: a queue written with each change, drained after commit and replayed at start."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from catalogue.database import writing
from catalogue.errors import Busy, IndexUnavailable
from catalogue.records.history.models import IndexQueueEntry
from catalogue.records.models.records import Patent, Record
from catalogue.records.operations import queue_for_index
from catalogue.records.patents.status import status_column
from catalogue.search.documents import documents
from catalogue.search.interface import IndexChange, SearchIndex

log = logging.getLogger(__name__)
_BATCH = 500
_POLL_SECONDS = 1.0
# What a rebuild has not mended (a full disk, a question that cannot be answered) another one will not mend at once.
_REPAIR_SECONDS = 300.0
_PATIENCE = 5.0  # seconds that a writer waits for its turn at the index, where a thread follows


@dataclass(frozen=True)
class Differences:
    """Where index and database disagree, by record id: not in the index, not in the database, said otherwise."""

    missing: tuple[int, ...]
    surplus: tuple[int, ...]
    outdated: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.surplus or self.outdated)


class IndexSync:
    """Keeps one index in step with one database. Safe from several threads and processes at once: reading what
    is to be indexed and writing it happen under one lock, or a slower process could write what is already old."""

    def __init__(self, index: SearchIndex, engine: Engine, lock_file: Path, as_of: Callable[[Session], date]) -> None:
        self.index = index
        self._engine = engine
        self._lock = FileLock(lock_file)  # between processes; being per thread, it is re-entrant
        # Between threads: whoever waits for a file lock looks again every 50 ms; these wait in turn instead.
        self._turn = threading.RLock()
        self._as_of = as_of
        self._is_followed = False  # whether a thread takes in what others leave in the queue

    def catch_up(self) -> None:
        """Bring the index up to date after a commit; raises nothing.

        Where the next one already writes, or the index cannot be written, it follows later: what was to be stored is,
        and who was told of a failure would enter it again. Nobody waits for minutes while the index is made anew,
        where a thread follows the queue (`follow`).
        """
        try:
            if self._is_followed:
                self._take_in(_PATIENCE)
            else:
                self.drain()
        except (Busy, IndexUnavailable) as error:
            log.info("The index follows later: %s", error)
        except OSError as error:
            log.error("The index could not be brought up to date (%s); the queue keeps what is missing.", error)
        except Exception:
            log.exception("The index could not be brought up to date; the queue keeps what it has not taken in.")

    def drain(self) -> int:
        """Index every queued record; gives their number. What is queued meanwhile waits for the next call.

        An index that cannot be read is made anew.
        """
        try:
            return self._take_in()
        except IndexUnavailable:
            return self.rebuild()

    def _take_in(self, patience: float = -1) -> int:
        """Index every queued record. Raises IndexUnavailable, and Busy after so many seconds of waiting (-1: never).

        Of many threads that wait here, the first indexes what all of them have queued, and the others have nothing left
        to do.
        """
        done = 0
        with Session(self._engine) as session:
            wanted = session.scalar(select(func.max(IndexQueueEntry.id))) or 0
        with self._only_writer(patience), Session(self._engine) as session:
            first = session.scalar(select(func.min(IndexQueueEntry.id)))
            if first is None or first > wanted:
                return 0
            last = session.scalar(select(func.max(IndexQueueEntry.id))) or 0
            while rows := session.execute(
                select(IndexQueueEntry.id, IndexQueueEntry.record_id)
                .where(IndexQueueEntry.id <= last)
                .order_by(IndexQueueEntry.id)
                .limit(_BATCH)
            ).all():
                ids = list(dict.fromkeys(row.record_id for row in rows))
                found = {document.id: document for document in documents(session, self._as_of(session), ids)}
                self.index.apply([IndexChange(record_id, found.get(record_id)) for record_id in ids])
                with writing(session):
                    session.execute(delete(IndexQueueEntry).where(IndexQueueEntry.id.in_([row.id for row in rows])))
                done += len(ids)
        return done

    @contextmanager
    def _only_writer(self, patience: float = -1) -> Iterator[None]:
        """Hold the only right to bring the index up to date, of all threads and processes. Raises Busy."""
        if not self._turn.acquire(timeout=patience):
            raise Busy("The index is being written.")
        try:
            with self._lock.acquire(timeout=patience):
                yield
        except Timeout as error:
            raise Busy("The index is being written.") from error
        finally:
            self._turn.release()

    def rebuild(self) -> int:
        """Make the index anew from the database; searches answer from the old one until it is complete."""
        with self._only_writer(), Session(self._engine) as session:
            last = session.scalar(select(func.max(IndexQueueEntry.id))) or 0
            as_of = self._as_of(session)
            count = self.index.rebuild(documents(session, as_of), as_of.isoformat())
            with writing(session):
                session.execute(delete(IndexQueueEntry).where(IndexQueueEntry.id <= last))
        return count

    def prepare(self) -> None:
        """At start: mend what is absent or damaged, replay the queue, and follow the calendar."""
        status = self.index.status()
        if status is None:
            if self.rebuild():
                log.warning("The search index was absent, damaged or of an older version; it has been built anew.")
            return
        as_of = self._queue_changed_states(date.fromisoformat(status.as_of))
        self.drain()
        self.index.stand_on(as_of.isoformat())

    def _queue_changed_states(self, indexed_as_of: date) -> date:
        """Time alone changes a patent's status (its term ends): queue those that the index knows otherwise. Gives the
        day that the index stands on once the queue is drained."""
        with Session(self._engine) as session:
            as_of = self._as_of(session)
            if as_of == indexed_as_of:
                return as_of
            before, now = status_column(indexed_as_of), status_column(as_of)
            ids = session.scalars(select(Patent.id).where(before.is_distinct_from(now))).all()
            if ids:
                with writing(session):
                    queue_for_index(session, ids)
        return as_of

    def check(self) -> Differences:
        """Compare every index entry with what the database says now. Drain first, or the queue shows up here."""
        indexed = dict(self.index.digests())
        stored: set[int] = set()
        missing, outdated = [], []
        with Session(self._engine) as session:
            for document in documents(session, self._as_of(session)):
                stored.add(document.id)
                if document.id not in indexed:
                    missing.append(document.id)
                elif indexed[document.id] != document.digest:
                    outdated.append(document.id)
        surplus = sorted(set(indexed) - stored)
        return Differences(tuple(missing), tuple(surplus), tuple(outdated))

    def queued(self) -> int:
        """How many changes wait to be indexed."""
        with Session(self._engine) as session:
            return session.scalar(select(func.count()).select_from(IndexQueueEntry)) or 0

    def follow(self, stop: threading.Event) -> None:
        """Drain whatever other processes queue, and rebuild an index that has gone bad, until `stop` is set.

        Meant for a daemon thread of the server.
        """
        self._is_followed = True
        repaired = -_REPAIR_SECONDS
        while not stop.wait(_POLL_SECONDS):
            try:
                self.index.warm_up()
                if self.index.status() is None:
                    if time.monotonic() - repaired >= _REPAIR_SECONDS:
                        repaired = time.monotonic()
                        log.warning("The search index is absent, damaged or of another version; it is rebuilt.")
                        self.rebuild()
                elif self.queued():
                    self.drain()
            except OSError as error:
                log.error("The index could not be brought up to date (%s); it is tried again.", error)
            except Exception:  # a thread that dies would leave the index behind silently
                log.exception("The index could not be brought up to date; it is tried again.")
        self._is_followed = False

    def codes(self, ids: tuple[int, ...]) -> dict[int, str]:
        """The codes of records, for messages."""
        with Session(self._engine) as session:
            rows = session.execute(select(Record.id, Record.code).where(Record.id.in_(ids)))
            return {row.id: row.code for row in rows}
