"""Patents for leadership: figures that open their evidence, the fee calendar and its feed."""

import re
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import ANONYMOUS
from catalogue.records.patents.fees import calendar_on
from catalogue.tallies.patent_overview import overview
from tests.records.test_views import queries
from tests.support.catalogues import empty_catalogue, put
from tests.tallies.test_views import figures_of, listed
from tests.test_ical import unfolded


@pytest.mark.slow
@pytest.mark.parametrize("as_of", ["1996-06-30", "2006-12-31"])
def test_every_figure_of_the_overview_lists_as_many(client: FlaskClient, as_of: str) -> None:
    seen = dict(figures_of(client, f"/patents/overview?as_of={as_of}"))
    texts = {address: re.sub(r"\D", "", text) for address, text in seen.items()}
    for address, shown in texts.items():
        stated, number = listed(client, address)
        assert number > 0
        if shown:
            assert (stated, number) == (shown, int(shown)), address
    assert len(texts) > 10


def test_the_figures_of_the_demonstration(session: Session) -> None:
    page = overview(session, ANONYMOUS, date(2006, 12, 31))
    measures = {measure.name: measure for measure in page.measures}
    assert {name: measure.total.value for name, measure in measures.items()} == {
        "applied": 50,
        "granted": 16,
        "lapsed": 4,
        "in_force": 12,
    }
    assert measures["granted"].cells[2004, "invention"].value == 3
    assert measures["in_force"].years[2003].value == 5
    assert list(page.years) == list(range(1991, 2007))
    for name in ("applied", "granted", "lapsed"):
        assert sum(figure.value for figure in measures[name].years.values()) == measures[name].total.value
    before = overview(session, ANONYMOUS, date(2000, 12, 31))
    assert [measure.total.value for measure in before.measures] == [10, 6, 3, 3]


def test_an_overview_of_nothing_says_so(tmp_path: Path) -> None:
    client = empty_catalogue(tmp_path).test_client()
    assert "截至该日尚未申请专利" in client.get("/patents/overview").text
    assert "该日没有有效专利" in client.get("/patents/fees").text


def test_the_fee_page_tells_what_the_calendar_counts(client: FlaskClient) -> None:
    page = client.get("/patents/fees?as_of=2006-12-31").text
    for text in ("16,900", "2,385", "逾期第5个月", "ZL 99 2 47315.2", "2007-02-26", "2007-11", "6,100"):
        assert text in page
    assert "无收费标准" in client.get("/patents/fees?as_of=1998-01-01").text


@pytest.mark.parametrize("path", ["/patents/fees", "/patents/fees.ics", "/patents/overview"])
def test_a_bad_day_is_refused_in_words(client: FlaskClient, path: str) -> None:
    assert client.get(f"{path}?as_of=2006-02-30").status_code == 400


def test_the_feed_has_every_fee_once(session: Session, client: FlaskClient) -> None:
    answer = client.get("/patents/fees.ics?as_of=2006-12-31", headers={"Accept-Language": "zh"})
    assert answer.mimetype == "text/calendar"
    lines = unfolded(answer.text)
    assert all(len(line.encode()) <= 75 for line in answer.text.split("\r\n"))
    calendar = calendar_on(session, ANONYMOUS, date(2006, 12, 31))
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(uids) == len(set(uids)) == len(calendar.coming) + len(calendar.grace)
    assert "DTSTART;VALUE=DATE:20070226" in lines
    assert any(line.startswith("SUMMARY:年费到期：第7年度，预焙阳极抗氧化涂料") for line in lines)
    assert any(line == "URL:http://localhost/records/ZL-2001-002" for line in lines)


def test_a_restricted_patent_appears_nowhere(tmp_path: Path) -> None:
    app = empty_catalogue(tmp_path)
    with app.app_context():
        put(
            "patents",
            code="ZL-secret",
            title="秘密装置",
            date="2005-12-31",
            patent_type="invention",
            application_number="200510136354.X",
            events="filed 2005-12-31;granted 2006-05-01",
            confidentiality="restricted",
        )
    client = app.test_client()
    for address in ("/patents/fees?as_of=2006-12-01", "/patents/fees.ics?as_of=2006-12-01", "/patents/overview"):
        page = client.get(address)
        assert page.status_code == 200
        assert "秘密" not in page.text
        assert "136354" not in page.text
        assert "figure-strip" not in page.text


def test_the_fee_page_takes_a_bounded_number_of_queries(app: Flask) -> None:
    client = app.test_client()
    with queries(app) as seen:
        client.get("/patents/fees")
    assert len(seen) <= 8


def test_lists_lead_to_both_pages(client: FlaskClient) -> None:
    for address in ("/patents", "/tallies"):
        page = client.get(address).text
        assert 'href="/patents/overview"' in page
        assert 'href="/patents/fees"' in page
