"""The OpenAPI document beside real answers: what it says of the demonstration's entries is what they are."""

from typing import Any

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.database import db
from catalogue.publish.openapi_schemas import schemas
from catalogue.publish.representations import as_json
from catalogue.records.models.benefits import Benefit
from catalogue.records.models.records import Record
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.reference_data import ENTITIES


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").get_json()
    return found


def validator(document: dict[str, Any], name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(
        {"components": document["components"], "$ref": f"#/components/schemas/{name}"},
        format_checker=jsonschema.FormatChecker(),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_record_of_the_demonstration_is_as_described(app: Flask, document: dict[str, Any], kind: str) -> None:
    whole = validator(document, kind.title())
    with app.test_request_context():
        for record in db.session.query(Record).filter_by(kind=kind).order_by(Record.code).limit(60):
            whole.validate(as_json(db.session(), COMMAND_LINE, record))


def test_every_ledger_line_is_as_described(app: Flask, document: dict[str, Any]) -> None:
    whole = validator(document, "Benefit")
    with app.test_request_context():
        for benefit in db.session.query(Benefit).order_by(Benefit.code):
            whole.validate(as_json(db.session(), COMMAND_LINE, benefit))


def test_every_row_of_the_registers_is_as_described(app: Flask, document: dict[str, Any]) -> None:
    with app.test_request_context():
        for entity in ENTITIES.values():
            values = validator(document, f"{entity.name.title().replace('_', '')}Values")
            for item in db.session.query(entity.model).limit(40):
                values.validate(entity.values(entity.texts(item)))


def test_lists_and_answers_over_the_wire(document: dict[str, Any], client: FlaskClient) -> None:
    for path, listed, whole in (("records", "RecordList", "Record"), ("benefits", "BenefitList", "Benefit")):
        answer = client.get(f"/api/v1/{path}?per_page=5").get_json()
        validator(document, listed).validate(answer)
        for entry in answer[path]:
            validator(document, whole).validate(client.get(f"/api/v1/{path}/{entry['code']}").get_json())


def test_what_is_answered_can_be_sent_again(app: Flask, document: dict[str, Any]) -> None:
    with app.test_request_context():
        for kind, entity in KINDS.items():
            record = db.session.query(Record).filter_by(kind=kind).order_by(Record.code).first()
            assert record is not None
            answer = as_json(db.session(), COMMAND_LINE, record)
            for form in (answer["fields"], answer["values"]):
                fields = {name: value for name, value in form.items() if name != "review_state" and value != ""}
                validator(document, f"New{kind.title()}").validate({"kind": kind, "fields": fields})
                texts = {name: entity.field(name).from_json(value) for name, value in fields.items()}
                assert all(answer["fields"][name] == text for name, text in texts.items())


def test_fields_differ_by_what_they_hold(app: Flask) -> None:
    with app.test_request_context():
        values = schemas()["PatentValues"]["properties"]
    assert values["patent_type"]["enum"] == ["invention", "utility_model", "design"]
    assert values["patent_type"]["x-labels"]["invention"]
    assert values["events"]["items"]["properties"]["on"]["format"] == "date"
    assert values["title"]["maxLength"] == 300
    assert len({str({**schema, "title": ""}) for schema in values.values()}) > 10
