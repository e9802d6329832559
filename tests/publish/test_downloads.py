"""The result of a search as a file, read back as a spreadsheet reads it."""

import csv
import io
import zipfile
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from catalogue.exports import record_files
from catalogue.publish import downloads
from tests.publish.conftest import FORMULA, HIDDEN
from tests.records.test_views import queries

NS = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
Cell = tuple[str, str]  # its type, and what stands in it


def table(client: FlaskClient, query: str) -> list[list[str]]:
    answer = client.get(f"/search.csv?{query}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def sheet(data: bytes, number: int) -> dict[str, Cell]:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        root = etree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
    assert not root.findall(".//s:f", NS), "no cell is a formula"
    cells = root.iterfind(".//s:c", NS)
    return {str(cell.get("r")): (cell.get("t", "n"), "".join(cell.itertext())) for cell in cells}


def workbook(client: FlaskClient, query: str) -> bytes:
    answer = client.get(f"/search.xlsx?{query}")
    assert answer.status_code == 200
    assert answer.mimetype.endswith("spreadsheetml.sheet")
    assert ".xlsx" in answer.headers["Content-Disposition"]
    return answer.data


def row_of(cells: dict[str, Cell], code: str) -> dict[str, Cell]:
    """The row of a record, by the letter of the column."""
    (row,) = (place[1:] for place, (_type, text) in cells.items() if text == code)
    return {place[0]: cell for place, cell in cells.items() if place[1:] == row}


def test_all_hits_in_the_order_of_the_page(client: FlaskClient) -> None:
    rows = table(client, "q=电解槽&kind=patent&sort=newest&page=2")
    codes = [row[0] for row in rows[1:]]
    shown = client.get("/api/v1/search?q=电解槽&kind=patent&sort=newest&limit=100").json
    assert shown is not None
    assert codes == [hit["code"] for hit in shown["hits"]]
    assert len(codes) == shown["total"] > 20
    cells = sheet(workbook(client, "q=电解槽&kind=patent&sort=newest"), 1)
    assert [cells[f"A{row}"][1] for row in range(2, len(codes) + 2)] == codes


def test_batches_keep_the_order(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = table(client, "q=阳极")
    monkeypatch.setattr(record_files, "_BATCH", 7)
    assert table(client, "q=阳极") == whole


def test_a_workbook_has_cells_of_the_right_kind(awkward_client: FlaskClient) -> None:
    data = workbook(awkward_client, "q=")
    cells = sheet(data, 1)
    day = row_of(cells, "XM-2001-001")
    assert day["C"] == ("inlineStr", FORMULA)
    assert day["D"] == ("n", str((date(2001, 5, 17) - date(1899, 12, 30)) // timedelta(days=1)))
    assert row_of(cells, "XM-2001-002")["D"] == ("inlineStr", "2001-05")
    assert row_of(cells, "XM-2001-002")["G"] == ("inlineStr", "-1+2、@命令")
    zeros = row_of(cells, "XM-2001-003")
    assert (zeros["C"], zeros["D"]) == (("inlineStr", "007"), ("inlineStr", "2001"))
    assert row_of(cells, "XM-2001-004")["K"] == ("inlineStr", "阳极断层记录")
    shared = row_of(cells, "XM-2001-005")
    assert shared["F"] == ("inlineStr", "石甲、郭乙")
    assert shared["J"][0] == "n"
    assert float(shared["J"][1]) == pytest.approx(630 + 123.456789)  # without tax, and without what is not open
    assert row_of(cells, "XM-2001-006")["J"] == ("n", "630")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        first = book.read("xl/worksheets/sheet1.xml").decode()
        links = book.read("xl/worksheets/_rels/sheet1.xml.rels").decode()
    assert 'state="frozen"' in first
    assert '<autoFilter ref="A1:L7"/>' in first
    assert "http://localhost/records/XM-2001-001" in links
    assert "evil.example" not in links


def test_the_second_sheet_says_what_was_searched(awkward_client: FlaskClient) -> None:
    cells = sheet(workbook(awkward_client, "q=阳极 -焙烧&kind=project&year_from=2000&sort=newest"), 2)
    said = {cells[f"A{row}"][1]: cells[f"B{row}"][1] for row in range(3, 40) if f"B{row}" in cells}
    assert said["检索词"] == "阳极 -焙烧"
    assert said["理解为"] == "含有 阳极；不含 焙烧"
    assert said["类型"] == "科技项目"
    assert said["年份"] == "2000–"
    assert said["排序"] == "最新在前"
    assert said["找到条数"] == said["本文件条数"] == "4"
    assert said["网址"].startswith("http://localhost/search?")
    assert {"导出时间", "数据截至"} <= set(said)


def test_csv_holds_nothing_that_a_spreadsheet_would_run_or_spoil(awkward_client: FlaskClient) -> None:
    rows = {row[0]: row for row in table(awkward_client, "")}
    assert rows["XM-2001-001"][2] == "'" + FORMULA
    assert rows["XM-2001-002"][6] == "'-1+2、@命令"
    assert rows["XM-2001-003"][2] == "'007"
    assert rows["XM-2001-004"][10] == "阳极断层记录"
    assert rows["XM-2001-005"][9] == "753.456789"
    assert rows["XM-2001-001"][3] == "2001-05-17"
    assert rows["XM-2001-001"][11] == "http://localhost/records/XM-2001-001"
    for row in rows.values():
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


def test_what_is_cut_off_is_said(awkward: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = awkward.test_client()
    assert "只导出排在前面" not in client.get("/search").text
    monkeypatch.setattr(downloads, "MOST_RECORDS", 4)
    monkeypatch.setitem(awkward.jinja_env.globals, "most_exported", 4)
    sentence = "共找到 6 条，本文件只含前 4 条。"
    rows = table(client, "")
    assert len(rows) == 1 + 4 + 1
    assert rows[-1][0].startswith(sentence)
    data = workbook(client, "")
    assert sheet(data, 1)["A6"][1].startswith(sentence)
    assert any(text.startswith(sentence) for _type, text in sheet(data, 2).values())
    assert "只导出排在前面" in client.get("/search").text


def test_nothing_hidden_is_in_a_file(awkward_client: FlaskClient) -> None:
    for query in ("", "q=阳极机密", "q=阳极草稿", "q=XM-2001-007"):
        codes = {row[0] for row in table(awkward_client, query)}
        assert not codes & set(HIDDEN)
        texts = {text for _type, text in sheet(workbook(awkward_client, query), 1).values()}
        assert not texts & {*HIDDEN, "阳极机密", "阳极草稿"}


@pytest.mark.parametrize("file_type", ["xlsx", "csv"])
def test_strange_requests_are_answered_in_words(client: FlaskClient, file_type: str) -> None:
    assert client.get(f"/search.{file_type}?q=%EF%BF%BE%0B&kind=nonsense").status_code == 200
    assert client.get(f"/search.{file_type}?q=zzqqxx").status_code == 200
    for query in ("sort=loudness", "year_from=abc", "q=%00"):
        assert client.get(f"/search.{file_type}?{query}").status_code == 400
    assert client.get("/search.docm").status_code == 404


def test_a_file_takes_as_many_queries_for_many_records_as_for_few(app: Flask) -> None:
    client = app.test_client()
    with queries(app) as few:
        table(client, "q=阴极炭块")
    with queries(app) as many:
        table(client, "q=电解")
    assert len(many) <= len(few) + 7  # one more for each kind that the longer one has


def test_the_page_offers_each_format(client: FlaskClient) -> None:
    page = client.get("/search?q=阳极&sort=benefit&page=2").text
    for file_type in record_files.FORMATS:
        assert f'href="/search.{file_type}?q=%E9%98%B3%E6%9E%81&amp;sort=benefit"' in page
    assert "/search.xlsx" not in client.get("/search?q=zzqqxx").text
