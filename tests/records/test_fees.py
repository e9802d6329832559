"""Annual fees, against examples worked out by hand from the rule as it stands in `fees`."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import ANONYMOUS, COMMAND_LINE
from catalogue.database import db
from catalogue.errors import InvalidFields
from catalogue.records.models.dated_rates import PatentFee
from catalogue.records.numbers import check_character
from catalogue.records.patents.fees import (
    Fee,
    FeeTable,
    Protected,
    calendar_on,
    due_date,
    fees_of,
    grace_month,
    months_after,
    patent_year_on,
    settled_year,
    surcharge_rate,
)
from tests.support.catalogues import empty_catalogue, put

FAR = date(2100, 1, 1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def protected(patent_type: str, filed: str, granted: str, *events: tuple[str, str]) -> Protected:
    happened = (("granted", day(granted)), *((kind, day(on)) for kind, on in events))
    return Protected("ZL-1", "一种装置", patent_type, "1", day(filed), day(granted), happened)


INVENTION = ("invention", "2001-03-15", "2004-06-09")


@pytest.fixture(scope="module")
def table() -> FeeTable:
    """The rates of DOMAIN §4, valid from 2001-03-01, those of designs beyond ten years from 2021-06-01."""
    bands = {
        "invention": [(1, 3, 900), (4, 6, 1200), (7, 9, 2000), (10, 12, 4000), (13, 15, 6000), (16, 20, 8000)],
        "utility_model": [(1, 3, 600), (4, 5, 900), (6, 8, 1200), (9, 10, 2000)],
        "design": [(1, 3, 600), (4, 5, 900), (6, 8, 1200), (9, 10, 2000), (11, 15, 3000)],
    }
    return FeeTable(
        PatentFee(
            patent_type=name,
            from_year=first,
            to_year=last,
            amount=Decimal(amount),
            valid_from=day("2021-06-01") if first == 11 and name == "design" else day("2001-03-01"),
        )
        for name, rates in bands.items()
        for first, last, amount in rates
    )


def open_fees(patent: Protected, table: FeeTable, as_of: str, until: date = FAR) -> list[Fee]:
    return list(fees_of(patent, table, day(as_of), until))


def test_an_invention_pays_from_the_year_after_its_grant_to_the_end_of_its_term(table: FeeTable) -> None:
    # Filed on 2001-03-15: the grant lies in the fourth year, whose fee is paid with the registration.
    fees = open_fees(protected(*INVENTION), table, "2004-06-09")
    assert [(fee.patent_year, str(fee.due), fee.amount) for fee in fees] == [
        (5, "2005-03-15", 1200),
        (6, "2006-03-15", 1200),
        (7, "2007-03-15", 2000),
        (8, "2008-03-15", 2000),
        (9, "2009-03-15", 2000),
        (10, "2010-03-15", 4000),
        (11, "2011-03-15", 4000),
        (12, "2012-03-15", 4000),
        (13, "2013-03-15", 6000),
        (14, "2014-03-15", 6000),
        (15, "2015-03-15", 6000),
        (16, "2016-03-15", 8000),
        (17, "2017-03-15", 8000),
        (18, "2018-03-15", 8000),
        (19, "2019-03-15", 8000),
        (20, "2020-03-15", 8000),
    ]


def test_a_utility_model_pays_ten_years(table: FeeTable) -> None:
    fees = open_fees(protected("utility_model", "2004-05-20", "2005-06-08"), table, "2005-06-08")
    assert [(fee.patent_year, str(fee.due), fee.amount) for fee in fees] == [
        (3, "2006-05-20", 600),
        (4, "2007-05-20", 900),
        (5, "2008-05-20", 900),
        (6, "2009-05-20", 1200),
        (7, "2010-05-20", 1200),
        (8, "2011-05-20", 1200),
        (9, "2012-05-20", 2000),
        (10, "2013-05-20", 2000),
    ]


@pytest.mark.parametrize(("filed", "last", "amount"), [("2021-06-02", 15, 3000), ("2021-05-31", 10, 2000)])
def test_a_design_pays_ten_or_fifteen_years(table: FeeTable, filed: str, last: int, amount: int) -> None:
    fees = open_fees(protected("design", filed, "2021-12-10"), table, "2021-12-31")
    assert fees[0].patent_year == 2
    assert (fees[-1].patent_year, fees[-1].amount) == (last, amount)
    assert fees[-1].due == date(2021 + last - 1, day(filed).month, day(filed).day)


def test_the_example_of_the_guidelines() -> None:
    # Filed on 1997-06-03, granted on 2001-08-01 in its fifth year: the sixth fee by 2002-06-03.
    patent = protected("invention", "1997-06-03", "2001-08-01")
    assert patent.first_fee == 6
    assert due_date(patent.filed, 6) == date(2002, 6, 3)
    assert patent_year_on(date(1999, 6, 1), date(2000, 5, 31)) == 1
    assert patent_year_on(date(1999, 6, 1), date(2000, 6, 1)) == 2


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2004-02-29", 12, "2005-02-28"),
        ("2004-02-29", 48, "2008-02-29"),
        ("2005-08-31", 6, "2006-02-28"),
        ("2007-08-31", 6, "2008-02-29"),
        ("2006-12-31", 2, "2007-02-28"),
        ("2006-03-31", -1, "2006-02-28"),
        ("2006-01-15", -1, "2005-12-15"),
    ],
)
def test_months_end_on_the_same_day_or_on_the_last(start: str, months: int, end: str) -> None:
    assert months_after(day(start), months) == day(end)


def test_a_filing_on_a_leap_day_has_its_anniversary_in_every_year() -> None:
    assert [str(due_date(date(2004, 2, 29), year)) for year in (2, 4, 5)] == ["2005-02-28", "2007-02-28", "2008-02-29"]
    assert patent_year_on(date(2004, 2, 29), date(2005, 2, 27)) == 1
    assert patent_year_on(date(2004, 2, 29), date(2005, 2, 28)) == 2


@pytest.mark.parametrize(
    ("on", "state", "month", "surcharge"),
    [
        ("2005-02-14", "upcoming", 0, 0),
        ("2005-02-15", "due", 0, 0),
        ("2005-03-15", "due", 0, 0),
        ("2005-03-16", "grace", 1, 0),
        ("2005-04-15", "grace", 1, 0),
        ("2005-04-16", "grace", 2, 60),
        ("2005-05-16", "grace", 3, 120),
        ("2005-06-16", "grace", 4, 180),
        ("2005-07-16", "grace", 5, 240),
        ("2005-08-16", "grace", 6, 300),
        ("2005-09-15", "grace", 6, 300),
        ("2005-09-16", "overdue", 0, 0),
    ],
)
def test_a_fee_is_due_then_in_grace_then_overdue(
    table: FeeTable, on: str, state: str, month: int, surcharge: int
) -> None:
    fee = open_fees(protected(*INVENTION), table, on)[0]
    assert (fee.patent_year, fee.state, fee.month, fee.surcharge) == (5, state, month, surcharge)
    assert fee.payable == 1200 + surcharge
    assert fee.grace_ends == date(2005, 9, 15)


def test_grace_from_the_end_of_a_month() -> None:
    due = date(2005, 8, 31)
    assert grace_month(due, date(2005, 9, 30)) == 1
    assert grace_month(due, date(2005, 10, 1)) == 2
    assert grace_month(due, date(2006, 2, 28)) == 6
    assert grace_month(due, date(2006, 3, 1)) == 7
    assert [surcharge_rate(month) * 100 for month in range(7)] == [0, 0, 5, 10, 15, 20, 25]


@pytest.mark.parametrize(
    ("events", "as_of", "settled"),
    [
        ([], "2010-01-01", 4),
        ([("fee_paid", "2004-04-01")], "2010-01-01", 4),  # with the registration
        ([("fee_paid", "2005-03-10")], "2010-01-01", 5),
        ([("fee_paid", "2005-03-10")], "2005-03-09", 4),  # not yet
        ([("fee_paid", "2005-09-15")], "2010-01-01", 5),  # on the last day of grace
        ([("fee_paid", "2005-09-16")], "2010-01-01", 6),  # too late for the fifth: the office takes it for the sixth
        ([("fee_paid", "2005-03-10"), ("fee_paid", "2005-03-11")], "2010-01-01", 6),  # two years at once
        ([("fee_paid", "2007-03-01")], "2010-01-01", 7),  # those before were paid, or it had lapsed
        ([("lapsed", "2005-03-15"), ("fee_paid", "2005-12-01"), ("restored", "2006-01-10")], "2010-01-01", 5),
        ([("lapsed", "2005-03-15"), ("restored", "2006-01-10"), ("fee_paid", "2006-03-01")], "2010-01-01", 6),
        ([("restored", "2006-01-10"), ("fee_paid", "2006-01-10")], "2010-01-01", 5),
    ],
)
def test_what_a_payment_settles(events: list[tuple[str, str]], as_of: str, settled: int) -> None:
    assert settled_year(protected(*INVENTION, *events), day(as_of)) == settled


def test_of_fees_whose_grace_is_over_the_last_stands_for_all(table: FeeTable) -> None:
    fees = open_fees(protected(*INVENTION), table, "2008-01-01", date(2009, 1, 1))
    assert [(fee.patent_year, fee.state, fee.missing) for fee in fees] == [(7, "overdue", 2), (8, "upcoming", 3)]


def test_a_rate_holds_from_its_first_day_to_its_last() -> None:
    old = PatentFee(patent_type="invention", from_year=1, to_year=20, amount=Decimal(100), valid_from=day("2001-03-01"))
    old.valid_to = day("2005-03-14")
    new = PatentFee(patent_type="invention", from_year=1, to_year=20, amount=Decimal(200), valid_from=day("2005-03-15"))
    rates = FeeTable([old, new])
    assert rates.amount("invention", 5, day("2001-02-28")) is None
    assert rates.amount("invention", 5, day("2005-03-14")) == 100
    assert rates.amount("invention", 5, day("2005-03-15")) == 200
    assert rates.amount("invention", 21, day("2005-03-15")) is None
    assert rates.amount("design", 5, day("2005-03-15")) is None


def test_the_calendar_of_the_demonstration(session: Session) -> None:
    calendar = calendar_on(session, ANONYMOUS, date(2006, 12, 31))
    assert calendar.patents == 12
    assert [(fee.patent.code, fee.patent_year, fee.month, fee.payable) for fee in calendar.grace] == [
        ("ZL-1999-001", 8, 5, 1440),
        ("ZL-2002-006", 5, 2, 945),
    ]
    assert [(fee.patent.code, fee.patent_year) for fee in calendar.overdue] == [("ZL-2004-002", 3)]
    assert len(calendar.coming) == 12
    assert calendar.total == sum(month.total for month in calendar.months) == 16900
    assert calendar.by_type == {"invention": (3, 6000), "utility_model": (9, 10900)}
    assert calendar.without_rate == 0


def test_fees_before_the_first_rate_are_counted_apart(session: Session) -> None:
    calendar = calendar_on(session, ANONYMOUS, date(1998, 1, 1))
    assert calendar.coming
    assert calendar.without_rate == len(calendar.coming)
    assert calendar.total == 0


def test_the_shipped_table_says_what_the_office_asks(session: Session, table: FeeTable) -> None:
    stored = FeeTable(session.scalars(select(PatentFee)))
    for name, last in (("invention", 20), ("utility_model", 10), ("design", 15)):
        for year in range(1, last + 1):
            assert stored.amount(name, year, date(2030, 1, 1)) == table.amount(name, year, date(2030, 1, 1))


def test_only_published_patents_that_the_reader_may_see_are_in_the_calendar(tmp_path: Path) -> None:
    app = empty_catalogue(tmp_path)
    with app.app_context():
        for place, access in enumerate(
            ({}, {"confidentiality": "restricted"}, {"review_state": "draft"}, {"events": "filed 2005-01-03"}), 1
        ):
            digits = f"20052000000{place}"
            put(
                "patents",
                **{
                    "code": f"ZL-{place}",
                    "title": f"装置{place}",
                    "date": "2005-01-03",
                    "patent_type": "utility_model",
                    "application_number": f"{digits}.{check_character(digits)}",
                    "events": "filed 2005-01-03;granted 2005-12-01",
                    **access,
                },
            )
        codes = [fee.patent.code for fee in calendar_on(db.session(), ANONYMOUS, date(2006, 12, 31)).coming]
        assert codes == ["ZL-1"]
        codes = [fee.patent.code for fee in calendar_on(db.session(), COMMAND_LINE, date(2006, 12, 31)).coming]
        assert codes == ["ZL-1", "ZL-2"]


def test_rates_are_imported_and_checked(tmp_path: Path) -> None:
    with empty_catalogue(tmp_path).app_context():
        rate = {"patent_type": "design", "from_year": "1", "to_year": "3", "valid_from": "2001-03-01"}
        assert put("patent_fees", **rate, amount="600").change == "new"
        assert put("patent_fees", **rate, amount="600").change == "unchanged"
        assert put("patent_fees", **rate, amount="700").changes == {"amount": ("600", "700")}
        with pytest.raises(InvalidFields):
            put("patent_fees", **{**rate, "from_year": "4"}, amount="600")
