"""What a field is: its label, its text form, its JSON form, and how an entity takes its value.

The *text form* is what a cell of a sheet holds, what history compares and what an export writes, so that the three
can never disagree. `Field.parse` turns text into a value (ValueError says what was expected), `Field.assign` puts
the value on an entity, `Field.text` gives the text form back. `Field.to_json` and `Field.from_json` lead from a text
form to a JSON value and back; `Field.json_schema` describes that value. Fields of particular values are in
`value_fields`, `number_fields`, `list_fields` and `review_fields`.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, ClassVar

from flask_babel import gettext as _

from catalogue.code_list import CodeList
from catalogue.records.schema.shown_values import PLAIN, Shown
from catalogue.records.schema.text_diff import Piece, items, prose
from catalogue.records.schema.typed_values import Typed

SEPARATOR = ";"
MOST_CHARACTERS = 20_000  # of the text form of one field, as programs send it
Schema = dict[str, Any]
_SEPARATORS = re.compile(r"[;；]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class JsonNumber(str):
    """A number of a JSON document as it was written: no digit of it is lost, however many there are."""


def clean(text: str) -> str:
    """Text as it is stored: without control characters and outer blanks, line ends as LF."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def split(text: str) -> list[str]:
    """The parts of a cell that lists several items."""
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


def narrow(text: str) -> str:
    """Full-width digits, letters and signs as half-width; for values, never for prose."""
    return unicodedata.normalize("NFKC", text).strip()


