"""`GET /api/v1/openapi.json`: the data interface as an OpenAPI document, made from the descriptions of its routes."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, jsonify, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from catalogue.publish.api_docs import ROUTES, view_of
from catalogue.publish.openapi_schemas import Schema, an_object, ref, schemas
from catalogue.publish.routes import Argument, Route

blueprint = Blueprint("openapi", __name__, url_prefix="/api/v1")
_HEADERS = ("ETag", "Location")
_CONDITION = "If-Match"
_JSON = "application/json"

# The schemas of what is sent and answered, where they are more than the names of members.
_SENT: Mapping[tuple[str, str], str] = {
    ("POST", "/api/v1/records"): "NewRecord",
    ("PATCH", "/api/v1/records/{code}"): "RecordChange",
    ("POST", "/api/v1/records/{code}/transitions"): "Transition",
    ("POST", "/api/v1/benefits"): "NewBenefit",
    ("PATCH", "/api/v1/benefits/{code}"): "BenefitChange",
    ("POST", "/api/v1/benefits/{code}/transitions"): "Transition",
}
_LISTS: Mapping[str, str] = {"/api/v1/records": "RecordList", "/api/v1/benefits": "BenefitList"}


@blueprint.get("/openapi.json")
def show() -> Response:
    """The document, in the language of whoever asks."""
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        if view_of(route):
            paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    response: Response = jsonify(
        openapi="3.1.0",
        info={"title": _("Achievements and Patents"), "version": "1"},
        servers=[{"url": request.url_root.rstrip("/")}],
        paths=paths,
        components={
            "schemas": schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    )
    return response


def _operation(route: Route) -> dict[str, Any]:
    writes = (route.method, route.path) in _SENT
    operation: dict[str, Any] = {
        "operationId": "_".join(re.findall(r"\w+", f"{route.method.lower()} {route.path.removeprefix('/api/v1')}")),
        "summary": str(route.purpose),
        # With an empty one beside it the token is left to the program.
        "security": [{"token": []}] if writes else [{}, {"token": []}],
        "responses": {
            **_answers(route),
            "default": _answer(_("An error, with a sentence that says what to do."), ref("Error")),
        },
    }
    if parameters := [_parameter(name, each, route) for each, name in _named(route) if _where(name, route)]:
        operation["parameters"] = parameters
    if route.method in ("POST", "PATCH"):
        operation["requestBody"] = {"required": True, "content": {_JSON: {"schema": _sent(route)}}}
    return operation


def _named(route: Route) -> list[tuple[Argument, str]]:
    """Every argument, one by one: some are described together."""
    return [(argument, name) for argument in route.arguments for name in argument.name.split(", ")]


def _where(name: str, route: Route) -> str:
    """Where an argument stands: in the path, in a header or in the address; empty for a member of the body."""
    if f"{{{name}}}" in route.path:
        return "path"
    if name == _CONDITION:
        return "header"
    return "query" if route.method == "GET" else ""


def _parameter(name: str, argument: Argument, route: Route) -> dict[str, Any]:
    where = _where(name, route)
    return {
        "name": name,
        "in": where,
        "required": where != "query",
        "description": f"{argument.meaning} {argument.values}".strip(),
        "schema": {"type": "string"},
    }


def _sent(route: Route) -> Schema:
    if name := _SENT.get((route.method, route.path)):
        return ref(name)
    members = {name: {"description": str(each.meaning)} for each, name in _named(route) if not _where(name, route)}
    return an_object(members)


def _answers(route: Route) -> dict[str, Any]:
    """The answers that are no errors, by status."""
    whole = ref("Benefit" if "/benefits" in route.path else "Record")
    if (route.method, route.path) not in _SENT and "{code}" not in route.path:
        listed = _LISTS.get(route.path)
        return {"200": _answer(str(route.purpose), ref(listed) if listed else _loose(route))}
    headers = {name: {"schema": {"type": "string"}} for name in _HEADERS}
    if route.method == "POST" and route.path in _LISTS:
        return {"201": {**_answer(_("The new entry, whole."), whole), "headers": headers}}
    found = {"200": {**_answer(_("The entry, whole."), whole), "headers": {"ETag": headers["ETag"]}}}
    if route.method == "PATCH":
        found["202"] = _answer(_("The change is proposed and waits for review."), ref("Proposal"))
    return found


def _loose(route: Route) -> Schema:
    members = ((name, each) for each in route.answer for name in each.name.split(", "))
    return an_object({name: {"description": str(each.meaning)} for name, each in members})


def _answer(description: str, schema: Schema) -> dict[str, Any]:
    return {"description": description, "content": {_JSON: {"schema": schema}}}
