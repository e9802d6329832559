"""The page of the data interface: every route is described, and every example is an answer of the route itself."""

import html
import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalogue.publish.guide import ROUTES, view_of
from tests.catalogues import empty_catalogue


def api_routes(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_route_is_described(app: Flask, client: FlaskClient, language: str) -> None:
    page = client.get("/api", headers={"Accept-Language": language}).text
    described = set(re.findall(r'<span class="api-method">(\w+)</span> (\S+)</code></h2>', page))
    assert described == api_routes(app)
    with app.test_request_context():
        for route in ROUTES:
            if view_of(route):
                for argument in (*route.arguments, *route.answer):
                    assert argument.name in page


def test_examples_are_what_the_routes_answer(app: Flask, client: FlaskClient) -> None:
    page = client.get("/api").text
    answers = [json.loads(html.unescape(text)) for text in re.findall(r"<pre[^>]*>(\{.*?)</pre>", page, re.DOTALL)]
    links = [html.unescape(link) for link in re.findall(r'class="api-url" href="([^"]+)"', page)]
    assert len(links) == sum(method == "GET" for method, _path in api_routes(app))
    found = [client.get(link).json for link in links]
    for answer in found:
        assert answer is not None
        shown = next(each for each in answers if set(each) == set(answer))
        assert {**shown, "took_ms": 0} == {**answer, "took_ms": 0}
    assert found[0] is not None
    assert len(found[0]["hits"]) == 1
    # What the search answers is what is described.
    described = {name for argument in ROUTES[0].answer for name in argument.name.split(", ")}
    assert described <= set(client.get("/api/v1/search?q=阳极").json or {})


def test_a_catalogue_without_records_is_described_too(tmp_path: Path) -> None:
    page = empty_catalogue(tmp_path).test_client().get("/api")
    assert page.status_code == 200
    assert "/api/v1/search" in page.text
