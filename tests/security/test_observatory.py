"""What Mozilla's Observatory would say of the site by HTTPS: an A+ for every kind of answer."""

from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient

from catalogue.app import create_app
from catalogue.config import load
from tests.security.matrix import ROWS, ask
from tests.security.observatory import A_PLUS, score
from tests.security.world import DAY, World
from tests.support.accounts import signed_in

GOOD = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "Content-Type": "text/html; charset=utf-8",
}


@pytest.fixture(scope="module")
def client(world: World) -> FlaskClient:
    app = create_app(load({}, data=world.data, as_of=DAY, https="on"))
    return signed_in(app, "administrator")


@pytest.mark.slow
def test_every_page_file_and_error_is_an_a_plus(client: FlaskClient, examples: Mapping[str, str]) -> None:
    reads = [row.address.format(**examples) for row in ROWS if row.method == "GET"]
    for address in (*reads, "/nothing", "/search?page=0", "/api/v1/nothing", "/sign-in"):
        answer = client.get(address, base_url="https://localhost")
        page = answer.text if answer.mimetype == "text/html" else ""
        points, modifiers = score(answer.headers, answer.headers.getlist("Set-Cookie"), page)
        assert points >= A_PLUS, (address, modifiers)
        assert min(modifiers.values()) >= 0, (address, modifiers)


def test_refusals_are_an_a_plus_too(client: FlaskClient, examples: Mapping[str, str]) -> None:
    stranger = client.application.test_client()
    page = stranger.get("/sign-in", base_url="https://localhost")
    points, modifiers = score(page.headers, page.headers.getlist("Set-Cookie"), page.text)
    assert points >= A_PLUS
    assert modifiers["cookies"] == 5
    for row in ROWS:
        if row.method == "POST":
            answer = ask(
                stranger, row, examples, headers={"Origin": "https://evil.example"}, base_url="https://localhost"
            )
            assert answer.status_code == 403
            assert score(answer.headers, answer.headers.getlist("Set-Cookie"), answer.text)[0] >= A_PLUS
    for host in ("evil.example", "a b"):
        answer = stranger.get("/", headers={"Host": host})
        assert score(answer.headers, [], answer.text)[0] >= A_PLUS


@pytest.mark.parametrize(
    ("changed", "points"),
    [
        ({}, 115),
        ({"Strict-Transport-Security": ""}, 80),
        ({"Strict-Transport-Security": "max-age=60"}, 105),
        ({"Content-Security-Policy": ""}, 55),
        ({"Content-Security-Policy": "script-src 'self' 'unsafe-inline'; frame-ancestors 'none'"}, 80),
        ({"X-Content-Type-Options": ""}, 110),
        ({"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Credentials": "true"}, 50),
        ({"Referrer-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"}, 130),
        ({"Referrer-Policy": "unsafe-url"}, 110),
    ],
)
def test_the_score_is_that_of_the_published_table(changed: dict[str, str], points: int) -> None:
    assert score({**GOOD, **changed}, [], "<script src=/a.js></script>")[0] == points


@pytest.mark.parametrize(
    ("cookie", "points"),
    [
        ("session=a; Secure; HttpOnly; SameSite=Lax", 120),
        ("session=a; Secure; HttpOnly", 115),
        ("session=a; HttpOnly", 105),
        ("session=a; Secure; SameSite=Lax", 70),
        ("lang=a; Secure; SameSite=Sometimes", 80),
    ],
)
def test_the_score_of_cookies(cookie: str, points: int) -> None:
    assert score(GOOD, [cookie], "")[0] == points


def test_the_score_of_scripts_from_elsewhere() -> None:
    assert score(GOOD, [], '<script src="https://cdn.example/a.js"></script>')[0] == 110
    assert score(GOOD, [], '<script src="http://cdn.example/a.js"></script>')[0] == 50
