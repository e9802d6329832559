"""Proposing changes of what is published, and deciding on them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from catalogue.accounts.permissions import COMMAND_LINE, Actor
from catalogue.errors import Forbidden, InvalidFields, InvalidInput
from catalogue.records.history.models import Revision
from catalogue.records.operations import Work, problems_of, save
from catalogue.records.review.events import STATE
from catalogue.records.review.workflow import needs_four_eyes
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.resolver import Resolver
from catalogue.review.models import Amendment


def may_save_directly(actor: Actor, entity: Entity, item: Any, texts: Mapping[str, str]) -> bool:
    """Whether the actor's change of an item takes effect when it is saved; otherwise it is proposed (`propose`).

    Drafts are changed by their owners and by reviewers, published items by reviewers, and what counts in published
    figures by nobody alone.
    """
    if item.review_state != "published":
        return actor.may("review") or item.owner_id == actor.account_id
    before = entity.texts(item)
    return actor.may("review") and not needs_four_eyes(entity, before, {**before, **texts})


def propose(
    session: Session, actor: Actor, entity: Entity, item: Any, texts: Mapping[str, str], note: str = ""
) -> Amendment:
    """Keep a change of a published item until somebody reviews it. To be called in a write transaction.

    What the author had proposed before and got back is replaced by it. Raises Forbidden for who may not write,
    InvalidFields for texts that cannot be used, InvalidInput where nothing would change.
    """
    if actor.account_id is None or not actor.may("write"):
        raise Forbidden(_("Sign in with an account that may propose changes."))
    if STATE in texts:
        raise InvalidFields([(STATE, _("is not written; it changes when the entry is submitted, published …"))])
    before = entity.texts(item)
    texts = {**texts, **{name: before[name] for name in entity.key}}  # which item it is, nobody changes
    if problems := problems_of(entity, texts, Resolver(session), item):
        raise InvalidFields(problems)
    changes = _try(session, entity, texts)
    if not changes:
        raise InvalidInput(_("Nothing is changed."))
    _replace_returned(session, actor, entity, item)
    amendment = Amendment(
        entity=entity.name,
        entity_code=entity.code_of(item),
        base_number=current_number(session, entity, item),
        changes={name: list(pair) for name, pair in changes.items()},
        four_eyes=needs_four_eyes(entity, before, {**before, **{name: new for name, (_old, new) in changes.items()}}),
        note=note,
        author_id=actor.account_id,
    )
    session.add(amendment)
    session.flush()
    return amendment


def _try(session: Session, entity: Entity, texts: Mapping[str, str]) -> Mapping[str, tuple[str, str]]:
    """Make the change and take it back again; gives what it has changed. Raises InvalidFields for what the texts name
    and is not there."""
    attempt = session.begin_nested()
    try:
        return save(Work(session, COMMAND_LINE, "review"), entity, texts).changes
    finally:
        attempt.rollback()


def _replace_returned(session: Session, actor: Actor, entity: Entity, item: Any) -> None:
    own = Amendment.author_id == actor.account_id, Amendment.state == "returned"
    for each in session.scalars(select(Amendment).where(*own, *_about(entity, entity.code_of(item)))):
        each.state = "recalled"


def amendments_of(session: Session, actor: Actor, entity: Entity, code: str) -> Sequence[Amendment]:
    """The proposals for an item that wait, or have come back to the actor: all that wait for who may review, else the
    actor's own; the oldest first. That the actor sees the item is for the caller to know."""
    own = and_(Amendment.author_id == actor.account_id, Amendment.state.in_(("submitted", "returned")))
    shown = or_(own, Amendment.state == "submitted") if actor.may("review") else own
    query = select(Amendment).where(*_about(entity, code), shown).options(joinedload(Amendment.author))
    return session.scalars(query.order_by(Amendment.id)).all()


def _about(entity: Entity, code: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Amendment.entity == entity.name, Amendment.entity_code == code


def current_number(session: Session, entity: Entity, item: Any) -> int:
    """The number of the item's newest revision; 0 where there is none."""
    last = select(func.max(Revision.number)).where(
        Revision.entity == entity.name, Revision.entity_code == entity.code_of(item)
    )
    return session.scalar(last) or 0
