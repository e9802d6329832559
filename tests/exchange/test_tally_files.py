"""Tallies as files: the figures of the table, each opening exactly its entries, in every kind of file."""

import html
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from docx import Document
from flask.testing import FlaskClient
from hypothesis import given, settings
from lxml import etree
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import ANONYMOUS
from catalogue.exports import tally_xlsx
from catalogue.exports.tally_docx import write_tally_docx
from catalogue.exports.tally_export import TallyExport
from catalogue.exports.tally_xlsx import write_tally_xlsx
from catalogue.tallies.crosstab import Figure, tabulate
from catalogue.tallies.evidence import entries
from catalogue.tallies.presentation import MOST_SHOWN
from catalogue.tallies.serializers import figure_rows, heads, show_number
from catalogue.tallies.spec import TallySpec, spec_from_args
from catalogue.tallies.subjects import SUBJECTS
from tests.tallies.test_properties import specs

END = date(2006, 12, 31)
EVIDENCE = "http://catalogue/evidence/"
NS = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
MOST_FIGURES = 30  # of one table are followed
PNG = b"\x89PNG"


def file_of(session: Session, spec: TallySpec) -> TallyExport:
    table = tabulate(session, ANONYMOUS, spec)
    return TallyExport(
        session=session,
        actor=ANONYMOUS,
        table=table,
        title="统计",
        scope="截至",
        about=[("行", "年份")],
        made=[("网址", "http://catalogue/tallies")],
        notes=["一项只计一次。"],
        address="http://catalogue/tallies",
        evidence_url=lambda figure: EVIDENCE + "&".join(f"{k}={v}" for k, v in figure.selection.to_args().items()),
        record_url=lambda code: f"http://catalogue/records/{code}",
        draw=lambda with_title: None,
    )


def written(write: Callable[[TallyExport, Any], None], file: TallyExport) -> bytes:
    out = io.BytesIO()
    write(file, out)
    return out.getvalue()


class Book:
    """A workbook as a spreadsheet reads it: cells by sheet, row and column (from 0), and where they lead."""

    def __init__(self, data: bytes) -> None:
        self.sheets: dict[str, dict[tuple[int, int], str | float]] = {}
        self.links: dict[tuple[int, int], str] = {}
        self.formulas = 0
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = etree.fromstring(archive.read("xl/workbook.xml")).findall(".//s:sheet", NS)
            for number, name in enumerate(names, 1):
                root = etree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
                self.formulas += len(root.findall(".//s:f", NS))
                self.sheets[str(name.get("name"))] = {
                    place(str(cell.get("r"))): "".join(cell.itertext())
                    if cell.get("t") == "inlineStr"
                    else float("".join(cell.itertext()))
                    for cell in root.iterfind(".//s:c", NS)
                    if len(cell)
                }
                if number == 1:
                    self._read_links(archive, root)

    def _read_links(self, archive: zipfile.ZipFile, root: Any) -> None:
        relations = etree.fromstring(archive.read("xl/worksheets/_rels/sheet1.xml.rels"))
        targets = {each.get("Id"): each.get("Target") for each in relations}
        for link in root.iterfind(".//s:hyperlink", NS):
            self.links[place(link.get("ref"))] = link.get("location") or targets[link.get(RELATION)]

    def rows(self, location: str) -> list[list[str | float]]:
        """The rows of a range such as `'条目'!A2:C5`."""
        found = re.fullmatch(r"'(.+)'!\$?[A-Z]+\$?(\d+):\$?[A-Z]+\$?(\d+)", location)
        assert found, location
        sheet = self.sheets[found[1]]
        width = max(column for _row, column in sheet) + 1
        return [
            [sheet.get((row, column), "") for column in range(width)] for row in range(int(found[2]) - 1, int(found[3]))
        ]


def place(reference: str) -> tuple[int, int]:
    found = re.fullmatch(r"([A-Z]+)(\d+)", reference)
    assert found
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def identity(entry: Any) -> str:
    return str(entry.year) if not hasattr(entry, "code") else entry.code


def check_rows(session: Session, book: Book, spec: TallySpec, figure: Figure, location: str) -> None:
    """The rows that a figure leads to are its entries, and what they add is the figure."""
    rows = book.rows(location)
    wanted = sorted(identity(entry) for entry in entries(session, ANONYMOUS, figure.selection, 0, None))
    front = 1 + bool(spec.columns)
    with_amount = spec.selection.measured.amount is not None
    assert sorted(str(row[front + with_amount]) for row in rows) == wanted
    if with_amount:
        unit = 10_000 if spec.selection.measured.unit == "yuan" else 1
        assert sum(float(row[front]) for row in rows) * unit == pytest.approx(float(figure.value))


