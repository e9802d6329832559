"""Names of divisions, award schemes and people: in which order they are looked up, and that two are never decided."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from catalogue.app import create_app
from catalogue.config import load
from catalogue.database import db, writing
from catalogue.errors import InvalidFields
from catalogue.imports.columns.layouts import recognise
from catalogue.imports.rows.reading import interpret
from catalogue.imports.tables.sheets import read_tables
from catalogue.records.history.check import check_history
from catalogue.records.models.partial_dates import PartialDate
from catalogue.records.operations import save
from catalogue.records.schema.dated_names import DatedName
from catalogue.records.schema.name_table import find_clashes
from catalogue.records.schema.reference_data import DIVISIONS, ENTITIES
from catalogue.records.schema.resolver import AmbiguousName, Resolver
from tests.support.accounts import signed_in
from tests.support.catalogues import empty_catalogue, project, put, work

TRIGGERS = (
    *(f"division_alias_unmistakable_{event}" for event in ("new", "changed")),
    *(
        f"{table}_{column}_unmistakable_{event}"
        for table in ("division", "award_scheme")
        for column in ("name", "code")
        for event in ("new", "changed")
    ),
)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the company before and after it split in two, a plant, two schemes, and three people."""
    folder = tmp_path_factory.mktemp("names")
    with empty_catalogue(folder).app_context():
        put("divisions", code="works", name="铝厂", name_en="Smelter", aliases="公司 [..2002-06-30];老厂")
        put("divisions", code="stock", name="股份公司", name_en="Stock", aliases="公司 [2002-07-01..2005-12-31]")
        put("divisions", code="ABC", name="炭素厂", name_en="Carbon")
        put("award_schemes", code="prov", name="省奖", level="provincial_ministerial", name_en="Provincial")
        put("award_schemes", code="nat", name="国家奖", level="national")
        put("people", staff_number="A1", name="张三", division="铝厂")
        put("people", staff_number="A2", name="张三", division="股份公司")
        put("people", staff_number="A3", name="李四")
        db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture
