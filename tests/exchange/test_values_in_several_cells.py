"""What a row says in several cells is put together where they say one item, and is otherwise told by its cells."""

import pytest
from flask_babel import force_locale
from sqlalchemy.orm import Session

from catalogue.imports.columns.layouts import CellProblem, ColumnLayout, recognise
from catalogue.imports.rows.reading import interpret
from catalogue.imports.tables.sheets import Row, SheetTable, read_tables
from catalogue.records.schema.reference_data import ENTITIES


def read(
    session: Session, text: str, kind: str, name: str = "a.csv", fields: dict[str, str] | None = None
) -> tuple[dict[str, str], list[CellProblem]]:
    """The first row of a sheet; `fields` are what a clerk has chosen for columns by their headings."""
    (table,) = read_tables(text.encode(), name)
    layout = recognise(session, table, kind)
    chosen = [(fields or {}).get(heading, field) for heading, field in zip(table.headings, layout.fields, strict=True)]
    with force_locale("zh"):
        return interpret(session, ColumnLayout(**{**vars(layout), "fields": tuple(chosen)}), table.rows[0])


def told(problems: list[CellProblem]) -> list[tuple[int, str]]:
    return [(each.column, each.read) for each in problems]


PARTS = "项目名称,年,月,日\n试验,"


@pytest.mark.parametrize(
    ("cells", "date"),
    [
        ("2004,5,12", "2004-05-12"),
        ("2004年度,5月份,12日", "2004-05-12"),
        ("２００４,十二,三十一", "2004-12-31"),
        ("二〇〇四年,5,", "2004-05"),
        ("2004,,", "2004"),
        ("2004,5,", "2004-05"),
        ("2004-05,,", "2004-05"),
        ("2004-05,,12", "2004-05-12"),  # the month stands there, though in another column
        ("2004-05-12,5,12", "2004-05-12"),  # days formatted to show a part of them
        ("2004-05-12,2004-05-12,2004-05-12", "2004-05-12"),
        (",2004年5月,12", "2004-05-12"),
    ],
)
def test_a_date_in_parts(trial: Session, cells: str, date: str) -> None:
    texts, problems = read(trial, PARTS + cells, "projects")
    assert problems == []
    assert texts["date"] == date


@pytest.mark.parametrize(
    ("cells", "column", "cell", "words"),
    [
        ("2004,,12", 2, "", ["日", "12", "月份"]),
        ("2004,—,12", 2, "", ["日", "12", "月份"]),
        (",,12", 2, "", ["日", "12", "月份"]),
        (",5,", 1, "", ["月", "5", "年份"]),
        (",5,12", 1, "", ["月", "5", "年份"]),
        ("2004,13,", 2, "13", ["13", "月"]),
        ("2004,0,", 2, "0", ["月"]),
        ("2004,5,32", 3, "32", ["32", "日"]),
        ("2004,2,30", 3, "30", ["2004-02-30"]),
        ("2004,5.12,", 2, "5.12", ["5.12"]),
        ("去年,5,", 1, "去年", ["去年"]),
        ("2004-05,12,", 2, "12", ["年", "2004-05", "月", "12"]),
        ("2004,2005-06,", 2, "2005-06", ["2004", "2005-06"]),
    ],
)
def test_parts_that_are_no_date_are_told_by_their_cells(
    trial: Session, cells: str, column: int, cell: str, words: list[str]
) -> None:
    texts, problems = read(trial, PARTS + cells, "projects")
    assert "date" not in texts
    assert told(problems) == [(column, cell)]
    assert all(word in problems[0].message for word in words), problems[0].message


