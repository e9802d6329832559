"""Which figures of a text are understood, as what, and which never are."""

# ruff: noqa: E501

from datetime import date

import pytest
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import ANONYMOUS
from catalogue.fact_check.statements import Statement, find_statements
from catalogue.fact_check.tokens import lexicon_of

END = date(2006, 12, 31)


def read(session: Session, text: str) -> list[Statement]:
    return find_statements(text, lexicon_of(session, ANONYMOUS, END), END)


def shown(statement: Statement) -> str:
    """``patents granted=yes patent_type=invention 2001-2005 @2005-12-31``, or ``?`` for what is not understood."""
    selection = statement.selection
    if selection is None:
        assert statement.problem
        return "?"
    assert not statement.problem
    words = [selection.subject.name, *sorted(f"{name}={value}" for name, value in selection.values)]
    if selection.year_from or selection.year_to:
        words.append(f"{selection.year_from or ''}-{selection.year_to or ''}")
    if selection.as_of != END:
        words.append(f"@{selection.as_of}")
    return " ".join(words)


NATIONAL, PROVINCIAL = "scheme=national-stp", "level=provincial_ministerial"
GRANTED, FILED = "patents granted=yes", "patents"
MAJOR = "projects major=yes status=completed"
UNDERSTOOD: list[tuple[str, list[str]]] = [
    # awards, and heads that carry over
    ("获国家科技进步二等奖1项，三等奖1项", [f"awards grade=second {NATIONAL}", f"awards grade=third {NATIONAL}"]),
    ("荣获国家科学技术进步奖二等奖一项", [f"awards grade=second {NATIONAL}"]),
    ("获国家级科技进步奖2项", ["awards level=national"]),
    ("国家级奖2项", ["awards level=national"]),
    ("获国家级奖2项，省部级奖14项", ["awards level=national", f"awards {PROVINCIAL}"]),
    ("获省部级科技进步一等奖1项、二等奖5项", [f"awards grade=first {PROVINCIAL}", f"awards grade=second {PROVINCIAL}"]),
    ("获省部级科技进步奖：一等奖1项，二等奖5项", [f"awards grade=first {PROVINCIAL}", f"awards grade=second {PROVINCIAL}"]),
    ("获省部级科技进步奖14项，其中一等奖1项", [f"awards {PROVINCIAL}", f"awards grade=first {PROVINCIAL}"]),
    ("获省部级奖14项", [f"awards {PROVINCIAL}"]),
    ("省（部）级科技进步二等奖5项", [f"awards grade=second {PROVINCIAL}"]),
    ("省级、部级科技进步二等奖5项", [f"awards grade=second {PROVINCIAL}"]),
    ("省部级二等奖5个", [f"awards grade=second {PROVINCIAL}"]),
    ("获得1项国家科技进步二等奖、5项省部级二等奖", [f"awards grade=second {NATIONAL}", f"awards grade=second {PROVINCIAL}"]),
    ("获国家科技进步二等奖1项三等奖1项", [f"awards grade=second {NATIONAL}", f"awards grade=third {NATIONAL}"]),
    ("获国家科技进步二等奖1项、三等奖1项共2项", [f"awards grade=second {NATIONAL}", f"awards grade=third {NATIONAL}", "?"]),
    ("获省科技进步二等奖4项", ["awards grade=second scheme=province-stp"]),
    ("获市科技进步二等奖1项", ["awards grade=second scheme=city-stp"]),
    ("公司科技进步奖16项", ["awards scheme=company-stp"]),
    ("获中国有色金属工业科学技术奖三等奖2项", ["awards grade=third scheme=nonferrous-assoc-st"]),
    ("共获各级科技奖励36项", ["awards"]),
    ("獲國家科技進步二等獎１項", [f"awards grade=second {NATIONAL}"]),
    # achievements
    ("省部级科技成果32项", [f"achievements {PROVINCIAL}"]),
    ("登记科技成果38项", ["achievements"]),
    ("科技成果38项，其中国际先进水平3项", ["achievements", "achievements appraisal_level=international_advanced"]),
    # patents: applied for, granted, in force
    ("累计申报国家发明专利34项", [f"{FILED} patent_type=invention"]),
    ("申请专利50项", [FILED]),
    ("发明专利申请34件", [f"{FILED} patent_type=invention"]),
    ("共受理专利50件", [FILED]),
    ("授权专利16项", [GRANTED]),
    ("16项授权专利", [GRANTED]),
    ("授权专利共16项", [GRANTED]),
    ("授权专利：16项", [GRANTED]),
    ("专利授权量达16项", [GRANTED]),
    ("拥有授权专利16件", [GRANTED]),
    ("授权专利十六项", [GRANTED]),
    ("授权专利１６项", [GRANTED]),
    ("授權專利16項", [GRANTED]),
    ("获得授权的专利达到16项", [GRANTED]),
    ("授权专利16项以上", [GRANTED]),
    ("授权专利约16项", [GRANTED]),
    ("有效专利8件", ["patents status=in_force"]),
    ("授权专利16项，其中发明专利3项，实用新型专利13项",
     [GRANTED, f"{GRANTED} patent_type=invention", f"{GRANTED} patent_type=utility_model"]),
    ("授权专利16项（其中发明专利3项，实用新型13项）",
     [GRANTED, f"{GRANTED} patent_type=invention", f"{GRANTED} patent_type=utility_model"]),
    ("授权专利16项。其中发明专利3项。", [GRANTED, f"{GRANTED} patent_type=invention"]),
    ("授权专利16项，其中发明专利3项，软件著作权1项", [GRANTED, f"{GRANTED} patent_type=invention", "copyrights"]),
    ("授权专利16项（其中发明专利3项），软件著作权1项", [GRANTED, f"{GRANTED} patent_type=invention", "copyrights"]),
    ("申请专利50项，授权16项", [FILED, GRANTED]),
    ("申请发明专利34项，授权发明专利3项", [f"{FILED} patent_type=invention", f"{GRANTED} patent_type=invention"]),
    ("授权实用新型专利13项，外观设计专利2项",
     [f"{GRANTED} patent_type=utility_model", f"{GRANTED} patent_type=design"]),
    # copyrights, projects, papers, proposals
    ("注册软件著作权1项", ["copyrights"]),
    ("软件著作权登记1件", ["copyrights"]),
    ("登记计算机软件著作权1项", ["copyrights"]),
    ("目前公司已完成重大科技项目150多项", [MAJOR]),
    ("公司共完成重大科技项目一百五十六项", [MAJOR]),
    ("完成科技项目156项（重大）", [MAJOR]),
    ("完成科技项目158项，其中重大项目156项", ["projects status=completed", MAJOR]),
    ("已完成技改项目60项", ["projects category=renovation status=completed"]),
    ("发表论文80篇", ["papers"]),
    ("在职职工发表论文80篇", ["?"]),
    ("提合理化建议4.8万余条，其中重大建议100余项", ["yearly_counts", "proposals major=yes"]),
    ("职工提出合理化建议48,317条，其中重大106条", ["yearly_counts", "proposals major=yes"]),
    # benefits
    ("累计创经济效益5400多万元", ["benefits"]),
    ("累计创效5436.8万元", ["benefits"]),
    ("实现经济效益0.54亿元", ["benefits"]),
    ("创经济效益人民币54368000元", ["benefits"]),
    ("累计经济效益（万元）：5436.8", ["benefits"]),
    ("新增利润3000万元，节支2000万元", ["benefits kind=new_profit", "benefits kind=cost_saving"]),
    # periods, days, divisions
    ("2003年获省部级奖1项", [f"awards {PROVINCIAL} 2003-2003"]),
    ("二〇〇三年获省部级奖1项", [f"awards {PROVINCIAL} 2003-2003"]),
    ("2003年，公司获省部级奖1项，市科技进步奖1项", [f"awards {PROVINCIAL} 2003-2003", "awards scheme=city-stp 2003-2003"]),
    ("2004年授权专利3项", ["patents grant_year=2004 granted=yes"]),
    ("2001—2006年完成重大科技项目90项", [f"{MAJOR} 2001-2006"]),
    ("2001年至2006年期间完成重大科技项目90项", [f"{MAJOR} 2001-2006"]),
    ("“十五”期间获省部级奖5项", [f"awards {PROVINCIAL} 2001-2005"]),
    ("九五时期获省部级奖5项", [f"awards {PROVINCIAL} 1996-2000"]),
    ("近三年获省部级科技进步奖3项", [f"awards {PROVINCIAL} 2004-2006"]),
    ("2004年以来获省部级奖3项", [f"awards {PROVINCIAL} 2004-"]),
    ("去年申请专利5项", [f"{FILED} 2005-2005"]),
    ("截至2005年底，授权专利14项", [f"{GRANTED} @2005-12-31"]),
    ("截止2005年6月底，授权专利14项。软件著作权1项。", [f"{GRANTED} @2005-06-30", "copyrights @2005-06-30"]),
    ("到2004年12月31日授权专利12项", [f"{GRANTED} @2004-12-31"]),
    ("2004年，公司获省部级奖3项。累计授权专利16项。", [f"awards {PROVINCIAL} 2004-2004", GRANTED]),
    ("炭素学部获省部级二等奖1项，授权专利2项",
     [f"awards division=carbon grade=second {PROVINCIAL}", "patents division=carbon granted=yes"]),
    ("碳素学部：授权专利2项", ["patents division=carbon granted=yes"]),
    ("炭素学部获省部级奖1项，公司授权专利16项", [f"awards division=carbon {PROVINCIAL}", GRANTED]),
    # around it
    ("在公司党委的领导下，授权专利16项", [GRANTED]),
    ("此外，授权专利16项。", [GRANTED]),
    ("历时5个月，授权专利16项", ["?", GRANTED]),
    ("一、知识产权\n1、授权专利16项\n2、申请专利50项", [GRANTED, FILED]),
    ("授权专利\t16\n申请专利\t50", [GRANTED, FILED]),
    ("目前公司已经完成重大科技项目一百五十余项，获得国家科技\n进步二等奖1项", [MAJOR, f"awards grade=second {NATIONAL}"]),
    # what may be meant in two ways
    ("授权专利16项，13项", [GRANTED, "?"]),
    ("获国家二等奖1项，省部级6项", ["awards grade=second level=national", "?"]),
    ("申请发明专利34项，授权3项", [f"{FILED} patent_type=invention", "?"]),
    # English
    ("To date, 16 patents have been granted, of them 3 inventions.", [GRANTED, f"{GRANTED} patent_type=invention"]),
    ("34 inventions have been filed.", [f"{FILED} patent_type=invention"]),
    ("The company has completed over 150 major projects.", [MAJOR]),
    ("In 2003, 1 provincial and ministerial award.", [f"awards {PROVINCIAL} 2003-2003"]),
    ("The economic benefit adds up to over CNY 54 million.", ["benefits"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), UNDERSTOOD)
def test_statements_are_understood(session: Session, text: str, expected: list[str]) -> None:
    assert [shown(statement) for statement in read(session, text)] == expected


NEVER = [
    # something else, or not said what
    "二等奖5项", "获奖励16项", "获奖16项", "科技进步奖一等奖1项", "发明专利34项", "拥有专利16项", "科技项目156项", "论文80篇",
    "省级科技进步二等奖5项", "省部级以上奖励16项", "获省部级二等奖以上6项", "获省部级一、二等奖6项",
    "获省部级一二等奖6项", "获省部级技术发明二等奖5项",
    "获国家优秀专利奖1项", "省部级新产品32项", "第一完成人获省部级奖5项", "完成重点科技项目156项", "在研科技项目156项",
    "采纳合理化建议48317条", "参评论文80篇", "获奖论文80篇", "核心期刊发表论文80篇", "发明专利、实用新型专利授权16项",
    "申请、授权专利16项", "炭素学部、电气学部授权专利16项", "PCT专利授权16项", "国外授权专利16项", "授权专利转让16项",
    # another company, a plan, a wish, a negation, a comparison, a question
    "某铝业公司授权专利16项", "中孚实业公司授权专利16项", "兄弟企业获省部级奖14项", "子公司授权专利16项", "股份公司授权专利16项",
    "计划授权专利16项", "力争授权专利16项", "2007年预计授权专利16项", "授权专利目标16项", "授权专利16项的目标",
    "未授权专利16项", "不是授权专利16项", "授权专利不超过16项", "授权专利比上年增加16项", "授权专利同比增长16项",
    "新增授权专利16项", "另授权专利16项", "授权专利16项？", "若授权专利16项", "平均授权专利16项", "每年申请专利50项",
    "授权专利16项，均为发明专利", "授权专利16项，不含外观设计", "授权专利16项（不含外观设计）", "授权专利16项，该数尚未核实",
    "授权专利16项（含合作单位2项）", "与大学合作，授权专利16项", "女职工踊跃参与，授权专利16项", "海外授权专利16项",
    "2007年工作目标：\n授权专利16项", "明年计划如下。授权专利16项。", "海外布局：\n授权专利16项", "兄弟单位情况\n授权专利16项",
    # a time that is not known, or that the tally cannot count
    "上半年授权专利16项", "2006年5月获省部级奖14项", "近年来获省部级奖14项", "2001—2004年授权专利16项", "2008年获省部级奖14项",
    "2003年和2004年获省部级奖14项", "2003年前获省部级奖14项", "04年获省部级奖14项", "2004年，获省部级奖3项。授权专利16项。",
    "2004年成绩显著。\n获省部级奖14项。", "炭素学部获省部级奖1项。授权专利16项。", "炭素学部提合理化建议48317条",
    # other units, rates, money of others, numbers that are none
    "授权专利16万元", "获省部级奖14人次", "授权率16%", "专利授权增长16%", "节支20万美元", "经济效益5436.8", "人均创效5436.8万元",
    "年创经济效益5436.8万元", "直接经济效益5436.8万元", "新增产值5436.8万元", "新增利税5436.8万元", "数十项授权专利",
    "会员856人", "设学部12个", "举办讲座100余场", "历时5个月", "授权专利十五六项", "授权专利近百余项",
    "授权专利“16项”",
    # English
    "16 patents have not been granted", "16 patents will be granted", "Another company has been granted 16 patents",
    "16 patents a year have been granted", "16 US patents have been granted", "16 patents have been filed and granted",
]  # fmt: skip


@pytest.mark.parametrize("text", NEVER)
def test_what_is_not_understood_is_never_counted(session: Session, text: str) -> None:
    found = read(session, text)
    last_line = text.rstrip("。").rsplit("。", 1)[-1] if "。授" in text else text
    of_interest = [statement for statement in found if statement.start >= text.index(last_line)]
    assert [shown(statement) for statement in of_interest] == ["?"] * len(of_interest), text
    assert of_interest or not any(character.isdigit() for character in text)


@pytest.mark.parametrize(
    "text",
    [
        "160kA预焙电解槽扩容试验",
        "这是一项重要工作",
        "GB/T 7714-2015",
        "授权专利排名第16位",
        "",
        "\n\n",
        "一、二、三",
        "（（（",
    ],
)
def test_prose_makes_no_statement(session: Session, text: str) -> None:
    assert read(session, text) == []


def test_a_statement_knows_its_place_in_the_text(session: Session) -> None:
    text = "獲國家科技進步二等獎１項，授权专利近 20 项以上"
    assert [text[each.start : each.end] == each.text for each in read(session, text)] == [True, True]
    assert read(session, text)[0].text == "二等獎１項"


def test_odd_texts_are_read_in_reasonable_time(session: Session) -> None:
    lexicon = lexicon_of(session, ANONYMOUS, END)
    for text in ("(" * 20_000, "1" * 20_000, "一" * 20_000, "1,234" * 4_000, "获省部级奖1项，" * 2_500, "\n" * 20_000):
        found = find_statements(text, lexicon, END)
        assert len(found) <= 5_000
