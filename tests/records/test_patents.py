"""The legal status of a patent, in Python and in SQL alike."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.records.models.records import Patent
from catalogue.records.patents.status import status_at, status_column, term_years

FILED = date(1994, 2, 28)
GRANTED = [("filed", FILED), ("granted", date(1995, 6, 1))]


@pytest.mark.parametrize(
    "day", [date(year, month, 1) for year in (1989, 1996, 2003, 2006, 2015, 2030) for month in (1, 8)]
)
def test_python_and_sql_agree_on_every_patent(session: Session, day: date) -> None:
    by_sql = dict(session.execute(select(Patent.id, status_column(day))).all())
    for patent in session.scalars(select(Patent).options(selectinload(Patent.events))):
        events = [(event.type, event.on) for event in patent.events]
        assert patent.date is not None
        assert status_at(patent.patent_type, patent.date.first, events, day) == by_sql[patent.id]


@pytest.mark.parametrize(
    ("patent_type", "events", "day", "status"),
    [
        ("utility_model", GRANTED, date(1994, 2, 27), None),
        ("utility_model", GRANTED, date(1994, 2, 28), "pending"),
        ("utility_model", GRANTED, date(1995, 6, 1), "in_force"),
        ("utility_model", GRANTED, date(2004, 2, 27), "in_force"),
        ("utility_model", GRANTED, date(2004, 2, 28), "expired"),
        ("invention", GRANTED, date(2014, 2, 27), "in_force"),
        ("invention", GRANTED, date(2014, 2, 28), "expired"),
        ("invention", [*GRANTED, ("lapsed", date(1997, 1, 1))], date(2020, 1, 1), "lapsed"),
        ("invention", [("filed", FILED), ("rejected", date(1996, 1, 1))], date(2020, 1, 1), "rejected"),
        ("invention", [], FILED, "pending"),
    ],
)
def test_status_follows_from_events_and_term(
    patent_type: str, events: list[tuple[str, date]], day: date, status: str | None
) -> None:
    assert status_at(patent_type, FILED, events, day) == status


def test_terms() -> None:
    assert term_years("invention", FILED) == 20
    assert term_years("utility_model", FILED) == 10
    assert term_years("design", date(2021, 5, 31)) == 10
    assert term_years("design", date(2021, 6, 1)) == 15
