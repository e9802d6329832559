"""Texts and claims held against the records of the demonstration catalogue."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from flask_babel import force_locale
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import ANONYMOUS
from catalogue.fact_check.numerals import Numeral, Qualifier
from catalogue.fact_check.verification import (
    CheckedStatement,
    CheckedText,
    Verdict,
    compare,
    verify,
)
from catalogue.tallies.crosstab import count
from catalogue.tallies.paragraph.published_figures import count_figures
from catalogue.tallies.paragraph.summary import text_of, write
from catalogue.tallies.paragraph.templates import template
from tests.tallies.test_figures import NOWHERE, PARAGRAPH
from tests.tallies.test_statements import NEVER, UNDERSTOOD

END = date(2006, 12, 31)
ALTERED = ["二等奖1项", "三等奖1项", "一等奖1项", "二等奖5项", "三等奖3项", "四等奖5项", "32项", "34项",
           "授权专利16项", "发明专利3项", "实用新型专利13项", "软件著作权1项", "150多项", "4.8万余条", "100余项",
           "5400多万元"]  # fmt: skip


def check(session: Session, text: str, as_of: date = END) -> CheckedText:
    with force_locale("zh"):
        return verify(session, ANONYMOUS, text, as_of)


def only(session: Session, text: str) -> CheckedStatement:
    (finding,) = check(session, text).findings
    return finding


def test_the_published_paragraph_matches_in_all_its_statements(session: Session) -> None:
    report = check(session, PARAGRAPH)
    assert [finding.verdict for finding in report.findings] == ["matches"] * 16
    assert report.summary() == "16 处说法：16 处相符。"
    assert "".join(piece for piece, _finding in report.pieces()) == PARAGRAPH


@pytest.mark.parametrize("change", [lambda n: n + 1, lambda n: n * 10, lambda n: n * 2 + 3])
@pytest.mark.parametrize("words", ALTERED)
def test_exactly_the_altered_figure_turns_red(session: Session, words: str, change) -> None:
    match = re.search(r"[\d.]+", words)
    assert match
    number = Decimal(match.group())
    altered = f"{words[: match.start()]}{change(number)}{words[match.end() :]}"
    if "5400" in words and change(Decimal(1)) == 2:
        altered = "5437多万元"  # 5401多 would still be true of 5,436.8
    if altered in {"151多项", "101余项"}:  # true of 156 and 106, to three digits
        altered = altered.replace("151", "157").replace("101", "107")
    text = PARAGRAPH.replace(words, altered, 1)
    assert text != PARAGRAPH
    report = check(session, text)
    assert report.counts() == {"differs": 1, "at_least": 0, "unknown": 0, "matches": 15}
    (red,) = (finding for finding in report.findings if finding.verdict == "differs")
    assert red.statement.text in altered or red.statement.text.endswith(altered[-4:])


def test_zero_is_red_where_something_is(session: Session) -> None:
    assert only(session, "授权专利0项").verdict == "differs"


def test_the_english_paragraph_matches_too(session: Session) -> None:
    text = text_of(write(count_figures(session, ANONYMOUS, END), template("en", NOWHERE)))
    assert [finding.verdict for finding in check(session, text).findings] == ["matches"] * 16


@pytest.mark.parametrize("day", [date(2000, 12, 31), date(1996, 12, 31), date(2003, 6, 30)])
def test_what_the_catalogue_writes_it_finds_right(session: Session, day: date) -> None:
    for language in ("zh", "en"):
        text = text_of(write(count_figures(session, ANONYMOUS, day), template(language, NOWHERE)))
        verdicts = {finding.verdict for finding in check(session, text, day).findings}
        assert verdicts <= {"matches", "unknown"}, text
        assert check(session, text, day).counts()["matches"] >= 10


@pytest.mark.parametrize(
    ("qualifier", "claimed", "actual", "verdict"),
    [
        ("exact", "156", 156, "matches"),
        ("exact", "150", 156, "differs"),
        ("at_least", "150", 156, "matches"),
        ("at_least", "150", 150, "at_least"),
        ("at_least", "160", 156, "differs"),
        ("at_least", "100", 156, "at_least"),
        ("at_least", "100", 106, "matches"),
        ("at_least", "48000", 48_317, "matches"),
        ("at_least", "48300", 48_317, "matches"),
        ("at_least", "40000", 48_317, "at_least"),
        ("at_least", "54000000", Decimal("54368000"), "matches"),
        ("at_least", "50000000", Decimal("54368000"), "at_least"),
        ("at_least", "55000000", Decimal("54368000"), "differs"),
        ("at_least", "10", 0, "differs"),
        ("about", "160", 156, "matches"),
        ("about", "150", 156, "at_least"),
        ("about", "100", 156, "differs"),
        ("nearly", "160", 156, "matches"),
        ("nearly", "170", 156, "at_least"),
        ("nearly", "200", 156, "differs"),
        ("nearly", "156", 156, "differs"),
        ("below", "200", 156, "at_least"),
        ("below", "156", 156, "differs"),
        ("vague", "0", 156, "unknown"),
    ],
)
def test_a_number_is_judged_by_what_it_claims(
    qualifier: Qualifier, claimed: str, actual: int | Decimal, verdict: Verdict
) -> None:
    assert compare(Numeral(Decimal(claimed), qualifier, 0, 0), actual) == verdict


def test_ranges_and_rounded_numbers_are_imprecise_at_best() -> None:
    span = Numeral(Decimal(3), "exact", 0, 0, upper=Decimal(5))
    assert [compare(span, number) for number in (2, 3, 5, 6)] == ["differs", "at_least", "at_least", "differs"]
    rounded = Numeral(Decimal(48_300), "exact", 0, 0, step=Decimal(100))
    assert [compare(rounded, number) for number in (48_300, 48_317, 48_400)] == ["matches", "at_least", "differs"]
    assert compare(replace(rounded, step=Decimal(1)), 48_317) == "differs"


@pytest.mark.parametrize(
    ("text", "verdict", "written"),
    [
        ("累计创经济效益5000多万元", "at_least", "5400多万元"),
        ("累计创经济效益5437万元", "at_least", "5436.8万元"),
        ("累计创经济效益6000多万元", "differs", "5400多万元"),
        ("公司已完成重大科技项目150项", "differs", "156项"),
        ("公司已完成重大科技项目100多项", "at_least", "150多项"),
        ("省部级二等奖6项", "differs", "5项"),
        ("提合理化建议4万余条", "at_least", "4.8万多条"),
    ],
)
def test_a_finding_says_what_may_be_written(session: Session, text: str, verdict: Verdict, written: str) -> None:
    finding = only(session, text)
    assert finding.verdict == verdict
    assert f"“{written}”" in finding.reason


def test_applications_instead_of_grants_are_explained(session: Session) -> None:
    finding = only(session, "授权发明专利34项")
    assert finding.verdict == "differs"
    assert finding.hints == ("此数是申请数。",)


def test_work_in_which_a_division_only_took_part_is_explained(session: Session) -> None:
    leading = only(session, "炭素厂获省部级奖0项").figure
    assert leading is not None
    rest = tuple(pair for pair in leading.selection.values if pair[0] != "division")
    took_part = replace(leading.selection, values=(*rest, ("any_division", "carbon-plant")))
    number = count(session, ANONYMOUS, took_part).value
    assert number != leading.value
    assert "此数是该学部或单位参与（不论是否牵头）的数。" in only(session, f"炭素厂获省部级奖{number}项").hints


def test_an_industry_award_counted_as_provincial_is_explained(session: Session) -> None:
    industry = count(session, ANONYMOUS, replace(_selection(session), values=(("level", "industry"),))).value
    finding = only(session, f"获省部级奖{14 + int(industry)}项")
    assert finding.verdict == "differs"
    assert any("行业奖" in hint for hint in finding.hints)


def _selection(session: Session):
    figure = only(session, "获省部级奖14项").figure
    assert figure is not None
    return figure.selection


def test_a_figure_of_another_day_is_explained(session: Session) -> None:
    figure = only(session, "截至2005年底，授权专利16项").figure
    assert figure is not None
    finding = only(session, f"授权专利{figure.value}项")
    assert figure.value != 16
    assert finding.verdict == "differs"
    assert "截至 2005-12-31 时为此数。" in finding.hints


def test_what_was_not_understood_is_never_judged(session: Session) -> None:
    for text in NEVER:
        for finding in check(session, text).findings:
            assert (finding.verdict == "unknown") == (finding.statement.selection is None)
            assert finding.figure is not None or finding.verdict == "unknown"
            assert finding.reason


def test_every_understood_statement_has_its_evidence(session: Session) -> None:
    for text, expected in UNDERSTOOD:
        findings = check(session, text).findings
        assert [finding.figure is None for finding in findings] == [each == "?" for each in expected]
