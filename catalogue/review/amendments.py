"""Proposing changes of what is published, and deciding on them."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.errors import Forbidden, InvalidFields, InvalidInput
from catalogue.records.entities import Entity
from catalogue.records.history import Revision
from catalogue.records.operations import problems_of
from catalogue.records.workflow import needs_four_eyes
from catalogue.review.models import Amendment


def may_save_directly(actor: Actor, entity: Entity, thing: Any, texts: Mapping[str, str]) -> bool:
    """Whether the actor's change of a thing takes effect when it is saved; otherwise it is proposed (`propose`).

    Drafts are changed by their owners and by reviewers, published things by reviewers, and what counts in published
    figures by nobody alone.
    """
    if thing.review_state != "published":
        return actor.may("review") or thing.owner_id == actor.account_id
    before = entity.texts(thing)
    return actor.may("review") and not needs_four_eyes(entity, before, {**before, **texts})


def propose(
    session: Session, actor: Actor, entity: Entity, thing: Any, texts: Mapping[str, str], note: str = ""
) -> Amendment:
    """Keep a change of a published thing until somebody reviews it. To be called in a write transaction.

    Raises Forbidden for who may not write, InvalidFields for texts that cannot be used, InvalidInput where nothing
    would change.
    """
    if actor.account_id is None or not actor.may("write"):
        raise Forbidden(_("Sign in with an account that may propose changes."))
    problems = problems_of(entity, texts)
    if problems:
        raise InvalidFields(problems)
    before = entity.texts(thing)
    changes = {name: [before[name], text] for name, text in texts.items() if text != before[name]}
    if not changes:
        raise InvalidInput(_("Nothing is changed."))
    amendment = Amendment(
        entity=entity.name,
        entity_code=entity.code_of(thing),
        base_number=current_number(session, entity, thing),
        changes=changes,
        four_eyes=needs_four_eyes(entity, before, {**before, **texts}),
        note=note,
        author_id=actor.account_id,
    )
    session.add(amendment)
    session.flush()
    return amendment


def current_number(session: Session, entity: Entity, thing: Any) -> int:
    """The number of the thing's newest revision; 0 where there is none."""
    last = select(func.max(Revision.number)).where(
        Revision.entity == entity.name, Revision.entity_code == entity.code_of(thing)
    )
    return session.scalar(last) or 0
