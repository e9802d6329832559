"""What of a file or of an import is not open to whoever looks at it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from catalogue.accounts.permissions import CONFIDENTIALITY, REVIEW_STATES, Actor
from catalogue.records.history.models import Revision
from catalogue.records.models.records import Reviewed
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.fields import SEPARATOR
from catalogue.records.schema.reference_data import BENEFITS, ENTITIES, LINKS
from catalogue.records.schema.resolver import Resolver

_BY_NAME = {entity.name: entity for entity in ENTITIES.values()}


def sees_everything(actor: Actor) -> bool:
    """Whether nothing is hidden from the actor, so that nothing need be asked item by item."""
    return actor.confidentialities.issuperset(CONFIDENTIALITY) and actor.review_states.issuperset(REVIEW_STATES)


def is_hidden(actor: Actor, references: Resolver, entity: Entity, texts: Mapping[str, str]) -> bool:
    """Whether the texts name something stored that the actor may not see, or a link to such an item."""
    if sees_everything(actor):
        return False
    if entity is LINKS:
        return any(_is_hidden_record(references, actor, texts.get(name, "")) for name in ("source", "target"))
    item = _named(references, entity, texts)
    return item is not None and not actor.may_see(item)


def has_hidden_shares(actor: Actor, references: Resolver, entity: Entity, texts: Mapping[str, str]) -> bool:
    """Whether the texts would share out anew a ledger line in which a record has a part that the actor may not see."""
    if sees_everything(actor) or entity is not BENEFITS or "records" not in texts:
        return False
    line = _named(references, entity, texts)
    return line is not None and not all(actor.may_see(share.record) for share in line.shares)


def _named(references: Resolver, entity: Entity, texts: Mapping[str, str]) -> Any | None:
    """The stored item that stands under review and that the key fields name."""
    if not issubclass(entity.model, Reviewed):
        return None
    try:
        key = {name: entity.field(name).parse(texts.get(name, "")) for name in entity.key}
        return entity.find(references, key)
    except ValueError:
        return None


def hidden_revisions(session: Session, actor: Actor, revisions: Iterable[Revision]) -> Collection[int]:
    """The ids of those of the revisions that tell of what the actor may not see. What is gone is judged by the texts
    that it had."""
    if sees_everything(actor):
        return frozenset()
    references = Resolver(session)
    return frozenset(revision.id for revision in revisions if _tells_too_much(references, actor, revision))


@dataclass(frozen=True)
class _Gone:
    """Something that is not there any more, as far as it says who may see it."""

    review_state: str
    confidentiality: str
    restricted_to: str
    owner_id: int | None = None


def _tells_too_much(references: Resolver, actor: Actor, revision: Revision) -> bool:
    entity = _BY_NAME[revision.entity]
    said = {name: new or old for name, (old, new) in revision.changes.items()}
    if entity is LINKS:
        ends = [said.get(name, "") for name in ("source", "target")]
        return any(_is_hidden_record(references, actor, code) for code in ends)
    if not issubclass(entity.model, Reviewed):
        return False
    names = revision.entity_code.split(" ", len(entity.key) - 1)
    item = _named(references, entity, dict(zip(entity.key, names, strict=False)))
    scopes = said.get("restricted_to", "")
    gone = _Gone(
        said.get("review_state", "published"),
        said.get("confidentiality", "public"),
        f"{SEPARATOR}{scopes}{SEPARATOR}" if scopes else "",
    )
    return not actor.may_see(item or gone)


def _is_hidden_record(references: Resolver, actor: Actor, code: str) -> bool:
    try:
        return not actor.may_see(references.record(code))
    except ValueError:
        return False
