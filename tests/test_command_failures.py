"""What commands do where the ground gives way: one line that names the place and the remedy, and exit status 1."""

import errno
import json
import logging
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from catalogue import database
from catalogue.cli import server
from catalogue.cli.failures import Commands
from catalogue.cli.main import cli, main
from catalogue.database import db
from catalogue.search.whoosh.writer import Writer
from tests.support.accounts import account
from tests.support.catalogues import empty_catalogue, project

NOTHING = "乙烯裂解"  # no record has it, so that all titles are gone through for something near


@dataclass(frozen=True)
class Case:
    """A command, and what it needs: to write, or what stands in the index."""

    arguments: tuple[str, ...]
    writes: bool = False
    asks_index: bool = False


CASES = {
    " ".join(arguments[:2]) if arguments[0] == "user" else arguments[0]: Case(tuple(arguments), **more)
    for arguments, more in (
        (["init"], {"writes": True}),
        (["demo"], {}),
        (["import", "{sheet}"], {"writes": True}),
        (["export", "{out}.xlsx"], {}),
        (["undo", "{number}"], {"writes": True}),
        (["search", NOTHING], {"asks_index": True}),
        (["tally", "projects", "--search", NOTHING], {"asks_index": True}),
        (["verify", "{report}"], {}),
        (["rules"], {}),
        (["reindex"], {}),
        (["check"], {"asks_index": True}),
        (["serve"], {"writes": True}),
        (["user", "list"], {}),
        (["user", "add", "wu", "--name", "吴"], {"writes": True}),
        (["user", "change", "sun", "--name", "孙"], {"writes": True}),
        (["user", "role", "sun", "reviewer"], {"writes": True}),
        (["user", "close", "sun"], {"writes": True}),
        (["user", "open", "sun"], {}),
        (["user", "sign-out", "sun"], {"writes": True}),
        (["user", "link", "sun"], {"writes": True}),
        (["user", "reset", "sun"], {"writes": True}),
    )
}


def test_every_command_is_tried_and_translated() -> None:
    assert isinstance(cli, Commands)
    names = {name for name, command in cli.commands.items() if not isinstance(command, click.Group)}
    user = cli.commands["user"]
    assert isinstance(user, click.Group)
    assert names | {f"user {name}" for name in user.commands} == CASES.keys()


@dataclass
class Ground:
    """A catalogue to spoil, and how commands are run on it."""

    folder: Path
    run: Callable[..., "Ended"]

    @property
    def database(self) -> Path:
        return self.folder / "catalogue.sqlite3"

    def remove_database(self) -> None:
        """With its log, from which it could be read all the same."""
        for path in self.folder.glob("catalogue.sqlite3*"):
            path.unlink()

    def column(self, name: str) -> list[Path]:
        """The files of a column of the index, one for each segment."""
        return list((self.folder / "index").glob(f"generation-*/*.{name}.col"))


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit status, and what it said on standard error, logged warnings among it."""

    status: int
    said: list[str]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A small catalogue with an import and an account, and the number of the import. Read only by custom."""
    folder = tmp_path_factory.mktemp("original") / "data"
    app = empty_catalogue(folder)
    with app.app_context():
        project(title="阴极炭块")
        db.session.remove()
    account(app, "reader", "sun")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CATALOGUE_DATA", str(folder))
        told = CliRunner().invoke(cli, ["import", str(_sheet(folder.parent, "XM-2002-001")), "--json"])
    return folder, json.loads(told.stdout)["batch"]


def _sheet(folder: Path, code: str) -> Path:
    sheet = folder / "projects.csv"
    sheet.write_text(f"code,title,date,status\n{code},试验,2002,completed\n")
    return sheet


