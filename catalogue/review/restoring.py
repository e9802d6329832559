"""Bringing an earlier version back, as a new change: what the item says, never who may see it or its state."""

from collections.abc import Mapping
from typing import Any, Literal

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.errors import Forbidden, InvalidInput
from catalogue.people.models import Division, Person
from catalogue.records.history.models import Revision
from catalogue.records.history.versions import content_of
from catalogue.records.operations import Work, save
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.fields import SEPARATOR, split
from catalogue.records.schema.list_fields import DivisionsField, PeopleField
from catalogue.records.schema.reference_data import DIVISIONS
from catalogue.records.schema.resolver import Resolver
from catalogue.review.amendments import may_save_directly, propose

Way = Literal["", "save", "propose"]


def way_to_restore(session: Session, actor: Actor, entity: Entity, item: Any, texts: Mapping[str, str]) -> Way:
    """Whether the actor can bring these texts back: at once, as a proposal, or not at all."""
    if not actor.may("write") or actor.account_id is None:
        return ""
    return _way(actor, entity, item, _named_today(session, entity, content_of(texts)))


def _way(actor: Actor, entity: Entity, item: Any, wanted: Mapping[str, str]) -> Way:
    now = entity.texts(item)
    if all(now[name] == text for name, text in wanted.items()):
        return ""
    if may_save_directly(actor, entity, item, wanted):
        return "save"
    return "propose" if item.review_state == "published" else ""


def restore(session: Session, actor: Actor, entity: Entity, item: Any, number: int, texts: Mapping[str, str]) -> Way:
    """Bring back the texts of version `number`; to be called in a write transaction.

    People and divisions that have been renamed since are named as they are today. Raises InvalidFields naming every
    field whose people, divisions … are not there any more, InvalidInput where nothing would change, Forbidden.
    """
    if actor.account_id is None or not actor.may("write"):
        raise Forbidden(_("You may not do this with this entry."))
    wanted = _named_today(session, entity, content_of(texts))
    now, note = entity.texts(item), _("Version %(number)s restored", number=number)
    if all(now[name] == text for name, text in wanted.items()):
        raise InvalidInput(_("It says this already; nothing is to be restored."))
    way = _way(actor, entity, item, wanted)
    if way == "save":
        save(Work(session, actor, "form", note), entity, wanted)
    elif way == "propose":
        propose(session, actor, entity, item, wanted, note)
    else:
        raise Forbidden(_("You may not do this with this entry."))
    return way


def _named_today(session: Session, entity: Entity, texts: Mapping[str, str]) -> dict[str, str]:
    renamed = dict(texts)
    for field in entity.fields:
        text = texts.get(field.name, "")
        if text and isinstance(field, PeopleField):
            renamed[field.name] = SEPARATOR.join(_person(session, part) for part in split(text))
        elif text and isinstance(field, DivisionsField):
            renamed[field.name] = SEPARATOR.join(_division(session, name) for name in split(text))
    return renamed


def _person(session: Session, part: str) -> str:
    _name, bracket, rest = part.partition("(")
    known = session.scalar(select(Person.name).where(Person.staff_number == rest.partition(")")[0]))
    return f"{known}{bracket}{rest}" if known else part


def _division(session: Session, name: str) -> str:
    """The name that stands today for the division that was once called so; the same where it is known, or nobody is."""
    if Resolver(session).is_division(name):
        return name
    rows = session.execute(select(Revision.entity_code, Revision.changes).where(Revision.entity == DIVISIONS.name))
    codes = {row.entity_code for row in rows if name in row.changes.get("name", ())}
    names = session.scalars(select(Division.name).where(Division.code.in_(codes))).all()
    return names[0] if len(names) == 1 else name
