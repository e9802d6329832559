"""The pages of tallies: every figure that is shown leads to exactly the entries that it counts."""

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import ANONYMOUS
from catalogue.database import db
from catalogue.records.models.site_facts import reporting_day
from catalogue.tallies.crosstab import count, selected
from catalogue.tallies.presentation import ready_made
from catalogue.tallies.serializers import show_number
from catalogue.tallies.spec import selection_from_args
from catalogue.tallies.subjects import SUBJECTS
from tests.support.catalogues import empty_catalogue, project, put
from tests.tallies.test_figures import PARAGRAPH


class _Figures(HTMLParser):
    """The links to evidence on a page, each with the text that is linked."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href") or ""
        if tag == "title":  # what a mark of a chart says when pointed at
            self._inside = False
        if tag == "a" and re.match(r"/tallies/\w+/records\?", address):
            self.found.append((address, ""))
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._inside:
            address, text = self.found[-1]
            self.found[-1] = (address, text + data)


def figures_of(client: FlaskClient, address: str) -> list[tuple[str, str]]:
    """Address and text of every figure on a page."""
    page = client.get(address)
    assert page.status_code == 200, address
    parser = _Figures()
    parser.feed(page.text)
    return parser.found


def listed(client: FlaskClient, address: str) -> tuple[str, int]:
    """The figure that a page of evidence states, and the number of entries that its pages list."""
    stated, number, page_number = "", 0, 1
    while True:
        page = client.get(f"{address}&page={page_number}")
        if page.status_code == 404 and page_number > 1:
            return stated, number
        assert page.status_code == 200, address
        found = re.search(r'class="figure-text">(.*?)</strong>', page.text, re.S)
        stated = re.sub(r"<[^>]+>|\s", "", found[1]) if found else ""
        main = page.text[page.text.index("<main") :]
        number += main.count('<article class="record-card"') or main.count("<tr") - 1
        page_number += 1


@pytest.fixture(scope="module")
def figures(app: Flask) -> dict[str, str]:
    """Every figure of every tally page: the address of its evidence, and the number shown, if any."""
    with app.test_request_context():
        tallies = [
            (item.subject, args)
            for _heading, items in ready_made(reporting_day(db.session(), None))
            for item, args in items
        ]
    addresses = {f"/tallies/{subject}?rows={args['rows']}&columns={args['columns']}" for subject, args in tallies}
    addresses |= {f"/tallies/{subject}" for subject in SUBJECTS}
    client, shown = app.test_client(), {}
    for address in sorted(addresses):
        for evidence, text in figures_of(client, address):
            number = re.sub(r"[^\d.]", "", text)  # marks of a chart have no text
            assert not number or shown.get(evidence) in (None, "", number), evidence
            shown[evidence] = number or shown.get(evidence, "")
    assert len(shown) > 300
    return shown


@pytest.mark.slow
def test_every_figure_of_every_tally_page_counts_as_many(session: Session, figures: dict[str, str]) -> None:
    for evidence, shown in figures.items():
        address = urlsplit(evidence)
        subject = SUBJECTS[address.path.split("/")[2]]
        selection = selection_from_args(subject, dict(parse_qsl(address.query)), reporting_day(session, None))
        ids = session.scalars(selected(select(subject.model.id), ANONYMOUS, selection)).all()
        assert len(ids) == len(set(ids)) > 0, evidence
        if shown and subject.name in ("benefits", "yearly_counts"):
            value = count(session, ANONYMOUS, selection).value
            assert re.sub(r"[^\d.]", "", show_number(selection.measured, value)) == shown, evidence
        elif shown:
            assert len(ids) == int(shown), evidence


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_page_of_a_figure_lists_as_many(client: FlaskClient, figures: dict[str, str], subject: str) -> None:
    of_subject = [evidence for evidence, shown in figures.items() if shown and f"/{subject}/" in evidence]
    of_subject.sort(key=lambda evidence: float(figures[evidence]))
    for evidence in {of_subject[0], of_subject[len(of_subject) // 2], of_subject[-1]}:  # the last fills several pages
        stated, number = listed(client, evidence)
        assert re.sub(r"[^\d.]", "", stated) == figures[evidence], evidence
        assert subject in ("benefits", "yearly_counts") or number == int(figures[evidence]), evidence
        assert number > 0


def test_the_paragraph_is_on_its_page_and_each_number_opens_its_evidence(client: FlaskClient) -> None:
    page = client.get("/reports/summary", headers={"Accept-Language": "zh"})
    paragraph = re.search(r'<p class="paragraph">(.*?)</p>', page.text, re.S)
    assert paragraph
    assert re.sub(r"<[^>]+>|\s", "", paragraph[1]) == PARAGRAPH
    assert paragraph[1].count("<a ") == 16
    assert "85项" in client.get("/reports/summary?as_of=2000-12-31", headers={"Accept-Language": "zh"}).text


def test_csv_has_the_same_figures_as_the_page(client: FlaskClient) -> None:
    answer = client.get("/tallies/awards.csv?rows=level&columns=grade", headers={"Accept-Language": "zh"})
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[2] == ["省部级", "1", "5", "3", "5", "14"]
    assert rows[-1][-1] == "36"


@pytest.mark.parametrize(
    "address",
    [
        "/tallies/colours",
        "/tallies/awards?rows=colour",
        "/tallies/awards?as_of=yesterday",
        "/tallies/awards?as_of=0001-01-01",
        "/tallies/awards?year_from=-5",
        "/tallies/awards/records?level=galactic",
        "/tallies/awards/records?page=0",
        "/tallies/awards/records?page=1000000000",
        "/tallies/awards/records?page=x",
        "/tallies/awards/records?division=%00",
        "/tallies/awards.csv?columns=colour",
        "/reports/summary?as_of=2006-02-30",
        "/reports/summary?as_of=" + "9" * 10_000,
    ],
)
def test_what_cannot_be_is_refused_in_words(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code in {400, 404}


def test_home_forgets_its_figures_when_something_is_written(tmp_path: Path) -> None:
    app = empty_catalogue(tmp_path)
    client = app.test_client()

    def completed() -> int:
        (text,) = [
            text for address, text in figures_of(client, "/") if "/projects/" in address and "major=yes" in address
        ]
        return int(re.sub(r"\D", "", text))

    assert completed() == 0
    with app.app_context():
        project(major="yes")
    assert completed() == 1
    with app.app_context():
        project(review_state="withdrawn")
    assert completed() == 0


_CHART = re.compile(r'<svg class="chart-plot"[^>]* aria-label="([^"]*)"')


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("/tallies/patents?rows=grant_year&columns=patent_type", ["专利统计：授权年 × 专利类型 · 条目数（柱形图）"]),
        ("/tallies/benefits?measure=new_tax&chart=lines", ["经济效益统计：年份 × 种类 · 新增税收（折线图）"]),
        (
            "/",
            ["经济效益统计：年份 × 种类 · 计入累计的效益（柱形图）", "奖励统计：级别 × 等级 · 条目数（柱形图）"],
        ),
        (
            "/patents/overview",
            [
                f"专利统计：年份 × 专利类型 · {measure}（柱形图）"
                for measure in ("当年申请", "当年授权", "当年终止", "年末有效")
            ],
        ),
        ("/search?q=电解槽", ["检索结果按年份分布（柱形图）"]),
    ],
)
def test_every_chart_of_a_page_has_a_name_of_its_own(client: FlaskClient, address: str, names: list[str]) -> None:
    assert _CHART.findall(client.get(address, headers={"Accept-Language": "zh"}).text) == names


def test_losses_are_in_the_chart_of_a_page(tmp_path: Path) -> None:
    app = empty_catalogue(tmp_path)
    with app.app_context():
        for code, year, amount in (("XY-2003-001", "2003", "50000"), ("XY-2004-001", "2004", "-20000")):
            put("benefits", code=code, year=year, kind="new_profit", amount=amount)
        db.session.remove()
    page = app.test_client().get("/tallies/benefits?as_of=2006-12-31", headers={"Accept-Language": "zh"}).text
    assert 'aria-label="2004 新增利润: -2"' in page
    assert "负值画在零线下方" in page
    assert re.search(r'class="number cold-2"[^>]*><a [^>]*>-2</a>', page)
    with app.app_context():
        db.engine.dispose()