@settings(max_examples=30, derandomize=True)
@given(spec=specs())
def test_a_workbook_has_the_figures_and_each_leads_to_its_entries(session: Session, spec: TallySpec) -> None:
    file = file_of(session, spec)
    book = Book(written(write_tally_xlsx, file))
    assert not book.formulas
    table = next(iter(book.sheets.values()))
    unit = 10_000 if spec.selection.measured.unit == "yuan" else 1
    followed = 0
    for row, (label, figures) in enumerate(figure_rows(file.table), 5):
        assert table[row, 0] == label
        for column, figure in enumerate(figures, 1):
            shown = table[row, column]
            assert isinstance(shown, float)
            assert shown * unit == pytest.approx(float(figure.value) if figure else 0)
            assert ((row, column) in book.links) == bool(figure and figure.entry_count)
            if figure and figure.entry_count and followed < MOST_FIGURES:
                followed += 1
                check_rows(session, book, spec, figure, book.links[row, column])
    assert [table[4, column] for column in range(len(heads(file.table)))] == heads(file.table)


def shown(items: list[Any]) -> list[Any]:
    return items if len(items) <= MOST_SHOWN + 1 else [*items[:MOST_SHOWN], items[-1]]


@settings(max_examples=20, derandomize=True)
@given(spec=specs())
def test_a_document_has_the_figures_as_the_page_shows_them(session: Session, spec: TallySpec) -> None:
    file = file_of(session, spec)
    document = Document(io.BytesIO(written(write_tally_docx, file)))
    parts = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    together = [row[:1] + [text for part in parts for text in part[number][1:]] for number, row in enumerate(parts[0])]
    measured = spec.selection.measured
    columns, rows = heads(file.table)[1:], list(figure_rows(file.table))
    if len(columns) > MOST_SHOWN + 1 or len(rows) > MOST_SHOWN + 1:
        # As on the page: the first hundred, and the totals, which are those of the whole.
        assert any(str(MOST_SHOWN) in paragraph.text for paragraph in document.paragraphs)
    assert together[0][1:] == shown(columns)
    for row, (label, all_figures) in zip(together[1:], shown(rows), strict=True):
        figures = shown(all_figures)
        assert row[0] == label
        assert row[1:] == [show_number(measured, each.value) if each and each.entry_count else "–" for each in figures]
    for table in document.tables:
        assert table._tbl.xpath("./w:tr[1]/w:trPr/w:tblHeader")
        assert len(table._tbl.xpath("./w:tr/w:trPr/w:cantSplit")) == len(table.rows)


def test_figures_beyond_what_a_file_lists_lead_to_their_page(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally_xlsx, "MOST_LINES", 20)
    spec = spec_from_args(SUBJECTS["awards"], {}, END)
    book = Book(written(write_tally_xlsx, file_of(session, spec)))
    total = max(book.links)
    assert book.links[total].startswith(EVIDENCE)
    assert any(link.startswith("'") for link in book.links.values())
    assert sum(len(sheet) > 0 for sheet in book.sheets.values()) == len(book.sheets)
    assert any("20" in str(text) and "网页" in str(text) for text in list(book.sheets.values())[-1].values())


def test_every_file_is_what_its_name_says(client: FlaskClient) -> None:
    signs = {"xlsx": b"PK", "docx": b"PK", "csv": b"\xef\xbb\xbf", "json": b"{", "png": PNG, "svg": b"<svg"}
    for file_type, sign in signs.items():
        answer = client.get(f"/tallies/awards.{file_type}?rows=level&columns=grade")
        assert answer.status_code == 200
        assert answer.data.lstrip().startswith(sign)
        assert f"awards-level-grade-2006-12-31.{file_type}" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "private, no-cache"


