"""Fields as data: each knows its label, how its text form is read and written, and how a record takes its value.

The *text form* is what a cell of a sheet holds, what history compares and what an export writes, so that the three
can never disagree. `Field.parse` turns text into a value (ValueError says what was expected), `Field.assign` puts
the value on an entity, `Field.text` gives the text form back.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from flask_babel import gettext as _

from catalogue.code_list import Vocabulary
from catalogue.formatting import number
from catalogue.records.models.partial_dates import PartialDate

SEPARATOR = ";"
_SEPARATORS = re.compile(r"[;；]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean(text: str) -> str:
    """Text as it is stored: without control characters and outer blanks, line ends as LF."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def split(text: str) -> list[str]:
    """The parts of a cell that lists several things."""
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


def _narrow(text: str) -> str:
    """Full-width digits, letters and signs as half-width; for values, never for prose."""
    return unicodedata.normalize("NFKC", text).strip()


@dataclass(frozen=True)
class Field:
    """A plain field. `read` and `write` are inverse to each other; `length` bounds the text form; `say` gives the words
    of a reader for it; `sort` says what it is, for those who draw an input for it: date, day, yes_no, amount, whole, or
    empty for any text. `lists`: whether it holds several things; `is_prose`: whether its words can be told apart."""

    lists: ClassVar[bool] = False
    is_prose: ClassVar[bool] = False

    name: str
    label: Any
    read: Callable[[str], Any] = str
    write: Callable[[Any], str] = str
    required: bool = False
    default: str = ""
    length: int = 0
    choices: Vocabulary | None = None
    sort: str = ""
    say: Callable[[str], str] | None = None

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

    def text(self, entity: Any) -> str:
        """The text form of the entity's present value."""
        value = getattr(entity, self.name)
        return "" if value is None else self.write(value)

    def assign(self, entity: Any, value: Any, references: Any) -> None:
        """Put a parsed value on the entity; `references` finds other things by their codes."""
        setattr(entity, self.name, value)

    def pieces(self, text: str) -> list[str]:
        """A text form as a reader sees it: one piece, or where the field lists several things one for each."""
        if not text:
            return []
        if self.choices is not None:
            return [str(self.choices.label(text))]
        return [self.say(text) if self.say else text]


@dataclass(frozen=True)
class TextField(Field):
    """Prose or a name; empty is the empty string, never null."""

    is_prose: ClassVar[bool] = True

    def parse(self, text: str) -> Any:
        return super().parse(text) or ""


def choice(name: str, label: Any, choices: Vocabulary, *, required: bool = False, default: str = "") -> Field:
    """A field that holds one code of a vocabulary."""

    def read(text: str) -> str:
        word = _narrow(text).lower()
        code = next((code for code in choices if code.lower() == word), None)
        if code is None:
            raise ValueError(_("one of: %(codes)s", codes=", ".join(choices)))
        return code

    return Field(name, label, read=read, required=required, default=default, choices=choices)


def _read_partial_date(text: str) -> PartialDate:
    try:
        return PartialDate.parse(_narrow(text))
    except ValueError:
        raise ValueError(_("a date that exists, written 2002, 2002-12 or 2002-12-20")) from None


def partial_date(name: str, label: Any, *, required: bool = False) -> Field:
    """A date known to the day, the month or the year."""
    return Field(name, label, read=_read_partial_date, required=required, sort="date")


def read_day(text: str) -> date:
    """A day in ISO form."""
    try:
        return date.fromisoformat(_narrow(text))
    except ValueError:
        raise ValueError(_("a day that exists, written 2002-12-20")) from None


def day(name: str, label: Any, *, required: bool = False) -> Field:
    """A date that is known to the day."""
    return Field(name, label, read=read_day, write=date.isoformat, required=required, sort="day")


@dataclass(frozen=True)
class FilingDateField(Field):
    """A partial date that must be known to the day."""

    def parse(self, text: str) -> Any:
        read_day(clean(text)) if clean(text) else None
        return super().parse(text)


def filing_date(name: str, label: Any) -> Field:
    """The filing date of a patent: a term runs from it, so it is needed to the day."""
    return FilingDateField(name, label, read=_read_partial_date, required=True, sort="day")


def whole_number(name: str, label: Any, low: int, high: int, *, required: bool = False) -> Field:
    """A whole number between two bounds."""

    def read(text: str) -> int:
        try:
            value = int(_narrow(text))
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise ValueError(_("a whole number from %(low)s to %(high)s", low=low, high=high))
        return value

    return Field(name, label, read=read, required=required, sort="whole")


def _read_decimal(text: str, places: int) -> Decimal | None:
    """A decimal with at most so many places, thousands commas allowed; None where it is none."""
    try:
        value = Decimal(_narrow(text).replace(",", ""))
        if not value.is_finite() or abs(value) >= Decimal(10) ** 15 or value != round(value, places):
            return None
    except InvalidOperation:
        return None
    return value


def read_amount(text: str) -> Decimal:
    """A decimal with at most two places, thousands commas allowed."""
    value = _read_decimal(text, 2)
    if value is None:
        raise ValueError(_("a number with at most two decimal places, such as 4200000 or 1234.50"))
    return value


def write_amount(value: Decimal) -> str:
    """The shortest plain form: 4200000, 1234.5."""
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".")


def amount(name: str, label: Any, *, required: bool = False) -> Field:
    """Money or a measured quantity."""
    return Field(name, label, read=read_amount, write=write_amount, required=required, sort="amount", say=_say_amount)


def _say_amount(text: str) -> str:
    return number(Decimal(text))


def factor(name: str, label: Any) -> Field:
    """By what one unit is multiplied to become another."""

    def read(text: str) -> Decimal:
        value = _read_decimal(text, 6)
        if value is None or value <= 0:
            raise ValueError(_("a number above zero with at most six decimal places, such as 6.66"))
        return value

    return Field(name, label, read=read, write=lambda value: f"{value.normalize():f}", required=True)


_YES = frozenset({"yes", "y", "true", "1", "是", "有", "√"})
_NO = frozenset({"no", "n", "false", "0", "否", "无"})


def yes_no(name: str, label: Any) -> Field:
    """A yes or no; empty means no."""

    def read(text: str) -> bool:
        word = _narrow(text).lower()
        if word not in _YES | _NO:
            raise ValueError(_("yes or no"))
        return word in _YES

    def say(text: str) -> str:
        return _("Yes") if text == "yes" else _("No")

    return Field(
        name, label, read=read, write=lambda value: "yes" if value else "no", default="no", sort="yes_no", say=say
    )


@dataclass(frozen=True)
class Reference(Field):
    """A single other thing by its code; `kind` names the method of `References` that finds it."""

    kind: str = ""
    attribute: str = "code"

    def text(self, entity: Any) -> str:
        other = getattr(entity, self.name)
        return "" if other is None else getattr(other, self.attribute)

    def assign(self, entity: Any, value: Any, references: Any) -> None:
        setattr(entity, self.name, None if value is None else getattr(references, self.kind)(value))
