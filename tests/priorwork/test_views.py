"""The prior-work check in a reader's browser: form, result, saved report, Word file."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import html5lib
import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from catalogue.accounts.permissions import ANONYMOUS, COMMAND_LINE
from catalogue.database import db, writing
from catalogue.errors import IndexUnavailable
from catalogue.priorwork import reports
from catalogue.priorwork.check import Draft, Scope
from catalogue.priorwork.check import check as run_check
from catalogue.priorwork.models import PriorWorkReport
from catalogue.search.facets import facet_labels
from catalogue.search.interface import SharedTerm, Similar, SimilarRecord
from catalogue.search.whoosh.index import WhooshIndex
from tests.exchange.files import ENCRYPTED_PDF, SCANNED_PDF, docx, pdf
from tests.support.accounts import signed_in
from tests.support.catalogues import filled_catalogue, project, put
from tests.support.timing import quickest

TITLE = "160kA预焙电解槽扩容改造"
TEXT = "在现有槽上加大阳极尺寸，将系列电流由160kA提高到180kA。\n研究扩容后电解槽热平衡与磁场变化。"
ENGLISH = {"Accept-Language": "en"}


def check(client: FlaskClient, title: str = TITLE, text: str = TEXT, **fields: object) -> TestResponse:
    data = {"title": title, "text": text, **fields}
    return client.post("/prior-work", data=data, content_type="multipart/form-data", headers=ENGLISH)


def upload(client: FlaskClient, content: bytes, name: str, **fields: object) -> TestResponse:
    return check(client, **{"title": "", "text": "", **fields}, file=(io.BytesIO(content), name))


def parsed(answer: TestResponse):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text)


def field_value(answer: TestResponse) -> tuple[str, str]:
    tree = parsed(answer)
    title = tree.find(".//input[@name='title']").attrib["value"]
    return title, tree.find(".//textarea").text or ""


def titles(answer: TestResponse) -> list[str]:
    return ["".join(each.itertext()).strip() for each in parsed(answer).findall(".//h3[@class='finding-title']")]


def saved(client: FlaskClient, **fields: object) -> str:
    """Save a check as a report; gives its address."""
    answer = client.post("/prior-work/reports", data={"title": TITLE, "text": TEXT, **fields})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """The browser of a reader with an account, who may save reports."""
    return signed_in(app, "reader")


def fill(_app: Flask) -> None:
    project(title="预焙电解槽扩容试验", abstract="加大阳极尺寸，提高系列电流。")
    project("XM-2001-002", title="预焙电解槽扩容保密试验", confidentiality="restricted")


@pytest.fixture
def own(tmp_path: Path) -> Flask:
    """A catalogue of its own, with a public and a restricted record."""
    return filled_catalogue(tmp_path / "data", fill)


def test_the_form_is_in_the_navigation_and_keeps_out_of_search_engines(client: FlaskClient) -> None:
    answer = client.get("/prior-work?text=阳极&title=题")
    assert '<a href="/prior-work" aria-current="true">查新</a>' in re.sub(r"\s+", " ", answer.text)
    assert '<meta name="robots" content="noindex">' in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert field_value(answer) == ("题", "\n阳极".lstrip())


def test_what_resembles_the_draft_comes_ranked_marked_and_explained(client: FlaskClient) -> None:
    answer = check(client)
    assert answer.status_code == 200
    assert titles(answer)[0] == "160kA预焙电解槽扩容试验"
    assert "<mark>加大阳极尺寸" in answer.text
    assert re.search(r"in \d+ records, \d+% of the score", answer.text)
    percents = [int(each) for each in re.findall(r"<strong>(\d+)<small>", answer.text)]
    assert percents == sorted(percents, reverse=True)
    assert percents[-1] >= 5
    assert field_value(answer) == (TITLE, TEXT)


def test_traditional_and_full_width_drafts_find_and_mark_the_same(client: FlaskClient) -> None:
    answer = check(client, "１６０ｋＡ預焙電解槽擴容", "加大陽極尺寸")
    assert titles(answer)[0] == "160kA预焙电解槽扩容试验"
    assert "<mark>加大阳极尺寸" in answer.text
    assert "<mark>１６０ｋＡ預焙電解槽擴容\n加大陽極尺寸</mark>" in answer.text


def test_filters_narrow_and_stay_chosen(client: FlaskClient) -> None:
    answer = check(client, kind=["patent", "paper"], year_from="2000", year_to="2003", division="")
    tree = parsed(answer)
    chosen = [each.attrib["value"] for each in tree.findall(".//input[@name='kind']") if "checked" in each.attrib]
    assert chosen == ["patent", "paper"]
    codes = re.findall(r'href="/records/([A-Z]+)-(\d{4})', answer.text)
    assert codes
    assert all(kind in {"ZL", "LW"} for kind, _year in codes)
    assert "of 476 compared" not in answer.text


def test_a_wrong_year_is_told_at_its_field_and_nothing_is_lost(client: FlaskClient) -> None:
    answer = check(client, kind="patent", year_from="20x6")
    assert answer.status_code == 400
    assert "“20x6” is not a year" in answer.text
    assert field_value(answer) == (TITLE, TEXT)
    assert 'value="20x6"' in answer.text
    assert re.search(r'value="patent"\s+checked', answer.text)


@pytest.mark.parametrize("address", ["/prior-work", "/prior-work/reports"])
def test_an_empty_draft_is_told_at_the_field(client: FlaskClient, address: str) -> None:
    data = {"title": " ", "text": "\x00\n", "year_from": "1999"}
    answer = client.post(address, data=data, headers=ENGLISH)
    assert answer.status_code == 400
    assert 'aria-describedby="problem-text"' in answer.text
    assert "Enter the title or the text" in answer.text
    assert 'value="1999"' in answer.text


@pytest.mark.parametrize("text", ["铝", "a", "。", "🙂", "160", "阳极"])
def test_very_short_texts_work(client: FlaskClient, text: str) -> None:
    assert check(client, "", text).status_code == 200


def test_a_title_that_is_no_title_is_told(client: FlaskClient) -> None:
    answer = check(client, "长" * 400)
    assert answer.status_code == 400
    assert 'id="problem-title"' in answer.text


def test_control_characters_break_neither_page_nor_word_file(client: FlaskClient) -> None:
    text = "预焙\x00电解槽\x0b扩容\x1b试验\ufffe<script>&amp;"
    answer = check(client, text=text)
    assert field_value(answer)[1] == "预焙电解槽\n扩容试验<script>&amp;"
    assert "<script>&" not in answer.text
    address = saved(client, text=text)
    assert parsed(client.get(address)) is not None
    Document(io.BytesIO(client.get(f"{address}.docx").data))


def test_a_megabyte_of_text_is_shortened_and_answered_soon(client: FlaskClient) -> None:
    text = (TEXT.replace("\n", "") * 10_000)[:490_000]
    assert len(text.encode()) > 1_000_000
    assert quickest(lambda: check(client, text=text), 3) < 2
    answer = check(client, text=text)
    assert answer.status_code == 200
    assert "only its first 20,000 characters were checked" in answer.text
    assert check(client, text="铝" * 1_500_000).status_code == 413


def test_a_file_is_put_into_the_fields(client: FlaskClient) -> None:
    answer = upload(client, docx(TITLE, *TEXT.split("\n")), "稿件.docx")
    assert field_value(answer) == (TITLE, TEXT)
    assert titles(answer)[0] == "160kA预焙电解槽扩容试验"
    kept = upload(client, pdf("只有一行文字"), "a.pdf", title="自己的题名")
    assert field_value(kept) == ("自己的题名", "只有一行文字")
    assert field_value(upload(client, "只有一行".encode("gb18030"), "a.txt")) == ("", "只有一行")


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (ENCRYPTED_PDF, "a.pdf", "has a password"),
        (SCANNED_PDF, "a.pdf", "scanned"),
        (b"MZ\x00\x01" + bytes(range(256)), "a.docx", "not what its name says"),
        (docx("x")[:-200], "a.docx", "damaged"),
        (b"", "a.txt", "empty"),
        (b"x", "<b>a</b>.exe", "save the draft as Word"),
    ],
)
def test_a_hostile_file_is_one_sentence_at_the_field(client: FlaskClient, content: bytes, name: str, said: str) -> None:
    answer = upload(client, content, name, text="已有文字")
    assert answer.status_code == 400
    (told,) = parsed(answer).findall(".//p[@id='problem-file']")
    assert said in "".join(told.itertext())
    assert field_value(answer)[1] == "已有文字"


def test_without_an_index_nothing_is_lost(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise IndexUnavailable("gone")

    monkeypatch.setattr(WhooshIndex, "similar", fail)
    answer = check(client)
    assert answer.status_code == 503
    assert field_value(answer) == (TITLE, TEXT)


def test_restricted_records_never_show(own: Flask) -> None:
    client = signed_in(own, "reader")
    assert titles(check(client, "预焙电解槽扩容保密试验", "")) == ["预焙电解槽扩容试验"]
    assert "in 1 record," in check(client, "预焙电解槽扩容保密试验", "").text
    address = saved(client, title="预焙电解槽扩容保密试验", text="")
    shown = client.get(address, headers=ENGLISH)
    assert titles(shown) == ["预焙电解槽扩容试验"]
    assert "XM-2001-002" not in shown.text


def test_a_report_stays_as_it_was(own: Flask) -> None:
    client = signed_in(own, "reader")
    address = saved(client, kind="project")
    before = client.get(address, headers=ENGLISH).text
    assert re.search(r"CX-\d{4}-0001", before)
    assert "XM-2001-001" in before
    with own.app_context():
        put("projects", code="XM-2001-001", title="另一个题名", abstract="另一段文字", status="completed")
    assert "另一个题名" in client.get("/records/XM-2001-001").text
    after = client.get(address, headers=ENGLISH).text
    without_tokens = [re.sub(r'name="csrf_token" value="[^"]*"', "", text) for text in (before, after)]
    without_foot = [text.partition('<footer class="site-footer">')[0] for text in without_tokens]
    assert without_foot[0] == without_foot[1]
    assert "预焙电解槽扩容" in after
    assert "另一个题名" not in after


def test_reports_are_numbered_and_nothing_lists_or_guesses_them(own: Flask) -> None:
    client = signed_in(own, "reader")
    first, second = saved(client), saved(client)
    assert first != second
    assert "-0002" in client.get(second).text
    assert client.get("/prior-work/reports").status_code == 405
    for address in ("/prior-work/reports/1", "/prior-work/reports/1.docx", f"{first}x"):
        assert client.get(address).status_code == 404
    for method in (client.put, client.delete, client.post):
        assert method(first).status_code == 405


def test_the_form_as_it_stands_is_what_is_saved(own: Flask) -> None:
    client = signed_in(own, "reader")
    page = check(client)
    (button,) = [each for each in parsed(page).findall(".//button") if "formaction" in each.attrib]
    assert (button.attrib["form"], button.attrib["formaction"]) == ("check", "/prior-work/reports")
    assert titles(client.get(saved(client))) == titles(page)


def test_a_report_made_with_more_access_is_not_there_for_others(own: Flask) -> None:
    client = signed_in(own, "reader")
    address = saved(client)
    with own.app_context(), writing(db.session()) as session:
        report = session.scalars(select(PriorWorkReport)).one()
        report.access = [*report.access, "published/restricted"]
    assert client.get(address).status_code == 404
    assert client.get(f"{address}.docx").status_code == 404


def test_a_check_without_hits_is_a_report_too(own: Flask) -> None:
    client = signed_in(own, "reader")
    page = check(client, "食堂伙食", "")
    assert "No similar record" in page.text
    shown = client.get(saved(client, title="食堂伙食", text=""), headers=ENGLISH).text
    assert "None of the 1 records in scope resembles the draft" in shown
    assert "SHA-256" in shown


def test_a_report_that_was_tampered_with_says_so(own: Flask) -> None:
    client = signed_in(own, "reader")
    address = saved(client)
    assert "does not match" not in client.get(address, headers=ENGLISH).text
    with own.app_context(), writing(db.session()) as session:
        session.scalars(select(PriorWorkReport)).one().text = "别的"
    assert "does not match" in client.get(address, headers=ENGLISH).text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_word_file_says_what_the_page_says(client: FlaskClient, language: str) -> None:
    headers = {"Accept-Language": language}
    address = saved(client, kind="project", year_from="1999")
    answer = client.get(f"{address}.docx", headers=headers)
    assert re.search(r'filename="CX-\d{4}-\d{4}\.docx"', answer.headers["Content-Disposition"])
    document = Document(io.BytesIO(answer.data))
    written = "\n".join(
        [paragraph.text for paragraph in document.paragraphs]
        + [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    )
    tree = parsed(client.get(address, headers=headers))
    for path in (".//dt", ".//dd", ".//h3", ".//ul[@class='report-strategy']/li", ".//ul[@class='shared-terms']/li/b"):
        elements = tree.findall(path)
        assert elements
        for element in elements:
            assert " ".join("".join(element.itertext()).split()) in written
    marked = {mark.text for mark in tree.findall(".//p[@class='finding-text']/mark")}
    highlighted = {run.text for paragraph in document.paragraphs for run in paragraph.runs if run.font.highlight_color}
    assert marked
    assert marked <= highlighted
    assert all(run.bold for paragraph in document.paragraphs for run in paragraph.runs if run.font.highlight_color)
    assert TEXT.split("\n")[1] in written
    assert ("查新报告" if language == "zh" else "Prior-work report") in written
    assert "宋体" in document.styles["Normal"].element.xml
    assert "黑体" in document.styles["Heading 1"].element.xml


def test_a_number_that_another_writer_took_is_not_given_again(own: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(signed_in(own, "reader"))
    stale = [select(0).scalar_subquery()]  # the first look sees what PostgreSQL shows while another writer writes
    latest = reports.func.max
    late = SimpleNamespace(max=lambda column: stale.pop() if stale else latest(column))
    monkeypatch.setattr(reports, "func", late)
    address = saved(signed_in(own, "reader"))
    assert not stale
    assert "-0002" in signed_in(own, "reader").get(address).text


def test_writers_at_the_same_time_get_numbers_of_their_own(own: Flask) -> None:
    with ThreadPoolExecutor(4) as pool:
        addresses = list(pool.map(lambda _: saved(signed_in(own, "reader")), range(8)))
    pages = "".join(signed_in(own, "reader").get(address).text for address in addresses)
    assert {int(each) for each in re.findall(r"CX-\d{4}-(\d{4})", pages)} == set(range(1, 9))


def test_the_year_of_a_number_is_that_of_the_site(own: Flask) -> None:
    with own.app_context(), writing(db.session()) as session:
        labels = facet_labels(session, ANONYMOUS)
        index = own.extensions["catalogue.index_sync"].index
        checked = run_check(session, ANONYMOUS, index, Draft.of("阳极", ""), Scope(), labels, date(2006, 12, 31))
        at = datetime(2026, 12, 31, 17, tzinfo=UTC)  # in China it is the new year already
        number = reports.save_report(session, ANONYMOUS, checked, reports.IndexState.of(index, 0), at).number
    assert number == "CX-2027-0001"


def test_what_an_index_lets_slip_is_not_shown(own: Flask) -> None:
    hits = tuple(SimilarRecord(number, 0.9, (SharedTerm("预焙", 2, 0.5),)) for number in (2, 1, 99))
    leaky = SimpleNamespace(similar=lambda _likeness: Similar(hits, 3, 5))
    with own.app_context():
        labels = facet_labels(db.session(), ANONYMOUS)
        draft = Draft.of("预焙电解槽扩容", "")
        checked = run_check(db.session(), ANONYMOUS, leaky, draft, Scope(), labels, date(2006, 12, 31))  # type: ignore[arg-type]
        assert [(each.rank, each.code, each.percent) for each in checked.findings] == [(1, "XM-2001-001", 90)]
        everything = run_check(db.session(), COMMAND_LINE, leaky, draft, Scope(), labels, date(2006, 12, 31))  # type: ignore[arg-type]
        assert [each.code for each in everything.findings] == ["XM-2001-002", "XM-2001-001"]
