"""The pages and the JSON of checking a text, and of the register of published figures."""

import io
import re

import pytest
from flask.testing import FlaskClient

from tests.tallies.test_figures import PARAGRAPH
from tests.tallies.test_views import listed

ZH = {"Accept-Language": "zh"}


def check(client: FlaskClient, text: str, as_of: str = "2006-12-31") -> str:
    answer = client.post("/reports/check", data={"text": text, "as_of": as_of}, headers=ZH)
    assert answer.status_code == 200
    return answer.text


def test_the_paragraph_is_shown_with_its_marks_and_evidence(client: FlaskClient) -> None:
    page = check(client, PARAGRAPH)
    assert "16 处说法：16 处相符。" in page
    assert page.count('class="said said-matches"') == 16
    marked = re.search(r'<p class="checked-text".*?>(.*?)</p>', page, re.S)
    assert marked
    without_numbers = re.sub(r'<a class="said-number".*?</a>', "", marked[1], flags=re.S)
    assert re.sub(r"<[^>]+>", "", without_numbers) == PARAGRAPH
    links = re.findall(r'<span class="said.*?<a href="([^"]+)">(.*?)</a>', marked[1])
    assert len(links) == 16
    by_text = {text: address.replace("&amp;", "&") for address, text in links}
    assert listed(client, by_text["二等奖5项"]) == ("5", 5)
    assert listed(client, by_text["32项"]) == ("32", 32)


def test_marks_and_findings_lead_to_each_other(client: FlaskClient) -> None:
    page = check(client, PARAGRAPH.replace("二等奖5项", "二等奖6项"))
    assert "15 处相符、1 处不符" in page
    for number in range(1, 17):
        assert page.count(f'id="said-{number}"') == page.count(f'id="finding-{number}"') == 1
        assert f'href="#finding-{number}"' in page
    assert '<article class="judgement judgement-differs" id="finding-5">' in page


def test_a_text_is_shown_as_it_is_and_never_as_markup(client: FlaskClient) -> None:
    page = check(client, "<script>alert(1)</script>\r\n授权专利16项\r\n“&amp;”")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\n" in page
    assert "“&amp;amp;”" in page


def test_the_day_of_the_form_is_that_of_the_check(client: FlaskClient) -> None:
    assert "said-differs" in check(client, "授权专利16项", "2000-12-31")
    assert "said-matches" in check(client, "截至2006年底，授权专利16项", "2000-12-31")


def test_nothing_of_a_text_is_stored_and_the_form_opens_empty(client: FlaskClient) -> None:
    check(client, "一段绝密文字，授权专利16项")
    page = client.get("/reports/check", headers=ZH)
    assert page.status_code == 200
    assert "绝密" not in page.text
    assert '<textarea class="form-control" id="field-text" name="text" rows="8">\n</textarea>' in page.text


@pytest.mark.parametrize(
    "form",
    [
        {"text": "", "as_of": "2006-12-31"},
        {"text": "  \n ", "as_of": "2006-12-31"},
        {"text": "字" * 20_001, "as_of": "2006-12-31"},
        {"text": "授权专利16项", "as_of": "yesterday"},
        {},
    ],
)
def test_what_cannot_be_checked_is_refused_in_words(client: FlaskClient, form: dict[str, str]) -> None:
    answer = client.post("/reports/check", data=form, headers=ZH)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


def test_a_text_without_figures_says_so(client: FlaskClient) -> None:
    assert "没有找到关于数字的说法。" in check(client, "公司坚持科技创新。")


def test_the_register_judges_every_claim(client: FlaskClient) -> None:
    page = client.get("/claims", headers=ZH)
    assert page.text.count("verdict-matches") == 1 + 16
    assert page.text.count("verdict-unknown") == 1 + 8
    only = client.get("/claims?verdict=unknown&as_of=2006-12-31", headers=ZH).text
    assert "会员856人" in only
    assert "授权专利16项" not in only
    assert client.get("/claims?verdict=great").status_code == 400
    assert client.get("/claims?as_of=1999-01-01").status_code == 400


def test_the_summary_shows_the_same_verdicts(client: FlaskClient) -> None:
    assert client.get("/reports/summary", headers=ZH).text.count("verdict-matches") == 16


def test_the_interface_answers_as_the_page(client: FlaskClient) -> None:
    answer = client.post("/api/v1/verify", json={"text": PARAGRAPH.replace("34项", "35项"), "as_of": "2006-12-31"})
    assert answer.status_code == 200
    data = answer.json
    assert data["counts"] == {"differs": 1, "at_least": 0, "unknown": 0, "matches": 15}
    (red,) = (finding for finding in data["findings"] if finding["verdict"] == "differs")
    assert (red["text"], red["value"], red["stated"]["value"]) == ("35项", "34", "35")
    assert red["evidence"] == {"subject": "patents", "as_of": "2006-12-31", "patent_type": "invention"}
    assert listed(client, red["url"].replace("http://localhost", "")) == ("34", 34)


def test_the_interface_gives_the_register(client: FlaskClient) -> None:
    claims = client.get("/api/v1/claims").json["claims"]
    assert len(claims) == 24
    granted = next(claim for claim in claims if claim["measure"] == "patents_granted")
    assert (granted["verdict"], granted["value"], granted["then"]["value"]) == ("matches", "16", "16")
    assert len(client.get("/api/v1/claims?verdict=unknown").json["claims"]) == 8
    assert client.get("/api/v1/claims?as_of=1999-12-31").json["claims"] == []


@pytest.mark.parametrize(
    "body",
    [b"", b"not json", b"[]", b"{}", b'{"text": 5}', b'{"text": ""}', b'{"text": "x", "as_of": 2006}',
     b'{"text": "x", "as_of": "soon"}', b'{"text": "\\ud800"}', b'{"text": "' + b"x" * 20_001 + b'"}'],
)  # fmt: skip
def test_the_interface_refuses_in_json(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/api/v1/verify", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["error"]["message"]


def test_other_ways_to_ask_are_answered_in_json_too(client: FlaskClient) -> None:
    assert client.get("/api/v1/verify").json["error"]["status"] == 405
    assert client.get("/api/v1/claims?verdict=great").json["error"]["place"] == "verdict"


@pytest.mark.parametrize(("name", "status"), [("draft.txt", 200), ("draft.exe", 400)])
def test_a_file_is_checked_in_place_of_the_text(client: FlaskClient, name: str, status: int) -> None:
    form = {"text": "", "as_of": "2006-12-31", "file": (io.BytesIO(PARAGRAPH.encode("gb18030")), name)}
    answer = client.post("/reports/check", data=form, headers=ZH)
    assert answer.status_code == status
    assert ("16 处相符" in answer.text) == (status == 200)
