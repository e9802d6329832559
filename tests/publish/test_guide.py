"""The page of the data interface: every route is described, and every example is an answer of the route itself."""

import html
import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalogue.publish.api_docs import ROUTES, view_of
from catalogue.publish.routes import Route
from tests.support.accounts import bearer
from tests.support.catalogues import empty_catalogue, project


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
    assert described == {(method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)) for method, rule in api_routes(app)}
    with app.test_request_context():
        for route in ROUTES:
            if view_of(route):
                for argument in (*route.arguments, *route.answer):
                    assert argument.name in page


def test_examples_are_what_the_routes_answer(app: Flask, client: FlaskClient) -> None:
    page = client.get("/api").text
    answers = [json.loads(html.unescape(text)) for text in re.findall(r"<pre[^>]*>(\{.*?)</pre>", page, re.DOTALL)]
    links = [html.unescape(link) for link in re.findall(r'class="api-url" href="([^"]+)"', page)]
    assert len(links) == sum(route.method == "GET" and route.example is not None for route in ROUTES)
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


@pytest.mark.parametrize("route", [route for route in ROUTES if route.sent is not None], ids=lambda each: each.path)
def test_what_is_shown_as_sent_is_taken(tmp_path: Path, route: Route) -> None:
    app = empty_catalogue(tmp_path)
    with app.app_context():
        project("XM-2002-011")
        project("XM-2004-003")
    program, headers = app.test_client(), bearer(app, "contributor", "write")
    made = {
        "/api/v1/records": {"kind": "project", "fields": {"title": "阳极", "status": "planned"}},
        "/api/v1/benefits": {"fields": {"year": 2006, "kind": "other", "amount": 1}},
    }
    table = "/api/v1/" + route.path.split("/")[3]
    draft = program.post(table, json=made[table], headers=headers)
    path = route.path.replace("{code}", (draft.json or {})["code"])
    tag = {"If-Match": draft.headers["ETag"]} if route.method == "PATCH" else {}
    answer = program.open(path, method=route.method, json=route.sent, headers={**headers, **tag})
    assert answer.status_code == (201 if path == table else 200)
    named = {name for argument in route.answer for name in argument.name.split(", ")} - {"ETag", "Location"}
    if "amendment" not in named:
        assert named <= set(answer.json or {})


def test_a_catalogue_without_records_is_described_too(tmp_path: Path) -> None:
    page = empty_catalogue(tmp_path).test_client().get("/api")
    assert page.status_code == 200
    assert "/api/v1/search" in page.text
