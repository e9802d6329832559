"""Sheets as clerks lay them out are recognised and read with no mapping by hand."""

import io
from datetime import datetime

import pytest
import xlsxwriter
from sqlalchemy.orm import Session

from catalogue.database import db
from catalogue.imports.blank_workbooks import template
from catalogue.imports.columns.layouts import recognise, signature
from catalogue.imports.resolver import Lookups
from catalogue.imports.row_codes import RowCodes, next_code, save_new
from catalogue.imports.rows.reading import interpret
from catalogue.imports.tables.sheets import SheetTable, read_tables
from catalogue.records.operations import KeyTaken, save
from catalogue.records.schema.kinds import KINDS, KINDS_BY_TABLE
from catalogue.records.schema.reference_data import ENTITIES
from tests.support.catalogues import work
from tests.support.timing import computing_less_than


@pytest.fixture(autouse=True)
def _on_trial(trial: Session) -> None:
    """Every test here reads and writes the demonstration catalogue, and leaves it as it was."""


def book(rows: list[list[object]], sheet: str = "Sheet1", day: str = "yyyy-mm-dd", merged: str = "") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as workbook:
        page = workbook.add_worksheet(sheet)
        dated = workbook.add_format({"num_format": day})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    page.write_datetime(number, place, cell, dated)
                elif cell is not None:
                    page.write(number, place, cell)
        if merged:
            page.merge_range(merged, rows[0][0])
    return out.getvalue()


def read(content: bytes, name: str) -> tuple[SheetTable, list[dict[str, str]]]:
    (table,) = read_tables(content, name)
    layout = recognise(db.session(), table)
    lookups = Lookups(db.session())
    found = []
    for row in table.rows:
        texts, problems = interpret(db.session(), layout, row, lookups)
        assert problems == []
        found.append(texts)
    return table, found


PROJECTS = book(
    [
        ["2004年科技项目一览表"],
        ["序号", "课题名称", "完成时间", "承担单位", "项目负责人", "参加人员", "是否重大", "项目性质"],
        [1, "阴极内衬试验甲", datetime(2004, 4, 1), "一电解", "石宗培", "马国栋、韩永福", "√", "技改"],
        [2, "阴极内衬试验乙", datetime(2004, 12, 1), "电解学部", "马国栋", None, "×", "研究"],
        ["合计", "2项"],
    ],
    day='yyyy"年"m"月"',
    merged="A1:H1",
)
AWARDS = book(
    [
        ["获奖年度", "获奖项目", "获奖等级", "主要完成人", "证书编号"],
        [2003, "阳极试验", "2003年度中国有色金属工业科技二等奖", "石宗培；马国栋", "00017"],
        [1998, "母线试验", "国家科技进步三等奖", "马国栋", None],
        [2001, "净化试验", "省科技进步二等奖", "韩永福", None],
    ]
)
PATENTS = book(
    [
        ["专利号", "发明人", "专利名称", "申请日", "授权公告日"],
        ["ZL 2010 2 0643383.1", "石宗培", "一种打壳锤头", "2010.12.3", "2011年8月3日"],
        ["200510136354.X", "马国栋", "一种阳极", "2005/12/20", None],
    ]
)
BENEFITS = book(
    [
        ["经济效益统计（单位：万元）"],
        ["年度", "项目名称", "效益类别", "金额", "核定单位"],
        ["2004年", "阳极导杆校直机的研制", "节支", 540, "计划财务处"],
        ["2005", "阳极导杆校直机的研制", "新增利润", "20多万瑞士法郎", "计划财务处"],
        [None, None, "总计", 560, None],
    ]
)
ACHIEVEMENTS = book(
    [
        ["成果名称", "鉴定水平", "鉴定日期", "级别", "登记号", "完成单位", "完成人"],
        [
            "槽况诊断成果",
            "达到国际先进水平",
            "04/2004",
            "省部级",
            "6302004Y0017",
            "电解学部、第一电解厂",
            "石宗培(A1001)",
        ],
    ]
)


def test_projects_by_their_first_clerk() -> None:
    table, (first, second) = read(PROJECTS, "汇总.xlsx")
    assert table.heading_row == 2
    assert dict(table.left_out) == {1: "title", 5: "totals"}
    assert first == {
        "title": "阴极内衬试验甲",
        "date": "2004-04",
        "divisions": "第一电解厂",
        "people": "石宗培(A1001);马国栋(A1002);韩永福(A1003)",
        "major": "yes",
        "category": "renovation",
        "status": "completed",
        "code": first["code"],
    }
    assert second["divisions"] == "铝冶炼学部"
    assert first["code"].startswith("XM-2004-") and int(second["code"][-3:]) == int(first["code"][-3:]) + 1


