"""The database: one declarative base, the session, and what SQLite needs to be safe under concurrency."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_babel import gettext as _
from flask_migrate import Migrate, upgrade
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, CheckConstraint, Connection, DateTime, Engine, MetaData, event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from catalogue.config import Settings
from catalogue.errors import Busy, CatalogueError

BUSY_TIMEOUT_MS = 5000
WRITE_OPTION = "catalogue_write"
_BUSY_STATES = ("40001", "40P01", "55P03")  # PostgreSQL: two that cannot both be, a deadlock, no lock in time
_PATIENCE_OPTION = "catalogue_patience_ms"
_TURN_OPTION = "catalogue_turn"
_PATIENCE_MS = 30_000  # with the other threads of this process, which write one after the other


class Base(DeclarativeBase):
    """Base of all models. Every constraint gets a name, so that migrations can speak of it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
migrate = Migrate()


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Stored in UTC without a zone (SQLite keeps none), handed out with one."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class _Scaled(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places, stored as a whole number of its smallest part.

    SQLite has no decimals: it would keep and add floats. Whole numbers add up exactly on every database.
    Raises ValueError for more decimal places than there are.
    """

    impl = BigInteger
    cache_ok = True
    places = 0

    def process_bind_param(self, value: Decimal | int | None, dialect: Any) -> int | None:
        if value is None:
            return None
        parts = Decimal(value).scaleb(self.places)
        if parts != int(parts):
            raise ValueError(f"at most {self.places} decimal places can be kept")
        return int(parts)

    def process_result_value(self, value: Any, dialect: Any) -> Decimal | None:
        return None if value is None else Decimal(int(value)) / 10**self.places


class Hundredths(_Scaled):
    """Money and quantities: two places."""

    cache_ok = True
    places = 2


class Millionths(_Scaled):
    """Factors between units, such as rates of exchange: six places."""

    cache_ok = True
    places = 6


def utc_now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def one_of(column: str, codes: Any, name: str | None = None) -> CheckConstraint:
    """A named check constraint: `column` holds one of `codes` (or null where the column allows it)."""
    listed = ", ".join(f"'{code}'" for code in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=name or f"{column}_known")


def init_app(app: Flask, settings: Settings) -> None:
    """Bind the session to the database of `settings` and prepare every SQLite connection."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.sqlalchemy_url
    # A thread has a connection for its request, and another one while it brings the index up to date; so have the
    # threads beside the requests (the index, an import).
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": settings.threads, "max_overflow": settings.threads + 4}
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            prepare_sqlite(db.engine)


def prepare_sqlite(engine: Engine, *, lasting: bool = True) -> None:
    """Set the pragmas of every connection and let `writing` begin its transactions IMMEDIATE, one thread at a time.

    SQLite has no queue: whoever finds the lock taken sleeps and tries again, longer each time, and among many threads
    some would come too late for `busy_timeout`. So those of one process wait in turn; `busy_timeout` is for others.
    A database that is not `lasting` is one connection's own and need not outlive a crash.
    """
    engine.update_execution_options(**{_TURN_OPTION: threading.Lock()})

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        # The driver would begin transactions by itself, deferred and late; `begin` below does it instead.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute(f"PRAGMA journal_mode = {'WAL' if lasting else 'TRUNCATE'}")
        if not lasting:
            cursor.execute("PRAGMA synchronous = OFF")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        options = connection.get_execution_options()
        if not options.get(WRITE_OPTION, False):
            connection.exec_driver_sql("BEGIN")
            return
        patience = min(options.get(_PATIENCE_OPTION, BUSY_TIMEOUT_MS), BUSY_TIMEOUT_MS)
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def writing(session: Session, patience_ms: int | None = None) -> Iterator[Session]:
    """One write transaction: committed at the end, rolled back on any error. `patience_ms` is how long SQLite waits
    for other writers: for the threads of this process, and then, up to `busy_timeout`, for other processes.

    The lock is taken at the beginning (``BEGIN IMMEDIATE``): on SQLite a transaction that first reads and then
    writes fails at once when another writer was faster, and `busy_timeout` does not help it.
    Raises Busy where somebody else writes for longer than that.
    """
    patience_ms = _PATIENCE_MS if patience_ms is None else patience_ms
    session.rollback()
    with _turn(session.get_bind(), patience_ms):
        try:
            session.connection(execution_options={WRITE_OPTION: True, _PATIENCE_OPTION: patience_ms})
        except OperationalError as error:
            session.rollback()
            raise as_reported(error) from error.orig
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def _turn(engine: Engine | Connection, patience_ms: int) -> Iterator[None]:
    """Wait for the other threads that write to this SQLite database, not longer than so. Who has waited in vain goes
    on: the database itself then says whether it is busy."""
    lock: threading.Lock | None = engine.get_execution_options().get(_TURN_OPTION)
    taken = lock is not None and lock.acquire(timeout=patience_ms / 1000)
    try:
        yield
    finally:
        if lock is not None and taken:
            lock.release()


def as_reported(error: OperationalError) -> CatalogueError | OperationalError:
    """The error as a reader is told: Busy where others hold what was wanted, else itself."""
    code, state = getattr(error.orig, "sqlite_errorcode", None), getattr(error.orig, "sqlstate", None)
    if state in _BUSY_STATES or (code is not None and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)):
        return Busy(_("Somebody is writing; try again in a moment."))
    return error


def prepare_database() -> None:
    """Bring the database of the current application to the newest migration; does nothing where it is there already.

    Raises CatalogueError for a database of a newer version of the program.
    """
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    known = ScriptDirectory.from_config(migrate.get_config())
    if current is not None and current not in {each.revision for each in known.walk_revisions()}:
        url = db.engine.url
        raise CatalogueError(
            _(
                "The database %(place)s is of a newer version of the catalogue (%(revision)s): install that version, "
                "or restore a backup from before.",
                place=url.database if url.get_backend_name() == "sqlite" else url.render_as_string(),
                revision=current,
            )
        )
    if current != known.get_current_head():
        upgrade()


def table_is_empty(session: Session, model: type[Base]) -> bool:
    """Whether no row of the model is stored."""
    return session.execute(select(model).limit(1)).first() is None
