"""Tampering with history, or with what it is about, is found and named, whatever sort it is."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from catalogue.app import create_app
from catalogue.cli.main import cli
from catalogue.config import load
from catalogue.database import db
from catalogue.records.history.check import check_history
from catalogue.records.operations import remove
from catalogue.records.review_lookup import find_reviewed
from catalogue.records.schema.reference_data import ENTITIES
from tests.support.catalogues import COMMAND_LINE, empty_catalogue, project, put, work, writing

KEPT = ("revision_kept", "revision_not_removed")
HASH = "'" + "0" * 64 + "'"
CASES = {
    "changed": (
        ["UPDATE revision SET note = 'x' WHERE entity_code = 'XM-1' AND number = 2"],
        ["project XM-1 version 2 is not what was sealed"],
    ),
    "changed in what it says": (
        [
            "UPDATE revision SET changes = replace(changes, '\\u4e59', '\\u4e01')"
            " WHERE entity_code = 'XM-1' AND number = 2",
        ],
        ["project XM-1 version 2 is not what was sealed", "project XM-1 does not say what its version 3 says (title)"],
    ),
    "removed in the middle": (
        ["DELETE FROM revision WHERE entity_code = 'XM-1' AND number = 2"],
        [
            "something is missing before project XM-1 version 3",
            "project XM-1 does not say what its version 2 says (title)",
        ],
    ),
    "removed at the end": (
        ["DELETE FROM revision WHERE entity_code = 'XM-2' AND number = 2"],
        ["project XM-2 does not say what its version 1 says (abstract, version)"],
    ),
    "removed at the beginning": (
        ["DELETE FROM revision WHERE entity_code = 'smelting'"],
        ["something is missing before division carbon version 1"],
    ),
    "inserted": (
        [
            "INSERT INTO revision (entity, entity_code, number, actor, at, channel, note, changes, position, hash)"
            f" VALUES ('project', 'XM-2', 3, 'x', '2026-01-01 00:00:00.000000', 'form', '', '{{}}', 99, {HASH})",
        ],
        [
            "something is missing before project XM-2 version 3",
            "project XM-2 does not say what its version 3 says (version)",
        ],
    ),
    "inserted without a seal": (
        [
            "INSERT INTO revision (entity, entity_code, number, actor, at, channel, note, changes)"
            " VALUES ('project', 'XM-2', 3, 'x', '2026-01-01 00:00:00.000000', 'form', '', '{}')",
        ],
        ["project XM-2 version 3 is not sealed", "project XM-2 does not say what its version 3 says (version)"],
    ),
    "reordered": (
        [
            "UPDATE revision SET position = 1000 + position WHERE entity_code = 'XM-1'",
            "UPDATE revision SET position = position - 1000 + CASE number WHEN 2 THEN 1 WHEN 3 THEN -1 ELSE 0 END"
            " WHERE entity_code = 'XM-1'",
        ],
        [
            "project XM-1 version 3 is not what was sealed",
            "project XM-1 version 2 is not what was sealed",
            "link XM-1 continued_by XM-2 version 1 is not what was sealed",
        ],
    ),
    "numbered anew": (
        [
            "UPDATE revision SET number = 9 WHERE entity_code = 'XM-1' AND number = 2",
            "UPDATE revision SET number = 2 WHERE entity_code = 'XM-1' AND number = 3",
            "UPDATE revision SET number = 3 WHERE entity_code = 'XM-1' AND number = 9",
        ],
        [
            "project XM-1 version 3 is not what was sealed",
            "project XM-1 version 2 is not what was sealed",
            "project XM-1 does not say what its version 2 says (title)",
        ],
    ),
    "a record behind the back": (
        ["UPDATE record SET title = '丁' WHERE code = 'XM-1'"],
        ["project XM-1 does not say what its version 3 says (title)"],
    ),
    "a ledger line behind the back": (
        ["UPDATE benefit SET amount = 1 WHERE code = 'XY-1'"],
        ["benefit XY-1 does not say what its version 1 says (amount)"],
    ),
    "people behind the back": (
        ["DELETE FROM contribution"],
        ["project XM-2 does not say what its version 2 says (people)"],
    ),
    "a record taken away": (
        ["DELETE FROM record_link", "DELETE FROM benefit_share", "DELETE FROM record WHERE code = 'XM-1'"],
        [
            "project XM-1 and its history do not agree at version 3",
            "link XM-1 continued_by XM-2 and its history do not agree at version 1",
            "benefit XY-1 does not say what its version 1 says (records)",
        ],
    ),
    "a register behind the back": (
        ["UPDATE division SET type = 'unit' WHERE code = 'carbon'"],
        ["division carbon does not say what its version 1 says (type)"],
    ),
}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small catalogue whose triggers are gone, as for somebody with the database at hand."""
    folder = tmp_path_factory.mktemp("whole")
    with empty_catalogue(folder).app_context():
        put("divisions", code="smelting", name="铝冶炼学部")
        put("divisions", code="carbon", name="炭素学部")
        put("people", staff_number="A1", name="张三")
        project("XM-1")
        project("XM-2", people="张三(A1)", divisions="铝冶炼学部")
        project("XM-1", title="乙")
        project("XM-1", title="丙")
        put("links", source="XM-1", target="XM-2", relation="continued_by")
        put("benefits", code="XY-1", year="2002", kind="new_profit", amount="4200000", records="XM-1 60%")
        project("XM-2", abstract="摘要")
        for trigger in KEPT:
            db.session.execute(text(f"DROP TRIGGER {trigger}"))
        db.session.commit()
        db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture
