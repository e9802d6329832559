"""The site with a kind that nothing in it names: its list, page, form, import, export, interface, history, review and
search. `test_new_kind` runs this in a process of its own."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from xlsxwriter import Workbook

from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.database import db, prepare_database
from catalogue.exports.dump import write_dump
from catalogue.imports.batches import dry_run, sources_of
from catalogue.imports.native_format import import_files
from catalogue.imports.plan import Plan
from catalogue.records.history.hash_chain import check_seals
from catalogue.search.current import current_index
from catalogue.search.interface import Query
from tests.editing.pages import controls, problems, send
from tests.records.new_kind.standard import upgrade
from tests.support.accounts import bearer, signed_in
from tests.support.catalogues import empty_catalogue, project, put, work, writing

FIRST, SECOND = "BZ-2003-001", "BZ-2005-001"
TYPED = {
    "title": "预焙阳极技术条件",
    "date": "2006年5月",
    "divisions": "炭素学部",
    "people": "张三(A1001)",
    "keywords": "预焙阳极",
    "abstract": "规定了理化性能指标。",
    "standard_number": "Q/QL 012-2006",
    "status": "in_force",
    "major": "yes",
    "page_count": "24",
    "effective_on": "2006.7.1",
    "scope": "适用于160kA电解槽。",
    "replaces": "Q/QL 003-1998;Q/QL 004-1998",
}
TEXTS = {**TYPED, "date": "2006-05", "effective_on": "2006-07-01"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A catalogue with two standards and a project."""
    app = empty_catalogue(tmp_path_factory.mktemp("standards") / "data")
    with app.app_context():
        prepare_database()
        with db.engine.begin() as connection:
            upgrade(connection)
        put("divisions", code="carbon", name="炭素学部")
        put("people", staff_number="A1001", name="张三", division="炭素学部")
        project("XM-2002-001", title="阳极试验")
        texts = {"status": "in_force", "divisions": "炭素学部", "people": "张三(A1001)"}
        put(
            "standards",
            code=FIRST,
            title="阴极炭块检验规程",
            date="2003-02",
            major="yes",
            scope="适用于铸轧车间",
            **texts,
        )
        put("standards", code=SECOND, title="铸轧卷技术条件", date="2005", status="replaced", page_count="8")
        db.session.remove()
    return app


@pytest.fixture
def reader(site: Flask) -> FlaskClient:
    return site.test_client()


@pytest.fixture
def contributor(site: Flask) -> FlaskClient:
    return signed_in(site, "contributor")


@pytest.fixture
def reviewer(site: Flask) -> FlaskClient:
    return signed_in(site, "reviewer")


def text_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.text


def entered(client: FlaskClient, **typed: str) -> str:
    """Enter a standard by its form; gives its code."""
    answer = send(client, "/records/new/standard", **{**TYPED, **typed})
    assert answer.status_code == 303, problems(answer.text)
    return answer.headers["Location"].split("/")[-1].split("?")[0]


def test_its_list(reader: FlaskClient) -> None:
    page = text_of(reader, "/standards?sort=oldest")
    assert page.index("阴极炭块检验规程") < page.index("铸轧卷技术条件")
    for words in ("技术标准一览", "标准状态", "现行", "废止", "发布日期", "炭素学部"):
        assert words in page
    assert "铸轧卷" not in text_of(reader, "/standards?status=in_force")
    assert "铸轧卷" not in text_of(reader, "/standards?division=carbon")
    assert "铸轧卷" not in text_of(reader, "/standards?major=yes")
    assert "阴极炭块" not in text_of(reader, "/standards?year_from=2004")
    assert reader.get("/standards?status=none").status_code == 400
    assert 'href="/standards"' in text_of(reader, "/search")


def test_its_page(reader: FlaskClient, reviewer: FlaskClient) -> None:
    page = text_of(reader, f"/records/{FIRST}")
    for words in ("技术标准", "起草人", "张三", "标准状态", "现行", "适用于铸轧车间", "重点标准"):
        assert words in page
    put_link = send(
        reviewer, f"/records/{FIRST}/edit", **{"link-1-way": "out:related_to", "link-1-record": "XM-2002-001"}
    )
    assert put_link.status_code == 303, problems(put_link.text)
    assert FIRST in text_of(reader, "/records/XM-2002-001")
    assert "阳极试验" in text_of(reader, f"/records/{FIRST}")


