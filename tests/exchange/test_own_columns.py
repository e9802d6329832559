"""Import stores everything or nothing, and says exactly what is wrong where."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from catalogue.database import db
from catalogue.errors import InvalidInput
from catalogue.imports.native_format import ImportRefused, Receipt, import_files
from catalogue.records.models.records import Record
from catalogue.resources import DEMO_FOLDER
from tests.support.catalogues import empty_catalogue, work, writing

HEADING = "code,title,date,status\n"


@pytest.fixture
def app(tmp_path: Path):
    app = empty_catalogue(tmp_path / "data")
    with app.app_context():
        yield app


def load(path: Path, text: str | bytes, table: str | None = None) -> Receipt:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with writing():
        return import_files(work("import"), [path], table)


def stored() -> int:
    return db.session.scalar(select(func.count()).select_from(Record)) or 0


def test_bad_rows_are_named_and_nothing_of_the_file_is_stored(app: Flask, tmp_path: Path) -> None:
    text = HEADING + "XM-1,甲,2001,completed\nXM-2,,2001-02-30,completed\nXM-3,丙,2003,fertig\n"
    with pytest.raises(ImportRefused) as caught:
        load(tmp_path / "projects.csv", text)
    assert [(problem.row, problem.column, problem.read) for problem in caught.value.problems] == [
        (3, "title", ""),
        (3, "date", "2001-02-30"),
        (4, "status", "fertig"),
    ]
    assert str(tmp_path / "projects.csv") in str(caught.value)
    assert stored() == 0


def test_a_good_file_is_not_stored_beside_a_bad_one(app: Flask, tmp_path: Path) -> None:
    good, bad = tmp_path / "projects.csv", tmp_path / "papers.csv"
    good.write_text(HEADING + "XM-1,甲,2001,completed\n")
    bad.write_text("code,title\nLW-1,乙\n")
    with pytest.raises(ImportRefused), writing():
        import_files(work("import"), [good, bad])
    assert stored() == 0


def test_byte_order_mark_quotes_blank_rows_and_line_breaks_are_understood(app: Flask, tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + (HEADING + '\n"XM-1","甲,乙\n丙",2001-5,completed\n\n').encode()
    assert load(tmp_path / "projects.csv", text).counts == {"projects": {"new": 1}}
    record = db.session.scalars(select(Record)).one()
    assert (record.title, str(record.date)) == ("甲,乙\n丙", "2001-05")


def test_importing_twice_changes_nothing(app: Flask, tmp_path: Path) -> None:
    text = HEADING + "XM-1,甲,2001,completed\n"
    load(tmp_path / "projects.csv", text)
    assert load(tmp_path / "projects.csv", text).counts == {"projects": {"unchanged": 1}}


@pytest.mark.slow
def test_files_find_what_others_bring_whatever_their_order(app: Flask) -> None:
    files = sorted(DEMO_FOLDER.glob("*.csv"), reverse=True)
    with writing():
        receipt = import_files(work("import"), files)
    assert all(set(counts) == {"new"} for counts in receipt.counts.values())
    assert 151 <= receipt.counts["projects"]["new"] <= 159


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("projects.csv", "code,titel\nXM-1,甲\n", "title"),
        ("projects.csv", "title\n甲\n", "code"),
        ("projects.csv", "code,code\n1,2\n", "code"),
        ("projects.csv", "", "projects.csv"),
        ("projects.csv", HEADING + "XM-1,甲\n", "2"),
        ("projects.csv", HEADING + 'XM-1,"甲,2001,completed\n', "projects.csv"),
        ("projects.csv", "编号".encode("gb18030"), "UTF-8"),
        ("books.csv", HEADING, "projects"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_line(
    app: Flask, tmp_path: Path, name: str, text: str | bytes, said: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        load(tmp_path / name, text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert stored() == 0


def test_a_missing_file_is_told(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"projects\.csv"), writing():
        import_files(work("import"), [tmp_path / "projects.csv"])


def test_control_characters_do_not_get_in(app: Flask, tmp_path: Path) -> None:
    load(tmp_path / "projects.csv", HEADING + "XM-1,甲\x00乙\x1b,2001,completed\n")
    assert db.session.scalars(select(Record)).one().title == "甲乙"
