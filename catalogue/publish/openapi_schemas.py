"""The schemas of the OpenAPI document: what entries look like, and what can be sent, from the fields of the kinds."""

from collections.abc import Iterable
from typing import Any

from catalogue.accounts.permissions import CONFIDENTIALITY, REVIEW_STATES
from catalogue.publish.records_api import TRANSITION_NAMES
from catalogue.publish.request_bodies import LONGEST_NOTE, MOST_CHARACTERS, MOST_LINKS
from catalogue.records.models.code_lists import RELATIONS
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.fields import Field
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.reference_data import BENEFITS

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "integer"}
_NOT_WRITTEN = "review_state"


def ref(name: str) -> Schema:
    """A reference to one of `schemas`."""
    return {"$ref": f"#/components/schemas/{name}"}


def a_list(of: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": of}


def an_object(properties: Schema, required: Iterable[str] = (), *, closed: bool = False) -> Schema:
    """An object; `closed` refuses members that are not named."""
    schema: Schema = {"type": "object", "properties": properties}
    if wanted := list(required):
        schema["required"] = wanted
    return {**schema, "additionalProperties": False} if closed else schema


def schemas() -> dict[str, Schema]:
    """Every schema by name."""
    found = {
        "Error": _error(),
        "Link": _link(),
        "Record": _whole({"kind": {"enum": list(KINDS)}, "title": _TEXT}, ("links", "contributors", "benefits")),
        "Benefit": _whole({"kind": _TEXT, "amount": _TEXT, "unit": _TEXT, "year": _NUMBER}, ("records",)),
        "RecordList": _listed("records"),
        "BenefitList": _listed("benefits"),
        "NewRecord": {
            "oneOf": [ref(f"New{_named(kind)}") for kind in KINDS.values()],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {name: ref(f"New{_named(kind)}")["$ref"] for name, kind in KINDS.items()},
            },
        },
        "RecordChange": _change({"anyOf": [ref(f"{_named(kind)}Fields") for kind in KINDS.values()]}),
        "BenefitChange": _change(ref("BenefitFields")),
        "NewBenefit": an_object({"fields": _required(BENEFITS), "note": _note()}, ("fields",), closed=True),
        "Transition": an_object(
            {"transition": {"enum": list(TRANSITION_NAMES)}, "note": _note()}, ("transition",), closed=True
        ),
        "Proposal": an_object(
            {
                "amendment": _NUMBER,
                "state": _TEXT,
                "four_eyes": {"type": "boolean"},
                "changes": {"type": "object", "additionalProperties": a_list(_TEXT)},
            },
            ("amendment", "state"),
        ),
        "BenefitFields": _fields(BENEFITS),
    }
    for name, kind in KINDS.items():
        found[f"{_named(kind)}Fields"] = _fields(kind)
        found[f"New{_named(kind)}"] = an_object(
            {"kind": {"const": name}, "fields": _required(kind), "links": _links(), "note": _note()},
            ("kind", "fields"),
            closed=True,
        )
    return found


def _named(entity: Entity) -> str:
    return entity.name.title()


def _fields(entity: Entity) -> Schema:
    written = [field for field in entity.fields if field.name != _NOT_WRITTEN]
    return an_object({field.name: _field(field) for field in written}, closed=True)


def _field(field: Field) -> Schema:
    schema: Schema = {"title": str(field.label), "maxLength": field.length or MOST_CHARACTERS}
    if field.choices is not None:
        schema["description"] = ", ".join(field.choices)
    return {
        **schema,
        "type": ["string", "number", "boolean", "array", "null"],
        "items": _TEXT,
    }


def _required(entity: Entity) -> Schema:
    names = [field.name for field in entity.fields if field.required and field.name not in entity.key]
    return {"allOf": [ref(f"{_named(entity)}Fields"), {"required": names}]}


def _links() -> Schema:
    return {**a_list(ref("Link")), "maxItems": MOST_LINKS}


def _link() -> Schema:
    ends = [{"required": [end]} for end in ("source", "target")]
    link = an_object(
        {"relation": {"enum": list(RELATIONS)}, "source": _TEXT, "target": _TEXT}, ("relation",), closed=True
    )
    return {**link, "oneOf": ends}


def _note() -> Schema:
    return {"type": "string", "maxLength": LONGEST_NOTE}


def _change(fields: Schema) -> Schema:
    return an_object({"fields": fields, "note": _note()}, ("fields",), closed=True)


def _whole(own: Schema, lists: Iterable[str]) -> Schema:
    shared: Schema = {
        "code": _TEXT,
        "version": _NUMBER,
        "url": {"type": "string", "format": "uri"},
        "review_state": {"enum": list(REVIEW_STATES)},
        "confidentiality": {"enum": list(CONFIDENTIALITY)},
        "fields": {"type": "object", "additionalProperties": _TEXT},
        "display": a_list({"type": "object"}),
        "transitions": a_list({"enum": list(TRANSITION_NAMES)}),
    }
    properties = {**shared, **own, **{name: a_list({"type": "object"}) for name in lists}}
    return an_object(properties, properties)


def _listed(name: str) -> Schema:
    properties = {"total": _NUMBER, "page": _NUMBER, "pages": _NUMBER, name: a_list({"type": "object"})}
    return an_object({**properties, "links": {"type": "object"}}, properties)


def _error() -> Schema:
    place = {"type": ["string", "null"]}
    problem = an_object({"place": _TEXT, "message": _TEXT}, ("place", "message"))
    differs = {"type": "object", "additionalProperties": _TEXT}
    error = an_object(
        {"status": _NUMBER, "message": _TEXT, "place": place, "problems": a_list(problem), "differs": differs},
        ("status", "message", "place"),
    )
    return an_object({"error": error}, ("error",))
