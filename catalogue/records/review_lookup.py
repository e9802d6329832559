"""Everything that stands under review, found by what history calls it or by the address of its pages."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.errors import NotFound
from catalogue.records.models.records import Record
from catalogue.records.queries import WHOLE_OPTIONS, visible_to
from catalogue.records.schema.entities import RECORDS, Entity
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.reference_data import ENTITIES

REVIEWED: Mapping[str, Entity] = {
    entity.name: entity for entity in ENTITIES.values() if entity.is_reviewed
}  # by the names that history has for them
PLACES = tuple(dict.fromkeys(entity.place for entity in REVIEWED.values() if entity.place))


def entity_of(item: Any) -> Entity:
    """What something reviewed is."""
    if isinstance(item, Record):
        return KINDS[item.kind]
    return next(entity for entity in REVIEWED.values() if type(item) is entity.model)


def find_reviewed(session: Session, actor: Actor, entity: Entity, code: str) -> Any:
    """The item with this code, which history and review call it by. Raises NotFound, also where the actor may not see
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


def find_at(session: Session, actor: Actor, place: str, code: str) -> tuple[Entity, Any]:
    """What has its pages under this path and code: its entity and itself. Raises NotFound, also where the actor may not
    see it."""
    if place != RECORDS:
        entity = next(each for each in REVIEWED.values() if each.place == place)
        return entity, find_reviewed(session, actor, entity, code)
    query = select(Record).where(Record.code == code, visible_to(actor)).options(*WHOLE_OPTIONS)
    record = session.scalar(query)
    if record is None:
        raise NotFound(_("There is no record “%(code)s”, or it is not open to you.", code=code[:60]))
    return KINDS[record.kind], record