def test_it_is_entered_and_changed_by_form(contributor: FlaskClient, site: Flask) -> None:
    assert 'href="/records/new/standard"' in text_of(contributor, "/records/new")
    form = text_of(contributor, "/records/new/standard")
    for label in ("标准号", "标准状态", "页数", "实施日期", "适用范围", "代替标准", "BZ-"):
        assert label in form
    wrong = send(
        contributor, "/records/new/standard", **{**TYPED, "page_count": "0", "effective_on": "2006-13-01", "status": ""}
    )
    assert wrong.status_code == 400
    for name in ("page_count", "effective_on", "status"):
        assert f'id="problem-{name}"' in wrong.text
    code = entered(contributor)
    assert code == "BZ-2006-001"
    fields = bearer(site, "contributor", "write")
    shown = site.test_client().get(f"/api/v1/records/{code}", headers=fields).json["fields"]
    assert {name: shown[name] for name in TEXTS} == TEXTS
    address = f"/records/{code}/edit"
    first = text_of(contributor, address)
    assert send(contributor, address, first).status_code == 303
    assert send(contributor, address, page_count="25").status_code == 303
    late = send(contributor, address, first, page_count="30")
    assert late.status_code == 409
    assert "页数" in late.text
    assert "25" in late.text
    again = send(contributor, "/records/new/standard", **{**TYPED, "title": "另一个"})
    assert again.status_code in (200, 400, 409), "a number is never given twice without a word"
    assert code in again.text


def workbook(headings: list[str], *rows: list[str]) -> bytes:
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet("Sheet1")
        for number, cells in enumerate((headings, *rows)):
            for place, text in enumerate(cells):
                sheet.write_string(number, place, text)
    return file.getvalue()


def upload(client: FlaskClient, content: bytes, name: str) -> str:
    answer = client.post("/imports", data={"file": (io.BytesIO(content), name)})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_clerks_sheet_is_imported_and_undone(reviewer: FlaskClient, reader: FlaskClient) -> None:
    headings = [
        "名称",
        "标准号",
        "发布日期",
        "标准状态",
        "重点标准",
        "页数",
        "实施日期",
        "适用范围",
        "代替标准",
        "起草人",
    ]
    rows = [
        [
            "氧化铝输送操作规程",
            "Q/QL 020-2001",
            "2001.8",
            "现行",
            "是",
            "12",
            "2001年9月1日",
            "适用于浓相输送",
            "",
            "张三",
        ],
        ["整流机组检修规程", "Q/QL 021-2001", "2001", "征求意见", "否", "", "", "", "Q/QL 001-1990", ""],
    ]
    place = upload(reviewer, workbook(headings, *rows), "技术标准.xlsx")
    plan = text_of(reviewer, place)
    for words in ("BZ-2001-001", "BZ-2001-002", "氧化铝输送操作规程"):
        assert words in plan
    receipt = reviewer.post(f"{place}/apply", data={"rows": "all"}, follow_redirects=True)
    number = re.search(r"DR-\d{4}-\d{4}", receipt.text)
    assert number, receipt.text
    listed = reader.get("/api/v1/records/BZ-2001-001").json["fields"]
    assert (listed["status"], listed["major"], listed["page_count"]) == ("in_force", "yes", "12")
    assert (listed["effective_on"], listed["people"]) == ("2001-09-01", "张三(A1001)")
    assert reader.get("/api/v1/records/BZ-2001-002").json["fields"]["replaces"] == "Q/QL 001-1990"
    again = text_of(reviewer, upload(reviewer, workbook(headings, *rows), "技术标准.xlsx"))
    assert "BZ-2001-003" not in again, "the rows are found by their numbers"
    assert "已撤销" in reviewer.post(f"/imports/{number[0]}/undo", follow_redirects=True).text
    assert reader.get("/records/BZ-2001-001").status_code == 404
    template = reviewer.get("/imports/templates/standards.xlsx")
    assert template.status_code == 200


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_what_is_exported_comes_in_again_unchanged(reviewer: FlaskClient, form: str) -> None:
    file = reviewer.get(f"/standards.{form}?sort=oldest")
    assert file.status_code == 200
    if form == "csv":
        (first, *_others) = csv.DictReader(io.StringIO(file.data.decode("utf-8-sig")))
        assert FIRST in first.values()
    if form == "jsonl":
        assert json.loads(file.data.splitlines()[0])["code"] == FIRST
    with reviewer.application.app_context():
        plan: Plan = dry_run(work("import"), sources_of(db.session(), file.data, f"standards.{form}", {}))
        assert plan.counts == {"unchanged": len(plan.rows)}
        assert len(plan.rows) >= 2
    assert FIRST in text_of(reviewer, "/search.csv?q=阴极炭块检验规程")


