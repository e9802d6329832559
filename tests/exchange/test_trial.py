"""A trial keeps nobody waiting, stores nothing, and leaves nothing behind, whatever becomes of it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from flask_babel import force_locale
from sqlalchemy import func, select

from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.database import db
from catalogue.errors import CatalogueError
from catalogue.imports import dry_run as trial
from catalogue.imports.batches import (
    apply,
    dry_run,
    new_batch,
    sources_of,
)
from catalogue.imports.plan import Source
from catalogue.records.history.models import IndexQueueEntry, Revision
from catalogue.records.models.records import Record
from tests.benchmarks.imports import prepare, sheets, workbook
from tests.support.catalogues import empty_catalogue, work, writing

ROWS = 100


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with empty_catalogue(tmp_path).app_context():
        prepare()
        yield tmp_path
        db.session.remove()


@pytest.fixture
def sources(folder: Path) -> list[Source]:
    return sources_of(db.session(), workbook(sheets(ROWS, 0)), "台账.xlsx", {})


def left(folder: Path) -> list[Path]:
    return list(folder.glob("trials/*"))


def written() -> list[int]:
    db.session.rollback()
    counts = [select(func.count()).select_from(each) for each in (Record, Revision, IndexQueueEntry)]
    return [db.session.scalar(count) or 0 for count in counts]


def test_others_write_meanwhile(folder: Path, sources: list[Source]) -> None:
    busy_with = []

    def write(done: int, _total: int) -> None:
        if done == ROWS // 2:
            busy_with.extend(left(folder))
            other = sqlite3.connect(folder / "catalogue.sqlite3", timeout=0)
            with other:
                other.execute("UPDATE person SET name = '张三丰' WHERE staff_number = 'A3'")
            other.close()

    before = written()
    plan = dry_run(work("import"), sources, told=write)
    assert plan.counts == {"new": ROWS}
    assert busy_with
    assert not left(folder)
    assert written() == before


def test_it_is_the_import_itself(sources: list[Source], monkeypatch: pytest.MonkeyPatch) -> None:
    before = written()
    tried = dry_run(work("import"), sources)
    monkeypatch.setattr(trial, "_folder", lambda _engine: None)  # as on a database that lets many write
    rolled_back = dry_run(work("import"), sources)
    assert written() == before
    with writing():
        applied = apply(work("import"), new_batch(COMMAND_LINE, "台账.xlsx", "", {}), sources, partial=False)
    assert tried.digest == rolled_back.digest == applied.digest


def test_nothing_is_left_of_one_that_fails(folder: Path, sources: list[Source]) -> None:
    def fail(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    before = written()
    with pytest.raises(KeyboardInterrupt):
        dry_run(work("import"), sources, told=fail)
    assert not left(folder)
    assert written() == before


def test_where_there_is_no_room_it_is_told(folder: Path, sources: list[Source]) -> None:
    (folder / "trials").write_text("a file where the folder should be")
    with force_locale("zh"), pytest.raises(CatalogueError, match="无法试导入"):
        dry_run(work("import"), sources)


def test_what_a_killed_one_left_is_swept(folder: Path) -> None:
    trials = folder / "trials"
    trials.mkdir(exist_ok=True)
    for name in ("dead.lock", "dead.sqlite", "dead.sqlite-journal", "alive.sqlite"):
        (trials / name).touch()
    with FileLock(trials / "alive.lock"):
        trial.sweep(db.engine)
        assert {file.name for file in left(folder)} == {"alive.lock", "alive.sqlite"}
