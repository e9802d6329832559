"""Issued reports stay as they are, tell when they were changed, and explain how today differs from them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from sqlalchemy import text
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import ANONYMOUS, COMMAND_LINE
from catalogue.database import db, writing
from catalogue.errors import Conflict, InvalidInput, NotFound
from catalogue.tallies.crosstab import tabulate
from catalogue.tallies.evidence import entries
from catalogue.tallies.issued import snapshot
from catalogue.tallies.issued.change_causes import CountInterval, causes_of
from catalogue.tallies.issued.citations import citations_of
from catalogue.tallies.issued.comparison import Comparison, compare
from catalogue.tallies.issued.reports import (
    changed_reports,
    find_report,
    issue,
    issued_reports,
)
from catalogue.tallies.issued.snapshot import TOTAL, figure_key, freeze_table
from catalogue.tallies.spec import TallySpec
from tests.support.catalogues import project, put, work
from tests.tallies.reports import award, figures, frozen, issued, since, small_catalogue
from tests.tallies.test_properties import specs

INTERNAL = replace(ANONYMOUS, name="inside", confidentialities=frozenset({"public", "internal"}))


@pytest.fixture
def small(tmp_path: Path):
    app = small_catalogue(tmp_path)
    with app.app_context():
        yield app
        db.session.remove()


def reasons(number: str, comparison: Comparison, *differences: str, by_ledger: bool = False) -> dict[str, list[str]]:
    """Why each entry moved, as texts: the sentence with the changes of fields."""
    report = find_report(db.session(), ANONYMOUS, number).report
    window = CountInterval(report.issued_at, None, differences, by_ledger)
    moves = [*comparison.moves, *comparison.edited]
    found = causes_of(db.session(), ANONYMOUS, moves, window)
    return {
        code: [each.text + "".join(f" {c.label}: {c.old} → {c.new}" for c in each.changes) for each in given_]
        for (_entity, code), given_ in found.items()
    }


@pytest.mark.slow
@settings(max_examples=40, derandomize=True)
@given(spec=specs())
def test_whatever_is_frozen_says_what_the_tally_says(session: Session, spec: TallySpec) -> None:
    kept = freeze_table(session, ANONYMOUS, spec)
    table = tabulate(session, ANONYMOUS, spec)
    said = kept.content["figures"]
    assert Decimal(said[TOTAL]["value"]) == table.total.value
    for (row, column), figure in list(table.cells.items())[:20]:
        pairs = [(spec.rows, row), *([(spec.columns, column)] if spec.columns else [])]
        key = figure_key(pairs)
        assert Decimal(said[key]["value"]) == figure.value
        behind = {entry.code for entry in kept.entries if key in entry.figures}
        listed = entries(session, ANONYMOUS, figure.selection, 0, None)
        assert behind == {getattr(each, "code", "") or f"{each.measure} {each.year}" for each in listed}


def test_a_report_stays_as_it_was(small: Flask) -> None:
    number = issued("awards", title="获奖统计")
    before = find_report(db.session(), ANONYMOUS, number)
    kept = before.report.content, before.entries
    assert number.endswith("-0001")
    assert [entry.code for entry in before.entries] == ["JL-1", "JL-2", "JL-3"]
    award("JL-4")
    award("JL-1", title="改名")
    award("JL-2", review_state="withdrawn")
    db.session.expire_all()
    after = find_report(db.session(), ANONYMOUS, number)
    assert after.is_intact
    assert (after.report.content, after.entries) == kept
    assert after.report.content["figures"][TOTAL] == {
        "label": {"zh": "合计", "en": "Total"}, "measure": "count", "value": "3", "text": "3", "things": 3,
    }  # fmt: skip
    assert {entry.revision for entry in after.entries} == {1}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE issued_report SET title = '别的'",
        "UPDATE issued_report SET note = '别的'",
        "UPDATE issued_report SET serial = 7",
        "UPDATE issued_report SET issued_at = '2020-01-01 00:00:00.000000'",
        "UPDATE issued_report SET actor = '别人'",
        "UPDATE issued_report SET access = '[]'",
        "UPDATE issued_report SET args = replace(args, '2006', '2005')",
        "UPDATE issued_report SET content = replace(content, '\"3\"', '\"4\"')",
        "UPDATE issued_report SET digest = 'abc'",
        "UPDATE issued_entry SET title = '别的' WHERE position = 2",
        "UPDATE issued_entry SET revision = 2 WHERE position = 3",
        "UPDATE issued_entry SET figures = replace(figures, '\"1\"', '\"2\"') WHERE position = 1",
        "DELETE FROM issued_entry WHERE position = 3",
    ],
)
def test_whatever_is_changed_in_the_database_is_told(small: Flask, change: str) -> None:
    issued("awards")
    assert changed_reports(db.session()) == []
    with writing(db.session()) as session:
        assert session.execute(text(change)).rowcount >= 1  # type: ignore[attr-defined]
    assert len(changed_reports(db.session())) == 1
    (report,) = issued_reports(db.session(), ANONYMOUS)
    assert not find_report(db.session(), ANONYMOUS, report.number).is_intact


def test_what_came_went_and_counts_elsewhere(small: Flask) -> None:
    number = issued("awards")
    award("JL-4", grade="first")
    award("JL-1", review_state="withdrawn")
    award("JL-2", grade="first", abstract="改过")
    award("JL-3", title="只改名", grade="first")
    moved = since(number)
    assert figures(moved) == {
        "level=industry&grade=first": (1, 3, ["JL-2", "JL-4"]),
        "level=industry&grade=second": (2, 0, ["JL-1", "JL-2"]),
        "level=industry": (3, 3, ["JL-1", "JL-4"]),
        "grade=first": (1, 3, ["JL-2", "JL-4"]),
        "grade=second": (2, 0, ["JL-1", "JL-2"]),
        TOTAL: (3, 3, ["JL-1", "JL-4"]),
    }
    assert {move.entry.code: move.how for move in (*moved.moves, *moved.edited)} == {
        "JL-1": "went", "JL-2": "moved", "JL-3": "edited", "JL-4": "came",
    }  # fmt: skip
    why = reasons(number, moved)
    assert "录入" in why["JL-4"][0]
    assert "等级: 二等奖 → 一等奖" in why["JL-2"][0]
    assert "题名: 奖励JL-3 → 只改名" in why["JL-3"][0]
    assert "不再发布" in why["JL-1"][0]


def test_a_scheme_that_counts_as_more_explains_its_awards(small: Flask) -> None:
    number = issued("awards")
    put("scheme_standings", scheme="S", counts_as="provincial_ministerial", from_year="2000")
    moved = since(number)
    assert figures(moved)["level=provincial_ministerial&grade=first"] == (0, 1, ["JL-3"])
    assert figures(moved)["level=industry&grade=first"] == (1, 0, ["JL-3"])
    assert TOTAL not in figures(moved)
    (why,) = reasons(number, moved)["JL-3"]
    assert "S 2000" in why
    assert "省部级" in why


def test_ledger_lines_explain_what_records_brought(small: Flask) -> None:
    number = issued("projects", measure="counted_benefit")
    lines = issued("benefits")
    put("benefits", code="XY-1", records="XM-1 100%", amount="200000")
    moved = since(number)
    assert figures(moved)[TOTAL] == (100000, 200000, ["XM-1", "XM-2"])
    why = reasons(number, moved, by_ledger=True)
    for code in ("XM-1", "XM-2"):  # the one is still in the line, the other was
        assert "XY-1" in why[code][0]
        assert "100000 → 200000" in why[code][0]
    assert figures(since(lines))[TOTAL] == (100000, 200000, ["XY-1"])
    assert "100000 → 200000" in reasons(lines, since(lines))["XY-1"][0]


def test_a_line_follows_the_division_of_its_records(small: Flask) -> None:
    put("divisions", code="D", name="炭素学部")
    number = issued("benefits", rows="division", columns="none")
    project("XM-1", divisions="炭素学部")
    moved = since(number)
    assert figures(moved) == {"division=none": (100000, 0, ["XY-1"]), "division=D": (0, 100000, ["XY-1"])}
    (why,) = reasons(number, moved)["XY-1"]
    assert "XM-1" in why
    assert "炭素学部" in why


def test_another_day_moves_figures_too(small: Flask) -> None:
    number = issued("patents", rows="status", columns="none", as_of="2000-12-31")
    assert figures(since(number)) == {}
    moved = since(number, as_of=date(2003, 12, 31))
    assert [(move.before, move.after) for move in moved.figures] == [(1, 0), (0, 1)]
    assert reasons(number, moved, "另一天") == {"ZL-1": ["另一天"]}


def test_the_paragraph_is_frozen_and_compared_too(small: Flask) -> None:
    project("XM-3", major="yes")
    number = issued("", as_of="2006-12-31")
    opened = find_report(db.session(), ANONYMOUS, number)
    assert "重大科技项目1项" in "".join(words for words, _key in opened.report.content["paragraph"]["zh"])
    assert {(entry.entity, entry.code): entry.figures for entry in opened.entries} == {
        ("benefit", "XY-1"): {"benefit_counted": "100000"},
        ("patent", "ZL-1"): {"inventions_filed": "1", "patents_granted": "1", "inventions_granted": "1"},
        ("project", "XM-3"): {"projects_major": "1"},
        ("yearly_count", "proposals 2000"): {"proposals": "800"},
        ("yearly_count", "proposals 2001"): {"proposals": "900"},
    }
    put("yearly_counts", measure="proposals", year="2001", count="950")
    project("XM-3", major="no")
    moved = since(number)
    assert figures(moved) == {"projects_major": (1, 0, ["XM-3"]), "proposals": (1700, 1750, ["proposals 2001"])}
    why = reasons(number, moved)
    assert "900 → 950" in why["proposals 2001"][0]
    assert "是 → 否" in why["XM-3"][0]


def test_two_issued_ones_are_compared_and_different_questions_are_not(small: Flask) -> None:
    first, other = issued("awards"), issued("awards", rows="year")
    award("JL-4")
    second = issued("awards", year_from="2000")
    opened = {number: find_report(db.session(), ANONYMOUS, number) for number in (first, other, second)}
    assert figures(compare(opened[first].frozen, opened[second].frozen))[TOTAL] == (3, 4, ["JL-4"])
    with pytest.raises(InvalidInput):
        compare(opened[first].frozen, opened[other].frozen)


def test_only_who_may_see_all_of_it_opens_a_report(small: Flask) -> None:
    award("JL-9", confidentiality="internal")
    number = issued("awards", INTERNAL)
    public = issued("awards")
    assert len(find_report(db.session(), INTERNAL, number).entries) == 4
    assert len(find_report(db.session(), INTERNAL, public).entries) == 3
    with pytest.raises(NotFound):
        find_report(db.session(), ANONYMOUS, number)
    assert [report.number for report in issued_reports(db.session(), ANONYMOUS)] == [public]
    assert [report.number for report in issued_reports(db.session(), COMMAND_LINE)] == [public, number]
    # Whoever sees more compares with what the report could have seen.
    assert since(public).figures == ()


def test_what_has_become_confidential_is_not_explained(small: Flask) -> None:
    number = issued("awards")
    award("JL-1", confidentiality="restricted", abstract="机密")
    why = reasons(number, since(number))
    assert "机密" not in str(why)
    assert "不再发布" in why["JL-1"][0]


def test_a_record_knows_where_it_counts(small: Flask) -> None:
    awards, lines = issued("awards"), issued("benefits")
    hidden = issued("awards", INTERNAL)
    record = work().references.record("JL-3")
    found = citations_of(db.session(), ANONYMOUS, record)
    assert [standing.report.number for standing in found.shown] == [awards]
    assert found.shown[0].figures == (
        ("level=industry&grade=first", {"zh": "行业 · 一等奖", "en": "Industry · First prize"}),
    )
    assert [each.report.number for each in citations_of(db.session(), INTERNAL, record).shown] == [hidden, awards]
    by_line = citations_of(db.session(), ANONYMOUS, work().references.record("XM-1"))
    assert [each.report.number for each in by_line.shown] == [lines]
    put("benefits", code="XY-1", confidentiality="internal")
    assert citations_of(db.session(), ANONYMOUS, work().references.record("XM-1")).shown == ()


def test_two_writers_get_two_numbers(small: Flask) -> None:
    def write(place: int) -> str:
        with small.app_context():
            try:
                return issued("awards", title=str(place))
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(write, range(12)))
    assert len(set(numbers)) == 12
    assert [int(number[-4:]) for number in sorted(numbers)] == list(range(1, 13))
    assert changed_reports(db.session()) == []


def test_nothing_is_a_report_too(small: Flask) -> None:
    number = issued("awards", level="national")
    opened = find_report(db.session(), ANONYMOUS, number)
    assert opened.entries == ()
    assert opened.report.content["figures"][TOTAL]["text"] == "0"
    assert opened.is_intact
    assert since(number).figures == ()


def test_more_than_can_be_kept_is_refused(small: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "MOST_ENTRIES", 2)
    with pytest.raises(InvalidInput, match="3"):
        frozen("awards")
    assert len(frozen("projects").entries) == 2


def test_a_write_in_between_is_a_conflict(small: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = snapshot.addends

    def late(*args: object) -> list[object]:
        return list(counted(*args))[1:]  # type: ignore[arg-type]

    monkeypatch.setattr(snapshot, "addends", late)
    with pytest.raises(Conflict):
        frozen("awards")


@pytest.mark.parametrize("title", ["", "  ", "长" * 201])
def test_a_title_is_needed(small: Flask, title: str) -> None:
    with pytest.raises(InvalidInput), writing(db.session()) as session:
        issue(session, ANONYMOUS, frozen("awards"), title)
    assert issued_reports(db.session(), ANONYMOUS) == []
