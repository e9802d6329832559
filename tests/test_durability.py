"""Killed at any moment, the catalogue loses nothing half done: no half import, and index and database agree."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
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
from tests.support.timing import eventually

ROWS = 150
# Loading the catalogue takes longer than what is killed here, so one process loads it and is forked: each line that it
# reads starts one, and it says the number of that, and its exit status once it has ended.
STARTER = """
import json, os, sys
from pathlib import Path
from catalogue.app import create_app
from catalogue.cli.main import main
from catalogue.config import load
from tests.support.catalogues import project

def edit(folder):
    with create_app(load({}, data=Path(folder))).app_context():
        for number in range(10_000):
            project(f"XM-{number % 7}", title=f"第{number}次修改", keywords=f"甲{number};乙{number}")

for line in sys.stdin:
    folder, *command = json.loads(line)
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.environ["CATALOGUE_DATA"] = folder
        sys.argv = ["catalogue", *command]
        main() if command else edit(folder)
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kill -9 is a POSIX thing"),
]


class Starter:
    """Starts the catalogue in processes of their own, and kills them."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def _read(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def kill_writer(self, folder: Path, *command: str, after: float) -> int:
        """The exit status of a command, or of somebody who edits without end, killed so many seconds after it has
        begun to write."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([str(folder), *command]) + "\n")
        self._process.stdin.flush()
        child = self._read()
        eventually(lambda: is_writing(folder) or not is_alive(child))
        time.sleep(after)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        return self._read()


@pytest.fixture(scope="module")
def starter() -> Iterator[Starter]:
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-c", STARTER]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Starter(process)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


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


@pytest.mark.parametrize("batch", range(2))
def test_a_killed_import_stores_all_or_nothing(starter: Starter, tmp_path: Path, batch: int) -> None:
    chance = random.Random(batch)
    folder = tmp_path / "data"
    empty_catalogue(folder)
    rows = "".join(f"XM-{{run}}-{number},试验{number},2001,completed,甲;乙{number}\n" for number in range(ROWS))
    stored = 0
    for run in range(5):
        sheet = tmp_path / "projects.csv"
        sheet.write_text("code,title,date,status,keywords\n" + rows.replace("{run}", f"{batch}{run}"))
        starter.kill_writer(folder, "import", str(sheet), after=chance.uniform(0, 0.6))
        number = assert_sound(folder)
        assert number in {stored, stored + ROWS}
        stored = number


def test_nothing_is_left_of_a_large_workbook_killed_in_the_middle(starter: Starter, tmp_path: Path) -> None:
    folder, file = tmp_path / "data", tmp_path / "台账.xlsx"
    app = empty_catalogue(folder)
    with app.app_context():
        prepare()
        db.session.remove()
        db.engine.dispose()
    file.write_bytes(workbook(sheets(2000, 0)))
    status = starter.kill_writer(folder, "import", str(file), after=0.3)
    assert status == -signal.SIGKILL, "it must not be over before"
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


@pytest.mark.parametrize("batch", range(2))
def test_a_killed_edit_is_whole_or_absent(starter: Starter, tmp_path: Path, batch: int) -> None:
    chance = random.Random(batch)
    app = empty_catalogue(tmp_path)
    with app.app_context():
        for number in range(7):
            project(f"XM-{number}", keywords="甲;乙")
    for _run in range(5):
        starter.kill_writer(tmp_path, after=chance.uniform(0, 0.8))
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