def test_every_date_of_every_kind_is_put_together_so(trial: Session) -> None:
    for kind, head, name in (
        ("projects", "项目名称,开始年,开始月,开始日", "started"),
        ("awards", "获奖项目,获奖年,获奖月,获奖日", "date"),
        ("benefits", "项目名称,金额,核定年,核定月,核定日", "verified_on"),
    ):
        columns = dict(zip(head.split(",")[-3:], (f"{name}.{part}" for part in ("year", "month", "day")), strict=True))
        before = head.count(",") - 3
        row = "阳极导杆校直机的研制" + ",5万元" * before
        texts, _problems = read(trial, f"{head}\n{row},2004,5,12", kind, fields=columns)
        assert texts[name] == "2004-05-12", kind
        texts, problems = read(trial, f"{head}\n{row},2004,,12", kind, fields=columns)
        assert name not in texts, kind
        assert (before + 2, "") in told(problems), kind


def test_a_day_in_a_sheet_without_months(trial: Session) -> None:
    fields = {"完成年": "date.year", "号": "date.day"}
    texts, problems = read(trial, "项目名称,完成年,号\n试验,2004,12", "projects", fields=fields)
    assert "date" not in texts
    assert told(problems) == [(2, "12")]


def test_the_title_says_the_year_where_no_column_does(trial: Session) -> None:
    fields = {"月": "date.month", "年": "date.year"}
    texts, problems = read(trial, "2004年科技项目一览表,\n项目名称,月\n试验,5", "projects", fields=fields)
    assert (texts["date"], problems) == ("2004-05", [])
    texts, problems = read(trial, "2004年科技项目一览表,,\n项目名称,年,月\n试验,,5", "projects", fields=fields)
    assert "date" not in texts
    assert told(problems) == [(1, "")]


WHOLE = "项目名称,完成时间,年,月,日\n试验,"


@pytest.mark.parametrize(
    ("cells", "date"),
    [
        ("2004-05-12,2004,5,12", "2004-05-12"),
        ("2004年5月,2004,5,", "2004-05"),
        ("2004,2004,5,", "2004-05"),  # the more precise of two that agree
        ("2004-05-12,2004,,", "2004-05-12"),
        ("2004-05,,,12", "2004-05-12"),
        (",2004,5,12", "2004-05-12"),
    ],
)
def test_parts_and_the_whole_that_agree(trial: Session, cells: str, date: str) -> None:
    texts, problems = read(trial, WHOLE + cells, "projects")
    assert problems == []
    assert texts["date"] == date


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ("2004-05-12,2005,5,12", 2, ["完成时间", "2004-05-12", "年", "2005"]),
        ("2004-05,2004,6,", 3, ["完成时间", "2004-05", "月", "6"]),
        ("2004-05-12,,,13", 4, ["完成时间", "2004-05-12", "日", "13"]),
        ("2004,2004,,12", 3, ["日", "12", "月份"]),
        ("去年,2004,5,12", 1, ["去年"]),
    ],
)
def test_parts_and_the_whole_that_disagree(trial: Session, cells: str, column: int, words: list[str]) -> None:
    texts, problems = read(trial, WHOLE + cells, "projects")
    assert "date" not in texts
    assert [each.column for each in problems] == [column]
    assert all(word in problems[0].message for word in words), problems[0].message


def test_january_or_october_is_asked_in_parts_too(trial: Session) -> None:
    headings, fields = ("项目名称", "年", "月"), ("title", "date.year", "date.month")
    row = Row(2, ("试验", "2004.1", "1"), doubtful=(1,))
    table = SheetTable("a.xlsx", "", 1, headings, (row,))
    layout = ColumnLayout(ENTITIES["projects"], fields, headings=headings)
    texts, problems = interpret(trial, layout, table.rows[0])
    assert "date" not in texts
    assert told(problems) == [(1, "2004.1")]


LEDGER = "项目名称,年度,效益类别,{amount},{unit}\n阳极导杆校直机的研制,2005,节支,"


def amount(session: Session, head: str, cells: str, title: str = "") -> tuple[str, str, list[CellProblem]]:
    """Amount and unit of a row in a ledger that has them in two columns, and what is the matter with it."""
    amount_heading, unit_heading = head.split(",")
    top = f"{title},,,,\n" if title else ""
    text = top + LEDGER.format(amount=amount_heading, unit=unit_heading) + cells
    texts, problems = read(session, text, "benefits")
    return texts.get("amount", ""), texts.get("unit", ""), problems


