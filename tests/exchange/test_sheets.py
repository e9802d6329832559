"""Files of every sort become tables, and hostile ones one sentence."""

import io
import json
import zipfile
from collections.abc import Iterator
from decimal import Decimal

import pytest
import xlsxwriter
from flask import Flask

from catalogue.documents.workbook_worker import MOST_MEMORY
from catalogue.errors import InvalidInput
from catalogue.imports.tables.sheets import read_tables
from catalogue.records.schema import value_readers
from tests.exchange.drawing import Sheet, xls, xlsx
from tests.exchange.files import with_part
from tests.support.catalogues import empty_catalogue
from tests.support.timing import computing_less_than

LINES = [["项目名称", "完成时间", "编号"], ["甲试验", "２００４年", "007"], ["乙试验", "2005", "12345678901234567890"]]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = empty_catalogue(tmp_path_factory.mktemp("sheets"))
    with app.app_context():
        yield app


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_separated_values(app: Flask, encoding: str, sign: str) -> None:
    content = "\r\n".join(sign.join(line) for line in LINES).encode(encoding)
    (table,) = read_tables(content, "a.csv")
    assert [list(table.headings), *(list(row.cells) for row in table.rows)] == LINES


def test_a_cell_too_many_is_told(app: Flask) -> None:
    with pytest.raises(InvalidInput, match="2"):
        read_tables("项目名称,完成时间\n甲,乙,2004\n".encode(), "a.csv")


def test_json_lines(app: Flask) -> None:
    content = "\n".join(
        json.dumps(each) for each in ({"title": "甲", "keywords": ["一", "二"]}, {"title": "乙", "major": True})
    )
    (table,) = read_tables(content.encode(), "projects.jsonl")
    assert [table.texts(row) for row in table.rows] == [
        {"title": "甲", "keywords": "一;二", "major": ""},
        {"title": "乙", "keywords": "", "major": "yes"},
    ]


def test_a_workbook_as_clerks_make_them(app: Flask) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("项目")
        sheet.merge_range("A1:D1", "科技项目一览表")
        sheet.write_row(2, 0, ["单位", "项目名称", "完成时间", "金额"])
        sheet.merge_range("A4:A5", "铝冶炼学部")
        sheet.write_row(3, 1, ["甲", 12, "0012"])
        sheet.write_row(4, 1, ["乙", 1234567.5])
        sheet.write(4, 3, 540, book.add_format({"num_format": '0"万元"'}))
        sheet.write_row(7, 0, ["合 计", 2])
        book.add_worksheet("空白")
        book.add_worksheet("说明").write(0, 0, "填写说明")
    (table,) = read_tables(out.getvalue(), "a.xlsx")
    assert (table.sheet, table.heading_row, table.title) == ("项目", 3, "科技项目一览表")
    assert [(row.number, row.cells) for row in table.rows] == [
        (4, ("铝冶炼学部", "甲", "12", "0012")),
        (5, ("铝冶炼学部", "乙", "1234567.5", "540万元")),
    ]
    assert dict(table.left_out)[8] == "totals"


