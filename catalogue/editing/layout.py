"""The one form, drawn from the fields of whatever is entered: which widgets it has, in which groups and order."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from catalogue.editing.list_widgets import (
    DivisionsWidget,
    EventsWidget,
    PeopleWidget,
    SharesWidget,
)
from catalogue.editing.widgets import (
    AccessWidget,
    CodeWidget,
    MeasureWidget,
    MoneyWidget,
    Widget,
    WordsWidget,
    plain_widget,
)
from catalogue.records.schema.entities import RECORDS, Entity
from catalogue.records.schema.fields import Field
from catalogue.records.schema.list_fields import (
    DivisionsField,
    EventsField,
    PeopleField,
    SharesField,
)
from catalogue.records.schema.name_fields import AliasesField
from catalogue.records.schema.reference_data import CLAIMS

# Amounts of money that are kept in yuan, or in what another field says; other amounts are plain numbers. The unit that
# is chosen until another is: fees are some hundred yuan, all else is told in 万元.
_MONEY = {
    ("proposal", "yearly_value"): ("", "万元"),
    ("benefit", "amount"): ("unit", "万元"),
    ("patent_fee", "amount"): ("", "元"),
}
_NEVER = ("review_state", "restricted_to")  # the one follows transitions, the other is part of the confidentiality

WHAT, WHO, NUMBERS, REVIEW = "what", "who", "numbers", "review"
GROUPS: dict[str, tuple[Any, Any]] = {
    WHAT: (_l("What it is"), ""),
    WHO: (_l("When and who"), ""),
    NUMBERS: (_l("Numbers"), _l("As they stand on the certificate; the catalogue writes them its own way.")),
    REVIEW: (_l("Who may see it"), ""),
}


@dataclass(frozen=True)
class FieldGroup:
    """Widgets that belong together."""

    name: str
    label: Any
    hint: Any
    widgets: tuple[Widget, ...]


def code_example(entity: Entity) -> str:
    """What a code looks like that is given."""
    return f"{entity.prefix}-2004-012"


def groups_of(entity: Entity, *, is_new: bool) -> tuple[FieldGroup, ...]:
    """The groups of the form. The key of a stored item is no input: it is what the item is known by."""
    widgets: dict[str, list[Widget]] = {name: [] for name in GROUPS}
    for field in entity.fields:
        if is_new or field.name not in entity.key:
            for widget in _widgets(entity, field):
                widgets[_group(entity, field)].append(widget)
    for each in widgets.values():
        each.sort(key=lambda widget: _ORDER.get(widget.name, 0) if entity.prefix else 0)
    return tuple(FieldGroup(name, *GROUPS[name], tuple(widgets[name])) for name in GROUPS if widgets[name])


_ORDER = {"title": -3, "major": 0.5, "keywords": 1, "abstract": 2, "date": -1, "divisions": 1, "people": 2, "code": 3}


def widgets_of(entity: Entity, *, is_new: bool) -> tuple[Widget, ...]:
    """All widgets of the form, in its order."""
    return tuple(widget for group in groups_of(entity, is_new=is_new) for widget in group.widgets)


def _group(entity: Entity, field: Field) -> str:
    if field.name == "confidentiality":
        return REVIEW
    if entity.is_register:
        return WHAT
    if field.sort in ("date", "day") or isinstance(field, PeopleField | DivisionsField) or field.name == "verifier":
        return WHO
    numbers = (*getattr(entity, "numbers", ()), "code")
    if field.name in numbers or isinstance(field, EventsField):
        return NUMBERS
    return WHAT


def _widgets(entity: Entity, field: Field) -> Iterator[Widget]:
    unit, usual = _MONEY.get((entity.name, field.name), ("", ""))
    if field.name in _NEVER or field.name in [name for (of, _amount), (name, _) in _MONEY.items() if of == entity.name]:
        return
    if usual:
        yield MoneyWidget(field, unit=entity.field(unit) if unit else None, usual=usual)
    elif (entity, field.name) == (CLAIMS, "measure"):
        yield MeasureWidget(field, hint=_l("One that the catalogue counts, or other words."))
    elif field.name == "confidentiality":
        yield AccessWidget(field, scopes=entity.field("restricted_to"), size="whole")
    elif field.name == "code" and entity.prefix:
        yield CodeWidget(field, hint=_l("Leave it empty to be given the next free one."))
    elif field.name == "application_number":
        yield Widget(field, "patent_number", hint=_l("With or without ZL, CN, spaces and check character."))
    else:
        yield _list_widget(field) or plain_widget(field, of_record=entity.place == RECORDS)


def _list_widget(field: Field) -> Widget | None:
    if isinstance(field, PeopleField):
        hint = _l("In rank order, one a line: 张三 or 张三(A1001), a role after a slash.")
        return PeopleWidget(field, usual=(field.first_role, field.role), hint=hint)
    if isinstance(field, DivisionsField):
        return DivisionsWidget(field, hint=_l("The leading one first, one a line."))
    if isinstance(field, EventsField):
        return EventsWidget(field, hint=_l("One a line, such as 授权 2006-11-08. Left empty, the filing is entered."))
    if isinstance(field, SharesField):
        return SharesWidget(field, hint=_l("One a line: code or title, then its part, such as XM-2002-017 60%."))
    if isinstance(field, AliasesField):
        hint = _l("Separated by semicolons; a name of former days with them: 电解学部 [1988-03-01..2001-12-31].")
        return WordsWidget(field, size="whole", hint=hint)
    if field.lists:
        return WordsWidget(field, size="whole", hint=_l("Separated by semicolons."))
    return None
