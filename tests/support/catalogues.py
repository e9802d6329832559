"""Catalogues for tests, each in a folder of its own, and the work to write into them."""

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from flask import Flask

from catalogue.accounts.permissions import ANONYMOUS, COMMAND_LINE
from catalogue.app import create_app
from catalogue.config import load
from catalogue.database import db, prepare_database
from catalogue.imports.native_format import import_files
from catalogue.records.operations import SaveOutcome, Work, save
from catalogue.records.schema.reference_data import ENTITIES
from catalogue.records.transactions import writing_records
from catalogue.resources import DEMO_FOLDER
from catalogue.search.current import current_index, current_sync
from catalogue.tallies.issued import reports


def _nothing(_app: Flask) -> None:
    """What an empty catalogue is filled with."""


@cache
def _prepared(fill: Callable[[Flask], None]) -> Path:
    """The folder of a catalogue that has been filled, for this process to copy; it is removed when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="prepared-catalogue-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if fill is _nothing:
        app = create_app(load({}, data=folder))
        _migrate(app)
    else:
        app = empty_catalogue(folder)
        with app.app_context():
            fill(app)
            db.session.remove()
    with app.app_context():
        db.engine.dispose()  # the last connection takes everything into the one file
    return folder


def _migrate(app: Flask) -> None:
    with app.app_context():
        prepare_database()
        current_sync().prepare()
        db.session.remove()


def empty_catalogue(folder: Path, **settings: object) -> Flask:
    """An application with a migrated database and an index, without records."""
    if "database_url" in settings or (folder / "catalogue.sqlite3").exists():
        app = create_app(load({}, data=folder, **settings))
        _migrate(app)
        return app
    return filled_catalogue(folder, _nothing, **settings)


def filled_catalogue(folder: Path, fill: Callable[[Flask], None], **settings: object) -> Flask:
    """An application with what a function writes into an empty one. Many tests may ask for it: it is written once, in
    the application's context, and copied."""
    own = shutil.ignore_patterns("secret-key", "*.lock")
    shutil.copytree(_prepared(fill), folder, ignore=own, dirs_exist_ok=True)
    app = create_app(load({}, data=folder, **settings))
    with app.app_context():
        current_sync().prepare()  # settings may ask for another index
    return app


def demo_catalogue(folder: Path, **settings: object) -> Flask:
    """An application with the demonstration data, of which a tally and the paragraph have been issued."""
    app = empty_catalogue(folder, **settings)
    with app.app_context():
        with writing():
            import_files(work("import"), sorted(DEMO_FOLDER.glob("*.csv")))
        with writing():
            for subject, title in (("awards", "获奖统计"), ("", "通报稿")):
                day = {"as_of": "2006-12-31"}
                kept = reports.freeze(db.session(), ANONYMOUS, subject, day, current_index(), folder)
                reports.issue(db.session(), ANONYMOUS, kept, title, at=datetime(2007, 1, 15, tzinfo=UTC))
    return app


@contextmanager
def writing() -> Iterator[None]:
    """A write transaction of the current application, the index brought up to date after it."""
    with writing_records(db.session):
        yield


def work(channel: str = "command") -> Work:
    """Work on the current application's session."""
    return Work(db.session, COMMAND_LINE, channel)


def put(table: str, **texts: str) -> SaveOutcome:
    """Save one row of a table in a transaction of its own."""
    with writing():
        return save(work(), ENTITIES[table], texts)


def project(code: str = "XM-2001-001", **texts: str) -> SaveOutcome:
    """Save a project with plausible values."""
    return put("projects", **{"code": code, "title": "电解槽试验", "date": "2001-05", "status": "completed", **texts})