def test_data_have_labels_margins_and_evidence(client: FlaskClient) -> None:
    data = json.loads(client.get("/tallies/awards.json?rows=level", headers={"Accept-Language": "zh"}).data)
    provincial = next(row for row in data["row_headings"] if row["code"] == "provincial_ministerial")
    assert provincial["label"] == "省部级"
    assert provincial["total"]["value"] == 14
    second = ("provincial_ministerial", "second")
    cell = next(cell for cell in data["cells"] if (cell["level"], cell["grade"]) == second)
    assert cell["value"] == 5
    page = client.get(cell["evidence"], headers={"Accept-Language": "zh"})
    assert page.text.count('<article class="record-card"') == 5
    assert data["total"] == 36


@pytest.mark.parametrize("chart", ["bars", "lines", "heat"])
def test_a_picture_stands_alone_and_its_marks_are_links(client: FlaskClient, chart: str) -> None:
    answer = client.get(f"/tallies/patents.svg?rows=year&columns=patent_type&chart={chart}")
    root = etree.fromstring(answer.data)
    assert root.get("width") == "1000"
    assert "var(" not in answer.text
    links = root.findall(".//{*}a")
    assert links
    assert all(link.get("href").startswith("http://localhost/tallies/patents/records?") for link in links)
    assert all(link.find("{*}title").text for link in links)


def test_a_document_has_the_chart_unless_none_is_wanted(client: FlaskClient) -> None:
    for arguments, pictures in (("", 1), ("?chart=none", 0)):
        document = Document(io.BytesIO(client.get(f"/tallies/awards.docx{arguments}").data))
        assert len(document.inline_shapes) == pictures
    assert client.get("/tallies/awards.png?chart=none").status_code == 400
    assert client.get("/tallies/awards.png?chart=pie").status_code == 400


def test_a_picture_says_what_it_shows_and_what_it_does_not(client: FlaskClient) -> None:
    """Those who do not see it read its name; those who do, what has no place in it."""
    arguments, headers = "?rows=grant_year&columns=patent_type", {"Accept-Language": "zh"}
    name = "专利统计：授权年 × 专利类型 · 条目数（柱形图）"
    root = etree.fromstring(client.get(f"/tallies/patents.svg{arguments}", headers=headers).data)
    assert [root.findtext(f"{{*}}{tag}") for tag in ("title", "desc")] == [name, "截至 2006-12-31"]
    (apart,) = (link for link in root.findall("{*}a") if "未注明" in str(link.findtext("{*}text")))
    assert apart.findtext("{*}text") == "授权年未注明：34"
    evidence = client.get(apart.get("href").removeprefix("http://localhost") + "&per_page=100", headers=headers)
    assert "34" in evidence.text
    assert float(apart.find("{*}text").get("y")) < float(root.get("height"))
    document = Document(io.BytesIO(client.get(f"/tallies/patents.docx{arguments}", headers=headers).data))
    assert document.inline_shapes[0]._inline.docPr.get("descr") == f"{name} · 截至 2006-12-31"


def test_where_nothing_is_drawn_no_picture_is_offered(client: FlaskClient) -> None:
    """In 1991 patents had been applied for, and none granted."""
    arguments = "?rows=grant_year&columns=patent_type&as_of=1991-12-31"
    assert ".png?" not in client.get(f"/tallies/patents{arguments}").text
    assert client.get(f"/tallies/patents.png{arguments}").status_code == 400


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_paragraph_as_a_document(client: FlaskClient, language: str) -> None:
    headers = {"Accept-Language": language}
    answer = client.get("/reports/summary.docx?as_of=2006-12-31", headers=headers)
    document = Document(io.BytesIO(answer.data))
    page = client.get("/reports/summary?as_of=2006-12-31", headers=headers).text
    paragraph = re.search(r'<p class="paragraph">(.*?)</p>', page, re.S)
    assert paragraph
    written_ = next(each for each in document.paragraphs if each.hyperlinks)
    assert re.sub(r"\s", "", written_.text) == html.unescape(re.sub(r"<[^>]+>|\s", "", paragraph[1]))
    assert len(written_.hyperlinks) == 16
    for link in written_.hyperlinks:
        assert client.get(link.address.removeprefix("http://localhost")).status_code == 200
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert ["48,317", "提合理化建议4.8万余条"] in [row[1:] for row in rows]
    assert "2006-12-31" in document.paragraphs[0].text


def test_amounts_are_in_wan(client: FlaskClient) -> None:
    book = Book(client.get("/tallies/benefits.xlsx?columns=none").data)
    table = next(iter(book.sheets.values()))
    assert table[max(book.links)] == pytest.approx(float(Decimal("5436.8")))
