"""Killed at any moment, the catalogue loses nothing half done: no half import, and index and database agree."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from catalogue.app import create_app
from catalogue.config import load
from catalogue.database import db
from catalogue.records.history.models import ImportBatch, Revision
from catalogue.records.models.benefits import Benefit
from catalogue.records.models.participation import Contribution
from catalogue.records.models.records import Record, RecordKeyword
from catalogue.search.current import current_index, current_sync
from catalogue.search.interface import Query
from tests.benchmarks.imports import prepare, sheets, workbook
from tests.support.catalogues import empty_catalogue, project

ROWS = 150
EDITS = """
import sys
from pathlib import Path
from catalogue.config import load
from catalogue.app import create_app
from tests.support.catalogues import project
app = create_app(load({}, data=Path(sys.argv[1])))
with app.app_context():
    print("ready", flush=True)
    for number in range(10_000):
        project(f"XM-{number % 7}", title=f"第{number}次修改", keywords=f"甲{number};乙{number}")
"""


def start(folder: Path, *command: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "CATALOGUE_DATA": str(folder), "PYTHONPATH": str(Path.cwd())}
    return subprocess.Popen([sys.executable, *command], env=environment, stdout=subprocess.PIPE, text=True)


def kill(process: subprocess.Popen[str], after: float) -> None:
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()


def assert_sound(folder: Path) -> int:
    """Start as after a crash; index and database must agree. Gives the number of records."""
    app = create_app(load({}, data=folder))
    with app.app_context():
        sync = current_sync()
        sync.prepare()
        assert sync.queued() == 0
        assert not sync.check()
        number = db.session.scalar(select(func.count()).select_from(Record)) or 0
        assert current_index().search(Query(access=None)).total == number
        db.session.remove()
        db.engine.dispose()
    return number


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a POSIX thing")
@pytest.mark.parametrize("batch", range(2))
def test_a_killed_import_stores_all_or_nothing(tmp_path: Path, batch: int) -> None:
    chance = random.Random(batch)
    folder = tmp_path / "data"
    empty_catalogue(folder)
    rows = "".join(f"XM-{{run}}-{number},试验{number},2001,completed,甲;乙{number}\n" for number in range(ROWS))
    stored = 0
    for run in range(5):
        sheet = tmp_path / "projects.csv"
        sheet.write_text("code,title,date,status,keywords\n" + rows.replace("{run}", f"{batch}{run}"))
        kill(start(folder, "-m", "catalogue", "import", str(sheet)), after=chance.uniform(0.8, 3.0))
        number = assert_sound(folder)
        assert number in {stored, stored + ROWS}
        stored = number


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a POSIX thing")
def test_nothing_is_left_of_a_large_workbook_killed_in_the_middle(tmp_path: Path) -> None:
    folder, file = tmp_path / "data", tmp_path / "台账.xlsx"
    app = empty_catalogue(folder)
    with app.app_context():
        prepare()
        db.session.remove()
        db.engine.dispose()
    file.write_bytes(workbook(sheets(2000, 0)))
    process = start(folder, "-m", "catalogue", "import", str(file))
    while not is_writing(folder):
        assert process.poll() is None
        time.sleep(0.02)
    kill(process, after=0.3)
    assert process.returncode == -signal.SIGKILL, "it must not be over before"
    assert assert_sound(folder) == 0
    with app.app_context():
        for model in (ImportBatch, Benefit, Contribution):
            assert not db.session.scalar(select(func.count()).select_from(model))
        assert not db.session.scalar(select(func.count()).where(Revision.batch_id.is_not(None)))
        db.session.remove()


def is_writing(folder: Path) -> bool:
    """Whether somebody holds the write lock."""
    connection = sqlite3.connect(folder / "catalogue.sqlite3", timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a POSIX thing")
@pytest.mark.parametrize("batch", range(2))
def test_a_killed_edit_is_whole_or_absent(tmp_path: Path, batch: int) -> None:
    chance = random.Random(batch)
    app = empty_catalogue(tmp_path)
    with app.app_context():
        for number in range(7):
            project(f"XM-{number}", keywords="甲;乙")
    for _run in range(5):
        process = start(tmp_path, "-c", EDITS, str(tmp_path))
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        kill(process, after=chance.uniform(0.02, 0.8))
        assert assert_sound(tmp_path) == 7
        with app.app_context():
            for record in db.session.scalars(select(Record)):
                words = db.session.scalars(
                    select(RecordKeyword.keyword)
                    .where(RecordKeyword.record_id == record.id)
                    .order_by(RecordKeyword.position)
                ).all()
                assert len(words) == 2
                if record.title.startswith("第"):
                    assert [word[1:] for word in words] == [record.title[1:-3]] * 2
            db.session.remove()
