"""Inputs as data: for each field of an entity a widget that shows its text form in controls, and reads it back.

What is typed (`raw`, the text of each control by name) is more forgiving than a text form: dates in any usual
spelling, 540万元, names without numbers. `Widget.read` makes text forms of it and raises ValueError with a sentence;
`Widget.show` is its reverse. `shape` names the macro that draws the widget.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from catalogue.accounts.permissions import ROLES, scopes_of
from catalogue.editing.form_context import FormContext
from catalogue.formatting import LANGUAGES, local_name
from catalogue.people.models import Division
from catalogue.records.models.schemes import AwardScheme
from catalogue.records.schema.fields import SEPARATOR, Field, Reference, TextField, clean, split
from catalogue.records.schema.typed_values import Typed
from catalogue.records.schema.value_fields import write_amount
from catalogue.records.schema.value_readers import read_list
from catalogue.tallies.paragraph.published_figures import FIGURES
from catalogue.tallies.presentation import published_name

Raw = Mapping[str, str]
Texts = Mapping[str, str]
_UNIT_IN_LABEL = re.compile(r"\s*[（(][^（()）]*[)）]$")
_ONE_LINE, _WHOLE, _MOST = 300, 200, 150


@dataclass(frozen=True)
class Widget:
    """A field in one control. `size` is the part of a line that it takes (third, most, whole); `hint` says how to write
    it."""

    field: Field
    shape: str = "text"
    size: str = "third"
    hint: Any = ""

    @property
    def name(self) -> str:
        """The name of the widget, under which its problem is told: that of its first field."""
        return self.field.name

    @property
    def label(self) -> Any:
        return self.field.label

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that it holds."""
        return (self.field,)

    @property
    def controls(self) -> tuple[str, ...]:
        """The names of its controls."""
        return (self.name,)

    @property
    def is_required(self) -> bool:
        """Whether it cannot be left empty."""
        return self.field.required

    def show(self, texts: Texts, reading: FormContext) -> dict[str, str]:
        """What stands in the controls for these text forms."""
        return {self.name: texts.get(self.name, "") or self.field.default}

    def read(self, raw: Raw, reading: FormContext) -> dict[str, str]:
        """The text forms, by field, of what stands in the controls. Raises ValueError."""
        return {self.name: self.field.typed(raw[self.name])}

    def options(self, reading: FormContext) -> list[tuple[str, str]]:
        """What can be chosen: pairs of a value and a label."""
        labels = self.field.choices.labels if self.field.choices else {}
        return [(code, str(label)) for code, label in labels.items()]


@dataclass(frozen=True)
class CodeWidget(Widget):
    """The code of something that is given the next free one where none is typed."""

    shape: str = "code"
    is_required = False

    def read(self, raw: Raw, reading: FormContext) -> dict[str, str]:
        text = clean(raw[self.name])
        return {self.name: self.field.canonical(text) if text else ""}


@dataclass(frozen=True)
class DateWidget(Widget):
    """A date as people write it; the field says how precise it must be. `is_event`: its label says what happened."""

    shape: str = "date"
    is_event: bool = False

    @property
    def label(self) -> Any:
        return _("%(event)s on", event=self.field.label) if self.is_event else self.field.label


@dataclass(frozen=True)
class WholeWidget(Widget):
    """A whole number or a year."""

    shape: str = "whole"


@dataclass(frozen=True)
class CheckWidget(Widget):
    """A yes or no."""

    shape: str = "check"


@dataclass(frozen=True)
class ReferenceWidget(Widget):
    """Another item out of a register that is short enough to choose from."""

    shape: str = "select"

    def options(self, reading: FormContext) -> list[tuple[str, str]]:
        return [(text, local_name(item)) for text, item in self._things(reading).items()]

    def _things(self, reading: FormContext) -> dict[str, Any]:
        """What can be referred to, by the text form."""
        model: Any = {"scheme": AwardScheme, "division": Division}[self.field.kind]  # type: ignore[attr-defined]
        attribute = self.field.attribute  # type: ignore[attr-defined]
        items = reading.session.scalars(select(model).order_by(model.id))
        return {str(getattr(item, attribute)): item for item in items}

    def read(self, raw: Raw, reading: FormContext) -> dict[str, str]:
        text = self.field.canonical(raw[self.name])
        if not text:
            return {self.name: ""}
        item = self._things(reading).get(text)
        if item is None:
            raise ValueError(_("choose one of the list"))
        return {self.name: reading.lookups.references.spelling(item)}


@dataclass(frozen=True)
class WordsWidget(Widget):
    """Several words in one line."""

    def show(self, texts: Texts, reading: FormContext) -> dict[str, str]:
        return {self.name: f"{SEPARATOR} ".join(split(texts.get(self.name, "")))}


MONEY_UNITS: Mapping[str, Any] = {"万元": _l("10,000 yuan"), "元": _l("yuan"), "亿元": _l("100 million yuan")}