def test_the_interface_lists_shows_makes_and_changes_it(site: Flask, reader: FlaskClient) -> None:
    headers = bearer(site, "contributor", "write", "programs")
    listed = reader.get("/api/v1/records?kind=standard").json
    assert {FIRST, SECOND} <= {each["code"] for each in listed["records"]}
    whole = reader.get(f"/api/v1/records/{FIRST}").json
    labels = {each["label"] for each in whole["display"]}
    assert {"标准状态", "适用范围"} <= labels
    document = reader.get("/api/v1/openapi.json").json
    schemas = document["components"]["schemas"]
    body = {"kind": "standard", "fields": {"title": "质量手册", "date": "1999", "status": "draft", "page_count": "9"}}
    Draft202012Validator({**schemas["NewStandard"], "components": {"schemas": schemas}}).validate(body)
    assert {"standard_number", "status", "replaces"} <= set(schemas["StandardFields"]["properties"])
    made = reader.post("/api/v1/records", json=body, headers=headers)
    assert made.status_code == 201, made.json
    code = made.json["code"]
    assert code == "BZ-1999-001"
    address = f"/api/v1/records/{code}"
    tag = reader.get(address, headers=headers).headers["ETag"]
    change = {"fields": {"scope": "全公司", "replaces": ["Q/QL 1", "Q/QL 2"]}}
    changed = reader.patch(address, json=change, headers={**headers, "If-Match": tag})
    assert changed.status_code == 200, changed.json
    assert changed.json["fields"]["replaces"] == "Q/QL 1;Q/QL 2"
    refused = reader.patch(address, json=change, headers={**headers, "If-Match": tag})
    assert refused.status_code == 412
    wrong = {"kind": "standard", "fields": {"title": "质量手册", "date": "1999", "status": "好"}}
    assert reader.post("/api/v1/records", json=wrong, headers=headers).status_code == 400


def test_it_is_reviewed_and_its_history_kept(site: Flask, contributor: FlaskClient, reviewer: FlaskClient) -> None:
    code = entered(contributor, title="整流柜检修标准", standard_number="Q/QL 030-2006")

    def move(client: FlaskClient, way: str, comment: str = "") -> None:
        page = text_of(client, f"/review/standard/{code}")
        number = re.search(r'name="number" value="(\d+)"', page)
        assert number
        data = {"number": number[1], "comment": comment}
        assert client.post(f"/review/standard/{code}/{way}", data=data).status_code == 303

    move(contributor, "submit")
    queue = text_of(reviewer, "/review?kind=standard")
    assert code in queue
    move(reviewer, "return", "请补页数出处。")
    assert code in text_of(contributor, "/my-work")
    assert send(contributor, f"/records/{code}/edit", page_count="26").status_code == 303
    move(contributor, "submit")
    move(reviewer, "publish")
    assert site.test_client().get(f"/records/{code}").status_code == 200
    proposed = send(contributor, f"/records/{code}/edit", scope="适用于200kA电解槽。", note="扩大范围")
    assert proposed.status_code == 303
    amendment = re.search(r"/review/amendments/\d+", text_of(reviewer, "/review?kind=standard"))
    assert amendment
    assert "适用范围" in text_of(reviewer, amendment[0])
    history = text_of(reviewer, f"/records/{code}/history")
    assert "页数" in history
    assert "24" in text_of(reviewer, f"/records/{code}/history/1")
    assert "26" in text_of(reviewer, f"/records/{code}/history/1/compare")
    with site.app_context():
        assert not check_seals(db.session()).broken


def test_search_finds_it(site: Flask, reader: FlaskClient) -> None:
    page = text_of(reader, "/search?q=铸轧")
    assert {FIRST, SECOND} <= set(re.findall(r"BZ-\d{4}-\d{3}", page))
    assert "技术标准一览" in page
    for query in ("kind:standard", "kind:技术标准", "适用于铸轧车间 kind:技术标准"):
        page = text_of(reader, f"/search?q={query}")
        assert FIRST in page
        assert "XM-2002-001" not in page
    assert "阳极试验" not in text_of(reader, "/search?q=试验&kind=standard")
    with site.app_context():
        entry = current_index().search(Query(text="检验规程", access=None))
        assert entry.facets["kind"]["standard"] == 1


def test_it_can_be_tallied(reader: FlaskClient) -> None:
    assert "技术标准一览" in text_of(reader, "/tallies/awards")
    page = text_of(reader, "/tallies/standards?rows=status&columns=year")
    assert "现行" in page
    table = reader.get("/api/v1/tallies/standards?rows=year").json
    assert table
    assert "阴极炭块检验规程" in text_of(reader, "/tallies/standards/records?status=in_force&year=2003")


def test_the_lists_of_kinds_name_it(reader: FlaskClient, contributor: FlaskClient) -> None:
    for address in ("/prior-work", "/imports", "/api"):
        assert "standard" in text_of(contributor, address)
    assert "技术标准" in text_of(reader, f"/records/{FIRST}")
    assert controls(text_of(contributor, "/records/new/standard"))


def test_the_whole_catalogue_goes_out_and_comes_in(site: Flask, tmp_path: Path) -> None:
    with site.app_context():
        counts = write_dump(db.session(), COMMAND_LINE, tmp_path / "all")
        assert counts["standards"] >= 2
        with writing():
            receipt = import_files(work("import"), [tmp_path / "all" / "standards.csv"])
        assert receipt.counts["standards"] == {"unchanged": counts["standards"]}
