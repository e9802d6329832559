"""The search page and its JSON: filters, siblings, highlights, explanations, and input that nobody expects."""

import html
import re
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from catalogue.errors import InvalidInput
from catalogue.search.interface import FACETS
from catalogue.search.url_state import SearchState
from tests.records.test_views import queries

LABELS = {facet: {"a": "A", "b": "B"} for facet in FACETS}


def api(client: FlaskClient, query: str) -> dict:
    answer = client.get(f"/api/v1/search?{query}")
    assert answer.status_code == 200
    assert answer.json is not None
    return dict(answer.json)


@pytest.mark.parametrize(
    "query",
    [
        "q=" + quote("阳极" * 5000),
        "q=" + "a" * 12000,
        "q=" + "(" * 3000,
        "q=%22%22%22 OR AND NOT * ? : ~ ^ [ ] { } \\",
        "q=%F0%9F%98%80",
        "q=%ED%A0%80",
        "q=%E2%80%AE%E2%80%8B",
        "kind=nonsense",
        "kind=" + "x" * 3000,
        "division=铝厂'--",
        "kind=project&kind=project&kind=award",
        "sort=",
        "per_page=100",
        "year_from=2006&year_to=1990",
    ],
)
@pytest.mark.parametrize("path", ["/search", "/api/v1/search"])
def test_strange_searches_are_answered(client: FlaskClient, path: str, query: str) -> None:
    assert client.get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("page=0", 400),
        ("page=-1", 400),
        ("page=x", 400),
        ("page=999999999", 404),
        ("page=1000000000", 400),
        ("sort=loudness", 400),
        ("per_page=7", 400),
        ("year_from=abc", 400),
        ("year_to=99999", 400),
        ("q=%00", 400),
        ("kind=%00", 400),
    ],
)
def test_what_cannot_be_is_refused_in_words(client: FlaskClient, query: str, status: int) -> None:
    page, data = client.get(f"/search?{query}"), client.get(f"/api/v1/search?{query}")
    assert page.status_code == data.status_code == status
    assert "<h1>" in page.text
    assert data.json is not None
    assert len(data.json["error"]["message"]) > 5


def test_words_are_marked_and_escaped(client: FlaskClient) -> None:
    page = client.get("/search?q=扩容").text
    assert "<mark>扩容</mark>" in page
    page = client.get("/search?q=<script>alert(1)</script>").text
    assert "<script>alert" not in page


def test_choosing_a_value_keeps_its_siblings(client: FlaskClient) -> None:
    before = api(client, "q=电解槽")
    after = api(client, "q=电解槽&kind=project")
    assert after["facets"]["kind"][1:] == before["facets"]["kind"][1:]
    assert {value["code"]: value["count"] for value in before["facets"]["kind"]}["project"] == after["total"]
    both = api(client, "q=电解槽&kind=project&kind=patent")
    assert both["total"] == sum(v["count"] for v in before["facets"]["kind"] if v["code"] in {"project", "patent"})


def test_the_years_of_the_chart_can_be_chosen(client: FlaskClient) -> None:
    everything = api(client, "q=电解槽")
    one = api(client, "q=电解槽&year_from=2002&year_to=2002")
    assert one["total"] == everything["years"]["2002"]
    assert one["years"] == everything["years"]


def test_every_page_has_other_records(client: FlaskClient) -> None:
    total = api(client, "kind=patent")["total"]
    codes = [hit["code"] for page in (1, 2, 3) for hit in api(client, f"kind=patent&page={page}")["hits"]]
    assert len(codes) == len(set(codes)) == total == 50
    assert "page=2" in client.get("/search?kind=patent").text


def test_a_number_finds_its_record_first(client: FlaskClient) -> None:
    answer = api(client, "q=" + quote("ZL 02 2 38415.4"))
    assert answer["match"] == "number"
    assert answer["hits"][0]["kind"] == "patent"
    assert "编号相符的条目排在最前" in client.get("/search?q=02238415").text


def test_how_strictly_words_were_taken_is_told(client: FlaskClient) -> None:
    assert "没有条目同时含有全部词语" in client.get("/search?q=预焙槽+量子").text


def test_words_of_the_trade_find_each_other(client: FlaskClient) -> None:
    answer = api(client, "q=预焙槽+扩容")
    assert answer["also"] == [{"word": "预焙槽", "also": ["预焙电解槽", "预焙铝电解槽"]}]
    first = answer["hits"][0]
    assert (first["title"], first["missing"]) == ("160kA预焙电解槽扩容试验", [])
    assert {"text": "预焙电解槽扩容", "marked": True} in first["highlights"]["title"]
    page = client.get("/search?q=预焙槽+扩容").text
    assert "同时检索：" in page
    assert "预焙电解槽、预焙铝电解槽" in page
    assert "同时检索：" not in client.get("/search?q=扩容").text


def test_how_a_query_was_understood_is_told(client: FlaskClient) -> None:
    query = "电解槽 -扩容 title:阳极 year:2002..2006 kind:专利 (石墨 OR 炭块) year:soon"
    answer = api(client, "q=" + quote(query))
    assert answer["understood"] == [
        {"role": "word", "text": "电解槽"},
        {"role": "without", "text": "扩容"},
        {"role": "title", "text": "阳极"},
        {"role": "year", "text": "2002..2006"},
        {"role": "kind", "text": "patent"},
        {"role": "either", "text": "石墨 OR 炭块"},
    ]
    assert answer["ignored"] == ["year:soon"]
    assert answer["partial"] is False
    page = client.get("/search?q=" + quote(query)).text
    for part in ("理解为：", "不含 <b>扩容</b>", "标题中有 <b>阳极</b>", "专利", "year:soon"):
        assert part in page, part
    assert "理解为：" not in client.get("/search?q=电解槽+阳极").text