@dataclass(frozen=True)
class MoneyWidget(Widget):
    """An amount with the unit in which it is typed; `unit` is the field that keeps the unit, where it may be another
    than yuan. `usual` is the unit that an empty form offers."""

    shape: str = "money"
    unit: Field | None = None
    usual: str = "万元"

    @property
    def label(self) -> Any:
        """Without the unit that it is kept in: the one in which it is typed stands beside it."""
        return _UNIT_IN_LABEL.sub("", str(self.field.label))

    @property
    def fields(self) -> tuple[Field, ...]:
        return (self.field, self.unit) if self.unit else (self.field,)

    @property
    def controls(self) -> tuple[str, ...]:
        return (self.name, f"{self.name}-unit")

    def options(self, reading: FormContext) -> list[tuple[str, str]]:
        others = self.unit.choices.labels if self.unit and self.unit.choices else {}
        return [(code, str(label)) for code, label in {**MONEY_UNITS, **others}.items() if code != "CNY"]

    def show(self, texts: Texts, reading: FormContext) -> dict[str, str]:
        text = texts.get(self.name, "")
        unit = (texts.get(self.unit.name) if self.unit else "") or "CNY"
        if unit == "CNY":
            yuan = Decimal(text or 0)
            is_large = self.usual == "万元" and (not text or (abs(yuan) >= 10_000 and yuan % 100 == 0))
            unit = "万元" if is_large else "元"
            text = write_amount(yuan / 10_000) if text and is_large else text
        return {self.name: text, f"{self.name}-unit": unit}

    def read(self, raw: Raw, reading: FormContext) -> dict[str, str]:
        typed = Typed(unit=raw[f"{self.name}-unit"] or "元")
        text = self.field.typed(raw[self.name], typed)
        money = typed.money
        if money is None:  # nothing was typed
            return {self.name: "", **({self.unit.name: self.unit.default} if self.unit else {})}
        if not self.unit and money.unit not in ("", "CNY"):
            raise ValueError(_("this amount is kept in yuan; convert it first"))
        if money.qualifier != "exact":
            reading.implied["qualifier"] = money.qualifier
        unit = {self.unit.name: self.unit.canonical(money.unit)} if self.unit else {}
        return {self.name: text, **unit}


@dataclass(frozen=True)
class MeasureWidget(Widget):
    """What a published figure measures: one that the catalogue counts, by its name in any language, or other words."""

    shape: str = "measure"
    size: str = "most"

    def options(self, reading: FormContext) -> list[tuple[str, str]]:
        return [(key, published_name(key)) for key in FIGURES]

    def show(self, texts: Texts, reading: FormContext) -> dict[str, str]:
        return {self.name: published_name(texts.get(self.name, ""))}

    def read(self, raw: Raw, reading: FormContext) -> dict[str, str]:
        text = clean(raw[self.name])
        return {self.name: self.field.canonical(by_word(lambda: self.options(reading)).get(text, text))}


def by_word(pairs: Callable[[], Iterable[tuple[str, Any]]]) -> dict[str, str]:
    """The code that a word means: itself, or its label in any language; `pairs` gives codes and labels in one."""
    words = {code: code for code, _label in pairs()}
    for language in LANGUAGES:
        with force_locale(language):
            words.update({str(label): code for code, label in pairs()})
    return words


@dataclass(frozen=True)
class AccessWidget(Widget):
    """Who may see an item: its confidentiality and, where that is restricted, the roles and divisions that it is open
    to."""

    shape: str = "access"
    scopes: Field | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        return (self.field, self.scopes) if self.scopes else (self.field,)

    @property
    def controls(self) -> tuple[str, ...]:
        return (self.name, "restricted_to", *(f"restricted_to-{role}" for role in ROLES))

    def show(self, texts: Texts, reading: FormContext) -> dict[str, str]:
        named = scopes_of(texts.get("restricted_to", ""))
        codes = [scope.removeprefix("division:") for scope in named if scope.startswith("division:")]
        return {
            self.name: texts.get(self.name, "") or self.field.default,
            "restricted_to": "\n".join(reading.division_names.get(code, code) for code in codes),
            **{f"restricted_to-{role}": "yes" if f"role:{role}" in named else "" for role in ROLES},
        }

    def read(self, raw: Raw, reading: FormContext) -> dict[str, str]:
        level = self.field.canonical(raw[self.name])
        if level != "restricted":
            return {self.name: level, "restricted_to": ""}
        named = {f"role:{role}" for role in ROLES if raw[f"restricted_to-{role}"] == "yes"}
        for name in read_list(raw["restricted_to"]):
            named.add(f"division:{reading.division_code(name)}")
        return {self.name: level, "restricted_to": SEPARATOR.join(sorted(named))}


def plain_widget(field: Field, *, of_record: bool = False) -> Widget:
    """The widget of a field that is neither a list nor joined with another; the dates of a record are events."""
    if isinstance(field, Reference):
        return ReferenceWidget(field)
    if field.choices is not None:
        return Widget(field, "select")
    if field.sort == "date":
        return DateWidget(field, hint=_l("2004, 2004-04 or 2004-04-12"), is_event=of_record)
    if field.sort == "day":
        return DateWidget(field, hint=_l("to the day, such as 2004-04-12"), is_event=of_record)
    if field.sort == "yes_no":
        return CheckWidget(field)
    if field.sort == "whole":
        return WholeWidget(field)
    if field.length > _ONE_LINE or (not field.length and type(field) in (Field, TextField) and not field.required):
        return Widget(field, "area", size="whole")
    size = "whole" if field.length >= _WHOLE else "most" if field.length >= _MOST else "third"
    return Widget(field, "text", size)
