"""Further layouts, each as another clerk would draw it, against the demonstration catalogue: nothing is mapped by hand,
and what cannot be read is named by its cell."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from catalogue.imports.batches import sources_of
from catalogue.imports.execution import carry_out
from catalogue.imports.plan import Plan, Source, cell_name
from tests.exchange.drawing import Sheet, xls, xlsx
from tests.support.catalogues import work
from tests.support.timing import computing_less_than

# In the demonstration data: the codes of two projects, and their titles.
PRESS, COOLING = "XM-1988-001", "XM-1989-001"
PRESS_TITLE, COOLING_TITLE = "阳极导杆校直机的研制", "整流机组冷却水闭路循环改造"

Found = dict[str, list[dict[str, str]]]


def tried(session: Session, content: bytes, name: str) -> tuple[list[Source], Plan]:
    sources = sources_of(session, content, name, {})
    return sources, carry_out(work("import"), sources)


def imported(session: Session, content: bytes, name: str = "汇总.xlsx") -> Found:
    """What a file brings by table, after checking that all of it is used, and that a second time changes nothing."""
    sources, plan = tried(session, content, name)
    assert [each for row in plan.rows for each in row.problems] == []
    assert set(plan.counts) == {"new"}
    found: Found = {}
    for row in plan.rows:
        entity = sources[row.source].layout.entity
        assert entity is not None
        found.setdefault(entity.table, []).append({name: new for name, (_old, new) in row.changes.items()})
    again = tried(session, content, name)[1]
    assert again.counts == {"unchanged": len(plan.rows)}
    return found


def problems(session: Session, content: bytes, name: str = "汇总.xlsx") -> list[tuple[str, str]]:
    """The cells that cannot be used, and what was read there."""
    plan = tried(session, content, name)[1]
    return [(cell_name(each.column, row.number), each.read) for row in plan.rows for each in row.problems]


def picked(rows: list[dict[str, str]], *names: str) -> list[tuple[str, ...]]:
    return [tuple(row.get(name, "") for name in names) for row in rows]


TWO_LINES = Sheet(
    "项目",
    [
        ["2005年度科技项目完成情况一览表"],
        ["", "", "", "", "", "", "", "", "", "", "单位：万元"],
        ["序号", "项目名称", "起止时间", None, "承担单位", "主要完成人", "重大", "经济效益", None, None, "备注"],
        [None, None, "开始", "完成", None, None, None, "新增产值", "新增利润", "节支", None],
        [1, "打壳锤头延寿甲试验", "2004.3", "2005年6月", "一电解", "石宗培、马国栋", "是", 120, 35.5, None, "无"],
        [2, "烟气余热利用乙研究", "2003-10", "2005.12", "动力分厂", "韩永福", "否", None, None, "18", None],
        [3, "炭块防氧化丙涂层", "2005年1月", "2005年11月", "炭素厂", "马国栋　石宗培", "", "—", "/", "约20", None],
        ["合计", None, None, None, None, None, None, 120, 35.5, 38, None],
        [],
        ["注：效益由财务部核定。"],
        ["制表：科协", "", "", "审核：主任", "", "", "日期：2006.1.5"],
    ],
    ("A1:K1", "A3:A4", "B3:B4", "C3:D3", "E3:E4", "F3:F4", "G3:G4", "H3:J3", "K3:K4"),
)
COVER = Sheet("封面", [["铝业公司"], [], ["2005年度科技工作资料汇编"], ["编制单位：科协"], ["二〇〇六年一月"]])
NOTES = Sheet("注意事项", [["1. 本表由各学部填报"], ["2. 金额以万元计"]])


def test_two_lines_of_headings_between_a_cover_and_notes(trial: Session) -> None:
    hidden = Sheet("旧表", [["项目名称", "完成时间"], ["旧项目", "2004"]], hidden=True)
    content = xlsx(COVER, TWO_LINES, NOTES, hidden)
    found = imported(trial, content)
    assert picked(found["projects"], "title", "started", "date", "divisions", "major") == [
        ("打壳锤头延寿甲试验", "2004-03", "2005-06", "第一电解厂", "yes"),
        ("烟气余热利用乙研究", "2003-10", "2005-12", "动力厂", "no"),
        ("炭块防氧化丙涂层", "2005-01", "2005-11", "炭素厂", "no"),
    ]
    codes = [row["code"] for row in found["projects"]]
    assert picked(found["benefits"], "kind", "amount", "qualifier", "year", "records") == [
        ("new_output_value", "1200000", "exact", "2005", f"{codes[0]} 100%"),
        ("new_profit", "355000", "exact", "2005", f"{codes[0]} 100%"),
        ("cost_saving", "180000", "exact", "2005", f"{codes[1]} 100%"),
        ("cost_saving", "200000", "about", "2005", f"{codes[2]} 100%"),
    ]
    left_out = {each.table.sheet: dict(each.table.left_out) for each in tried(trial, content, "汇总.xlsx")[0]}
    assert left_out["旧表"] == {0: "hidden"}
    assert set(left_out["封面"].values()) == set(left_out["注意事项"].values()) == {"title"}
    assert left_out["项目"] == {1: "title", 2: "title", 8: "totals", 10: "title", 11: "title"}


def test_a_sheet_for_each_year_of_awards(trial: Session) -> None:
    head = ["获奖成果", "奖项", "主要贡献者", "对应项目", "证书号"]
    content = xlsx(
        Sheet("2003年", [head, ["某甲技术", "青海省科技进步二等奖", "①石宗培②马国栋", PRESS_TITLE, "2003-123"],
                        ["某乙技术", "有色协会科技三等奖", "马国栋等5人", None, None]]),
        Sheet("2005年", [head, ["某丙技术", "省科学技术进步奖（三等）", "韩永福", COOLING, 7]]),
        Sheet("统计", [["类别", "数量", "说明"], ["奖励", 3, "含协会奖"]]),
    )  # fmt: skip
    found = imported(trial, content)
    assert picked(found["awards"], "scheme", "grade", "date") == [
        ("province-stp", "second", "2003"),
        ("nonferrous-assoc-st", "third", "2003"),
        ("province-stp", "third", "2005"),
    ]
    assert [row["source"] for row in found["links"]] == [PRESS, COOLING]
    assert {row["relation"] for row in found["links"]} == {"awarded"}


def test_year_scheme_and_grade_in_one_cell(trial: Session) -> None:
    rows = [
        ["附件二："],
        ["科技奖励登记表"],
        ["序号", "获奖项目", "奖项", "完成人", "完成单位", "颁奖机关"],
        [1, PRESS_TITLE, "2003年度青海省科技进步二等奖", "石宗培（A1001）；马国栋", "机修分厂（牵头）", "省人民政府"],
        [2, "未登记的项目", "1999年国家科学技术进步奖三等奖", "韩永福", "动力厂", "国务院"],
    ]
    found = imported(trial, xlsx(Sheet("Sheet1", rows)))
    assert picked(found["awards"], "date", "scheme", "grade", "divisions", "conferring_body") == [
        ("2003", "province-stp", "second", "机修厂", "省人民政府"),
        ("1999", "national-stp", "third", "动力厂", "国务院"),
    ]
    # The very title of a project says what was honoured; another title says nothing.
    assert picked(found["links"], "source", "relation") == [(PRESS, "awarded")]


PATENT_HEAD = [
    "序号", "专利类型", "专利名称", "专利号", "第一发明人", "其他发明人", "专利权人", "申请日", "授权日", "授权公告号",
    "法律状态", "来源项目",
]  # fmt: skip


def test_patents_in_every_form_of_number(trial: Session) -> None:
    rows: list[list[str | int | float | datetime | None]] = [
        [*PATENT_HEAD],
        [1, "实用新型", "一种打壳锤头甲", 201020643383.1, "石宗培", "马国栋、韩永福", "股份公司", datetime(2010, 12, 3),
         datetime(2011, 8, 3), "CN201908138U", "授权", f"{COOLING}；{PRESS}"],
        [2, "发明", "一种阳极乙", "ＣＮ２００５１０１３６３５４．Ｘ", "马国栋", None, "股份公司", "2005年12月20日",
         None, None, "实审", PRESS_TITLE],
        [3, "发明专利", "一种丙", "ZL 95 1 15608.X", "韩永福", None, None, "1995.9.1", "1999/3/10", "CN1045555C",
         "失效", None],
        [4, "外观", "一种戊", "201130321354.3", "韩永福", None, None, "2011-07-01", "20120104", None, "有效", "—"],
    ]  # fmt: skip
    found = imported(trial, xlsx(Sheet("专利台账", rows, day="yyyy/m/d")))
    assert picked(found["patents"], "application_number", "patent_type", "events") == [
        ("201020643383.1", "utility_model", "filed 2010-12-03;granted 2011-08-03"),
        ("200510136354.X", "invention", "filed 2005-12-20"),
        ("95115608.X", "invention", "filed 1995-09-01;granted 1999-03-10"),
        ("201130321354.3", "design", "filed 2011-07-01;granted 2012-01-04"),
    ]
    assert found["patents"][0]["people"] == "石宗培(A1001);马国栋(A1002);韩永福(A1003)"
    assert picked(found["links"], "source", "relation") == [
        (COOLING, "protected_by"), (PRESS, "protected_by"), (PRESS, "protected_by"),
    ]  # fmt: skip


def test_a_legal_status_without_its_event_is_told(trial: Session) -> None:
    rows = [["专利名称", "申请号", "发明人", "申请日", "授权日", "专利状态"],
            ["甲", "201110372135.7", "石宗培", "2011-11-21", None, "有效"],
            ["乙", "200510136354.X", "石宗培", "2005-12-20", None, "审查中"],
            ["丙", "201020643383.1", "石宗培", "2010-12-03", "2011-08-03", "出让"]]  # fmt: skip
    assert problems(trial, xlsx(Sheet("专利", rows))) == [("F2", "有效"), ("F4", "出让")]


def test_english_headings(trial: Session) -> None:
    papers = [["No.", "Paper title", "First author", "Other authors", "Journal", "Year", "Volume", "Issue", "Pages",
               "Department"],
              [1, "Study of the anode effect", "石宗培", "马国栋; 韩永福", "Light Metals", 2004, 12, 3, "12-15",
               "First Potroom Plant"]]  # fmt: skip
    projects = [["Project name", "Start date", "End date", "Project leader", "Team members", "Status",
                 "Cost savings (CNY)"],
                ["Larger anodes, trial B", "2003/3", "2004/9/1", "石宗培", "马国栋", "completed",
                 "￥1,234.50"]]  # fmt: skip
    found = imported(trial, xlsx(Sheet("Papers", papers), Sheet("Projects 2004", projects)), "list.xlsx")
    assert picked(found["papers"], "issue", "pages", "date", "divisions") == [("12(3)", "12-15", "2004", "第一电解厂")]
    assert found["papers"][0]["people"] == "石宗培(A1001);马国栋(A1002);韩永福(A1003)"
    assert picked(found["projects"], "started", "date", "status") == [("2003-03", "2004-09-01", "completed")]
    assert picked(found["benefits"], "kind", "amount") == [("cost_saving", "1234.5")]


def test_papers_as_separated_values_of_an_old_program(trial: Session) -> None:
    text = (
        "论文题目;第一作者;第二作者;发表刊物及期号;发表时间;获奖情况\r\n"
        "电解槽甲研究;石宗培;马国栋;《轻金属》2004年第3期;2004.03;公司一等奖\r\n"
        "电解槽乙研究;韩永福;;青海铝业科技 2005年第1期;;\r\n"
        "整流丙研究;韩永福;;《有色设备》2003(2)：12-15;;\r\n"
    )
    found = imported(trial, text.encode("gb18030"), "论文.csv")
    assert picked(found["papers"], "venue", "issue", "pages", "date", "honour", "people") == [
        ("《轻金属》", "2004年第3期", "", "2004-03", "公司一等奖", "石宗培(A1001);马国栋(A1002)"),
        ("青海铝业科技", "2005年第1期", "", "2005", "", "韩永福(A1003)"),
        ("《有色设备》", "2003(2)", "12-15", "2003", "", "韩永福(A1003)"),
    ]


def test_dates_in_three_columns(trial: Session) -> None:
    rows = [["2005年合理化建议登记表"],
            ["编号", "建议内容", "建议人", "单位", "提出时间", None, None, "是否采纳", "是否重大", "年效益/万元"],
            [None, None, None, None, "年", "月", "日", None, None, None],
            ["1", "将阳极夹具改为甲", "石宗培", "一电解", 2005, 4, 12, "√", "√", 5.4],
            ["2", "改造照明回路", "马国栋", "动力厂", "2005", "11", "", "否", None, "0.8"],
            ["3", "改造冲洗水管", "马国栋", "动力厂", "2005年", "11月", "5日", "已实施", "", None]]  # fmt: skip
    found = imported(trial, xlsx(Sheet("建议", rows, ("E2:G2",))))
    assert picked(found["proposals"], "date", "status", "major", "yearly_value") == [
        ("2005-04-12", "adopted", "yes", "54000"),
        ("2005-11", "submitted", "no", "8000"),
        ("2005-11-05", "implemented", "no", ""),
    ]


def test_old_workbooks_keep_the_precision_of_their_dates(trial: Session) -> None:
    achievements = Sheet("鉴定成果", [
        ["省部级科技成果登记一览表"],
        ["序号", "成果名称", "鉴定时间", "鉴定水平", "组织鉴定机关", "成果登记号", "来源项目", "完成单位", "完成者"],
        [1, "甲成果研究", datetime(2004, 4, 1), "国际先进", "省科技厅", "6302004Y0017", PRESS_TITLE, "一电解、炭素厂",
         "石宗培，马国栋"]], ("A1:I1",), 'yyyy"年"m"月"')  # fmt: skip
    software = Sheet("软件著作权", [
        ["软件名称", "版本号", "登记号", "登记日期", "开发人员", "关联项目"],
        ["槽控甲软件", "V1.0", "软著登字第0012345号 2006SR01234", datetime(2006, 3, 5), "石宗培",
         COOLING]])  # fmt: skip
    found = imported(trial, xls(achievements, software), "登记.xls")
    assert picked(found["achievements"], "date", "level", "appraisal_level", "appraising_body") == [
        ("2004-04", "provincial_ministerial", "international_advanced", "省科技厅")
    ]
    assert picked(found["copyrights"], "date", "registration_number", "certificate_number") == [
        ("2006-03-05", "2006SR01234", "软著登字第0012345号")
    ]
    assert picked(found["links"], "source", "relation") == [(PRESS, "resulted_in"), (COOLING, "protected_by")]


def test_amounts_side_by_side(trial: Session) -> None:
    rows = [["科技项目经济效益统计表"], ["（金额单位：万元）"],
            ["序号", "项目名称", "年度", "新增产值", "新增利润", "新增税收", "节支", "节能量（吨标煤）", "财务核定"],
            [1, PRESS_TITLE, "2004年", 500, 60.5, 20, None, None, "财务部"],
            [2, COOLING, "2005", None, None, None, 33, "9,050", "财务部"],
            ["", "合  计", "", 500, 60.5, 20, 33, 9050, ""]]  # fmt: skip
    found = imported(trial, xlsx(Sheet("效益", rows)))
    assert sorted(picked(found["benefits"], "records", "year", "kind", "amount", "unit")) == [
        (f"{PRESS} 100%", "2004", "new_output_value", "5000000", "CNY"),
        (f"{PRESS} 100%", "2004", "new_profit", "605000", "CNY"),
        (f"{PRESS} 100%", "2004", "new_tax", "200000", "CNY"),
        (f"{COOLING} 100%", "2005", "cost_saving", "330000", "CNY"),
        (f"{COOLING} 100%", "2005", "energy_saving", "9050", "tce"),
    ]


def test_a_row_without_any_of_its_amounts_is_told(trial: Session) -> None:
    rows = [["项目名称", "年度", "新增利润", "节支"], [PRESS_TITLE, 2004, None, 0], [PRESS_TITLE, 2005, 7, None]]
    assert problems(trial, xlsx(Sheet("效益", rows)))[0][0] == "C2"


def test_an_amount_without_the_unit_that_others_have_is_told(trial: Session) -> None:
    rows = [["序号", "项目", "2004年", "", "2005年", ""], ["", "", "新增利润", "节支", "新增利润", "节支"],
            [1, PRESS_TITLE, "10万元", "5万元", "12", "—"], [2, COOLING, "", "", "", "3万元"]]  # fmt: skip
    assert problems(trial, xlsx(Sheet("效益", rows))) == [("E3", "12")]


def test_a_column_for_each_year_and_units_beside(trial: Session) -> None:
    rows = [["项目", "2003年节支", "2004年节支", "2005年节支", "单位"], [PRESS_TITLE, 10, 12.5, None, "万元"],
            [COOLING_TITLE, None, 8000, 9000, "元"]]  # fmt: skip
    found = imported(trial, xlsx(Sheet("Sheet1", rows)))
    assert sorted(picked(found["benefits"], "year", "kind", "amount")) == [
        ("2003", "cost_saving", "100000"), ("2004", "cost_saving", "125000"),
        ("2004", "cost_saving", "8000"), ("2005", "cost_saving", "9000"),
    ]  # fmt: skip


def test_a_whole_and_its_parts_are_not_booked_twice(trial: Session) -> None:
    rows = [["统计年度：2004年"], ["项目编号", "项目名称", "效益（万元）", "其中：新增利润", "节支", "审核人"],
            [PRESS, PRESS_TITLE, 30, 20, 10, "财务部"]]  # fmt: skip
    found = imported(trial, xlsx(Sheet("Sheet1", rows)))
    assert picked(found["benefits"], "year", "kind", "amount") == [
        ("2004", "new_profit", "200000"), ("2004", "cost_saving", "100000"),
    ]  # fmt: skip


def test_several_amounts_in_one_cell(trial: Session) -> None:
    rows = [["年份", "成果名称", "经济效益"], [2004, PRESS_TITLE, "新增利润120万元、节支30多万元"],
            [2005, PRESS_TITLE, "年创效约540万元"],
            [2005, COOLING_TITLE, "节能9050吨标准煤；20多万瑞士法郎"]]  # fmt: skip
    found = imported(trial, xlsx(Sheet("创效", rows)))
    assert sorted(picked(found["benefits"], "kind", "amount", "unit", "qualifier")) == [
        ("cost_saving", "300000", "CNY", "over"),
        ("energy_saving", "9050", "tce", "exact"),
        ("new_profit", "1200000", "CNY", "exact"),
        ("other", "200000", "CHF", "over"),
        ("other", "5400000", "CNY", "about"),
    ]


def test_people_first_then_what_they_did(trial: Session) -> None:
    content = xlsx(
        Sheet("人员", [["工号", "姓名", "部门"], ["B001", "张三丰", "一电解"], ["B002", "李四光", "炭素厂"]]),
        Sheet("获奖", [["获奖项目", "奖项", "获奖时间", "获奖人"], ["新人项目", "省科技进步二等奖", "2005", "张三丰"]]),
        Sheet("项目", [["项目名称", "竣工日期", "实施部门", "完成人"],
                     ["新人项目", "2004.5", "碳素厂、第一电解厂(电解学部)", "张三丰、李四光"]]),
    )  # fmt: skip
    found = imported(trial, content)
    assert found["projects"][0]["people"] == "张三丰(B001);李四光(B002)"
    assert found["projects"][0]["divisions"] == "炭素厂;第一电解厂;铝冶炼学部"
    assert picked(found["links"], "source", "relation") == [(found["projects"][0]["code"], "awarded")]


def test_kinds_mixed_in_one_sheet(trial: Session) -> None:
    lines = ["类别,名称,时间,完成人", "科技项目,混合甲项目,2004.5,石宗培", "论文,混合乙论文,2004,马国栋",
             "合理化建议,混合丙建议,2004-7,韩永福"]  # fmt: skip
    found = imported(trial, "\n".join(lines).encode("utf-16"), "成果.csv")
    assert {table: len(rows) for table, rows in found.items()} == {"projects": 1, "papers": 1, "proposals": 1}


def test_the_date_of_completion_in_the_status(trial: Session) -> None:
    rows = [["编号", "项目名", "重大/一般", "完成情况", "创效情况", "类别"],
            ["KJ-04-1", "状态甲项目", "重大", "2004年9月完成", "年节约资金50万元", "技改"],
            ["KJ-04-2", "状态乙项目", "一般", "2004.10通过验收", "—", "研究"],
            ["KJ-04-3", "状态丙项目", "一般", "在研", "无", "研究"]]  # fmt: skip
    found = imported(trial, xlsx(Sheet("科技项目", rows)))
    assert picked(found["projects"], "code", "date", "status", "major", "category") == [
        ("KJ-04-1", "2004-09", "completed", "yes", "renovation"),
        ("KJ-04-2", "2004-10", "completed", "no", "research"),
        ("KJ-04-3", "", "under_way", "no", "research"),
    ]
    assert picked(found["benefits"], "year", "kind", "amount") == [("2004", "cost_saving", "500000")]


def test_tables_one_below_another(trial: Session) -> None:
    rows = [["知识产权一览"], ["一、专利"], ["序号", "专利名称", "专利号", "申请日", "发明人"],
            [1, "一种H", "ZL 2005 1 0136354.X", "2005-12-20", "石宗培"], [], ["二、软件著作权"],
            ["序号", "软件名称", "登记号", "登记日期", "开发者"], [1, "槽况软件H", "2006SR01299", "2006.5", "马国栋"],
            ["序号", "软件名称", "登记号", "登记日期", "开发者"],
            [2, "槽况软件I", "2006SR01300", "2006.6", "马国栋"]]  # fmt: skip
    found = imported(trial, xlsx(Sheet("知识产权", rows)))
    assert picked(found["patents"], "title", "date") == [("一种H", "2005-12-20")]
    assert picked(found["copyrights"], "title", "date") == [("槽况软件H", "2006-05"), ("槽况软件I", "2006-06")]


def test_stretches_of_time_and_own_codes(trial: Session) -> None:
    rows = [["课题编号", "课题名称", "起止年月", "负责人", "参加人", "项目状态", "直接经济效益(元)", "效益年度"],
            ["KJ-2004-01", "日期甲项目", "2003年3月—2004年9月", "石宗培", "马国栋等5人", "已验收",
             "￥1,234,500.00", 2005],
            ["KJ-2004-02", "日期乙项目", "2004.1-2004.12", "马国栋", "", "在研", None, None]]  # fmt: skip
    found = imported(trial, xlsx(Sheet("技改", rows)))
    assert picked(found["projects"], "code", "started", "date", "status") == [
        ("KJ-2004-01", "2003-03", "2004-09", "completed"), ("KJ-2004-02", "2004-01", "2004-12", "under_way"),
    ]  # fmt: skip
    assert picked(found["benefits"], "year", "amount", "records") == [("2005", "1234500", "KJ-2004-01 100%")]


def test_sections_within_the_table_and_a_remark_below(trial: Session) -> None:
    rows = [["名称", "专利号", "申请日", "授权公告日", "发明人"], ["一、发明专利"],
            ["一种F", "ZL 2005 1 0136354.X", "2005-12-20", "2008-1-2", "石宗培"], ["二、实用新型"],
            ["一种G", "ZL 2010 2 0643383.1", "2010-12-3", "2011-8-3", "石宗培"], ["小计：2项"],
            ["以上专利均由科协整理。"]]  # fmt: skip
    found = imported(trial, xlsx(Sheet("专利", rows)))
    assert [row["title"] for row in found["patents"]] == ["一种F", "一种G"]


def test_a_month_that_lost_its_last_digit_is_asked_about(trial: Session) -> None:
    rows = [
        ["项目名称", "完成时间", "投资额"],
        ["甲项目", 2004.1, 2004.1],
        ["乙项目", "2004.1", 2004.1],
        ["丙项目", 2004.2, 1],
    ]
    assert problems(trial, xlsx(Sheet("项目", rows))) == [("B2", "2004.1")]
    assert problems(trial, xls(Sheet("项目", rows)), "项目.xls") == [("B2", "2004.1")]


def test_two_readings_are_never_decided_here(trial: Session) -> None:
    rows = [["成果名称", "级别", "鉴定日期", "鉴定意见", "来源项目", "完成单位"],
            ["庚成果", "省部级", "2004.4.5", "达到国内领先、国际先进水平", None, "一电解"],
            ["辛成果", "省部级", "4/5/2004", "国际先进", None, "一电解"],
            ["壬成果", "省部级", "2004.4", "国际先进", "没有登记过的项目", "火星厂"]]  # fmt: skip
    assert problems(trial, xlsx(Sheet("成果", rows))) == [
        ("D2", "达到国内领先、国际先进水平"), ("C3", "4/5/2004"), ("F4", "火星厂"), ("E4", "没有登记过的项目"),
    ]  # fmt: skip


def test_what_hangs_on_an_unusable_row_is_told_there(trial: Session) -> None:
    rows = [["项目名称", "完成时间", "经济效益（万元）", "后续项目"], ["甲项目", "去年", 12, PRESS]]
    assert problems(trial, xlsx(Sheet("项目", rows))) == [("B2", "去年"), ("C2", "12"), ("D2", PRESS)]


@pytest.mark.parametrize("sign", ["《", "利润", "2004年", "新增利润1万元、", "软著登字第"])
def test_endless_cells_take_no_time(trial: Session, sign: str) -> None:
    endless = sign * (30_000 // len(sign))
    rows = [[endless, "项目名称", "完成时间", "完成情况", "经济效益（万元）", "对应成果"],
            ["", "甲项目", endless, endless, endless, endless]]  # fmt: skip
    content = xlsx(Sheet("项目", rows))
    with computing_less_than(5):
        assert problems(trial, content)


def test_a_line_of_units_beneath_the_headings(trial: Session) -> None:
    content = xlsx(
        Sheet("效益", [["项目名称", "年份", "新增产值", "新增利润", "上交税金", "证明单位"],
                       ["", "", "万元", "（万元）", "元", ""],
                       [PRESS_TITLE, 1990, 1200, 150.5, "49,700", "财务部"],
                       ["合计", "", 1200, 150.5, "49,700", ""]]),
    )  # fmt: skip
    found = imported(trial, content)
    assert picked(found["benefits"], "kind", "amount", "verifier", "records") == [
        ("new_output_value", "12000000", "财务部", f"{PRESS} 100%"),
        ("new_profit", "1505000", "财务部", f"{PRESS} 100%"),
        ("new_tax", "49700", "财务部", f"{PRESS} 100%"),
    ]


def test_an_issue_says_the_year(trial: Session) -> None:
    content = xlsx(
        Sheet("论文", [["题  目", "作  者", "刊物名称", "年卷期", "页码"],
                       ["换极作业标准化甲探讨", "石宗培 马国栋", "轻金属", "2005年第6期", "33-36"],
                       ["电阻率测定乙方法", "韩永福", "青海铝业科技", "2004(3)", "12～15"]]),
    )  # fmt: skip
    found = imported(trial, content)
    assert picked(found["papers"], "date", "venue", "issue") == [
        ("2005", "轻金属", "2005年第6期"),
        ("2004", "青海铝业科技", "2004(3)"),
    ]
