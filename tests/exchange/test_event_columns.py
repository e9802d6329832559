"""An event of a patent is stored once, whichever columns say it; two days for one event are told by their cells."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import actor_of
from catalogue.imports.columns.layouts import CellProblem, recognise
from catalogue.imports.execution import carry_out
from catalogue.imports.plan import Source
from catalogue.imports.resolver import Lookups
from catalogue.imports.tables.sheets import read_tables
from catalogue.records.operations import save
from catalogue.records.schema.reference_data import ENTITIES
from tests.exchange.test_values_in_several_cells import read
from tests.support.catalogues import work

INVENTION, UTILITY_MODEL = "200510136354.X", "201020643383.1"


def events(
    session: Session, columns: str, cells: str, number: str = INVENTION, fields: dict[str, str] | None = None
) -> tuple[str, list[CellProblem]]:
    """The events of a patent filed on 2005-12-20 (the utility model: 2010-12-03) that has these columns too."""
    filed = "2005-12-20" if number == INVENTION else "2010-12-03"
    row = f"专利名称,专利号,申请日,{columns}\n一种阳极,{number},{filed},{cells}"
    texts, problems = read(session, row, "patents", fields=fields)
    return texts.get("events", ""), problems


# Every column whose day is an event, with the event.
COLUMNS = [
    ("公开日", "published", "公布"),
    ("实审生效日", "examination", "进入实质审查"),
    ("授权日", "granted", "授权"),
    ("失效日", "lapsed", "权利终止"),
    ("驳回日", "rejected", "驳回"),
    ("撤回日", "withdrawn", "撤回"),
]


@pytest.mark.parametrize(("heading", "event", "word"), COLUMNS)
@pytest.mark.parametrize("day", ["2008-05-07", "2008.5.7", "2008年5月7日", "2008-05"])
def test_the_same_day_is_one_event(trial: Session, heading: str, event: str, word: str, day: str) -> None:
    for listed in (f"{event} 2008-05-07", f"{word} 2008-05-07", f"filed 2005-12-20;{event} 2008-05-07"):
        found, problems = events(trial, f"{heading},事件", f"{day},{listed}")
        assert problems == []
        assert found.split(";")[-1] == f"{event} 2008-05-07"
        assert found.count(event) == 1


@pytest.mark.parametrize(("heading", "event", "word"), COLUMNS)
@pytest.mark.parametrize("day", ["2008-05-08", "2008-06", "2009"])
def test_two_days_are_told_and_none_is_chosen(trial: Session, heading: str, event: str, word: str, day: str) -> None:
    found, problems = events(trial, f"{heading},事件", f"{day},{event} 2008-05-07")
    assert found == ""
    assert [(each.column, each.read) for each in problems] == [(3, day)]
    assert all(said in problems[0].message for said in (heading, day, "事件", f"{word} 2008-05-07"))


def test_the_day_of_filing_is_an_event_too(trial: Session) -> None:
    assert events(trial, "事件", "filed 2005-12-20;granted 2008-05-07") == ("filed 2005-12-20;granted 2008-05-07", [])
    found, problems = events(trial, "事件", "filed 2005-12-21;granted 2008-05-07")
    assert found == ""
    assert [each.column for each in problems] == [2]
    assert all(said in problems[0].message for said in ("申请日", "2005-12-20", "申请 2005-12-21"))


def test_columns_add_what_the_list_leaves_out(trial: Session) -> None:
    found, problems = events(trial, "公开日,授权日,事件", "2007-06-20,2008-05-07,filed 2005-12-20;lapsed 2012-12-20")
    assert (found, problems) == ("filed 2005-12-20;published 2007-06-20;granted 2008-05-07;lapsed 2012-12-20", [])
    assert events(trial, "授权日", "2008-05-07")[0] == "filed 2005-12-20;granted 2008-05-07"


def test_every_fault_of_the_events_is_told_at_once(trial: Session) -> None:
    found, problems = events(trial, "公开日,授权日,事件", "去年,2008-05-08,granted 2008-05-07")
    assert found == ""
    assert [(each.column, each.read) for each in problems] == [(3, "去年"), (4, "2008-05-08")]


def test_an_event_needs_its_day(trial: Session) -> None:
    _found, problems = events(trial, "授权日", "2008-05")
    assert [(each.column, each.read) for each in problems] == [(3, "2008-05")]
    _found, problems = events(trial, "事件", "erteilt 2008-05-07")
    assert [(each.column, each.read) for each in problems] == [(3, "erteilt 2008-05-07")]


def test_two_columns_for_one_event(trial: Session) -> None:
    fields = {"甲日": "events.granted", "乙日": "events.granted"}
    assert events(trial, "甲日,乙日", "2008-05-07,2008.5.7", fields=fields)[0] == "filed 2005-12-20;granted 2008-05-07"
    found, problems = events(trial, "甲日,乙日", "2008-05-07,2008-05-08", fields=fields)
    assert found == ""
    assert [each.column for each in problems] == [4]


def test_what_is_published_of_a_utility_model_is_its_grant(trial: Session) -> None:
    once = "filed 2010-12-03;granted 2011-08-03"
    assert events(trial, "公开公告日", "2011-08-03", UTILITY_MODEL) == (once, [])
    assert events(trial, "公开公告日,授权日", "2011-08-03,2011-08-03", UTILITY_MODEL) == (once, [])
    assert events(trial, "公开公告日,事件", "2011-08-03,granted 2011-08-03", UTILITY_MODEL)[0] == "granted 2011-08-03"
    found, problems = events(trial, "公开公告日,授权日", "2011-08-03,2011-08-10", UTILITY_MODEL)
    assert found == ""
    assert [each.column for each in problems] == [3]
    assert all(day in problems[0].message for day in ("2011-08-03", "2011-08-10"))


def test_before_1993_a_utility_model_was_published_before_its_grant(trial: Session) -> None:
    row = "专利名称,专利号,申请日,公告日,授权日\n一种夹具,88200001.{check},1988-01-05,1988-11-02,1989-03-15"
    fields = {"公告日": "events.published", "授权日": "events.granted"}
    texts, problems = read(trial, row.replace(".{check}", ""), "patents", fields=fields)
    assert (texts["events"], problems) == ("filed 1988-01-05;published 1988-11-02;granted 1989-03-15", [])


def stored(session: Session, said: str) -> None:
    texts = {"code": "ZL-2005-901", "title": "一种阳极", "date": "2005-12-20", "patent_type": "invention"}
    save(work(), ENTITIES["patents"], {**texts, "application_number": INVENTION, "events": said})


def test_what_is_stored_already_is_not_stored_again(trial: Session) -> None:
    stored(trial, "filed 2005-12-20;granted 2008-05-07;fee_paid 2009-12-01")
    assert events(trial, "授权日", "2008-05-07") == ("filed 2005-12-20;granted 2008-05-07;fee_paid 2009-12-01", [])
    found, _problems = events(trial, "公开日", "2007-06-20")
    assert found == "filed 2005-12-20;published 2007-06-20;granted 2008-05-07;fee_paid 2009-12-01"


@pytest.mark.parametrize("column", ["授权日", "授权日,公开日"])
def test_another_day_than_the_stored_one_is_told(trial: Session, column: str) -> None:
    stored(trial, "filed 2005-12-20;granted 2008-05-07")
    found, problems = events(trial, column, "2008-05-08" + ",2007-06-20" * column.count(","))
    assert found == ""
    assert [(each.column, each.read) for each in problems] == [(3, "2008-05-08")]
    assert all(said in problems[0].message for said in ("授权日", "2008-05-08", "ZL-2005-901", "授权 2008-05-07"))


def test_a_right_that_was_restored_may_lapse_again(trial: Session) -> None:
    stored(trial, "filed 2005-12-20;granted 2008-05-07;lapsed 2010-12-20;restored 2011-06-01")
    found, problems = events(trial, "失效日", "2014-12-20")
    assert problems == []
    assert found.endswith("lapsed 2010-12-20;restored 2011-06-01;lapsed 2014-12-20")
    found, problems = events(trial, "失效日", "2010-12-21")
    assert found == ""
    assert [each.column for each in problems] == [3]


def test_another_day_of_filing_than_the_stored_one_is_told(trial: Session) -> None:
    stored(trial, "filed 2005-12-21")
    found, problems = events(trial, "公开日", "2007-06-20")
    assert found == ""
    assert [each.column for each in problems] == [2]


def test_rows_of_one_file_add_to_one_patent(trial: Session) -> None:
    head = "专利编号,专利名称,专利号,申请日,公开日,授权日"
    rows = [
        f"ZL-2005-902,一种阳极,{INVENTION},2005-12-20,{days}" for days in ("2007-06-20,", ",2008-05-07", ",2008-05-08")
    ]
    fields = {"专利编号": "code"}
    (table,) = read_tables("\n".join([head, *rows]).encode(), "a.csv")
    layout = recognise(trial, table, "patents")
    chosen = tuple(fields.get(heading, field) for heading, field in zip(table.headings, layout.fields, strict=True))
    plan = carry_out(work("import"), [Source(table, replace(layout, fields=chosen))])
    assert [row.outcome for row in plan.rows] == ["new", "changed", "invalid"]
    assert plan.rows[1].changes["events"][1] == "filed 2005-12-20;published 2007-06-20;granted 2008-05-07"


def test_days_of_what_is_not_open_to_the_reader_are_not_told(trial: Session) -> None:
    stored(trial, "filed 2005-12-20;granted 2008-05-07")
    save(work(), ENTITIES["patents"], {"code": "ZL-2005-901", "confidentiality": "restricted"})
    lookups = Lookups(trial, actor=actor_of("读者", "contributor", 1, ""))
    assert lookups.events_of("ZL-2005-901") == ""