@pytest.fixture
def ground(
    original: tuple[Path, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> Ground:
    """A copy of it. The server would run, but does not."""
    folder = shutil.copytree(original[0], tmp_path / "data")
    (tmp_path / "report.md").write_text("公司已完成科技项目1项。")
    monkeypatch.setenv("CATALOGUE_DATA", str(folder))
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 20)
    monkeypatch.setattr(server, "listening", lambda host, port: nullcontext([]))
    monkeypatch.setattr(server, "run", lambda *arguments: None)
    places = {
        "sheet": str(_sheet(tmp_path, "XM-2003-001")),
        "report": str(tmp_path / "report.md"),
        "out": str(tmp_path / "out"),
        "number": original[1],
    }

    def run(*arguments: str) -> Ended:
        capsys.readouterr()
        caplog.clear()
        monkeypatch.setattr(sys, "argv", ["catalogue", *(each.format(**places) for each in arguments)])
        status: object = 0
        try:
            main()
        except SystemExit as ended:
            status = ended.code
        logged = [record for record in caplog.records if record.levelno >= logging.WARNING]
        assert not [record.message for record in logged if record.exc_info], "a traceback was logged"
        assert isinstance(status, int)
        return Ended(status, [*capsys.readouterr().err.splitlines(), *(record.message for record in logged)])

    return Ground(folder, run)


def noise(content: bytes) -> bytes:
    """Bytes that mean nothing, as many."""
    return random.Random(7).randbytes(len(content))


def damage_index(ground: Ground) -> None:
    """Damage that only a question meets."""
    for path in ground.column("text"):
        path.write_bytes(noise(path.read_bytes()))


@contextmanager
def statements_that_write(fail: Callable[[], Exception]) -> Iterator[None]:
    """Every statement that writes to the database fails."""

    def before(connection: object, cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().startswith(("INSERT", "UPDATE", "DELETE", "CREATE")):
            raise fail()

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", before)


def as_driver(message: str, code: int) -> OperationalError:
    """An error of SQLite as the session raises it."""
    error = sqlite3.OperationalError(message)
    error.sqlite_errorcode = code
    return OperationalError("INSERT", {}, error)


def no_room(*_arguments: object, **_more: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Neither database nor index can grow."""

    monkeypatch.setattr(Writer, "commit", no_room)
    with statements_that_write(lambda: as_driver("database or disk is full", sqlite3.SQLITE_FULL)):
        yield


def check_line(ended: Ended, *parts: str) -> None:
    """One line, with these parts."""
    assert ended.status == 1, ended
    assert len(ended.said) == 1, ended.said
    for part in parts:
        assert part in ended.said[0]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.asks_index])
def test_a_damaged_index_names_itself_and_the_remedy(ground: Ground, name: str) -> None:
    damage_index(ground)
    for path in ground.column("digest") if name == "check" else ():  # it does not look at the text
        path.write_bytes(b"")
    check_line(ground.run(*CASES[name].arguments), str(ground.folder / "index"), "catalogue reindex")
    assert ground.run("reindex").status == 0
    assert ground.run(*CASES[name].arguments).status == 0


def test_writing_mends_a_damaged_index(ground: Ground) -> None:
    """What is imported is stored; the index is made anew where it cannot take it in."""
    for path in (ground.folder / "index").rglob("*.toc"):
        path.write_bytes(noise(path.read_bytes()))
    assert ground.run("import", "{sheet}").status == 0
    assert ground.run("check").status == 0


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.writes])
def test_a_full_disk_is_told(ground: Ground, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with full_disk(monkeypatch):
        check_line(ground.run(*CASES[name].arguments), "已满", str(ground.database))


def test_an_index_that_has_no_room_is_told(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    with full_disk(monkeypatch):
        check_line(ground.run("reindex"), "已满", str(ground.folder))
        for path in (ground.folder / "index").rglob("*.toc"):
            path.unlink()
        check_line(ground.run("search", NOTHING), "已满", str(ground.folder))


def test_what_is_stored_is_stored_though_the_index_has_no_room(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """The import is done; that the index follows later is one line, without a traceback."""
    monkeypatch.setattr(
        Writer, "commit", lambda *_arguments, **_more: (_ for _ in ()).throw(OSError(errno.ENOSPC, "x"))
    )
    ended = ground.run("import", "{sheet}")
    assert ended.status == 0
    (line,) = ended.said
    assert "brought up to date" in line


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("ending", ["xlsx", "jsonl"])
def test_an_export_to_a_full_disk_names_the_file(ground: Ground, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"out.{ending}"
    target.symlink_to("/dev/full")
    check_line(ground.run("export", str(target)), str(target))


@pytest.mark.parametrize("name", ["import", "user add", "serve"])
def test_a_database_that_cannot_be_written_is_told(ground: Ground, name: str) -> None:
    def read_only(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    event.listen(Engine, "connect", read_only)
    try:
        check_line(ground.run(*CASES[name].arguments), str(ground.database), "读写")
    finally:
        event.remove(Engine, "connect", read_only)


@pytest.mark.parametrize("name", ["import", "user add", "undo"])
def test_a_locked_database_is_told(ground: Ground, name: str) -> None:
    with closing(sqlite3.connect(ground.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        check_line(ground.run(*CASES[name].arguments), "正在写入", "请稍候")


@pytest.mark.parametrize("name", CASES)
def test_a_newer_database_is_told(ground: Ground, name: str) -> None:
    with closing(sqlite3.connect(ground.database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_future'")
    check_line(ground.run(*CASES[name].arguments), str(ground.database), "9999_future", "更新版本")


@pytest.mark.parametrize("name", ["search", "user list", "serve", "import"])
@pytest.mark.parametrize(
    ("spoil", "parts"),
    [
        (lambda ground: (ground.remove_database(), ground.database.write_bytes(noise(bytes(9999)))), ("备份",)),
        (lambda ground: (ground.remove_database(), ground.database.mkdir()), ("读写",)),
        (lambda ground: (shutil.rmtree(ground.folder), ground.folder.write_text("")), ("CATALOGUE_DATA",)),
    ],
    ids=["garbage for a database", "a folder for a database", "a file for the data folder"],
)
def test_what_is_no_catalogue_is_told(
    ground: Ground, spoil: Callable[[Ground], object], parts: tuple[str, ...], name: str
) -> None:
    spoil(ground)
    check_line(ground.run(*CASES[name].arguments), str(ground.folder), *parts)


def test_a_database_server_that_is_down_is_told(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its password."""
    monkeypatch.setenv("CATALOGUE_DATABASE_URL", "postgresql+psycopg://clerk:geheim@127.0.0.1:1/catalogue")
    ended = ground.run("search", NOTHING)
    check_line(ended, "127.0.0.1:1", "CATALOGUE_DATABASE_URL")
    assert "geheim" not in ended.said[0]


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "{out}/none.csv"),
        ("import", "{sheet}", "--map", "{out}/none.csv"),
        ("verify", "{out}/none.csv"),
        ("export", "{out}/none.csv/all.xlsx"),
    ],
)
def test_a_missing_file_is_named(ground: Ground, arguments: tuple[str, ...]) -> None:
    check_line(ground.run(*arguments), "none.csv")


def test_a_folder_is_no_file(ground: Ground, tmp_path: Path) -> None:
    check_line(ground.run("verify", str(tmp_path)), str(tmp_path))


def test_a_mistake_of_the_program_keeps_its_traceback(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_more: object) -> None:
        raise as_driver("no such table: book", sqlite3.SQLITE_ERROR)

    monkeypatch.setattr("catalogue.cli.main.find_groups", fail)
    with pytest.raises(OperationalError):
        ground.run("rules")


def test_the_line_is_all_that_a_terminal_shows(ground: Ground) -> None:
    """As it is called: nothing is logged beside it."""
    damage_index(ground)
    done = subprocess.run(
        [sys.executable, "-m", "catalogue", "search", NOTHING], capture_output=True, text=True, env={**os.environ}
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(ground.folder / "index") in done.stderr
    assert not done.stdout
