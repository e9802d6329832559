"""Where rows are tried: nobody waits for a trial, and nothing of it stays.

SQLite lets one write at a time, so a trial writes into a copy of the database of its own. PostgreSQL lets many write;
there a trial is a transaction that is rolled back.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout
from flask_babel import gettext as _
from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.orm import Session

from catalogue.database import WRITE_OPTION, prepare_sqlite
from catalogue.errors import CatalogueError


@contextmanager
def dry_run_session(session: Session) -> Iterator[Session]:
    """A session to write into as one likes: nothing of it is stored. What `session` has begun is rolled back."""
    session.rollback()
    engine = session.get_bind()
    folder = _folder(engine) if isinstance(engine, Engine) else None
    if isinstance(engine, Engine) and folder is not None:
        with _copy(engine, folder) as trial:
            yield trial
        return
    session.connection(execution_options={WRITE_OPTION: True})
    try:
        yield session
    finally:
        session.rollback()


def sweep(engine: Engine) -> None:
    """Remove the copies of trials whose program was killed."""
    folder = _folder(engine)
    for file in {each.with_suffix(".lock") for each in folder.glob("*")} if folder else ():
        lock = FileLock(file, timeout=0)
        try:
            lock.acquire()
        except (Timeout, OSError):
            continue  # a trial is under way
        _remove(lock)


def _folder(engine: Engine) -> Path | None:
    """Where copies lie, beside the database; None where it is no file."""
    name = engine.url.database or ""
    is_file = engine.dialect.name == "sqlite" and name and not name.startswith((":", "file:"))
    return Path(name).parent / "trials" if is_file else None


@contextmanager
def _copy(engine: Engine, folder: Path) -> Iterator[Session]:
    """A session on a copy of the database, which is deleted afterwards. While the lock is held it is in use."""
    sweep(engine)
    lock = FileLock(folder / f"{secrets.token_hex(8)}.lock")
    copy = Path(lock.lock_file).with_suffix(".sqlite")
    try:
        folder.mkdir(exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise _impossible(error) from error
    try:
        _fill(copy, engine)
        own = create_engine(engine.url.set(database=str(copy)), poolclass=NullPool)
        prepare_sqlite(own, lasting=False)
        with Session(own) as session:
            yield session
    finally:
        _remove(lock)


def _fill(copy: Path, engine: Engine) -> None:
    try:
        with closing(engine.raw_connection()) as source, closing(sqlite3.connect(copy)) as target:
            assert isinstance(source.driver_connection, sqlite3.Connection)  # noqa: S101  # nosec B101  # for the types
            source.driver_connection.backup(target)  # in one step: a consistent state, and no writer waits
    except sqlite3.Error as error:
        raise _impossible(error) from error


def _impossible(error: Exception) -> CatalogueError:
    reason = getattr(error, "strerror", None) or error
    return CatalogueError(
        _("The rows cannot be tried: the database cannot be copied beside itself (%(reason)s).", reason=reason)
    )


def _remove(lock: BaseFileLock) -> None:
    """Delete the copy of which the lock is held, then the lock."""
    file = Path(lock.lock_file)
    for ending in (".sqlite", ".sqlite-journal", ".sqlite-wal", ".sqlite-shm"):
        with suppress(OSError):  # what Windows cannot delete while somebody scans it, the next sweep does
            file.with_suffix(ending).unlink(missing_ok=True)
    lock.release()
    with suppress(OSError):
        file.unlink(missing_ok=True)