def test_awards_by_their_text() -> None:
    _table, rows = read(AWARDS, "a.xlsx")
    assert [(row["scheme"], row["grade"], row["date"]) for row in rows] == [
        ("nonferrous-assoc-st", "second", "2003"),
        ("national-stp", "third", "1998"),
        ("province-stp", "second", "2001"),
    ]
    assert rows[0]["certificate_number"] == "00017"


def test_patents_with_their_events() -> None:
    _table, (granted, pending) = read(PATENTS, "a.xlsx")
    assert granted["application_number"] == "201020643383.1"
    assert (granted["patent_type"], granted["events"]) == ("utility_model", "filed 2010-12-03;granted 2011-08-03")
    assert (pending["patent_type"], pending["date"]) == ("invention", "2005-12-20")


def test_benefits_with_the_unit_of_the_title() -> None:
    table, (saved, earned) = read(BENEFITS, "a.xlsx")
    assert len(table.rows) == 2
    assert (saved["year"], saved["kind"], saved["amount"], saved["unit"]) == ("2004", "cost_saving", "5400000", "CNY")
    assert (earned["amount"], earned["unit"], earned["qualifier"]) == ("200000", "CHF", "over")
    assert saved["records"] == "XM-1988-001 100%"


def test_achievements_with_levels_in_words() -> None:
    _table, (row,) = read(ACHIEVEMENTS, "a.xlsx")
    assert (row["appraisal_level"], row["level"]) == ("international_advanced", "provincial_ministerial")
    assert (row["date"], row["divisions"]) == ("2004-04", "铝冶炼学部;第一电解厂")


@pytest.mark.parametrize("content", [PROJECTS, AWARDS, PATENTS, BENEFITS, ACHIEVEMENTS])
def test_the_same_file_twice_changes_nothing(content: bytes) -> None:
    for expected in ("new", "unchanged"):
        table, rows = read(content, "a.xlsx")
        entity = recognise(db.session(), table).entity
        assert entity is not None
        assert [save(work(), entity, row).change for row in rows] == [expected] * len(rows)


def test_what_is_not_understood_is_told_by_column() -> None:
    content = "项目名称,完成时间,承担单位,完成人\n甲,去年,火星学部,无名氏\n".encode()
    (table,) = read_tables(content, "projects.csv")
    layout = recognise(db.session(), table)
    _texts, problems = interpret(db.session(), layout, table.rows[0])
    assert [(each.column, each.field, each.read) for each in problems] == [
        (1, "date", "去年"),
        (2, "divisions", "火星学部"),
        (3, "people", "无名氏"),
    ]


def test_rows_of_several_kinds_are_parted() -> None:
    content = "类型,名称,申请号,登记号\n实用新型,一种锤,201020643383.1,\n软件著作权,软件,,2005SR01234\n".encode()
    tables = read_tables(content, "a.csv")
    assert [table.kind for table in tables] == ["patents", "copyrights"]
    assert len({signature(table) for table in tables}) == 2


def test_codes_go_on_from_the_last() -> None:
    first = next_code(db.session(), KINDS["project"], 2099, ())
    assert first == "XM-2099-001"
    assert next_code(db.session(), KINDS["project"], 2099, [first]) == "XM-2099-002"


@pytest.mark.parametrize("name", [*KINDS_BY_TABLE, "benefits", "people"])
def test_a_template_is_read_as_a_whole_and_has_no_rows(name: str) -> None:
    entity = ENTITIES[name]
    (table,) = read_tables(template(entity), "template.xlsx")
    layout = recognise(db.session(), table)
    assert table.rows == ()
    assert layout.entity is entity
    assert None not in layout.fields
    assert {field.name for field in entity.fields if field.required} <= {*layout.fields, "code"}


def test_ten_thousand_rows_in_time() -> None:
    rows: list[list[object]] = [["项目名称", "完成时间", "承担单位", "完成人"]]
    rows += [[f"试验第{number}号", "2004年4月", "一电解", "石宗培、马国栋"] for number in range(10_000)]
    content = book(rows)
    with computing_less_than(20):
        _table, found = read(content, "projects.xlsx")
    assert len({row["code"] for row in found}) == 10_000


def test_what_is_made_under_a_given_code_is_never_a_change_of_another(trial: Session) -> None:
    codes, kind = RowCodes(trial), KINDS["project"]
    texts = {"title": "试验", "date": "2099-05", "status": "completed"}
    given = codes.new(kind, texts)
    save(work(), kind, {**texts, "title": "别人的", "code": given})
    made = save_new(work(), kind, {**texts, "code": given}, codes)
    assert (made.change, made.code) == ("new", "XM-2099-002")
    with pytest.raises(KeyTaken):
        save(work(), kind, {**texts, "code": given}, is_new=True)
    assert codes.new(kind, texts) == "XM-2099-003"
