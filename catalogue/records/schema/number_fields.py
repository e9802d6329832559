"""Fields for numbers with rules of their own: patent application, publication and grant numbers, registrations."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from catalogue.records.numbers import NumberError, parse_application, parse_publication
from catalogue.records.schema.fields import Field, Schema, narrow
from catalogue.records.schema.list_fields import EventsField
from catalogue.records.schema.shown_values import PLAIN, Shown
from catalogue.records.schema.typed_values import Typed


@dataclass(frozen=True)
class NumberField(Field):
    """A number with a form of its own; `form` is the pattern of a whole text form, `example` one that fits it."""

    form: str = ""
    example: str = ""

    def read(self, text: str) -> str:
        number = unicodedata.normalize("NFKC", text).replace(" ", "").upper()
        if not re.fullmatch(self.form, number):
            raise ValueError(_("a number such as %(example)s", example=self.example))
        return number

    def read_typed(self, text: str, typed: Typed) -> str:
        return self.canonical(narrow(text))

    def value_schema(self) -> Schema:
        return {"type": "string", "pattern": f"^{self.form}$", "examples": [self.example]}

    def further_schemas(self) -> list[Schema]:
        """Programs may write the number as people type it."""
        return [{"type": ["string", "number"], "maxLength": 60}]


@dataclass(frozen=True)
class ApplicationNumberField(NumberField):
    """A Chinese patent application number."""

    def read(self, text: str) -> str:
        try:
            return str(parse_application(text))
        except NumberError as error:
            if error.expected:
                raise ValueError(
                    _(
                        "%(text)s has a wrong check character; the right one is %(expected)s",
                        text=text,
                        expected=error.expected,
                    )
                ) from None
            raise ValueError(_("a patent application number of 8 or 12 digits, such as 200510136354.X")) from None

    def show(self, text: str, shown: Shown = PLAIN) -> list[str]:
        """With ZL before it from the grant on."""
        if not text:
            return []
        events = EventsField.events_in(shown.texts.get("events", ""))
        granted = any(kind == "granted" and shown.as_of and on <= shown.as_of for kind, on in events)
        return [parse_application(text).display(granted=granted)]


@dataclass(frozen=True)
class PublicationNumberField(NumberField):
    """The number of a published application or of a grant."""

    def read(self, text: str) -> str:
        try:
            return str(parse_publication(text))
        except NumberError:
            raise ValueError(_("a publication number, such as CN1234567A")) from None


def application_number(name: str, label: Any) -> Field:
    """A patent application number in any form that people type; kept as digits, a point and the check character."""
    form = r"([0-9]{8}|[0-9]{12})\.[0-9X]"
    return ApplicationNumberField(name, label, required=True, form=form, example="200510136354.X")


def publication_number(name: str, label: Any) -> Field:
    """The number of a published application or of a grant."""
    return PublicationNumberField(name, label, form=r"CN[0-9]{7,9}([A-Z][0-9]?)?", example="CN1234567A")


def achievement_number(name: str, label: Any) -> Field:
    """The registration number of an achievement: region or ministry, year, Y, serial (科技成果登记号)."""
    return NumberField(name, label, form=r"[0-9]{3}[0-9]{4}Y[0-9]{4}", example="6302002Y0017")


def copyright_number(name: str, label: Any) -> Field:
    """The registration number of a software copyright."""
    return NumberField(name, label, required=True, form=r"[0-9]{4}SRE?[0-9]{5,7}", example="2005SR01234")
