"""Where reading takes an account, whoever has none finds the door and nothing behind it."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter
from werkzeug.routing.converters import NumberConverter

from catalogue.accounts.auth import permission_of
from catalogue.app import create_app
from catalogue.config import load
from tests.support.accounts import signed_in
from tests.support.pages import PAGES

DOOR = {"accounts.sign_in", "accounts.leave", "accounts.come_back", "accounts.welcome", "accounts.choose_password",
        "accounts.sign_out", "static"}  # fmt: skip


@pytest.fixture(scope="module")
def site(demo_folder: Path) -> Flask:
    return create_app(load({}, data=demo_folder, anonymous_reading="closed"))


@pytest.fixture
def stranger(site: Flask) -> FlaskClient:
    return site.test_client()


def _value(converter: BaseConverter) -> str | int:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1 if isinstance(converter, NumberConverter) else "x"


def addresses(site: Flask, method: str) -> list[str]:
    """An address of every route that answers to a method, but for the door itself."""
    found = []
    with site.test_request_context():
        for rule in site.url_map.iter_rules():
            if method in (rule.methods or ()) and rule.endpoint not in DOOR:
                values = {name: _value(converter) for name, converter in rule._converters.items()}
                values.update(rule.defaults or {})
                found.append(str(rule.build(values, append_unknown=False)[1]))  # type: ignore[index]
    return found


def test_the_door_is_all_that_stays_open(site: Flask) -> None:
    assert {name for name in site.view_functions if permission_of(site, name) == "open"} == DOOR


def test_every_address_leads_to_signing_in(site: Flask, stranger: FlaskClient) -> None:
    tried = addresses(site, "GET")
    assert len(tried) > 40
    for address in (*tried, *(page for page in PAGES if not page.startswith("/sign-in"))):
        answer = stranger.get(address)
        if address.startswith("/api/"):
            assert answer.status_code == 401, address
            assert answer.json["error"]["status"] == 401  # type: ignore[index]
        elif answer.status_code != 404:  # an address that the route's own converter refuses
            assert answer.status_code == 303, address
            assert answer.location.startswith("/sign-in?next=/"), address
        assert "476" not in answer.text


def test_nothing_is_written_by_strangers(site: Flask, stranger: FlaskClient) -> None:
    tried = addresses(site, "POST")
    assert len(tried) > 10
    for address in tried:
        assert stranger.post(address, data={}).status_code == 401, address


@pytest.mark.parametrize("address", ["/sign-in", "/nothing-here", "/welcome/xxx", "/search?q=%00", "/static/nothing"])
def test_the_door_tells_nothing(stranger: FlaskClient, address: str) -> None:
    page = stranger.get(address).text
    assert "<h1>" in page
    for told in ('type="search"', "共 476 条", "演示数据", "数据截至", 'href="/projects"', "suggest.js", "site-nav"):
        assert told not in page, told


def test_whoever_signs_in_sees_everything_as_before(site: Flask) -> None:
    page = signed_in(site, "reader").get("/projects").text
    for told in ('type="search"', "共 476 条", 'href="/projects"', "suggest.js", "site-nav"):
        assert told in page, told
