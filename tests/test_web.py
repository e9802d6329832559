"""What every page shares: language, headers, error pages, paging."""

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalogue.errors import NotFound
from catalogue.paging import Paging
from tests.support.pages import PAGES

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize("address", [*PAGES, "/nothing-here", "/api/v1/search?q=阳极", "/static/css/site.css"])
def test_security_headers(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("address", [*PAGES, "/nothing-here", "/search?page=0"])
def test_pages_are_well_formed_and_hold_nothing_that_the_policy_forbids(client: FlaskClient, address: str) -> None:
    page = client.get(address).text
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(page)
    assert len(tree.findall(".//link[@rel='stylesheet']")) <= 2
    for element in tree.iter():
        assert "style" not in element.attrib, "inline styles are forbidden"
        assert not [name for name in element.attrib if str(name).startswith("on")], "inline scripts are forbidden"
        if element.tag == "script":
            assert element.attrib["src"].startswith("/static/v/")
            assert element.attrib["type"] == "module"
        assert element.tag != "style"
        for name in ("href", "src", "action"):
            assert not element.attrib.get(name, "").startswith(("http:", "https:", "//")), "nothing from other hosts"
        if element.tag == "link" and "alternate" not in element.attrib["rel"]:
            assert element.attrib["href"].startswith("/static/v/"), "browsers keep what has a version"


def test_an_address_chooses_the_language_and_a_cookie_keeps_it(client: FlaskClient) -> None:
    assert '<html lang="zh-CN">' in client.get("/tallies").text
    chosen = client.get("/tallies?lang=en")
    assert '<html lang="en">' in chosen.text
    assert chosen.headers["Content-Language"] == "en"
    (cookie,) = chosen.headers.getlist("Set-Cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert '<html lang="en">' in client.get("/tallies", headers={"Accept-Language": "zh-CN"}).text
    assert '<html lang="zh-CN">' in client.get("/tallies?lang=zh").text


@pytest.mark.parametrize(
    ("preferred", "expected"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("zh-TW", "zh-CN"),
        ("de, en;q=0.5", "en"),
        ("fr", "zh-CN"),
        ("", "zh-CN"),
        ("*", "zh-CN"),
    ],
)
def test_the_browser_says_which_language_it_prefers(client: FlaskClient, preferred: str, expected: str) -> None:
    assert f'<html lang="{expected}">' in client.get("/tallies", headers={"Accept-Language": preferred}).text


def test_an_unknown_language_is_no_error(client: FlaskClient) -> None:
    answer = client.get("/tallies?lang=xx")
    assert answer.status_code == 200
    assert not answer.headers.getlist("Set-Cookie")


def test_the_language_switch_keeps_the_address(client: FlaskClient) -> None:
    page = client.get("/search?q=阳极&kind=patent&kind=paper&page=1").text
    assert "/search?q=%E9%98%B3%E6%9E%81&amp;kind=patent&amp;kind=paper&amp;page=1&amp;lang=en" in page


def test_the_language_switch_never_names_another_host(client: FlaskClient) -> None:
    page = client.get("//evil.example/nothing", follow_redirects=True).text
    assert 'href="//' not in page


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/nothing-here", 404),
        ("/records/XM-0000-000", 404),
        ("/search?q=%00", 400),
        ("/search?%00=1", 400),
        ("/records/%00", 400),
        ("/projects?year_from=20x6", 400),
        ("/tallies/awards?as_of=yesterday", 400),
        ("/tallies/colours", 404),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_error_pages_speak_to_people(client: FlaskClient, address: str, status: int, language: str) -> None:
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert "Traceback" not in answer.text
    assert '<form class="search-box"' in answer.text


def test_the_api_tells_errors_as_json(client: FlaskClient) -> None:
    answer = client.get("/api/v1/search?page=x")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"]["status"] == 400
    assert answer.json["error"]["place"] == "page"
    assert client.get("/api/v1/nothing").json["error"]["status"] == 404  # type: ignore[index]


def test_other_methods_are_refused(client: FlaskClient) -> None:
    answer = client.post("/projects")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert client.post("/projects", data=b"x" * (17 * 1024 * 1024)).status_code == 413


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": ""}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, False),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "https://localhost"}, True),
        ({"Origin": "http://localhost:8080"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://[broken"}, False),
        ({"Origin": ""}, True),
    ],
)
def test_posting_from_other_sites_is_refused(client: FlaskClient, headers: dict[str, str], allowed: bool) -> None:
    answer = client.post("/prior-work", data={"title": "阳极"}, headers=headers)
    assert answer.status_code == (200 if allowed else 403)
    if not allowed:
        assert "其他网站" in answer.text
    assert client.get("/prior-work", headers=headers).status_code == 200
    assert client.head("/prior-work", headers=headers).status_code == 200


def test_other_hosts_are_refused(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text


def test_an_unforeseen_error_is_told_without_its_trace(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> str:
        raise RuntimeError("a secret")

    monkeypatch.setitem(app.view_functions, "records.index", fail)
    answer = app.test_client().get("/projects")
    assert answer.status_code == 500
    assert "a secret" not in answer.text
    assert "<h1>" in answer.text


@pytest.mark.parametrize(
    ("page", "total", "window"),
    [
        (1, 0, [1]),
        (1, 100, [1, 2, 3, 4, 5]),
        (6, 240, [1, None, 4, 5, 6, 7, 8, None, 12]),
        (12, 240, [1, None, 10, 11, 12]),
        (4, 240, [1, 2, 3, 4, 5, 6, None, 12]),
    ],
)
def test_the_window_of_a_pager(page: int, total: int, window: list[int | None]) -> None:
    assert Paging(page, 20, total).window == window


def test_a_page_past_the_end_is_not_found(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(NotFound):
        Paging(4, 20, 60).checked()
    assert Paging(3, 20, 60).checked().last == 60