def number_text(value: Any) -> str | None:
    """The digits of a JSON number; None for anything else."""
    if isinstance(value, JsonNumber):
        return str(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


@dataclass(frozen=True)
class Field:
    """A plain field. `read` and `write` are inverse to each other; `length` bounds the text form.

    `sort` says what it is, for those who draw an input for it: date, day, yes_no, amount, whole, or empty for any text.
    `lists`: whether it holds several items; `is_prose`: whether its words can be told apart.
    """

    lists: ClassVar[bool] = False
    is_prose: ClassVar[bool] = False
    sort: ClassVar[str] = ""

    name: str
    label: Any
    required: bool = False
    default: str = ""
    length: int = 0
    choices: CodeList | None = None

    def read(self, text: str) -> Any:
        """The value of a text form that is not empty. Raises ValueError with a sentence."""
        return text

    def write(self, value: Any) -> str:
        """The text form of a value."""
        return str(value)

    def parse(self, text: str) -> Any:
        """The value that `text` stands for (None where it is empty). Raises ValueError with a sentence."""
        text = clean(text) or self.default
        if not text:
            if self.required:
                raise ValueError(_("a value is needed here"))
            return None
        if self.length and len(text) > self.length:
            raise ValueError(_("at most %(number)s characters fit here", number=self.length))
        return self.read(text)

    def canonical(self, text: str) -> str:
        """The text form that storing this text and reading it back would give. Raises ValueError."""
        value = self.parse(text)
        return "" if value is None or value == "" else self.write(value)

    def read_typed(self, text: str, typed: Typed) -> str:
        """The text form that is meant by what a person types in a form or a cell, in any usual way of writing it.

        Raises ValueError with a sentence where it cannot be told; what the text form says is for `parse` to check.
        """
        return clean(text)

    def typed(self, text: str, typed: Typed | None = None) -> str:
        """The same, checked: what storing it and reading it back would give."""
        return self.canonical(self.read_typed(text, typed or Typed()))

    def text(self, entity: Any) -> str:
        """The text form of the entity's present value."""
        value = getattr(entity, self.name)
        return "" if value is None else self.write(value)

    def searched_text(self, entity: Any) -> str:
        """The words by which the entity is found through this field, where its kind says that it is searched."""
        return self.text(entity)

    def assign(self, entity: Any, value: Any, references: Any) -> None:
        """Put a parsed value on the entity; `references` finds other items by their codes."""
        setattr(entity, self.name, value)

    def show(self, text: str, shown: Shown = PLAIN) -> list[str]:
        """A text form as a reader sees it: one piece, or where the field lists several items one for each; none where
        it is empty. `shown` says who reads it and what stands around it."""
        return [self.piece(text)] if text else []

    def piece(self, text: str) -> str:
        """One item as a reader sees it."""
        return text

    def compare(self, before: list[str], after: list[str]) -> tuple[Piece, ...]:
        """What has changed between two values, each as `show` gives it: what is the same, gone and new, in one row."""
        return items(before, after)

    def to_json(self, text: str) -> Any:
        """The JSON value of a text form as it is stored; None where it is empty."""
        return self.value_to_json(text) if text else None

    def from_json(self, value: Any) -> str:
        """The text form of a JSON value: one that fits `json_schema`, or a text form itself, or null. Numbers may be
        `JsonNumber`. Raises ValueError for a value of another type; what the text says is for `parse` to check."""
        if value is None:
            return ""
        if isinstance(value, str) and not isinstance(value, JsonNumber):
            return value
        text = self.value_from_json(value)
        if text is None:
            raise ValueError(_("the value is not of the type that this field takes: %(type)s", type=self.json_type))
        return text

    @property
    def json_type(self) -> str:
        """What `from_json` takes beside null, in words."""
        return _("a text or a number")

    def value_to_json(self, text: str) -> Any:
        """The JSON value of a text form that is not empty."""
        return text

    def value_from_json(self, value: Any) -> str | None:
        """The text form of a JSON value that is neither text nor null; None where it is not of the right type."""
        return number_text(value)

    def json_schema(self) -> Schema:
        """A JSON Schema, with the title of the field, of what `to_json` gives."""
        return self._titled(self.value_schema())

    def text_schema(self) -> Schema:
        """A JSON Schema of the text form of what is stored; that of an empty field is the empty text."""
        schema = self.text_value_schema()
        return self._titled(schema if self.required else {"anyOf": [{"const": ""}, schema]}, is_nullable=False)

    def written_schema(self, *, is_optional: bool = False) -> Schema:
        """A JSON Schema of what `from_json` takes; `is_optional`: also null, although the field is required."""
        forms = [self.value_schema(), *(form for form in self.further_schemas() if form != self.value_schema())]
        schema = {"anyOf": forms} if len(forms) > 1 else forms[0]
        return self._titled(schema, is_nullable=is_optional or not self.required)

    def value_schema(self) -> Schema:
        """The schema of a value that is there."""
        return {"type": "string", "minLength": 1, "maxLength": self.length or MOST_CHARACTERS}

    def text_value_schema(self) -> Schema:
        """The schema of a text form that is not empty."""
        return self.value_schema()

    def further_schemas(self) -> list[Schema]:
        """The schemas of what may be sent beside the value as it is answered."""
        return [{"type": ["string", "number"], "maxLength": self.length or MOST_CHARACTERS}]

    def _titled(self, schema: Schema, *, is_nullable: bool | None = None) -> Schema:
        titled = {"title": str(self.label)}
        if is_nullable if is_nullable is not None else not self.required:
            return {**titled, "anyOf": [*schema.get("anyOf", [schema]), {"type": "null"}]}
        return {**titled, **schema}


@dataclass(frozen=True)
class TextField(Field):
    """Prose or a name; empty is the empty string, never null."""

    is_prose: ClassVar[bool] = True

    def compare(self, before: list[str], after: list[str]) -> tuple[Piece, ...]:
        """Word by word."""
        return prose("".join(before), "".join(after))

    def parse(self, text: str) -> Any:
        return super().parse(text) or ""


@dataclass(frozen=True)
class Reference(Field):
    """A single other item by its code; `kind` names the method of `References` that finds it."""

    kind: str = ""
    attribute: str = "code"

    def read_typed(self, text: str, typed: Typed) -> str:
        """Divisions and records may be written by any of their names; others as they are chosen from a list."""
        text = clean(text)
        if not text or typed.names is None or self.kind not in ("division", "record"):
            return text
        return typed.names.division(text) if self.kind == "division" else typed.names.record(text)

    def show(self, text: str, shown: Shown = PLAIN) -> list[str]:
        return [shown.naming.name_of(self.kind, text)] if text and shown.naming else super().show(text, shown)

    def text(self, entity: Any) -> str:
        other = getattr(entity, self.name)
        return "" if other is None else getattr(other, self.attribute)

    def searched_text(self, entity: Any) -> str:
        """The name of the other item, where it has one."""
        other = getattr(entity, self.name)
        return "" if other is None else str(getattr(other, "name", None) or self.text(entity))

    def assign(self, entity: Any, value: Any, references: Any) -> None:
        setattr(entity, self.name, None if value is None else getattr(references, self.kind)(value))