def app(original: Path, tmp_path: Path) -> Flask:
    return create_app(load({}, data=shutil.copytree(original, tmp_path / "data")))


def told(app: Flask) -> list[str]:
    """What a check finds wrong."""
    with app.test_request_context(headers={"Accept-Language": "en"}):
        found = check_history(db.session())
        lines = [line.removeprefix("history: ") for line in found.lines()]
        assert bool(found) is (len(lines) > 2)
        return lines[:-2]


@pytest.mark.parametrize("case", CASES)
def test_every_sort_of_tampering_is_named(app: Flask, case: str) -> None:
    statements, expected = CASES[case]
    assert told(app) == []
    with app.app_context():
        for statement in statements:
            db.session.execute(text(statement))
        db.session.commit()
    assert told(app) == expected


def test_what_happens_rightly_is_no_tampering(app: Flask) -> None:
    with app.app_context():
        put("divisions", code="smelting", name="电解学部", aliases="铝冶炼部")  # the old name is kept in history only
        put("people", staff_number="A1", name="张山")
        project("XM-3")
        with writing():
            remove(work(), ENTITIES["projects"], find_reviewed(db.session, COMMAND_LINE, ENTITIES["projects"], "XM-3"))
        project("XM-3", title="再来")
        # Made in bulk, past the operations; then changed by them.
        for code in ("XM-8", "XM-9"):
            row = "kind, code, title, abstract, version, review_state, confidentiality, created_at, updated_at"
            values = f"'project', '{code}', '甲', '', 1, 'published', 'public', '2026-01-01', '2026-01-01'"
            db.session.execute(text(f"INSERT INTO record ({row}) VALUES ({values})"))
            db.session.execute(
                text("INSERT INTO project (id, major, status, category) VALUES"
                     f" ((SELECT id FROM record WHERE code = '{code}'), 0, 'completed', 'research')")
            )  # fmt: skip
        db.session.commit()
        project("XM-9", title="乙")
    assert told(app) == []
    with app.app_context():
        found = check_history(db.session())
        assert found.replay.without_history == 1
        assert found.replay.compared == 9
        db.session.execute(text("UPDATE record SET title = '丙' WHERE code = 'XM-9'"))
        db.session.commit()
    assert told(app) == ["project XM-9 does not say what its version 2 says (title)"]


def test_the_command_says_so_and_fails(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        folder = Path(str(db.engine.url.database)).parent
    monkeypatch.setenv("CATALOGUE_DATA", str(folder))
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    good = CliRunner().invoke(cli, ["check", "--json"], catch_exceptions=False)
    assert good.exit_code == 0
    history = json.loads(good.output)["history"]
    assert history["seals"]["sealed"] == 10
    assert len(history["seals"]["last"]) == 64
    assert history["replay"] == {"compared": 7, "without_history": 0, "disagreements": []}
    with app.app_context():
        db.session.execute(text("UPDATE revision SET actor = 'x' WHERE entity_code = 'XM-1' AND number = 2"))
        db.session.commit()
    bad = CliRunner().invoke(cli, ["check", "--json"], catch_exceptions=False)
    assert bad.exit_code == 1
    found = json.loads(bad.output)["history"]["seals"]["breaks"]
    assert found == [{"what": "changed", "entity": "project", "code": "XM-1", "number": 2, "position": 6}]
    printed = CliRunner().invoke(cli, ["check"], catch_exceptions=False)
    assert printed.exit_code == 1
    assert "project XM-1" in printed.output
    assert "第 2 版" in printed.output
