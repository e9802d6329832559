"""Every route of the data interface: what each role may do with each scope, and that the OpenAPI document has it."""

import json
import re
from typing import Any

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from catalogue.accounts.auth import permission_of
from catalogue.accounts.permissions import PERMISSIONS
from catalogue.accounts.tokens import SCOPE_PERMISSIONS, scopes_for
from catalogue.publish.api_docs import ROUTES
from catalogue.publish.openapi_schemas import schemas
from catalogue.records.schema.kinds import KINDS
from tests.publish.test_guide import api_routes
from tests.support.accounts import bearer
from tests.support.catalogues import empty_catalogue, project

ROLES = ("reader", "contributor", "reviewer", "administrator")
WHO = [(role, scope) for role in ROLES for scope in scopes_for(role)]
# Of what a route takes at least, so that it is asked in earnest: paths and bodies.
CODE = "XM-2001-001"
BODIES: dict[str, Any] = {"/api/v1/verify": {"text": "专利16项。"}, "/api/v1/similar": {"title": "阳极"}}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = empty_catalogue(tmp_path_factory.mktemp("access"))
    with app.app_context():
        project(CODE)
    return app


def permissions(app: Flask) -> dict[tuple[str, str], str]:
    """The permission that each route takes."""
    rules = app.url_map.iter_rules()
    found = {(method, rule.rule): permission_of(app, rule.endpoint) for rule in rules for method in rule.methods or ()}
    return {route: found[route] for route in api_routes(app)}


def asked(client: FlaskClient, method: str, rule: str, headers: dict[str, str]) -> int:
    address = re.sub(r"<[^>]+>", CODE, rule)
    body = {} if method == "GET" else {"json": BODIES.get(rule, {})}
    return client.open(address, method=method, headers=headers, **body).status_code


def test_the_scopes_of_a_role_are_among_its_permissions() -> None:
    assert [role for role, _scope in WHO].count("reader") == 1
    assert len(WHO) == 9
    for role, scope in WHO:
        assert all(role in PERMISSIONS[name] for name in SCOPE_PERMISSIONS[scope])
    assert not any({"have_account", "manage_accounts"} & names for names in SCOPE_PERMISSIONS.values())


@pytest.mark.parametrize(("role", "scope"), [("", ""), *WHO])
def test_each_route_takes_its_permission(small: Flask, role: str, scope: str) -> None:
    client, headers = small.test_client(), bearer(small, role, scope, f"{role}-{scope}") if role else {}
    for (method, rule), permission in permissions(small).items():
        may = permission in SCOPE_PERMISSIONS[scope] if role else permission in ("open", "read")
        status = asked(client, method, rule, headers)
        assert status < 500, (method, rule)
        if may:
            assert status not in (401, 403), (method, rule)
        else:
            assert status == (403 if role else 401), (method, rule)


def test_what_writes_takes_the_permission_to_write(small: Flask) -> None:
    asking = {("POST", "/api/v1/similar"), ("POST", "/api/v1/verify")}
    for (method, rule), permission in permissions(small).items():
        is_reading = method == "GET" or (method, rule) in asking
        assert (permission == "read") == is_reading, (method, rule)


def test_where_reading_is_closed_a_token_reads(tmp_path_factory: pytest.TempPathFactory) -> None:
    app = empty_catalogue(tmp_path_factory.mktemp("closed"), anonymous_reading="closed")
    client = app.test_client()
    assert client.get("/api/v1/records").status_code == 401
    assert client.get("/api/v1/records", headers=bearer(app, "reader", "read")).status_code == 200


def openapi_routes(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_openapi_document_is_valid_and_has_every_route(small: Flask, language: str) -> None:
    document = small.test_client().get("/api/v1/openapi.json", headers={"Accept-Language": language}).json
    assert document is not None
    validate(document)
    assert openapi_routes(document) == {
        (m, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)) for m, rule in api_routes(small)
    }
    said = json.dumps(document, ensure_ascii=False)
    assert ("科技成果" in said) == (language == "zh")
    names = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names)) == len(ROUTES)
    for reference in set(re.findall(r'"#/components/schemas/(\w+)"', said)):
        assert reference in document["components"]["schemas"]


def test_the_schemas_say_what_is_taken_and_what_is_answered(small: Flask) -> None:
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": {"schemas": schemas()}}

    def fits(name: str, data: Any) -> bool:
        schema = {**document, "$ref": f"#/components/schemas/{name}"}
        return not list(jsonschema.Draft202012Validator(schema).iter_errors(data))

    fields = {"title": "阳极", "status": "completed", "keywords": ["a"], "major": True, "abstract": None}
    assert fits("NewRecord", {"kind": "project", "fields": fields, "links": [{"relation": "awarded", "target": "x"}]})
    assert not fits("NewRecord", {"kind": "project", "fields": {**fields, "review_state": "published"}})
    assert not fits("NewRecord", {"kind": "project", "fields": {"title": "阳极"}})
    assert not fits("NewRecord", {"kind": "paper", "fields": fields})
    client = small.test_client()
    assert fits("Record", client.get(f"/api/v1/records/{CODE}").json)
    assert fits("RecordList", client.get("/api/v1/records").json)
    assert fits("BenefitList", client.get("/api/v1/benefits").json)
    assert fits("Error", client.get("/api/v1/records/x").json)
    assert set(KINDS) == {kind["properties"]["kind"]["const"] for name, kind in schemas().items() if _is_new_kind(name)}


def _is_new_kind(name: str) -> bool:
    return name.startswith("New") and name not in ("NewRecord", "NewBenefit")