def test_a_person_is_found_and_shown(client: FlaskClient) -> None:
    assert "<mark>石宗培</mark>" in client.get("/search?q=石宗培").text


def test_an_unknown_filter_is_left_out_and_told(client: FlaskClient) -> None:
    answer = api(client, "q=阳极&division=dissolved")
    assert answer["ignored_filters"] == [{"facet": "division", "value": "dissolved"}]
    assert answer["total"] == api(client, "q=阳极")["total"]
    assert "dissolved" in client.get("/search?q=阳极&division=dissolved").text


def test_nothing_found_offers_ways_out(client: FlaskClient) -> None:
    page = client.get("/search?q=zzqqxx&kind=award&year_from=1990").text
    assert "没有找到" in page
    assert "/search?q=zzqqxx&amp;year_from=1990" in page
    assert "/search?kind=award&amp;q=zzqqxx" in page


def test_the_api_says_what_the_page_says(client: FlaskClient) -> None:
    answer = api(client, "q=阴极炭块&per_page=50")
    assert f"<b>{answer['total']}</b>" in client.get("/search?q=阴极炭块").text
    hit = answer["hits"][0]
    assert hit["url"].startswith("http://localhost/records/")
    assert "".join(piece["text"] for piece in hit["highlights"]["title"]) == hit["title"]
    assert any(piece["marked"] for piece in hit["highlights"]["title"])
    assert answer["took_ms"] > 0


@pytest.mark.parametrize("path", ["/search", "/api/v1/search"])
def test_a_search_takes_as_many_queries_for_many_hits_as_for_few(app: Flask, path: str) -> None:
    client = app.test_client()
    with queries(app) as few:
        client.get(f"{path}?per_page=20")
    with queries(app) as many:
        client.get(f"{path}?per_page=100")
    # One more for each kind that the longer page has and the shorter one has not.
    assert len(many) <= len(few) + 7
    assert len(many) <= 26


def test_what_counts_of_a_record_stands_on_its_card(client: FlaskClient) -> None:
    hits = api(client, "q=电解槽&sort=benefit")["hits"]
    amounts = [float(hit["benefit"] or 0) for hit in hits]
    assert amounts == sorted(amounts, reverse=True)
    page = client.get("/search?q=电解槽&sort=benefit").text
    shown = [float(text.replace(",", "")) for text in re.findall(r"效益 ([\d,.]+) 万元", page)]
    assert len(shown) > 3
    assert shown == [pytest.approx(amount / 10_000) for amount in amounts if amount]
    assert " × 10,000 yuan" in client.get("/search?q=电解槽", headers={"Accept-Language": "en"}).text


def test_every_order_can_be_chosen(client: FlaskClient) -> None:
    page = client.get("/search?q=电解槽").text
    for sort, label in (("benefit", "按效益"), ("changed", "最近更新")):
        assert re.search(rf'sort={sort}"[^>]*>{label}</a>', page)
        assert client.get(f"/search?q=电解槽&sort={sort}").status_code == 200


def test_the_chart_tells_its_years_to_the_script(client: FlaskClient) -> None:
    page = client.get("/search?q=电解槽").text
    (years,) = re.findall(r'data-years="([^"]+)"', page)
    counts = api(client, "q=电解槽")["years"]
    assert years.split(" ") == [str(year) for year in range(int(min(counts)), int(max(counts)) + 1)]
    assert "js/years.js" in page
    assert "js/years.js" not in client.get("/tallies").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_example_of_the_help_finds_something(client: FlaskClient, language: str) -> None:
    assert 'href="/search/help"' in client.get("/search").text
    page = client.get("/search/help", headers={"Accept-Language": language}).text
    examples = re.findall(r'class="example" href="/search\?([^"]+)"', page)
    assert len(examples) > 15
    for query in examples:
        answer = api(client, html.unescape(query))
        assert answer["total"] > 0, query
        assert answer["ignored"] == [], query


def test_a_state_is_written_as_it_is_read(app: Flask) -> None:
    args = MultiDict(
        [("q", "阳极"), ("kind", "b"), ("kind", "a"), ("division", "a"), ("year_from", "1998"), ("page", "3")]
    )
    state = SearchState.from_args(args, LABELS)
    assert SearchState.from_args(state.to_args(), LABELS) == state
    with app.test_request_context():
        assert state.toggle("kind", "b").values("kind") == ("a",)
        assert state.toggle("kind", "b").toggle("kind", "b").values("kind") == ("a", "b")
        assert state.without("kind").values("kind") == ()
        assert not state.without("all").is_narrowed
        assert "page" not in state.toggle("kind", "a").url()
        assert "page=3" in state.url()
    assert SearchState.from_args(MultiDict(), LABELS).to_args() == MultiDict()


def test_a_text_is_no_longer_than_it_may_be(app: Flask) -> None:
    state = SearchState.from_args(MultiDict({"q": "铝" * 20_000}), LABELS)
    assert len(state.text) == 10_000
    assert state.shortened
    with app.test_request_context(), pytest.raises(InvalidInput):
        SearchState.from_args(MultiDict({"year_from": "二〇〇六"}), LABELS)


def test_a_wrong_check_character_is_told_with_the_right_number(client: FlaskClient) -> None:
    page = client.get("/search?lang=zh&q=ZL 02 2 38415.3").get_data(as_text=True)
    assert "校验位有误：若为专利申请号，应为 02 2 38415.4。" in page
    assert "预焙铝电解槽加长阳极用卡具" in page
    assert "校验位" not in client.get("/search?lang=zh&q=ZL 02 2 38415.4").get_data(as_text=True)
