"""While somebody writes for long, others are told to try again: no page fails, and no command shows a trace."""

import io
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from catalogue import database
from catalogue.cli.main import main
from catalogue.database import db
from catalogue.search.current import current_index, current_sync
from catalogue.search.interface import Query
from tests.support.accounts import signed_in
from tests.support.catalogues import empty_catalogue, project

SENTENCE = "正在写入"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 20)
    app = empty_catalogue(tmp_path)
    with app.app_context():
        yield app
        db.session.remove()


@contextmanager
def somebody_writes(folder: Path) -> Iterator[None]:
    other = sqlite3.connect(folder / "catalogue.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def test_a_page_says_so(app: Flask, tmp_path: Path) -> None:
    client = signed_in(app, "reviewer")
    with somebody_writes(tmp_path):
        answer = client.post("/imports", data={"file": (io.BytesIO("名称\n甲".encode()), "甲.csv")})
        assert client.get("/projects").status_code == 200
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert SENTENCE in answer.text
    assert not list(tmp_path.glob("imports/*")), "what was refused is not kept"
    assert client.post("/imports", data={"file": (io.BytesIO("名称\n甲".encode()), "甲.csv")}).status_code == 303


def fault(message: str, code: int) -> OperationalError:
    """As the driver says it."""
    error = sqlite3.OperationalError(message)
    error.sqlite_errorcode = code
    return OperationalError("SELECT 1", {}, error)


FAULTS = [
    (fault("database is locked", sqlite3.SQLITE_BUSY), 503),
    (fault("database table is locked", sqlite3.SQLITE_LOCKED_SHAREDCACHE), 503),
    (fault("no such table: book", sqlite3.SQLITE_ERROR), 500),
]


@pytest.mark.parametrize(("error", "status"), FAULTS)
def test_the_api_says_so_and_other_faults_stay_faults(app: Flask, error: OperationalError, status: int) -> None:
    def fail() -> None:
        raise error

    app.view_functions["api.search"] = fail
    answer = app.test_client().get("/api/v1/search?q=甲")
    assert answer.status_code == status
    assert answer.get_json()["error"]["status"] == status
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert (SENTENCE in answer.get_json()["error"]["message"]) == (status == 503)


def test_a_command_says_so_in_one_line(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "projects.csv"
    sheet.write_text("code,title,date,status\nXM-1,试验,2001,completed\n")
    monkeypatch.setenv("CATALOGUE_DATA", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.setattr(sys, "argv", ["catalogue", "import", str(sheet)])
    with somebody_writes(tmp_path), pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    told = capsys.readouterr().err.strip()
    assert SENTENCE in told
    assert "\n" not in told


def test_what_is_stored_stays_though_the_index_must_wait(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(tmp_path / "catalogue.sqlite3", isolation_level=None)
    sync = current_sync()
    drain = sync.drain

    def late() -> int:
        other.execute("BEGIN IMMEDIATE")  # the next one was faster
        return drain()

    with monkeypatch.context() as patch:
        patch.setattr(sync, "drain", late)
        project("XM-1")
    other.close()
    assert sync.queued() == 1
    sync.drain()
    assert current_index().search(Query(access=None)).total == 1