@pytest.mark.parametrize(
    ("head", "cells", "stored"),
    [
        ("金额,单位", "540,万元", ("5400000", "CNY")),
        ("金额,单位", "540万元,", ("5400000", "CNY")),
        ("金额,单位", "540万元,元", ("5400000", "CNY")),
        ("金额,单位", "540万,万元", ("5400000", "CNY")),
        ("金额,单位", "20,万美元", ("200000", "USD")),
        ("金额（万元）,币种", "540,人民币", ("5400000", "CNY")),
        ("金额（万元）,币种", "540,", ("5400000", "CNY")),
        ("金额（万元）,单位", "540,万元", ("5400000", "CNY")),
        ("金额（万）,币种", "20,美元", ("200000", "USD")),
        ("金额（万）,单位", "540,元", ("5400000", "CNY")),
        ("金额（万美元）,币种", "20,USD", ("200000", "USD")),
    ],
)
def test_an_amount_and_its_unit(trial: Session, head: str, cells: str, stored: tuple[str, str]) -> None:
    assert amount(trial, head, cells) == (*stored, [])


@pytest.mark.parametrize(
    ("head", "cells", "column", "words"),
    [
        ("金额,计量单位", "540,", 4, ["金额", "540", "单位"]),
        ("金额,计量单位", "540,—", 4, ["金额", "540", "单位"]),
        ("金额,计量单位", "540,吨", 4, ["吨", "万元"]),
        ("金额,计量单位", "540万元,美元", 3, ["金额", "540万元", "计量单位", "美元"]),
        ("金额,计量单位", "540元,万元", 3, ["540元", "万元"]),
        ("金额,计量单位", "540万元,千元", 3, ["540万元", "千元"]),
        ("金额（万元）,币种", "540,美元", 4, ["金额（万元）", "币种", "美元"]),
        ("金额（万元）,单位", "540,元", 4, ["金额（万元）", "单位", "元"]),
        ("金额（元）,单位", "540,万元", 4, ["金额（元）", "单位", "万元"]),
    ],
)
def test_an_amount_of_which_the_unit_is_not_sure(
    trial: Session, head: str, cells: str, column: int, words: list[str]
) -> None:
    found, _unit, problems = amount(trial, head, cells)
    assert found == ""
    assert [each.column for each in problems] == [column]
    assert all(word in problems[0].message for word in words), problems[0].message


def test_the_unit_of_the_title_is_that_of_rows_that_say_none(trial: Session) -> None:
    title = "经济效益统计（单位：万元）"
    assert amount(trial, "金额,币种", "540,", title) == ("5400000", "CNY", [])
    assert amount(trial, "金额,币种", "540,人民币", title) == ("5400000", "CNY", [])
    assert [each.column for each in amount(trial, "金额,币种", "540,美元", title)[2]] == [4]


@pytest.mark.parametrize(
    ("head", "cells", "column", "words"),
    [
        ("效益类别,新增利润（万元）", "节支,35", 3, ["新增利润", "效益类别", "节支"]),
        ("效益类别,金额", "节支,新增利润35万元", 3, ["新增利润35万元", "节支"]),
        ("效益类别,2004年金额（万元）", "节支,35", 3, ["2004", "年度", "2005"]),
        ("金额,项目编号", "35万元,XM-1989-001", 3, ["项目名称", "阳极导杆校直机的研制", "项目编号"]),
    ],
)
def test_kind_year_and_record_of_an_amount_that_columns_contradict(
    trial: Session, head: str, cells: str, column: int, words: list[str]
) -> None:
    text = f"项目名称,年度,{head}\n阳极导杆校直机的研制,2005,{cells}"
    _texts, problems = read(trial, text, "benefits")
    assert [each.column for each in problems] == [column]
    assert all(word in problems[0].message for word in words), problems[0].message


