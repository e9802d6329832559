"""Fields of one value that is more than text: a code, a date, a number, an amount, a yes or no."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from flask_babel import gettext as _

from catalogue.code_list import CodeList
from catalogue.formatting import number, wan
from catalogue.records.models.code_lists import UNITS
from catalogue.records.models.partial_dates import PartialDate
from catalogue.records.schema.code_matching import choose
from catalogue.records.schema.fields import Field, Schema, clean, narrow, number_text
from catalogue.records.schema.shown_values import PLAIN, Shown
from catalogue.records.schema.typed_values import Typed
from catalogue.records.schema.value_readers import read_date, read_money, read_yes_no

_YES = frozenset({"yes", "y", "true", "1", "是", "有", "√"})
_NO = frozenset({"no", "n", "false", "0", "否", "无"})
_FIRST_YEAR = 1000  # a whole number that is never less is a year
_YEAR_DIGITS = 4
_LONGEST_AMOUNT = 30  # characters, as typed
_PLAIN = re.compile(r"-?[0-9]+(?:[.][0-9]+)?")
_NO_CODES = CodeList({})
DAY_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
AMOUNT_PATTERN = r"^-?[0-9]{1,15}(\.[0-9]{1,2})?$"


@dataclass(frozen=True)
class ChoiceField(Field):
    """One code of a vocabulary."""

    @property
    def vocabulary(self) -> CodeList:
        """The codes that it may hold."""
        return self.choices or _NO_CODES

    def read(self, text: str) -> str:
        word = narrow(text).lower()
        code = next((code for code in self.vocabulary if code.lower() == word), None)
        if code is None:
            raise ValueError(self.json_type)
        return code

    def read_typed(self, text: str, typed: Typed) -> str:
        """A code, its label in any language, or a word that clerks write for it."""
        text = clean(text)
        if not text or text in self.vocabulary:
            return text
        return choose(self.vocabulary, text, self.name)

    def piece(self, text: str) -> str:
        return str(self.vocabulary.label(text))

    @property
    def json_type(self) -> str:
        return _("one of: %(codes)s", codes=", ".join(self.vocabulary))

    def value_from_json(self, value: Any) -> str | None:
        return None

    def value_schema(self) -> Schema:
        return code_schema(self.vocabulary)

    def further_schemas(self) -> list[Schema]:
        return []


def code_schema(choices: CodeList) -> Schema:
    """A JSON Schema of one code of a vocabulary; `x-labels` has the codes' labels in the reader's language."""
    return {
        "type": "string",
        "enum": list(choices),
        "x-labels": {code: str(choices.label(code)) for code in choices},
    }


def choice(name: str, label: Any, choices: CodeList, *, required: bool = False, default: str = "") -> Field:
    """A field that holds one code of a vocabulary."""
    return ChoiceField(name, label, required=required, default=default, choices=choices)


@dataclass(frozen=True)
class PartialDateField(Field):
    """A date known to the day, the month or the year."""

    sort: ClassVar[str] = "date"

    def read(self, text: str) -> PartialDate:
        try:
            return PartialDate.parse(narrow(text))
        except ValueError:
            raise ValueError(_("a date that exists, written 2002, 2002-12 or 2002-12-20")) from None

    def read_typed(self, text: str, typed: Typed) -> str:
        return read_typed_date(text, typed)

    def value_schema(self) -> Schema:
        return {
            "type": "string",
            "pattern": r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
            "description": _("a date that exists, written 2002, 2002-12 or 2002-12-20"),
        }

    def further_schemas(self) -> list[Schema]:
        return [{"type": "integer", "minimum": 1000, "maximum": 9999}]


def partial_date(name: str, label: Any, *, required: bool = False) -> Field:
    """A date known to the day, the month or the year."""
    return PartialDateField(name, label, required=required)


def read_typed_date(text: str, typed: Typed) -> str:
    """A date as people write it, in ISO form to the precision given; empty where nothing is written."""
    text = clean(text)
    return read_date(text, typed.year) if text else ""


def read_day(text: str) -> date:
    """A day in ISO form."""
    try:
        return date.fromisoformat(narrow(text))
    except ValueError:
        raise ValueError(_("a day that exists, written 2002-12-20")) from None


def day_schema() -> Schema:
    """A JSON Schema of a day."""
    return {"type": "string", "format": "date", "pattern": DAY_PATTERN}


@dataclass(frozen=True)
class DayField(Field):
    """A date that is known to the day."""

    sort: ClassVar[str] = "day"

    def read(self, text: str) -> date:
        return read_day(text)

    def read_typed(self, text: str, typed: Typed) -> str:
        return read_typed_date(text, typed)

    @property
    def json_type(self) -> str:
        return _("a day that exists, written 2002-12-20")

    def value_from_json(self, value: Any) -> str | None:
        return None

    def value_schema(self) -> Schema:
        return day_schema()

    def further_schemas(self) -> list[Schema]:
        return []


def day(name: str, label: Any, *, required: bool = False) -> Field:
    """A date that is known to the day."""
    return DayField(name, label, required=required)


@dataclass(frozen=True)
class FilingDateField(DayField):
    """A partial date that must be known to the day."""

    def read(self, text: str) -> Any:
        return PartialDate.parse(read_day(text).isoformat())


def filing_date(name: str, label: Any) -> Field:
    """The filing date of a patent: a term runs from it, so it is needed to the day."""
    return FilingDateField(name, label, required=True)


@dataclass(frozen=True)
class WholeNumberField(Field):
    """A whole number from `low` to `high`."""

    sort: ClassVar[str] = "whole"

    low: int = 0
    high: int = 0

    def read(self, text: str) -> int:
        try:
            value = int(narrow(text))
        except ValueError:
            value = self.low - 1
        if not self.low <= value <= self.high:
            raise ValueError(self.json_type)
        return value

    def read_typed(self, text: str, typed: Typed) -> str:
        """A number, or the year of a date."""
        text = clean(text)
        plain = narrow(text).removesuffix("年")
        is_year = self.low >= _FIRST_YEAR
        if not is_year or not text or (plain.isdecimal() and (len(plain) == _YEAR_DIGITS or not typed.is_sheet)):
            return plain
        return read_date(text)[:_YEAR_DIGITS]

    def piece(self, text: str) -> str:
        return text if self.low >= _FIRST_YEAR else number(int(text))

    @property
    def json_type(self) -> str:
        return _("a whole number from %(low)s to %(high)s", low=self.low, high=self.high)

    def value_to_json(self, text: str) -> int:
        return int(text)

    def value_schema(self) -> Schema:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    def text_value_schema(self) -> Schema:
        return {"type": "string", "pattern": r"^-?[0-9]+$"}

    def further_schemas(self) -> list[Schema]:
        return [self.text_value_schema()]


def whole_number(name: str, label: Any, low: int, high: int, *, required: bool = False) -> Field:
    """A whole number between two bounds."""
    return WholeNumberField(name, label, required=required, low=low, high=high)


def _read_decimal(text: str, places: int) -> Decimal | None:
    """A decimal with at most so many places, thousands commas allowed; None where it is none."""
    try:
        value = Decimal(narrow(text).replace(",", ""))
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


@dataclass(frozen=True)
class AmountField(Field):
    """Money or a measured quantity; in JSON a decimal number as a text, so that no program rounds it."""

    sort: ClassVar[str] = "amount"

    unit: str = ""  # the field that says in which unit it is kept

    def read(self, text: str) -> Decimal:
        return read_amount(text)

    def write(self, value: Decimal) -> str:
        return write_amount(value)

    def read_typed(self, text: str, typed: Typed) -> str:
        """An amount such as 540万元, in single units; `typed.money` is what else it says. A form keeps every digit of
        a plain number, and `parse` refuses those that are too many."""
        text = clean(text)
        plain = narrow(text).replace(",", "")
        if not text or (not typed.is_sheet and not typed.unit and _PLAIN.fullmatch(plain)):
            return plain
        if len(text) > _LONGEST_AMOUNT:
            read_amount("")  # raises
        try:
            typed.money = read_money(text, typed.unit)
        except InvalidOperation:
            return str(read_amount(""))  # raises
        return write_amount(typed.money.amount)

    def show(self, text: str, shown: Shown = PLAIN) -> list[str]:
        if not text or self.unit not in shown.texts:
            return super().show(text, shown)
        unit = shown.texts[self.unit] or "CNY"
        if unit == "CNY":
            return [_("%(amount)s × 10,000 yuan", amount=wan(Decimal(text)))]
        return [f"{number(Decimal(text))} {UNITS.label(unit)}"]

    def piece(self, text: str) -> str:
        return number(Decimal(text))

    def value_schema(self) -> Schema:
        return decimal_schema()

    def further_schemas(self) -> list[Schema]:
        return [{"type": "number", "exclusiveMinimum": -(10**15), "exclusiveMaximum": 10**15}]


def decimal_schema() -> Schema:
    """A JSON Schema of a decimal number that is written as a text."""
    return {"type": "string", "pattern": AMOUNT_PATTERN}


def amount(name: str, label: Any, *, required: bool = False, unit: str = "") -> Field:
    """Money or a measured quantity; `unit` is the field that says in which unit."""
    return AmountField(name, label, required=required, unit=unit)


@dataclass(frozen=True)
class FactorField(Field):
    """By what one unit is multiplied to become another."""

    def read(self, text: str) -> Decimal:
        value = _read_decimal(text, 6)
        if value is None or value <= 0:
            raise ValueError(_("a number above zero with at most six decimal places, such as 6.66"))
        return value

    def write(self, value: Decimal) -> str:
        return f"{value.normalize():f}"

    def value_schema(self) -> Schema:
        return {"type": "string", "pattern": r"^[0-9]{1,15}(\.[0-9]{1,6})?$"}

    def further_schemas(self) -> list[Schema]:
        return [{"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 10**15}]


def factor(name: str, label: Any) -> Field:
    """By what one unit is multiplied to become another."""
    return FactorField(name, label, required=True)


@dataclass(frozen=True)
class YesNoField(Field):
    """A yes or no; empty means no."""

    sort: ClassVar[str] = "yes_no"

    def read(self, text: str) -> bool:
        word = narrow(text).lower()
        if word not in _YES | _NO:
            raise ValueError(_("yes or no"))
        return word in _YES

    def read_typed(self, text: str, typed: Typed) -> str:
        text = clean(text)
        return read_yes_no(text) if text else ""

    def write(self, value: bool) -> str:
        return "yes" if value else "no"

    def piece(self, text: str) -> str:
        return _("Yes") if text == "yes" else _("No")

    @property
    def json_type(self) -> str:
        return _("yes or no")

    def to_json(self, text: str) -> bool:
        return text == "yes"

    def value_from_json(self, value: Any) -> str | None:
        if isinstance(value, bool):
            return "yes" if value else "no"
        return {"1": "yes", "0": "no"}.get(number_text(value) or "")

    def json_schema(self) -> Schema:
        return {"title": str(self.label), **self.value_schema()}

    def value_schema(self) -> Schema:
        return {"type": "boolean"}

    def text_schema(self) -> Schema:
        return {"title": str(self.label), **self.text_value_schema()}

    def text_value_schema(self) -> Schema:
        return {"type": "string", "enum": ["yes", "no"]}

    def further_schemas(self) -> list[Schema]:
        return [self.text_value_schema(), {"type": "integer", "enum": [0, 1]}]


def yes_no(name: str, label: Any) -> Field:
    """A yes or no; empty means no."""
    return YesNoField(name, label, default="no")
