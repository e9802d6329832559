"""The schemas of the OpenAPI document: what entries look like, and what can be sent, from the fields of the kinds."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from catalogue.accounts.permissions import CONFIDENTIALITY, REVIEW_STATES
from catalogue.publish.records_api import TRANSITION_NAMES
from catalogue.publish.request_bodies import LONGEST_NOTE, MOST_LINKS
from catalogue.records.models.code_lists import RELATIONS
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.reference_data import BENEFITS, ENTITIES
from catalogue.records.schema.value_fields import code_schema

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "integer"}
_TIME: Schema = {"type": "string", "format": "date-time"}
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
        "Record": _one_of_kinds("{}"),
        "Benefit": _whole(BENEFITS, _brief_benefit(), ("records",)),
        "RecordList": _listed("records", an_object(_brief_record(), _brief_record())),
        "BenefitList": _listed("benefits", an_object(_brief_benefit(), _brief_benefit())),
        "NewRecord": _one_of_kinds("New{}"),
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
        **{f"{_named(entity)}Values": _values(entity) for entity in ENTITIES.values()},
    }
    for name, kind in KINDS.items():
        found[_named(kind)] = _whole(
            kind,
            {**_brief_record(), "kind": {"const": name}, "updated_at": _TIME},
            ("links", "contributors", "benefits"),
        )
        found[f"{_named(kind)}Fields"] = _fields(kind)
        found[f"New{_named(kind)}"] = an_object(
            {"kind": {"const": name}, "fields": _required(kind), "links": _links(), "note": _note()},
            ("kind", "fields"),
            closed=True,
        )
    return found


def _named(entity: Entity) -> str:
    return entity.name.title().replace("_", "")


def _one_of_kinds(name: str) -> Schema:
    """One of the schemas of this name, by the kind that the object names."""
    references = {kind: ref(name.format(_named(entity))) for kind, entity in KINDS.items()}
    return {
        "oneOf": list(references.values()),
        "discriminator": {
            "propertyName": "kind",
            "mapping": {kind: each["$ref"] for kind, each in references.items()},
        },
    }


def _fields(entity: Entity) -> Schema:
    """The fields as they can be sent. The key may be left to the catalogue."""
    written = [field for field in entity.fields if field.name != _NOT_WRITTEN]
    schemas = {field.name: field.written_schema(is_optional=field.name in entity.key) for field in written}
    return {
        **an_object(schemas, closed=True),
        "description": _("Text forms are read as in sheets: full-width signs and blanks around them do no harm."),
    }


def _values(entity: Entity) -> Schema:
    """The values of all fields as they are answered."""
    schemas = {field.name: field.json_schema() for field in entity.fields}
    return {**an_object(schemas, schemas, closed=True), "title": str(entity.label)}


def _texts(entity: Entity) -> Schema:
    """The text forms of all fields as they are answered."""
    schemas = {field.name: field.text_schema() for field in entity.fields}
    return an_object(schemas, schemas, closed=True)


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


def _whole(entity: Entity, brief: Schema, lists: Iterable[str]) -> Schema:
    value = an_object({"text": _TEXT, "note": _TEXT}, ("text", "note"))
    properties = {
        **brief,
        "confidentiality": code_schema(CONFIDENTIALITY),
        "fields": _texts(entity),
        "values": ref(f"{_named(entity)}Values"),
        "display": a_list(an_object({"label": _TEXT, "values": a_list(value)}, ("label", "values"))),
        "transitions": a_list({"enum": list(TRANSITION_NAMES)}),
        **{name: a_list({"type": "object"}) for name in lists},
    }
    return an_object(properties, properties)


def _brief() -> Schema:
    return {
        "code": _TEXT,
        "version": _NUMBER,
        "url": {"type": "string", "format": "uri"},
        "review_state": code_schema(REVIEW_STATES),
    }


def _brief_record() -> Schema:
    return {
        **_brief(),
        "kind": {"enum": list(KINDS)},
        "title": _TEXT,
        "year": {"type": ["integer", "null"]},
        "date": {"type": ["string", "null"]},
    }


def _brief_benefit() -> Schema:
    fields = {name: BENEFITS.field(name).json_schema() for name in ("kind", "amount", "unit", "year")}
    return {**_brief(), **fields}


def _listed(name: str, brief: Schema) -> Schema:
    properties = {"total": _NUMBER, "page": _NUMBER, "pages": _NUMBER, name: a_list(brief)}
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