def app(original: Path, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(load({}, data=shutil.copytree(original, tmp_path / "data")))
    with app.app_context():
        yield app


def let_in(*statements: str) -> None:
    """Write into the database what earlier versions let in."""
    with writing(db.session):
        for trigger in TRIGGERS:
            db.session.execute(text(f"DROP TRIGGER {trigger}"))
        for statement in statements:
            db.session.execute(text(statement))


def alias_of_works(name: str) -> str:
    return f"INSERT INTO division_alias (name, division_id) SELECT '{name}', id FROM division WHERE code = 'works'"


@pytest.mark.parametrize(
    ("name", "on", "code"),
    [
        ("铝厂", "1999", "works"),
        ("works", "1999", "works"),
        ("ＷＯＲＫＳ", "1999", "works"),
        ("abc", "1999", "ABC"),
        ("carbon", "1999", "ABC"),
        ("老厂", "1950", "works"),
        ("公司", "1999", "works"),
        ("公司", "2002-06-30", "works"),
        ("公司", "2002-07-01", "stock"),
        ("公司", "2002-08", "stock"),
        ("公司", "2005", "stock"),
    ],
)
def test_one_is_meant(app: Flask, name: str, on: str, code: str) -> None:
    assert Resolver(db.session()).division(name, PartialDate.parse(on)).code == code


def test_two_within_the_date_are_named_and_how_to_write_them(app: Flask) -> None:
    with pytest.raises(AmbiguousName) as caught:
        Resolver(db.session()).division("公司", PartialDate.parse("2002"))
    for word in ("铝厂 (works)", "股份公司 (stock)"):
        assert word in str(caught.value)


@pytest.mark.parametrize("on", [None, PartialDate.parse("2006")])
def test_an_alias_of_another_time_is_told_with_its_days(app: Flask, on: PartialDate | None) -> None:
    with pytest.raises(ValueError, match=r"股份公司 \(stock\) \[2002-07-01\.\.2005-12-31\]"):
        Resolver(db.session()).division("公司", on)


def test_an_unknown_name_is_told_with_the_nearest(app: Flask) -> None:
    with pytest.raises(ValueError, match="股份公司"):
        Resolver(db.session()).division("股份公词")


def test_letters_as_they_are_written_come_before_their_likes(app: Flask) -> None:
    put("divisions", code="abc", name="阳极厂")
    references = Resolver(db.session())
    assert references.division("ABC").name == "炭素厂"
    assert references.division("abc").name == "阳极厂"
    with pytest.raises(AmbiguousName):
        references.division("Abc")


def test_english_names_come_last_and_need_not_be_unique(app: Flask) -> None:
    put("divisions", code="second", name="二厂", name_en="Smelter")
    references = Resolver(db.session())
    with pytest.raises(AmbiguousName):
        references.division("smelter")
    put("divisions", code="third", name="三厂", aliases="smelter")
    assert Resolver(db.session()).division("Smelter").code == "third"


def test_schemes_by_code_name_and_english_name(app: Flask) -> None:
    references = Resolver(db.session())
    assert {references.scheme(name).code for name in ("prov", "省奖", "PROV", "provincial")} == {"prov"}
    with pytest.raises(ValueError, match="市奖"):
        references.scheme("市奖")


def test_people_by_number_or_by_name_and_division(app: Flask) -> None:
    references = Resolver(db.session())
    assert references.staff_number("李四") == "A3"
    assert references.staff_number("张三", "A2") == "A2"
    assert references.staff_number("张三", "铝厂") == "A1"
    assert references.staff_number("张三", "公司", PartialDate.parse("2003")) == "A2"
    assert references.staff_number("王五", "A9") == "A9"  # whose it is, saving tells
    with pytest.raises(AmbiguousName, match=r"张三\(A1\) 铝厂, 张三\(A2\) 股份公司"):
        references.staff_number("张三")
    with pytest.raises(AmbiguousName):  # the name of the division passed within the year
        references.staff_number("张三", "公司", PartialDate.parse("2002"))
    with pytest.raises(ValueError, match="王五"):
        references.staff_number("王五")


def test_what_was_added_within_the_same_work_is_found(app: Flask) -> None:
    with writing(db.session):
        one = work()
        with pytest.raises(InvalidFields):
            save(one, ENTITIES["people"], {"staff_number": "A4", "name": "赵六", "division": "新厂"})
        save(one, DIVISIONS, {"code": "new", "name": "新厂"})
        assert save(one, ENTITIES["people"], {"staff_number": "A4", "name": "赵六", "division": "新厂"}).change == "new"


@pytest.mark.parametrize(("date", "stored"), [("2001-05", "铝厂"), ("2003", "股份公司")])
def test_a_record_is_stored_under_who_was_called_so_then(app: Flask, date: str, stored: str) -> None:
    assert project(date=date, divisions="公司").changes["divisions"] == ("", stored)


def test_a_record_of_the_year_of_the_change_is_refused(app: Flask) -> None:
    with pytest.raises(InvalidFields, match="股份公司"):
        project(date="2002", divisions="公司")


def test_a_change_of_divisions_alone_goes_by_the_date_that_is_stored(app: Flask) -> None:
    project(date="2003-01", divisions="炭素厂")
    outcome = put("projects", code="XM-2001-001", divisions="公司")
    assert outcome.changes == {"divisions": ("炭素厂", "股份公司")}


# What is refused


@pytest.mark.parametrize(
    ("table", "texts", "field", "other"),
    [
        ("divisions", {"code": "works", "aliases": "股份公司"}, "aliases", "股份公司 (stock)"),
        ("divisions", {"code": "works", "aliases": "股份公司 [..1990-01-01]"}, "aliases", "股份公司 (stock)"),
        ("divisions", {"code": "works", "aliases": "stock"}, "aliases", "股份公司 (stock)"),
        ("divisions", {"code": "works", "aliases": "公司"}, "aliases", "股份公司 (stock)"),
        ("divisions", {"code": "works", "aliases": "公司 [..2002-07-01]"}, "aliases", "股份公司 (stock)"),
        ("divisions", {"code": "new", "name": "老厂"}, "name", "铝厂 (works)"),
        ("divisions", {"code": "new", "name": "works"}, "name", "铝厂 (works)"),
        ("divisions", {"code": "老厂", "name": "新厂"}, "code", "铝厂 (works)"),
        ("divisions", {"code": "铝厂", "name": "新厂"}, "code", "铝厂 (works)"),
        ("divisions", {"code": "stock", "name": "老厂"}, "name", "铝厂 (works)"),
        ("award_schemes", {"code": "new", "name": "nat", "level": "national"}, "name", "国家奖 (nat)"),
        ("award_schemes", {"code": "国家奖", "name": "新奖", "level": "national"}, "code", "国家奖 (nat)"),
        ("award_schemes", {"code": "prov", "name": "nat"}, "name", "国家奖 (nat)"),
    ],
)
def test_a_name_that_is_anothers_is_refused(
    app: Flask, table: str, texts: dict[str, str], field: str, other: str
) -> None:
    with pytest.raises(InvalidFields) as caught:
        put(table, **texts)
    ((place, message),) = caught.value.problems
    assert place == field
    assert other in message


def test_what_is_ones_own_may_be_kept_and_moved(app: Flask) -> None:
    assert put("divisions", code="ABC", aliases="炭素厂;ABC").change == "changed"
    assert put("divisions", code="works", name="老厂", aliases="铝厂;公司 [..2002-06-30]").change == "changed"
    assert put("divisions", code="stock", aliases="公司 [2002-07-01..]").change == "changed"
    assert Resolver(db.session()).division("铝厂").name == "老厂"
    assert not find_clashes(db.session())


@pytest.mark.parametrize(
    "statement",
    [
        alias_of_works("股份公司"),
        alias_of_works("ABC"),
        alias_of_works("公司"),
        "UPDATE division_alias SET valid_to = '2002-07-01' WHERE valid_to = '2002-06-30'",
        "UPDATE division_alias SET name = '炭素厂' WHERE name = '老厂'",
        "UPDATE division SET name = '老厂' WHERE code = 'stock'",
        "UPDATE division SET code = '铝厂' WHERE code = 'stock'",
        "INSERT INTO division (code, name, name_en, type) VALUES ('new', 'works', '', 'unit')",
        "INSERT INTO division (code, name, name_en, type) VALUES ('公司', '新厂', '', 'unit')",
        "UPDATE award_scheme SET name = 'nat' WHERE code = 'prov'",
        "UPDATE division_alias SET valid_from = '2009-01-01' WHERE valid_to = '2005-12-31'",
    ],
)
def test_the_database_refuses_it_too(app: Flask, statement: str) -> None:
    with pytest.raises(IntegrityError), writing(db.session):
        db.session.execute(text(statement))


# What stands already


def test_what_earlier_versions_let_in_is_listed_and_never_decided(app: Flask) -> None:
    let_in(alias_of_works("炭素厂"), "UPDATE award_scheme SET name = 'nat' WHERE code = 'prov'")
    references = Resolver(db.session())
    with pytest.raises(AmbiguousName) as caught:
        references.division("炭素厂")
    for way in ("铝厂 (works)", "炭素厂 (ABC)", "铝厂", "ABC"):
        assert way in str(caught.value)
    with pytest.raises(AmbiguousName):
        references.scheme("nat")
    assert [(each.table, each.text, each.items) for each in find_clashes(db.session())] == [
        ("divisions", "炭素厂", ("铝厂 (works)", "炭素厂 (ABC)")),
        ("award_schemes", "nat", ("nat (prov)", "国家奖 (nat)")),
    ]
    with pytest.raises(InvalidFields, match="ABC"):
        project(divisions="炭素厂")
    assert project(divisions="ABC").changes["divisions"] == ("", "炭素厂")
    assert references.spelling(references.division("ABC")) == "ABC"
    # Everything else of the two can be changed; the alias goes when it is taken off.
    assert put("divisions", code="works", name_en="Old Works").change == "changed"
    assert put("divisions", code="works", aliases="公司 [..2002-06-30];老厂").change == "changed"
    assert Resolver(db.session()).division("炭素厂").code == "ABC"


def test_the_checks_name_it_to_those_who_keep_the_registers(app: Flask) -> None:
    let_in(alias_of_works("炭素厂"))
    db.session.remove()
    assert "炭素厂 (ABC)" in signed_in(app, "reviewer").get("/checks").text
    assert "炭素厂 (ABC)" not in app.test_client().get("/checks").text


def test_the_text_form_is_what_it_was_and_history_follows(app: Flask) -> None:
    put("divisions", code="ABC", aliases="碳素厂;阳极厂")
    division = Resolver(db.session()).division("ABC")
    assert DIVISIONS.field("aliases").text(division) == "碳素厂;阳极厂"
    outcome = put("divisions", code="ABC", aliases="阳极厂 【2001～2002-06】；碳素厂")
    assert outcome.changes == {"aliases": ("碳素厂;阳极厂", "碳素厂;阳极厂 [2001-01-01..2002-06-30]")}
    assert put("divisions", code="ABC", aliases="阳极厂 [2001-01-01..2002-06-30];碳素厂").change == "unchanged"
    assert not check_history(db.session())


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("电解厂", "电解厂"),
        ("电解厂[2002..2005]", "电解厂 [2002-01-01..2005-12-31]"),
        ("电解厂 [..2005-06]", "电解厂 [..2005-06-30]"),
        ("电解厂［2002-07-01至］", "电解厂 [2002-07-01..]"),
        ("电解厂 [旧]", "电解厂 [旧]"),
        ("公司（2002年前）", "公司（2002年前）"),
    ],
)
def test_dated_names_are_read_as_they_are_written(written: str, kept: str) -> None:
    assert str(DatedName.parse(written)) == kept
    assert DatedName.parse(kept) == DatedName.parse(written)


