"""Fields: text forms, JSON values and schemas say the same."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from flask import Flask
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from catalogue.records.models.code_lists import PATENT_EVENTS, ROLES
from catalogue.records.numbers import check_character
from catalogue.records.schema import list_fields, number_fields, review_fields, value_fields
from catalogue.records.schema.fields import Field, JsonNumber, Reference, Schema, TextField
from catalogue.records.schema.reference_data import ENTITIES

# One of each: fields that differ by their names alone are not tried twice.
FIELDS = list(
    {
        replace(field, name="", label=""): (f"{entity.name}.{field.name}", field)
        for entity in ENTITIES.values()
        for field in entity.fields
    }.values()
)
QUICK = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
WORDS = st.text("阳极炭块ABC019 _-.", min_size=1, max_size=12).filter(lambda text: text == text.strip())
NAMES = st.text("石甲郭乙陈", min_size=2, max_size=3)
NUMBERS = st.from_regex(r"\A[A-Z][0-9]{3}\Z")
DAYS = st.dates(date(1949, 1, 1), date(2100, 1, 1)).map(date.isoformat)
PERCENT = st.integers(1, 20).map(str)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "on", "x"]), inner, max_size=3)
    ),
    max_leaves=4,
)


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def partial(day: str) -> st.SearchStrategy[str]:
    return st.sampled_from([day, day[:7], day[:4]])


def application(digits: str) -> str:
    return f"{digits}.{check_character(digits)}"


def texts_of(field: Field) -> st.SearchStrategy[str]:
    """Text forms that a field can have."""
    made: dict[type[Field], st.SearchStrategy[str]] = {
        value_fields.PartialDateField: DAYS.flatmap(partial),
        value_fields.DayField: DAYS,
        value_fields.FilingDateField: DAYS,
        value_fields.AmountField: st.decimals(-(10**9), 10**9, places=2).map(value_fields.write_amount),
        value_fields.FactorField: st.decimals(Decimal("0.01"), 99, places=2).map(
            lambda value: f"{value.normalize():f}"
        ),
        value_fields.YesNoField: st.sampled_from(["yes", "no"]),
        number_fields.ApplicationNumberField: st.from_regex(r"\A200[4-9]1[0-9]{7}\Z").map(application),
        number_fields.PublicationNumberField: st.from_regex(r"\ACN[0-9]{7}[ABCUY]\Z"),
        list_fields.PeopleField: st.lists(
            st.tuples(NAMES, NUMBERS, st.sampled_from(list(ROLES))), max_size=3, unique_by=lambda person: person[1]
        ).map(field.write),
        list_fields.EventsField: st.lists(st.tuples(st.sampled_from(list(PATENT_EVENTS)), DAYS), max_size=3).map(
            lambda events: field.write(sorted(events, key=lambda event: event[1]))
        ),
        list_fields.SharesField: st.dictionaries(NUMBERS, PERCENT, max_size=3).map(
            lambda shares: ";".join(f"{code} {percent}%" for code, percent in sorted(shares.items()))
        ),
        review_fields.RestrictionField: st.lists(st.sampled_from(["role:reviewer", "division:D1"]), unique=True).map(
            ";".join
        ),
    }
    if field.choices is not None:
        return st.sampled_from(list(field.choices))
    if isinstance(field, value_fields.WholeNumberField):
        return st.integers(field.low, field.high).map(str)
    if isinstance(field, number_fields.NumberField) and type(field) not in made:
        return st.just(field.example)
    if field.lists and type(field) not in made:
        return st.lists(WORDS, max_size=3, unique=True).map(lambda words: ";".join(sorted(words)))
    return made.get(type(field), WORDS.map(lambda text: text[: field.length or None].strip()))


def fits(schema: Schema, value: Any) -> bool:
    return bool(jsonschema.Draft202012Validator(schema).is_valid(value))


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=[name for name, _field in FIELDS])
def test_a_text_form_and_its_json_value_are_one(name: str, field: Field) -> None:
    @QUICK
    @given(texts_of(field))
    def check(text: str) -> None:
        assume(text or not field.required)
        value = field.to_json(text)
        assert field.canonical(text) == text
        assert field.from_json(value) == text or (not text and not field.from_json(value))
        assert field.from_json(text) == text
        assert json.loads(json.dumps(value)) == value
        assert fits(field.json_schema(), value)
        assert fits(field.text_schema(), text)
        assert fits(field.written_schema(), value)
        assert fits(field.written_schema(), text) or not text

    check()


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=[name for name, _field in FIELDS])
def test_a_value_that_the_schema_refuses_is_refused(name: str, field: Field) -> None:
    schema = field.written_schema()

    @QUICK
    @given(JSON)
    def check(value: Any) -> None:
        # Texts may be written in many ways; what counts is that they become what the schema describes.
        sent = json.loads(json.dumps(value), parse_int=JsonNumber, parse_float=JsonNumber)
        try:
            text = field.canonical(field.from_json(sent))
        except ValueError:
            return
        assert isinstance(value, str) or fits(schema, value)
        assert fits(field.json_schema(), field.to_json(text))
        assert fits(field.text_schema(), text)

    check()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("title", [True, ["甲", "乙"], {"text": "甲"}]),
        ("status", ["done", 1, True, ["completed"]]),
        ("date", ["2004-13", "04-2004", True, [2004]]),
        ("major", ["perhaps", 2, []]),
        ("keywords", [JsonNumber("5"), True, [["甲"]], ["甲;乙"], [None], [JsonNumber("5")], "甲" * 101]),
        ("people", [["张三"], [{"name": "张三"}], [{"name": "张三(A1)", "staff_number": "A1"}], {"name": "张三"}]),
        ("people", [[{"name": "张三", "staff_number": "A1", "role": "cook"}]]),
    ],
)
def test_what_a_project_does_not_take(name: str, values: list[Any]) -> None:
    field = ENTITIES["projects"].field(name)
    for value in values:
        with pytest.raises(ValueError, match=r"."):
            field.parse(field.from_json(value))


def test_values_are_what_programs_expect() -> None:
    project, patent, benefit = (ENTITIES[name] for name in ("projects", "patents", "benefits"))
    assert project.field("major").to_json("yes") is True
    assert project.field("people").to_json("张三(A1);李四(A2)/advisor") == [
        {"name": "张三", "staff_number": "A1", "role": "leader"},
        {"name": "李四", "staff_number": "A2", "role": "advisor"},
    ]
    assert patent.field("events").to_json("filed 2004-05-06") == [{"type": "filed", "on": "2004-05-06"}]
    assert benefit.field("year").to_json("2004") == 2004
    assert benefit.field("amount").to_json("4200000.5") == "4200000.5"
    assert benefit.field("amount").from_json(JsonNumber("4200000.50")) == "4200000.50"
    assert benefit.field("records").to_json("XM-1 60%") == [{"record": "XM-1", "percent": "60"}]
    assert benefit.field("records").from_json([{"record": "XM-1"}]) == "XM-1 100%"


def test_fields_of_each_type_are_tried() -> None:
    types = {type(field) for _name, field in FIELDS}
    assert {TextField, Reference, list_fields.SharesField, value_fields.FactorField} <= types