def package(sheet: str, **parts: int) -> bytes:
    """A workbook whose only sheet is this XML; `parts` are further ones, of so many megabytes of zeros."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("a").write(0, 0, "项目名称")
    made = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, sheet if name.endswith("sheet1.xml") else old.read(name))
        for name, megabytes in parts.items():
            with new.open(name, "w") as part:
                for _megabyte in range(megabytes):
                    part.write(bytes(1_000_000))
    return made.getvalue()


def sheet_xml(cells: str, dimension: str = "A1") -> str:
    return (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="{dimension}"/><sheetData>{cells}</sheetData></worksheet>'
    )


def wide() -> str:
    cells = "".join(f'<c r="{chr(65 + n // 676 % 26)}{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}1"><v>1</v></c>' for n in range(17_000))  # fmt: skip # noqa: E501
    return sheet_xml(f'<row r="1">{cells}</row>')


LINE = '<row r="1"><c r="A1" t="inlineStr"><is><t>项目名称</t></is></c></row>'
CORNERS = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
ENTITIES = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bomb.xlsx", lambda: package(sheet_xml(""), **{"xl/media/a.xml": 300})),
        ("text.xlsx", lambda: package(sheet_xml("<row>" + " " * 6_000_000 + "</row>"))),
        ("entries.xlsx", lambda: package(sheet_xml(""), **{f"xl/{n}": 0 for n in range(5000)})),
        ("entities.xlsx", lambda: package(sheet_xml("").replace("<worksheet", ENTITIES + "<worksheet"))),
        ("corners.xlsx", lambda: package(sheet_xml(CORNERS, "A1:B2"))),
        ("wide.xlsx", lambda: package(wide())),
        ("columns.csv", lambda: b"a," * 1_000_000),
        ("encrypted.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 9),
        ("broken.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 4000),
        ("truncated.xlsx", lambda: package(sheet_xml(""))[:900]),
        ("program.xlsx", lambda: b"MZ\x90\x00" + b"\x00\x01" * 500),
        ("program.exe", lambda: b"MZ"),
        ("empty.csv", lambda: b" \n"),
    ],
)
def test_hostile_files_are_refused_in_a_line(app: Flask, name: str, content: object) -> None:
    assert callable(content)
    made = content()
    with computing_less_than(5), pytest.raises(InvalidInput) as caught:
        read_tables(made, name)
    assert "\n" not in str(caught.value) and name in str(caught.value)
    # The child that reads it cannot take more: it asks the system to see to that.
    assert MOST_MEMORY < 200 * 1024 * 1024


OLD = xls(Sheet("项目", [["项目名称", "完成时间"], *([["甲试验", "2004.5"]] * 300)]))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        # The record WRITEACCESS made into one that says how the rest is encrypted.
        ("password.xls", OLD.replace(b"\x5c\x00\x70\x00", b"\x2f\x00\x70\x00"), "密码"),
        ("truncated.xls", OLD[: len(OLD) // 2], "损坏"),
        ("program.xls", b"MZ\x90\x00" + b"\x00\x01" * 500, "扩展名"),
    ],
)
def test_hostile_old_workbooks_are_refused_in_a_line(app: Flask, name: str, content: bytes, said: str) -> None:
    with computing_less_than(5), app.test_request_context(), pytest.raises(InvalidInput) as caught:
        read_tables(content, name)
    assert "\n" not in str(caught.value)
    assert said in str(caught.value)


def test_macros_are_never_looked_at(app: Flask) -> None:
    made = with_part(package(sheet_xml(LINE)), "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 Auto_Open")
    (table,) = read_tables(made, "a.xlsm")
    assert table.headings == ("项目名称",)


def test_hidden_sheets_are_named_and_not_read(app: Flask) -> None:
    shown = Sheet("项目", [["项目名称", "完成时间"], ["甲", "2004"]])
    hidden = Sheet("旧表", [["项目名称", "完成时间"], ["乙", "2003"]], hidden=True)
    tables = read_tables(xlsx(shown, hidden), "a.xlsx")
    assert [(table.sheet, len(table.rows), dict(table.left_out)) for table in tables] == [
        ("项目", 1, {}),
        ("旧表", 0, {0: "hidden"}),
    ]


def test_what_our_csv_guards_is_read_without_the_guard(app: Flask) -> None:
    (table,) = read_tables("项目名称,编号\n'=1+1,'007\n".encode(), "a.csv")
    assert table.rows[0].cells == ("=1+1", "007")


def test_lying_dimensions_do_no_harm(app: Flask) -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
    (table,) = read_tables(package(sheet_xml(cells, "A1:XFD1048576")), "a.xlsx")
    assert [row.cells for row in table.rows] == [("2",)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2004年4月", "2004-04"),
        ("2004.4", "2004-04"),
        ("2004-04", "2004-04"),
        ("04/2004", "2004-04"),
        ("２００４", "2004"),
        ("38078", "2004-04-01"),
        ("二〇〇四年十二月三日", "2004-12-03"),
    ],
)
def test_dates(app: Flask, written: str, meant: str) -> None:
    assert value_readers.read_date(written) == meant


def test_a_date_of_two_readings_is_not_guessed(app: Flask) -> None:
    with pytest.raises(ValueError, match="4/5/2004"):
        value_readers.read_date("4/5/2004")


@pytest.mark.parametrize(
    ("written", "hint", "amount", "unit", "qualifier"),
    [
        ("540万元", "", "5400000", "CNY", "exact"),
        ("5.4百万", "元", "5400000", "CNY", "exact"),
        ("￥1,234.50", "", "1234.5", "CNY", "exact"),
        ("20多万瑞士法郎", "", "200000", "CHF", "over"),
        ("540", "万元", "5400000", "CNY", "exact"),
        ("约五百四十万元", "", "5400000", "CNY", "about"),
    ],
)
def test_money(app: Flask, written: str, hint: str, amount: str, unit: str, qualifier: str) -> None:
    assert value_readers.read_money(written, hint) == value_readers.Money(Decimal(amount), unit, qualifier)


def test_people(app: Flask) -> None:
    names = [each.name for each in value_readers.read_people("张三、李四；王　五(A1001)等5人")]
    assert names == ["张三", "李四", "王五"]


@pytest.mark.parametrize(("written", "meant"), [("是", "yes"), ("√", "yes"), ("Ｙ", "yes"), ("×", "no"), ("无", "no")])
def test_yes_and_no(app: Flask, written: str, meant: str) -> None:
    assert value_readers.read_yes_no(written) == meant