@pytest.mark.parametrize("written", ["电解厂 [2005..2002]", "电解厂 [2005-13..]", "[2005..]", "电" * 101])
def test_names_that_cannot_be_are_refused(app: Flask, written: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        DatedName.parse(written)


def test_one_name_twice_for_one_day_is_refused(app: Flask) -> None:
    with pytest.raises(InvalidFields, match="阳极厂"):
        put("divisions", code="ABC", aliases="阳极厂 [..2002-06-30];阳极厂 [2002-06-30..]")
    assert put("divisions", code="ABC", aliases="阳极厂 [..2002-06-30];阳极厂 [2004-01-01..]").change == "changed"


# Through forms, sheets and the API


def test_a_form_reads_names_at_the_date_that_it_says(app: Flask) -> None:
    db.session.remove()
    client = signed_in(app, "contributor")
    sent = {"code": "XM-9", "title": "电解槽试验", "status": "completed", "divisions": "公司"}
    told = client.post("/records/new/project", data={**sent, "date": "2002", "version": "0"})
    assert told.status_code == 400
    assert "“公司”所指不明：铝厂 (works)、股份公司 (stock)；请改写为其中之一：铝厂、股份公司" in told.text
    assert client.post("/records/new/project", data={**sent, "date": "2003-04", "version": "0"}).status_code == 303
    assert db.session.scalar(text("SELECT count(*) FROM participation")) == 1
    assert stored("XM-9") == "股份公司"


@pytest.mark.parametrize(("date", "outcome"), [("2001", "铝厂"), ("2003年4月", "股份公司"), ("2002年", "")])
def test_a_sheet_reads_names_at_the_date_of_its_row(app: Flask, date: str, outcome: str) -> None:
    (table,) = read_tables(f"项目名称,承担单位,完成时间\n甲,公司,{date}\n".encode(), "projects.csv")
    texts, problems = interpret(db.session(), recognise(db.session(), table), table.rows[0])
    assert texts.get("divisions", "") == outcome
    assert ["股份公司 (stock)" in each.message for each in problems] == ([] if outcome else [True])


def test_a_sheet_without_dates_goes_by_what_is_stored(app: Flask) -> None:
    project("XM-9", date="2003-04")
    (table,) = read_tables("编号,项目名称,承担单位\nXM-9,电解槽试验,公司\n".encode(), "projects.csv")
    texts, problems = interpret(db.session(), recognise(db.session(), table), table.rows[0])
    assert (texts["divisions"], problems) == ("股份公司", [])


def stored(code: str) -> str:
    """The divisions of a project in text form."""
    entity = ENTITIES["projects"]
    return entity.field("divisions").text(entity.find(Resolver(db.session()), {"code": code}))
