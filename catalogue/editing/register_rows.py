"""The rows of a register as people read them: names instead of codes, and what a row is called."""

from typing import Any

from flask_babel import gettext as _

from catalogue.formatting import local_name
from catalogue.records.models.claims import Claim
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.fields import Field, Reference
from catalogue.tallies.presentation import published_name


def is_amount(field: Field) -> bool:
    """Whether the field stands in a column of numbers that are compared by their places; years do not."""
    return field.sort == "amount" or (field.sort == "whole" and not field.name.endswith("year"))


def cell(field: Field, item: Any) -> str:
    """What the row says in the column of that field; empty where it says nothing."""
    value = getattr(item, field.name)
    if value is not None and isinstance(field, Reference):
        return local_name(value)
    if isinstance(item, Claim) and field.name == "measure":
        return published_name(value)
    return _(", ").join(field.show(field.text(item)))


def name_of(entity: Entity, item: Any) -> str:
    """What the row is called: its name, or whatever tells it from the others of its register."""
    if isinstance(item, Claim):
        return published_name(item.measure)
    if name := getattr(item, "name", ""):
        return str(name)
    fields = [entity.field(name) for name in entity.key]
    said = [(field, cell(field, item)) for field in fields if field.text(item)]
    return " · ".join(f"{field.label} {text}" if field.sort == "whole" else text for field, text in said)
