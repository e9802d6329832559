"""Every route for every role, and nothing that the table does not know."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from catalogue.accounts.models import Account
from catalogue.accounts.tokens import create_token, scopes_for
from catalogue.app import create_app
from catalogue.config import load
from catalogue.database import db, writing
from tests.security.matrix import ROLES, ROWS, Row, ask
from tests.security.world import DAY, World
from tests.support.accounts import account, signed_in

METHODS = ("POST", "PUT", "PATCH", "DELETE")
_IDS = [f"{row.method} {row.address}" for row in ROWS]


@pytest.fixture(scope="module")
def browsers(world: World, examples: Mapping[str, str]) -> Mapping[str, FlaskClient]:
    """One browser for each role."""
    return {role: world.app.test_client() if role == "anonymous" else signed_in(world.app, role) for role in ROLES}


def outcome(answer: TestResponse) -> str:
    """The letter of an answer."""
    if answer.status_code == 401 or "/sign-in" in answer.headers.get("Location", ""):
        return "s"
    return "f" if answer.status_code == 403 else "a"


def test_every_route_has_its_row_and_every_row_its_route(tmp_path: Path) -> None:
    app = create_app(load({}, data=tmp_path))
    routes = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    rows = {(row.endpoint, row.method) for row in ROWS}
    assert routes - rows == set(), "write down in tests/security/matrix.py who may use these"
    assert rows - routes == set()
    at = app.url_map.bind("localhost")
    for row in ROWS:
        address = row.address.partition("?")[0].format_map(defaultdict(lambda: "1"))
        assert at.match(address, row.method)[0] == row.endpoint


@pytest.mark.parametrize("row", ROWS, ids=_IDS)
def test_who_may_use_a_route(
    world: World, browsers: Mapping[str, FlaskClient], examples: Mapping[str, str], row: Row
) -> None:
    if row.endpoint == "accounts.sign_out":  # not of the browsers that go on
        browsers = {
            role: world.app.test_client() if role == "anonymous" else signed_in(world.app, role) for role in ROLES
        }
    for role, browser in browsers.items():
        answer = ask(browser, row, examples)
        assert outcome(answer) == row.outcomes[role], f"{role}: {answer.status_code}"
        if row.outcomes[role] == "a":
            assert answer.status_code == (row.status or answer.status_code) < 500, role


@pytest.fixture(scope="module")
def programs(world: World) -> Mapping[str, dict[str, str]]:
    """What a program of each role sends along: a token of the greatest scope that the role has."""
    headers: dict[str, dict[str, str]] = {"anonymous": {}}
    for role in ROLES[1:]:
        owner = account(world.app, role)
        with world.app.app_context(), writing(db.session()) as session:
            scope = scopes_for(role)[-1]
            _token, text = create_token(session, session.get_one(Account, owner.id), "程序", scope, 1)
        headers[role] = {"Authorization": f"Bearer {text}"}
    return headers


@pytest.mark.parametrize("row", [row for row in ROWS if row.by_token], ids=lambda row: f"{row.method} {row.address}")
def test_what_programs_may(
    world: World, programs: Mapping[str, dict[str, str]], examples: Mapping[str, str], row: Row
) -> None:
    for role, letter in zip(ROLES, row.by_token, strict=True):
        answer = ask(world.app.test_client(), row, examples, headers=programs[role])
        assert outcome(answer) == letter, f"{role}: {answer.status_code}"
        assert answer.status_code < 500


@pytest.mark.slow
def test_where_reading_takes_an_account_strangers_get_nothing(world: World, examples: Mapping[str, str]) -> None:
    closed = create_app(load({}, data=world.data, as_of=DAY, anonymous_reading="closed"))
    stranger, reader = closed.test_client(), signed_in(closed, "reader")
    for row in ROWS:
        answer = ask(stranger, row, examples)
        assert outcome(answer) == row.closed, row
        if row.closed == "s" and row.method == "GET":
            is_for_programmes = row.address.startswith("/api/")
            assert answer.status_code == (401 if is_for_programmes else 303)
            assert "zq" not in answer.text.replace(row.address.format(**examples), "")  # what was asked for
        # A programme's question by POST names its own token, and never takes the cookie.
        if not (row.method == "POST" and row.address.startswith("/api/")):
            assert outcome(ask(reader, row, examples)) == row.outcomes["reader"], row
    for address in ("/nothing", "/records/XM-PLAIN/nothing", "/api/v1/nothing"):
        assert stranger.get(address).status_code in (303, 401, 404)


@pytest.mark.slow
def test_methods_that_a_route_does_not_have_are_refused(
    world: World, browsers: Mapping[str, FlaskClient], examples: Mapping[str, str]
) -> None:
    at, tried = world.app.url_map.bind("localhost"), set()
    for number, row in enumerate(ROWS):
        address = row.address.format(**examples)
        others = [method for method in METHODS if not at.test(address.partition("?")[0], method)]
        for method in others[number % len(others) :][:1]:  # each route one, in turn
            tried.add(method)
            answer = browsers["administrator"].open(address, method=method)
            assert answer.status_code in (400, 404, 405), (method, row)
    assert tried == set(METHODS)
