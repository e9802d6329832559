"""One reading of what people type: forms and sheets ask the same fields."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.editing.layout import widgets_of
from catalogue.records.schema.code_matching import choose
from catalogue.records.schema.reference_data import ENTITIES
from catalogue.records.schema.typed_values import Typed
from catalogue.records.schema.value_readers import read_date, read_list, read_money, read_yes_no

PROJECT, PROPOSAL, LEDGER = (ENTITIES[name] for name in ("projects", "proposals", "benefits"))
QUICK = settings(max_examples=40, deadline=None, derandomize=True)
# What people write, with what is meant by it, by field.
TYPED = [
    (PROJECT, "status", "已完成", "completed"),
    (PROJECT, "status", "Under way", "under_way"),
    (PROJECT, "status", "completed", "completed"),
    (PROJECT, "date", "2004年4月", "2004-04"),
    (PROJECT, "date", "二〇〇四年十二月", "2004-12"),
    (PROJECT, "date", "２００４．４．１２", "2004-04-12"),
    (PROJECT, "major", "是", "yes"),
    (PROJECT, "major", "", "no"),
    (PROJECT, "keywords", "阳极、焙烧，节能", "阳极;焙烧;节能"),
    (PROPOSAL, "yearly_value", "5.4万元", "54000"),
    (LEDGER, "year", "2004年", "2004"),
    (LEDGER, "amount", "1,234.5 元", "1234.5"),
    (ENTITIES["patents"], "application_number", "ZL 2005 1 0136354", "200510136354.X"),
]


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(("entity", "name", "text", "meant"), TYPED)
@pytest.mark.parametrize("is_sheet", [True, False])
def test_what_is_typed_means_the_same_in_forms_and_sheets(entity, name, text, meant, is_sheet: bool) -> None:  # type: ignore[no-untyped-def]
    assert entity.field(name).typed(text, Typed(is_sheet=is_sheet)) == meant


def test_a_form_reads_a_date_and_a_code_as_a_sheet_does() -> None:
    widgets = {widget.name: widget for widget in widgets_of(PROJECT, is_new=True)}
    assert widgets["date"].read({"date": "2004年4月"}, None) == {"date": "2004-04"}  # type: ignore[arg-type]
    assert widgets["status"].read({"status": "已完成"}, None) == {"status": "completed"}  # type: ignore[arg-type]
    assert widgets["major"].read({"major": ""}, None) == {"major": "no"}  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_code_and_label_is_read_as_before(language: str) -> None:
    with force_locale(language):
        for entity in ENTITIES.values():
            for field in entity.fields:
                for code in field.choices or ():
                    assert field.typed(code) == code
                    label = str(field.choices.label(code))  # type: ignore[union-attr]
                    assert field.typed(label) == choose(field.choices, label, field.name)  # type: ignore[arg-type]


@QUICK
@given(st.text("0123456789年月日万元余约.,-/ 是否、;", max_size=12))
def test_cells_are_read_as_by_the_readers_of_each_type(app: Flask, text: str) -> None:
    readers = {
        "started": (PROJECT, lambda cell: read_date(cell, "2004")),
        "major": (PROJECT, read_yes_no),
        "yearly_value": (PROPOSAL, lambda cell: str(read_money(cell, "万元").amount)),
        "keywords": (PROJECT, lambda cell: ";".join(read_list(cell))),
        "year": (LEDGER, lambda cell: read_date(cell)[:4]),
    }
    with app.test_request_context():
        for name, (entity, read) in readers.items():
            field, cell = entity.field(name), text.strip()
            if not cell:
                continue
            try:
                expected = read(cell)
            except ValueError:
                expected = ""
            try:
                meant = field.read_typed(cell, Typed(is_sheet=True, year="2004", unit="万元"))
            except ValueError:
                meant = ""
            if name == "yearly_value" and expected:
                assert float(meant) == float(expected)
            elif not (name == "year" and meant and not expected):  # a year out of bounds is for `parse` to refuse
                assert meant == expected


def test_a_form_loses_no_digit_of_a_plain_number() -> None:
    value = ENTITIES["claims"].field("value")
    with pytest.raises(ValueError, match=r"."):
        value.typed("1234.567")
    assert value.typed("1234.567", Typed(is_sheet=True)) == "1234.57"
