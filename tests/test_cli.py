"""The command, as a clerk at a terminal uses it."""

import errno
import json
import os
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from catalogue.cli import server
from catalogue.cli.main import cli, main
from catalogue.config import Settings
from catalogue.documents import text_extraction
from catalogue.errors import CatalogueError, InvalidInput
from tests.exchange.files import docx, pdf
from tests.support.timing import PATIENCE, computing_less_than
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


def test_verify_fails_where_a_figure_differs(run, tmp_path: Path) -> None:
    draft = tmp_path / "draft.txt"
    draft.write_text(PARAGRAPH, encoding="utf-8-sig")
    right = run("verify", str(draft), "--as-of", "2006-12-31")
    assert right.exit_code == 0
    assert right.output.count("\n") == 17
    assert "16 处相符" in right.output
    draft.write_text(PARAGRAPH.replace("四等奖5项", "四等奖4项"), encoding="utf-8")
    wrong = run("verify", str(draft), "--as-of", "2006-12-31", "--json")
    assert wrong.exit_code == 1
    findings = json.loads(wrong.output)["findings"]
    assert [finding["text"] for finding in findings if finding["verdict"] == "differs"] == ["四等奖4项"]


def test_verify_reads_standard_input_and_can_be_strict(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALOGUE_DATA", str(demo_folder))
    unknown = "授权专利16项，会员856人。".encode()
    assert CliRunner().invoke(cli, ["verify", "-"], input=unknown).exit_code == 0
    assert CliRunner().invoke(cli, ["verify", "-", "--strict"], input=unknown).exit_code == 1
    assert CliRunner().invoke(cli, ["verify", "-"], input="授权专利１７项".encode("gb18030")).exit_code == 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("报告", "text"),
        ("report.md", "text"),
        ("report.pdf", "text"),
        ("report", "word"),
        ("report.2006", "word"),
        ("report.docx", "pdf"),
    ],
)
def test_what_a_file_is_its_content_says(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    """Sixteen patents were granted: the statement is the same in every kind of file, whatever its name."""
    monkeypatch.setattr(text_extraction, "LIMIT_SECONDS", 300.0)  # the program that reads it may have to wait its turn
    sentence = "授权专利17项。"
    content = {"text": sentence.encode("gb18030"), "word": docx(sentence), "pdf": pdf(sentence)}[kind]
    (tmp_path / name).write_bytes(content)
    told = run("verify", str(tmp_path / name), "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["counts"]["differs"] == 1
    from_input = CliRunner().invoke(cli, ["verify", "-", "--json"], input=content)
    assert json.loads(from_input.stdout)["counts"] == json.loads(told.stdout)["counts"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b" \n", "空文件"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "不是可读的文本"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x", ".doc"),
    ],
)
def test_what_is_no_text_is_refused_by_its_name(run, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "报告").write_bytes(content)
    with pytest.raises(InvalidInput) as refused:
        run("verify", str(tmp_path / "报告"))
    assert "报告" in str(refused.value)
    assert said in str(refused.value)


def test_search_finds_and_limits(run) -> None:
    answer = data(run("search", "预焙槽扩容", "--kind", "project", "--limit", "3", "--json"))
    assert len(answer["hits"]) == 3
    assert "160kA预焙电解槽扩容试验" in [hit["title"] for hit in answer["hits"]][:2]
    assert {hit["kind"] for hit in answer["hits"]} == {"project"}


@pytest.mark.slow
def test_check_and_reindex(run) -> None:
    before = data(run("check", "--json"))
    assert before["indexed"] > 450
    assert run("reindex").exit_code == 0
    assert data(run("check", "--json")) == before


def test_rules_are_listed_with_what_to_do(run) -> None:
    told = data(run("rules", "--json"))
    assert [(each["rule"], each["notice"], each["entity"]) for each in told] == [("no_standing", True, "award")] * 4
    assert told[0]["code"] == "JL-2003-003"
    printed = run("rules").output
    assert "奖种当年未认定级别 (4)" in printed
    assert printed.count("JL-") == 4


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
        process.wait(PATIENCE)
        if process.stdout:
            process.stdout.close()


def next_line(process: subprocess.Popen[str]) -> str:
    """The next line that a process prints; nothing where it ends first."""
    lines: list[str] = []
    assert process.stdout is not None
    reader = threading.Thread(target=lambda: lines.append(process.stdout.readline()), daemon=True)  # type: ignore[union-attr]
    reader.start()
    reader.join(PATIENCE)
    return lines[0] if lines else ""


@pytest.mark.slow
def test_the_server_says_where_it_is_and_a_taken_port_is_told(demo_folder: Path) -> None:
    with computing_less_than(30), serving(demo_folder) as (process, port):  # both servers: 6 s
        line = next_line(process)
        assert f"http://127.0.0.1:{port}" in line, line
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            assert answer.status == 200
        second = subprocess.run(
            [sys.executable, "-m", "catalogue", "serve"],
            env={**os.environ, "CATALOGUE_DATA": str(demo_folder), "CATALOGUE_PORT": str(port)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert second.returncode == 1
        assert str(port) in second.stderr
        assert second.stderr.count("\n") == 1


class _Served(Exception):
    """The server would run now."""


@pytest.mark.parametrize(
    ("options", "address"),
    [
        ((), "http://127.0.0.1:{set}"),
        (("--port", "{free}"), "http://127.0.0.1:{free}"),
        (("--host", "localhost", "--port", "{free}"), "http://localhost:{free}"),
    ],
)
def test_options_stand_before_settings(
    demo_folder: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], address: str
) -> None:
    """So too in the link that makes the first administrator."""

    def run(_app: Flask, sockets: list[socket.socket], settings: Settings, _sync: object, notice: str) -> None:
        assert {each.getsockname()[1] for each in sockets} == {settings.port}
        raise _Served(server.address_of(settings), notice)

    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        ports = {"set": one.getsockname()[1], "free": other.getsockname()[1]}
    monkeypatch.setenv("CATALOGUE_DATA", str(demo_folder))
    monkeypatch.setenv("CATALOGUE_PORT", str(ports["set"]))
    monkeypatch.setattr(server, "run", run)
    with pytest.raises(_Served) as served:
        CliRunner().invoke(cli, ["serve", *(each.format(**ports) for each in options)], catch_exceptions=False)
    wanted = address.format(**ports)
    assert served.value.args[0] == wanted
    assert f"{wanted}/welcome/" in served.value.args[1]


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    refused = CliRunner().invoke(cli, ["serve", "--port", port])
    assert refused.exit_code == 2
    assert "--port" in refused.output


def test_help_and_guide_name_the_options() -> None:
    told = CliRunner().invoke(cli, ["serve", "--help"]).output
    guide = (Path(__file__).parent.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    for option, setting in (("--host", "CATALOGUE_HOST"), ("--port", "CATALOGUE_PORT")):
        assert option in told
        assert setting in told
        assert option in guide


def test_only_the_address_is_the_fault_of_the_address() -> None:
    """What fails while the site is served, a full disk for instance, is not put down to the port."""
    with pytest.raises(OSError, match="No space left"), server.listening("127.0.0.1", 0):
        raise OSError(errno.ENOSPC, "No space left on device")
