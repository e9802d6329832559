"""What a column may be given to feed, with a label for whoever chooses it by hand: fields, parts of them (`date.month`,
`people.first`), and what a row brings beside its own entry (`links`, `benefit.amount:new_profit`)."""

from collections.abc import Mapping

from flask_babel import gettext as _

from catalogue.imports.headings import names_of
from catalogue.records.models.code_lists import (
    BENEFIT_KINDS,
    PATENT_EVENTS,
)
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.kinds import KINDS_BY_TABLE
from catalogue.records.schema.reference_data import BENEFITS, ENTITIES


def feeds_of(table: str) -> Mapping[str, str]:
    """Every feed of a table with its label, the fields first."""
    entity = ENTITIES.get(table)
    if entity is None:
        return {}
    dates = [each.name for each in entity.fields if each.name in ("date", "started")]
    parts = [f"{name}.{part}" for name in dates for part in ("year", "month", "day")] if table in KINDS_BY_TABLE else []
    names = [*(each.name for each in entity.fields), *sorted({*names_of(table).values(), *parts})]
    return {name: _label(entity, name) for name in dict.fromkeys(names)}


def _label(entity: Entity, feed: str) -> str:
    field, point, part = feed.partition(".")
    words = {
        "links": _("Linked entries"), "shares": _("Shares"), "period": _("From … to …"), "year": _("Year"),
        "month": _("Month"), "day": _("Day"), "first": _("First"), "staff": _("Staff number"), "level": _("Level"),
        "status": _("Legal status"), "volume": _("Volume"), "award": _("Award scheme"),
    }  # fmt: skip
    if field == "benefit":
        return _joined(str(BENEFITS.label), _label(BENEFITS, part))
    if field == "amount" or ":" in feed:
        name, colon, kind = feed.partition(":")
        return _joined(str(BENEFITS.field(name).label), str(BENEFIT_KINDS.label(kind)) if colon else "")
    known = {each.name: str(each.label) for each in entity.fields}
    label = known.get(field) or words.get(field, field)
    if not point:
        return label
    return _joined(label, words.get(part) or str(PATENT_EVENTS.labels.get(part, part)))


def _joined(label: str, part: str) -> str:
    return f"{label} · {part}" if part else label
