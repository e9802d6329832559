"""The published figures: exactly those of the company's report, proved against the database without our own code."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import ANONYMOUS
from catalogue.tallies.crosstab import count
from catalogue.tallies.paragraph.published_figures import (
    FIGURES,
    chinese_text,
    count_by_year,
    count_figures,
    floor_two_digits,
)
from catalogue.tallies.paragraph.summary import period_text, text_of, write
from catalogue.tallies.paragraph.templates import template

END = date(2006, 12, 31)
PARAGRAPH = (
    "目前公司已完成重大科技项目150多项。其中获国家科技进步二等奖1项，三等奖1项，省部级科技进步一等奖1项、二等奖5项、三等奖3项、"
    "四等奖5项，省部级科技成果32项。累计申报国家发明专利34项。授权专利16项，其中发明专利3项，实用新型专利13项，注册软件著作权1项。"
    "提合理化建议4.8万余条，其中重大建议100余项。累计创经济效益5400多万元。"
)
EXPECTED = {
    "award_national_special": 0,
    "award_national_first": 0,
    "award_national_second": 1,
    "award_national_third": 1,
    "award_national_fourth": 0,
    "award_provincial_special": 0,
    "award_provincial_first": 1,
    "award_provincial_second": 5,
    "award_provincial_third": 3,
    "award_provincial_fourth": 5,
    "achievements_provincial": 32,
    "inventions_filed": 34,
    "patents_granted": 16,
    "inventions_granted": 3,
    "utility_models_granted": 13,
    "designs_granted": 0,
    "copyrights": 1,
}

_AWARDS = (
    "SELECT count(*) FROM award a JOIN record r ON r.id = a.id JOIN award_scheme s ON s.id = a.scheme_id WHERE {level} "
    "AND a.grade = '{grade}' AND r.review_state = 'published' AND r.date_to <= '{day}'"
)
_NATIONAL = "s.code = 'national-stp'"
_PROVINCIAL = "(s.code = 'province-stp' OR (s.code = 'nonferrous-corp-stp' AND r.date_to < '1999-01-01'))"
_GRANTED = (
    "SELECT count(DISTINCT p.id) FROM patent p JOIN patent_event e ON e.patent_id = p.id "
    "WHERE e.type = 'granted' AND e.\"on\" <= '{day}' AND p.patent_type IN {types}"
)
# The same figures, asked of the tables by hand.
BY_HAND = {
    **{
        f"award_{name}_{grade}": _AWARDS.replace("{level}", level).replace("{grade}", grade)
        for name, level in (("national", _NATIONAL), ("provincial", _PROVINCIAL))
        for grade in ("special", "first", "second", "third", "fourth")
    },
    "projects_major": "SELECT count(*) FROM project p JOIN record r ON r.id = p.id WHERE p.major AND p.status = "
    "'completed' AND r.date_to <= '{day}'",
    "achievements_provincial": "SELECT count(*) FROM achievement a JOIN record r ON r.id = a.id WHERE a.level = "
    "'provincial_ministerial' AND r.date_to <= '{day}'",
    "inventions_filed": "SELECT count(*) FROM patent p JOIN record r ON r.id = p.id WHERE p.patent_type = 'invention' "
    "AND r.date_to <= '{day}'",
    "patents_granted": _GRANTED.replace("{types}", "('invention', 'utility_model', 'design')"),
    "inventions_granted": _GRANTED.replace("{types}", "('invention')"),
    "utility_models_granted": _GRANTED.replace("{types}", "('utility_model')"),
    "designs_granted": _GRANTED.replace("{types}", "('design')"),
    "copyrights": "SELECT count(*) FROM copyright c JOIN record r ON r.id = c.id WHERE r.date_to <= '{day}'",
    "proposals": "SELECT coalesce(sum(count), 0) FROM yearly_count WHERE measure = 'proposals' AND year <= {year}",
    "proposals_major": "SELECT count(*) FROM proposal p JOIN record r ON r.id = p.id WHERE p.major AND "
    "r.date_to <= '{day}'",
    "benefit_counted": "SELECT coalesce(sum(amount), 0) / 100 FROM benefit WHERE unit = 'CNY' AND year <= {year} AND "
    "kind IN ('new_profit', 'cost_saving')",
}


NOWHERE = Path("/nonexistent")
CHINESE = template("zh", NOWHERE)


def test_the_figures_are_those_of_the_report(session: Session) -> None:
    figures = count_figures(session, ANONYMOUS, END)
    assert {key: figures[key].value for key in EXPECTED} == EXPECTED
    assert 151 <= figures["projects_major"].value <= 159
    assert figures["proposals"].value == 48_317
    assert 101 <= figures["proposals_major"].value <= 109
    assert figures["benefit_counted"].value == Decimal("54368000")


@pytest.mark.parametrize("day", [END, date(2000, 12, 31), date(1996, 12, 31), date(1989, 12, 31)])
def test_every_figure_agrees_with_the_tables_asked_by_hand(session: Session, day: date) -> None:
    figures = count_figures(session, ANONYMOUS, day)
    assert set(figures) == set(BY_HAND)
    for key, statement in BY_HAND.items():
        by_hand = session.scalar(text(statement.replace("{day}", day.isoformat()).replace("{year}", str(day.year))))
        assert figures[key].value == by_hand, key


def test_the_paragraph_is_the_published_one(session: Session) -> None:
    assert text_of(write(count_figures(session, ANONYMOUS, END), CHINESE)) == PARAGRAPH


def test_the_paragraph_of_another_day_differs_as_the_records_say(session: Session) -> None:
    figures = count_figures(session, ANONYMOUS, date(2000, 12, 31))
    written = text_of(write(figures, CHINESE))
    assert written != PARAGRAPH
    assert f"授权专利{figures['patents_granted'].value}项" in written
    assert "国家科技进步三等奖1项，省部级" in written  # the second prize came later
    assert "0项" not in text_of(write(figures, CHINESE)).split("省部级科技成果")[0]


def test_every_number_of_the_paragraph_knows_its_evidence(session: Session) -> None:
    for language in ("zh", "en"):
        for segment in write(count_figures(session, ANONYMOUS, END), template(language, NOWHERE)):
            has_digit = any(character.isdigit() for character in segment.text)
            assert has_digit == (segment.figure is not None), segment.text


def test_the_years_add_up_to_the_figure(session: Session) -> None:
    figures = count_figures(session, ANONYMOUS, END)
    for key, counted in count_by_year(session, ANONYMOUS, END).items():
        assert counted.whole == figures[key]
        assert sum(figure.value for figure in counted.by_year.values()) == counted.whole.value
        for year, figure in counted.by_year.items():
            assert count(session, ANONYMOUS, FIGURES[key].selection(END, year, year)).value == figure.value


def test_a_period_is_written_for_itself(session: Session) -> None:
    figures = count_figures(session, ANONYMOUS, END, 2004, 2006)
    written = text_of(write(figures, template("zh", NOWHERE, period=True), period_text(2004, 2006, "zh")))
    assert written.startswith("2004—2006年，公司完成重大科技项目")
    assert "累计" not in written
    assert f"申报国家发明专利{figures['inventions_filed'].value}项" in written
    assert period_text(2004, None, "zh") == "2004年以来"
    assert period_text(None, 2000, "zh") == "2000年及以前"
    assert period_text(2004, 2004, "en") == "2004"


def test_the_wording_can_be_changed_and_a_mistake_is_told_by_its_line(session: Session, tmp_path: Path) -> None:
    figures = count_figures(session, ANONYMOUS, END)
    own = tmp_path / "summary.zh.txt"
    own.write_text("# 我们的写法\n到目前，\n获得授权专利{patents_granted/件}。\n", "utf-8")
    assert text_of(write(figures, template("zh", tmp_path))) == "到目前，获得授权专利16件。"
    for wrong, said in (
        ("授权专利{patents_grnated/件}。", "第 2 行：没有名为 patents_grnated 的数字"),
        ("授权专利{patents_granted/件。", "第 2 行：花括号不成对"),
        ("[desings:外观]", "没有名为 desings 的数字"),
        ("{awards:galactic/项/、}", "没有名为 galactic 的数字"),
    ):
        own.write_text(f"开头\n{wrong}\n", "utf-8")
        used = template("zh", tmp_path)
        assert said in used.problems[0]
        assert used.text == CHINESE.text
    own.write_bytes("开头".encode("gbk"))
    assert "UTF-8" in template("zh", tmp_path).problems[0]


@pytest.mark.parametrize(
    ("value", "floor", "more"),
    [(156, 150, True), (150, 150, False), (106, 100, True), (48_317, 48_000, True), (34, 34, False), (0, 0, False),
     (9, 9, False), (100, 100, False), (1999, 1900, True), (Decimal("5436.8"), 5400, True), (Decimal("7.5"), 7, True)],
)  # fmt: skip
def test_a_floor_shows_two_digits(value: int | Decimal, floor: int, more: bool) -> None:
    assert floor_two_digits(value) == (Decimal(floor), more)


@pytest.mark.parametrize(
    ("key", "value", "unit", "written"),
    [
        ("projects_major", 156, "项", "150多项"),
        ("projects_major", 85, "项", "85项"),
        ("proposals", 48_317, "条", "4.8万余条"),
        ("proposals", 20_000, "条", "2万条"),
        ("proposals_major", 106, "项", "100余项"),
        ("benefit_counted", Decimal("54368000"), "元", "5400多万元"),
        ("benefit_counted", Decimal("85000"), "元", "8多万元"),
        ("inventions_filed", 134, "项", "134项"),
    ],
)
def test_figures_are_written_as_a_report_writes_them(key: str, value: int | Decimal, unit: str, written: str) -> None:
    assert chinese_text(FIGURES[key], value, unit) == written
