"""The command, as a clerk at a terminal uses it."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from catalogue.cli import cli, main
from catalogue.errors import CatalogueError
from tests.tallies.test_figures import PARAGRAPH


@pytest.fixture
def run(demo_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CATALOGUE_DATA", str(demo_folder))
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    def call(*args: str) -> Result:
        return CliRunner().invoke(cli, args, catch_exceptions=False)

    return call


def data(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_summary_prints_the_paragraph(run) -> None:
    assert run("tally", "summary").output.strip() == PARAGRAPH
    answer = data(run("tally", "summary", "--json"))
    assert answer["text"] == PARAGRAPH
    assert answer["figures"]["patents_granted"] == 16
    assert "over 150 major" in run("tally", "summary", "--lang", "en").output


def test_awards_by_level_and_grade(run) -> None:
    answer = data(run("tally", "awards", "--by", "level,grade", "--json"))
    counts = {(cell["level"], cell["grade"]): cell["value"] for cell in answer["cells"]}
    published = {key: number for key, number in counts.items() if key[0] in {"national", "provincial_ministerial"}}
    assert published == {
        ("national", "second"): 1,
        ("national", "third"): 1,
        ("provincial_ministerial", "first"): 1,
        ("provincial_ministerial", "second"): 5,
        ("provincial_ministerial", "third"): 3,
        ("provincial_ministerial", "fourth"): 5,
    }
    assert "省部级" in run("tally", "awards").output


def test_tally_narrows_and_looks_back(run) -> None:
    answer = data(
        run("tally", "patents", "--by", "patent_type", "--where", "granted=yes", "--as-of", "2000-12-31", "--json")
    )
    assert answer["total"] < 16
    with pytest.raises(CatalogueError, match="level, grade"):
        run("tally", "awards", "--by", "colour")
    with pytest.raises(CatalogueError):
        run("tally", "colours")


def test_search_finds_and_limits(run) -> None:
    answer = data(run("search", "预焙槽扩容", "--kind", "project", "--limit", "3", "--json"))
    assert len(answer["hits"]) == 3
    assert "160kA预焙电解槽扩容试验" in [hit["title"] for hit in answer["hits"]][:2]
    assert {hit["kind"] for hit in answer["hits"]} == {"project"}


def test_check_and_reindex(run) -> None:
    before = data(run("check", "--json"))
    assert before["indexed"] > 450
    assert run("reindex").exit_code == 0
    assert data(run("check", "--json")) == before


def test_demo_goes_only_into_an_empty_database(run) -> None:
    with pytest.raises(CatalogueError):
        run("demo")


def test_import_reports_and_refuses(run, tmp_path: Path) -> None:
    sheet = tmp_path / "papers.csv"
    sheet.write_text("code,title,date\nLW-1,甲,2001-99\n")
    with pytest.raises(CatalogueError, match="2001-99"):
        run("import", str(sheet))


def test_errors_are_one_line_and_status_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CATALOGUE_PROT", "5000")
    monkeypatch.setattr(sys, "argv", ["catalogue", "check"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 1
    error = capsys.readouterr().err
    assert "CATALOGUE_PROT" in error
    assert error.count("\n") == 1


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server of its own on a free port, stopped at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "CATALOGUE_DATA": str(folder), "CATALOGUE_PORT": str(port), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "catalogue", "serve", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process, port
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout:
            process.stdout.close()


def first_line(process: subprocess.Popen[str], seconds: float) -> str:
    """The first line that a process prints, within a time."""
    lines: list[str] = []
    assert process.stdout is not None
    reader = threading.Thread(target=lambda: lines.append(process.stdout.readline()), daemon=True)  # type: ignore[union-attr]
    reader.start()
    reader.join(seconds)
    return lines[0] if lines else ""


def test_the_server_says_where_it_is_and_a_taken_port_is_told(demo_folder: Path) -> None:
    started = time.monotonic()
    with serving(demo_folder) as (process, port):
        line = first_line(process, 20)
        assert f"http://127.0.0.1:{port}" in line, line
        assert time.monotonic() - started < 30  # 3 s on a quiet machine; the tests share theirs
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            assert answer.status == 200
        second = subprocess.run(
            [sys.executable, "-m", "catalogue", "serve"],
            env={**os.environ, "CATALOGUE_DATA": str(demo_folder), "CATALOGUE_PORT": str(port)},
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert second.returncode == 1
        assert str(port) in second.stderr
        assert second.stderr.count("\n") == 1
