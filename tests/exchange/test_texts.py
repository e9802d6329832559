"""The text of uploaded files, and that no file, however hostile, is more than one sentence."""

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from flask import Flask
from flask_babel import force_locale

from catalogue.documents import extract_worker, text_extraction
from catalogue.documents.text_extraction import read_text, tidy
from catalogue.errors import InvalidInput
from tests.exchange.files import ENCRYPTED_PDF, SCANNED_PDF, docx, part_of, pdf, with_part
from tests.support.timing import computing_less_than


@pytest.fixture(autouse=True)
def english(app: Flask):
    with app.app_context(), force_locale("en"):
        yield


def test_a_word_file_gives_paragraphs_and_cells_in_order() -> None:
    content = docx("预焙槽扩容试验", "  阳极\t加大。 ", table=[["电流", "180kA"], ["电压", "4.1V"]])
    assert read_text(content, "稿件.DOCX") == "预焙槽扩容试验\n阳极 加大。\n电流\n180kA\n电压\n4.1V"


def test_what_was_inserted_is_read_and_what_was_deleted_is_not() -> None:
    document = Document()
    paragraph = document.add_paragraph("电解槽")
    for tag, inner in (("ins", "<w:t>扩容</w:t>"), ("del", "<w:delText>大修</w:delText>")):
        xml = f'<w:{tag} {nsdecls("w")} w:id="1" w:author="x"><w:r>{inner}</w:r></w:{tag}>'
        paragraph._p.append(parse_xml(xml))
    xml = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>控件里的话</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    document.element.body.insert(1, parse_xml(xml))
    file = io.BytesIO()
    document.save(file)
    assert read_text(file.getvalue(), "a.docx") == "电解槽扩容\n控件里的话"


def test_lines_of_a_pdf_are_joined_within_a_sentence_and_nowhere_else() -> None:
    lines = [
        "一、概况",
        "160kA预焙电解槽通过加大阳极使电流由一百六十千安提高到一百八",
        "十千安，效益明显。本试验于二〇〇二年完成，成果达到国际先进水平。",
        "The combustion control system of the anode baking furnace was imported",
        "from Switzerland.",
    ]
    assert read_text(pdf(*lines), "a.pdf").splitlines() == [
        lines[0],
        lines[1] + lines[2],
        f"{lines[3]} {lines[4]}",
    ]


def test_radicals_of_a_pdf_become_characters_and_punctuation_stays() -> None:
    assert read_text(pdf("⾦属，⽔"), "a.pdf") == "金属，水"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_plain_text_in_any_encoding(encoding: str) -> None:
    text = "预焙槽扩容，180kA\r\n\r\n效益5400多万元。\n"
    assert read_text(text.encode(encoding), "a.txt") == "预焙槽扩容，180kA\n效益5400多万元。"


def test_control_characters_and_stray_space_go() -> None:
    assert tidy("甲\x00乙\x1b \u200b 丙\u3000丁\ud800\n \n\n戊") == "甲乙 丙 丁\n戊"


def test_a_long_text_is_cut() -> None:
    assert len(read_text(("铝" * 99 + "\n").encode() * 12_000, "a.txt")) == text_extraction.MOST_CHARACTERS - 1


def _bomb() -> bytes:
    document = part_of(docx("x"), "word/document.xml")
    return with_part(docx("x"), "word/document.xml", document.replace(b"<w:t>x", b"<w:t>" + b"x" * 200_000_000))


def _entities() -> bytes:
    document = part_of(docx("x"), "word/document.xml")
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    head, rest = document.split(b"?>", 1)
    doctype = f'?><!DOCTYPE w [<!ENTITY e0 "aluminium">{levels}]>'.encode()
    return with_part(docx("x"), "word/document.xml", head + doctype + rest.replace(b"<w:t>x", b"<w:t>&e11;"))


def _deep() -> bytes:
    document = part_of(docx("x"), "word/document.xml")
    nested = b"<w:p>" * 100_000 + b"</w:p>" * 100_000
    return with_part(docx("x"), "word/document.xml", document.replace(b"<w:body>", b"<w:body>" + nested))


def _plain_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("a.txt", "x")
    return file.getvalue()


_EXECUTABLE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00\xb8" + bytes(range(256)) * 40

HOSTILE = {
    "bomb": (_bomb, "a.docx", "too large"),
    "entities": (_entities, "a.docx", "damaged"),
    "deep": (_deep, "a.docx", "damaged"),
    "zip": (_plain_zip, "a.docx", "damaged"),
    "truncated docx": (lambda: docx("x" * 1000)[:-3000], "a.docx", "damaged"),
    "old word": (lambda: text_extraction._OLD_OFFICE + b"\x00" * 5000, "a.docx", "password"),
    "old word by its name": (lambda: text_extraction._OLD_OFFICE + b"\x00" * 5000, "a.doc", "save the draft as Word"),
    "executable as pdf": (lambda: _EXECUTABLE, "a.pdf", "not what its name says"),
    "executable as text": (lambda: _EXECUTABLE, "a.txt", "not what its name says"),
    "noise as text": (lambda: bytes(range(256)) * 40, "a.txt", "does not read as text"),
    "pdf as docx": (lambda: pdf("x"), "a.docx", "not what its name says"),
    "docx as text": (lambda: docx("x"), "a.txt", "not what its name says"),
    "encrypted pdf": (lambda: ENCRYPTED_PDF, "a.pdf", "has a password"),
    "truncated pdf": (lambda: pdf("x")[:60], "a.pdf", "damaged"),
    "scanned pdf": (lambda: SCANNED_PDF, "a.pdf", "scanned"),
    "empty": (lambda: b" \n", "a.txt", "empty"),
    "no ending": (lambda: b"x", "draft", "save the draft as Word"),
    "path": (lambda: b"", "C:\\Temp\\..\\a.txt", "“a.txt” is empty"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_are_one_sentence(case: str) -> None:
    make, name, said = HOSTILE[case]
    content = make()
    with computing_less_than(5), pytest.raises(InvalidInput) as caught:
        read_text(content, name)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).count(".") <= 4


def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_extraction, "LIMIT_SECONDS", 0.05)
    with pytest.raises(InvalidInput, match="too long"):
        read_text(docx("x"), "a.docx")


@pytest.mark.slow
def test_the_program_that_reads_has_little_memory_and_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    greedy = tmp_path / "greedy.py"
    source = Path(extract_worker.__file__).read_text(encoding="utf-8")
    greedy.write_text(
        source.replace("def docx_text(content: bytes) -> str:", "def docx_text(content):\n    bytearray(10**9)")
    )
    monkeypatch.setattr(extract_worker, "__file__", str(greedy))
    with pytest.raises(InvalidInput, match="too large"):
        read_text(docx("x"), "a.docx")
    greedy.write_text(
        source.replace("def docx_text(content: bytes) -> str:", "def docx_text(content):\n    while True: pass")
    )
    with computing_less_than(20), pytest.raises(InvalidInput, match="too long"):
        read_text(docx("x"), "a.docx")
