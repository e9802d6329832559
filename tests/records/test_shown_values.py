"""Values as readers see them, on record pages, in history and in review alike."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from catalogue.database import db
from catalogue.formatting import local_name, number
from catalogue.records.models.records import Award, Patent, Record
from catalogue.records.numbers import parse_application
from catalogue.records.presentation import shown
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.reference_data import BENEFITS
from catalogue.records.schema.shown_values import Shown

PATENTS, LEDGER = KINDS["patent"], BENEFITS
SCHEME = KINDS["award"].field("scheme")


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


class Reader:
    """Knows one scheme, and sees one record."""

    def name_of(self, kind: str, code: str) -> str:
        return f"{kind} {code}"

    def open_records(self, codes: object) -> list[str]:
        return ["XM-1"]


def test_a_number_has_its_letters_from_the_grant_on() -> None:
    field, events = PATENTS.field("application_number"), {"events": "filed 2005-01-02;granted 2007-03-04"}
    assert field.show("200510136354.X") == [parse_application("200510136354.X").display(granted=False)]
    before, after = (field.show("200510136354.X", Shown(events, as_of=date(year, 1, 1)))[0] for year in (2007, 2008))
    assert (before.startswith("ZL"), after.startswith("ZL")) == (False, True)


def test_an_amount_is_shown_in_its_unit() -> None:
    field = LEDGER.field("amount")
    assert field.show("4200000") == ["4,200,000"]
    assert field.show("4200000", Shown({"unit": "CNY"}))[0].startswith("420")
    assert field.show("5000", Shown({"unit": "USD"}))[0].startswith("5,000 ")
    assert field.show("", Shown({"unit": "USD"})) == []


def test_what_is_not_open_is_not_named() -> None:
    told = LEDGER.field("records").show("XM-1 60%;XM-2 40%", Shown(naming=Reader()))
    assert told[0] == "XM-1 60%"
    assert "XM-2" not in told[1]
    assert SCHEME.show("GJ", Shown(naming=Reader())) == ["scheme GJ"]
    assert SCHEME.show("GJ") == ["GJ"]


def test_prose_is_compared_word_by_word_and_lists_thing_by_thing() -> None:
    title, people = PATENTS.field("title"), PATENTS.field("people")
    assert [piece.mark for piece in title.compare(["阳极甲"], ["阳极乙"])] == ["same", "old", "new"]
    assert {piece.text for piece in people.compare(["张三(A1)"], ["张三(A1)", "李四(A2)"])} == {"张三(A1)", "李四(A2)"}


def value_shown(record: Record, name: str, as_of: date) -> str:
    """What a page says of a value, from the value itself."""
    field, value = KINDS[record.kind].field(name), getattr(record, name)
    if value is None or value == "":
        return ""
    if field.choices is not None:
        return str(field.choices.label(value))
    if isinstance(record, Patent) and name == "application_number":
        granted = any(event.type == "granted" and event.on <= as_of for event in record.events)
        return parse_application(value).display(granted=granted)
    if isinstance(record, Award) and name == "scheme":
        return local_name(value)
    return number(value) if isinstance(value, Decimal) else str(value)


@pytest.mark.parametrize("kind", KINDS)
def test_pages_say_of_the_demonstration_what_the_values_are(kind: str) -> None:
    found = db.session.query(KINDS[kind].model).order_by(Record.code).limit(20).all()
    assert found
    for record in found:
        for name in KINDS[kind].facts:
            if not isinstance(getattr(record, name), bool):
                for as_of in (date(2003, 1, 1), date(2020, 1, 1)):
                    assert shown(KINDS[kind].field(name), record, as_of) == value_shown(record, name, as_of)
