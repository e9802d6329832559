"""The pages of issued reports and saved tallies, as a reader uses them."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import text

from catalogue.cli.main import cli
from catalogue.database import db, writing
from catalogue.tallies import saved
from tests.support.accounts import signed_in
from tests.support.catalogues import put
from tests.tallies.reports import award, small_catalogue

CHINESE, ENGLISH = {"Accept-Language": "zh"}, {"Accept-Language": "en"}


@pytest.fixture
def reader(tmp_path: Path) -> FlaskClient:
    return signed_in(small_catalogue(tmp_path), "reviewer")


def words(page: str) -> str:
    """The words of a page's content, without tags and blanks."""
    return re.sub(r"<[^>]+>|\s", "", page[page.index("<main") : page.index("</main")])


def issue(reader: FlaskClient, **fields: str) -> str:
    """Issue through the form; gives the address of the report."""
    answer = reader.post("/reports/issued", data={"title": "报告", **fields})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def fields_of(page: str, action: str) -> dict[str, str]:
    """The fields of the form with this action, as a browser would send them."""
    (form,) = re.findall(rf'<form[^>]*action="{action}".*?</form>', page, re.S)
    inputs = re.findall(r"<input[^>]*>", form)
    found = {}
    for each in inputs:
        name, value = re.search(r'name="([^"]*)"', each), re.search(r'value="([^"]*)"', each)
        found[name[1] if name else ""] = value[1] if value else ""
    return found


def test_a_tally_is_issued_from_its_page_and_stays(reader: FlaskClient) -> None:
    page = reader.get("/tallies/awards?rows=grade&columns=none&year_from=2001", headers=CHINESE).text
    fields = fields_of(page, "/reports/issued")
    assert fields["title"] == "奖励统计：等级（截至 " + fields["as_of"] + "）"
    address = issue(reader, **fields)
    with reader.application.app_context():
        award("JL-4")
        award("JL-1", title="改名", grade="first")
        award("JL-2", review_state="withdrawn")
    report = reader.get(address, headers=CHINESE).text
    assert "等级合计一等奖1二等奖2合计3" in words(report)
    assert "未经改动" in report
    english = reader.get(address, headers=ENGLISH).text
    assert "GradeTotalFirstprize1Secondprize2Total3" in words(english)
    assert fields["title"] in reader.get("/reports/issued", headers=CHINESE).text
    evidence = next(each for each in re.findall(r'href="([^"]*records[^"]*)"', report) if "second" in each)
    listed = words(reader.get(evidence.replace("&amp;", "&"), headers=CHINESE).text)
    assert "JL-1奖励JL-1+1第1版现为2" in listed
    assert "JL-2奖励JL-2+1第1版已不再发布，或无权查看" in listed
    assert "JL-4" not in listed
    moved = words(reader.get(f"{address}/compare", headers=CHINESE).text)
    assert "一等奖12+1JL-1改计他处(+1)" in moved
    assert "二等奖21−1JL-1改计他处(−1)、JL-2不再计入(−1)、JL-4新计入(+1)" in moved
    assert "等级：二等奖→改为一等奖" in moved


def test_the_paragraph_is_issued_from_its_page(reader: FlaskClient) -> None:
    fields = fields_of(reader.get("/reports/summary?year_from=2001", headers=CHINESE).text, "/reports/issued")
    assert fields["year_from"] == "2001"
    address = issue(reader, **fields)
    with reader.application.app_context():
        put("yearly_counts", measure="proposals", year="2001", count="950")
    assert "900条" in words(reader.get(address, headers=CHINESE).text)
    moved = words(reader.get(f"{address}/compare?with=today", headers=CHINESE).text)
    assert "proposals2001另一数额" in moved.replace("数额改变", "另一数额")
    assert "900→改为950" in moved


def test_two_reports_beside_each_other_whatever_their_order(reader: FlaskClient) -> None:
    first = issue(reader, subject="awards")
    with reader.application.app_context():
        award("JL-4", grade="first")
    second = issue(reader, subject="awards", year_from="2000")
    number = second.rpartition("/")[2]
    moved = words(reader.get(f"{first}/compare?with={number}", headers=CHINESE).text)
    assert "一等奖12+1JL-4新计入(+1)" in moved
    assert "统计期间或筛选条件不同" in moved
    back = words(reader.get(f"{second}/compare?with={first.rpartition('/')[2]}", headers=CHINESE).text)
    assert "一等奖12+1JL-4新计入(+1)" in back
    other = issue(reader, subject="patents").rpartition("/")[2]
    assert reader.get(f"{first}/compare?with={other}").status_code == 400