@pytest.mark.parametrize(
    ("cells", "issue"),
    [
        ("12,3", "12(3)"),
        ("第12卷,第3期", "第12卷第3期"),
        ("12,第3期", "第12卷第3期"),
        ("第12卷,3", "第12卷第3期"),
        (",3", "3"),
        ("12,", "第12卷"),  # a volume alone is no issue
        ("Vol. 12,3", "Vol. 12(3)"),
        ("12,2004年第3期", "2004年第12卷第3期"),
        ("12,2004年第12卷第3期", "2004年第12卷第3期"),
    ],
)
def test_volume_and_issue(trial: Session, cells: str, issue: str) -> None:
    texts, problems = read(trial, f"论文题目,发表年份,卷,期\n试验,2004,{cells}", "papers")
    assert problems == []
    assert texts["issue"] == issue


def test_volume_and_issue_that_disagree(trial: Session) -> None:
    _texts, problems = read(trial, "论文题目,发表年份,卷,期\n试验,2004,11,2004年第12卷第3期", "papers")
    assert told(problems) == [(3, "2004年第12卷第3期")]


PEOPLE = "项目名称,完成时间,{columns}\n试验,2004-05,"


@pytest.mark.parametrize(
    ("columns", "cells", "people"),
    [
        ("完成人,工号", "石宗培、马国栋,A1001、A1002", "石宗培(A1001);马国栋(A1002)"),
        ("项目负责人,工号,参加人员", "石宗培,A1001,马国栋、韩永福", "石宗培(A1001);马国栋(A1002);韩永福(A1003)"),
        ("完成人,工号", "石宗培、马国栋,A1002", "石宗培(A1001);马国栋(A1002)"),
        ("完成人,工号", "石宗培(A1001)、马国栋,A1002", "石宗培(A1001);马国栋(A1002)"),
        ("完成人,工号", "石宗培、马国栋,", "石宗培(A1001);马国栋(A1002)"),
    ],
)
def test_names_and_staff_numbers(trial: Session, columns: str, cells: str, people: str) -> None:
    texts, problems = read(trial, PEOPLE.format(columns=columns) + cells, "projects")
    assert problems == []
    assert texts["people"] == people


@pytest.mark.parametrize(
    "cells", ["石宗培、马国栋,A1003", "石宗培、马国栋,A1001、A1002、A1003", "石宗培、马国栋,B9999"]
)
def test_a_staff_number_of_nobody_in_the_row(trial: Session, cells: str) -> None:
    texts, problems = read(trial, PEOPLE.format(columns="完成人,工号") + cells, "projects")
    assert "people" not in texts
    assert [each.column for each in problems] == [3]
    assert problems[0].read.split("、")[-1] in problems[0].message


def test_two_certificate_numbers(trial: Session) -> None:
    head = "软件名称,登记日期,登记号,证书号\n试验,2005-06-07,"
    both = "2005SR01234 软著登字第034567号"
    texts, problems = read(trial, f"{head}{both},软著登字第034567号", "copyrights")
    assert (texts["certificate_number"], problems) == ("软著登字第034567号", [])
    _texts, problems = read(trial, f"{head}{both},软著登字第099999号", "copyrights")
    assert [each.column for each in problems] == [3]
    assert all(word in problems[0].message for word in ("034567", "099999"))


def test_two_columns_that_a_clerk_has_given_to_one_field(trial: Session) -> None:
    head, fields = "专利名称,申请号,申请日,公告号一,公告号二\n一种锤,201020643383.1,2010-12-03,", {
        "公告号一": "grant_number", "公告号二": "grant_number",
    }  # fmt: skip
    texts, problems = read(trial, f"{head}CN201908138U,201908138U", "patents", fields=fields)
    assert (texts["grant_number"], problems) == ("CN201908138U", [])
    _texts, problems = read(trial, f"{head}CN201908138U,CN201908139U", "patents", fields=fields)
    assert told(problems) == [(4, "CN201908139U")]
    fields = {"甲": "title", "乙": "title"}
    _texts, problems = read(trial, "甲,完成时间,乙\n试验,2004-05,别的", "projects", fields=fields)
    assert told(problems) == [(2, "别的")]
