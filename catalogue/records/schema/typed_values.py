"""What reading typed text takes beside the text: where it was typed, and what stands around it."""

from dataclasses import dataclass
from typing import Protocol

from catalogue.records.schema.value_readers import Money


class Names(Protocol):
    """Finds what people call by names. Every method raises ValueError with a sentence where it finds nothing, or
    more than one item."""

    def division(self, text: str) -> str:
        """The name of a division called by name, code or alias."""

    def record(self, text: str) -> str:
        """The code of a record written by code, number or title."""


@dataclass
class Typed:
    """Where a text was typed. `is_sheet`: in a cell, whose numbers may be days as Excel counts them or have more places
    than are kept, and whose lists mix their signs; else in a form.

    `year` is said for dates that name only month and day, `unit` for amounts that name none. `money` is set by reading
    an amount: what it says of its unit and how exact it is.
    """

    names: Names | None = None
    is_sheet: bool = False
    year: str = ""
    unit: str = ""
    money: Money | None = None