@pytest.mark.parametrize("change", ["title = '别的'", "content = '{}'", "content = '[1]'"])
def test_a_changed_report_says_so_loudly(reader: FlaskClient, change: str) -> None:
    address = issue(reader, subject="awards")
    assert 'class="alarm"' not in reader.get(address).text
    with reader.application.app_context(), writing(db.session()) as session:
        session.execute(text(f"UPDATE issued_report SET {change}"))
    page = reader.get(address, headers=CHINESE)
    assert page.status_code == 200
    assert 'class="alarm"' in page.text
    assert "未经改动" not in page.text


def test_check_fails_where_a_report_was_changed(reader: FlaskClient, tmp_path: Path, monkeypatch) -> None:
    number = issue(reader, subject="awards").rpartition("/")[2]
    monkeypatch.setenv("CATALOGUE_DATA", str(tmp_path))
    assert CliRunner().invoke(cli, ["check"]).exit_code == 0
    with reader.application.app_context(), writing(db.session()) as session:
        session.execute(text("UPDATE issued_entry SET title = '别的' WHERE position = 1"))
    told = CliRunner().invoke(cli, ["check", "--json"])
    assert told.exit_code == 1
    assert json.loads(told.output)["changed_reports"] == [number]


def test_a_record_page_says_where_it_counts(reader: FlaskClient) -> None:
    assert "计入下列存档" not in reader.get("/records/JL-3", headers=CHINESE).text
    issue(reader, subject="awards", title="获奖统计")
    issue(reader, subject="benefits", title="效益统计")
    assert "TJ" in (page := words(reader.get("/records/JL-3", headers=CHINESE).text))
    assert "获奖统计：行业·一等奖" in page
    assert "效益统计：2001·新增利润" in words(reader.get("/records/XM-2", headers=CHINESE).text)


@pytest.mark.parametrize(
    "address",
    ["/reports/issued/TJ-2007-9999", "/reports/issued/1", "/reports/issued/TJ-2007-0001/records?figure=nothing",
     "/reports/issued/TJ-2007-0001/compare?with=TJ-1999-0001", "/reports/issued/TJ-2007-0001/compare?as_of=x",
     "/reports/issued?page=9"],
)  # fmt: skip
def test_what_is_not_there_is_told(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code in {400, 404}


@pytest.mark.parametrize(
    "fields",
    [{"subject": "awards"}, {"subject": "colours", "title": "甲"}, {"subject": "awards", "title": "甲", "rows": "x"},
     {"subject": "awards", "title": "甲" * 201}, {"subject": "awards", "title": "甲", "as_of": "x"}],
)  # fmt: skip
@pytest.mark.parametrize("address", ["/reports/issued", "/tallies/saved"])
def test_what_cannot_be_kept_is_refused(reviewer: FlaskClient, address: str, fields: dict[str, str]) -> None:
    assert reviewer.post(address, data=fields).status_code in {400, 404}


def test_other_sites_cannot_issue(client: FlaskClient) -> None:
    fields = {"subject": "awards", "title": "甲"}
    for address in ("/reports/issued", "/tallies/saved", "/tallies/saved/1/remove"):
        assert client.post(address, data=fields, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_tallies_are_saved_listed_and_removed(reader: FlaskClient) -> None:
    page = reader.get("/tallies/awards?rows=grade&as_of=2003-12-31", headers=CHINESE).text
    fields = fields_of(page, "/tallies/saved")
    assert reader.post("/tallies/saved", data=fields).status_code == 303
    assert reader.post("/tallies/saved", data=fields).status_code == 400  # the title is taken
    assert reader.post("/tallies/saved", data={"subject": "patents", "title": "专利"}).status_code == 303
    listed = reader.get("/tallies", headers=CHINESE).text
    links = {name: address for address, name in re.findall(r'<a href="([^"]*)">([^<]*)</a>', listed)}
    assert "as_of=2003-12-31" in links[fields["title"]]
    assert "as_of" not in links["专利"]  # of whatever day figures stand on
    assert reader.get(links["专利"].replace("&amp;", "&")).status_code == 200
    (remove, *_others) = re.findall(r'action="(/tallies/saved/\d+/remove)"', listed)
    assert reader.post(remove).status_code == 303
    assert reader.post(remove).status_code == 404
    assert reader.get("/tallies").text.count("/tallies/saved/") == 1


def test_no_more_tallies_are_saved_than_can_be_listed(reader: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert saved.MOST_SAVED == 200
    monkeypatch.setattr(saved, "MOST_SAVED", 2)
    for place, status in enumerate((303, 303, 400)):
        answer = reader.post("/tallies/saved", data={"subject": "awards", "title": f"统计{place}"}, headers=CHINESE)
        assert answer.status_code == status
