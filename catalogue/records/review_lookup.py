"""Everything that stands under review, found by what history calls it."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.errors import NotFound
from catalogue.records.models.code_lists import (
    BENEFIT_KINDS,
    MEASURES,
)
from catalogue.records.models.records import Record
from catalogue.records.queries import WHOLE_OPTIONS, visible_to
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.reference_data import BENEFITS, CLAIMS, YEARLY_COUNTS

REVIEWED: Mapping[str, Entity] = {
    entity.name: entity for entity in (*KINDS.values(), BENEFITS, YEARLY_COUNTS, CLAIMS)
}  # by the names that history has for them


def entity_of(thing: Any) -> Entity:
    """What something reviewed is."""
    if isinstance(thing, Record):
        return KINDS[thing.kind]
    return next(entity for entity in REVIEWED.values() if type(thing) is entity.model)


def find_reviewed(session: Session, actor: Actor, entity: Entity, code: str) -> Any:
    """The thing with this code, which history and review call it by. Raises NotFound, also where the actor may not see
    it."""
    model = entity.model
    query = select(model).where(visible_to(actor, model))
    if issubclass(model, Record):
        query = query.options(*WHOLE_OPTIONS)
    if hasattr(model, "code"):
        found = session.scalar(query.where(model.code == code))
    else:  # a register of few rows, whose code in history is made of several fields
        found = next((each for each in session.scalars(query) if entity.code_of(each) == code), None)
    if found is None:
        raise NotFound(_("There is no entry “%(code)s”, or it is not open to you.", code=code[:60]))
    return found


def find_to_change(session: Session, actor: Actor, entity: Entity, code: str) -> Any:
    """The same, in a write transaction: nobody else changes it until that ends. Raises NotFound."""
    model: Any = Record if issubclass(entity.model, Record) else entity.model
    if hasattr(model, "code"):
        # SQLite has one writer at a time anyway; elsewhere this waits for whoever changes the row.
        session.execute(select(model.id).where(model.code == code).with_for_update())
    return find_reviewed(session, actor, entity, code)


def title_of(entity: Entity, texts: Mapping[str, str]) -> str:
    """What something reviewed is called in lists, from its text forms."""
    if entity is BENEFITS:
        return texts["basis"] or f"{texts['year']} {BENEFIT_KINDS.label(texts['kind'])}"
    if entity is YEARLY_COUNTS:
        return f"{texts['year']} {MEASURES.label(texts['measure'])}"
    return texts.get("title") or texts.get("statement") or texts["code"]
