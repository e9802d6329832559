"""Versions: what an item was after each of its changes, as far as somebody may see it.

They are read backwards from the present, so that an item whose beginnings nobody wrote down has the versions that it
has. A version is shown to whoever sees the item today and would have seen it as it was then; what is told of a change
is the difference to the version before that the same reader may see, never to one in between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import to_user_timezone
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor, name_in_words
from catalogue.errors import NotFound
from catalogue.records.history.field_display import Texts
from catalogue.records.history.models import Revision
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.kinds import REVIEW_FIELDS


@dataclass(frozen=True)
class Version:
    """What an item was after a change (`texts`), and what its reader saw of it before (`before`; empty: nothing)."""

    revision: Revision
    texts: Texts
    before: Texts
    is_removal: bool

    @property
    def number(self) -> int:
        """The number of the version, which is that of its revision."""
        return self.revision.number

    @property
    def is_first(self) -> bool:
        """Whether nothing was there before, or nothing that the reader may see."""
        return not self.before


@dataclass(frozen=True)
class _Standing:
    """What decides who sees a version."""

    review_state: str
    confidentiality: str
    restricted_to: str
    owner_id: int | None


def revisions_of(session: Session, entity: Entity, code: str) -> Sequence[Revision]:
    """The revisions of an item, the oldest first."""
    own = Revision.entity == entity.name, Revision.entity_code == code
    return session.scalars(select(Revision).where(*own).order_by(Revision.number)).all()


def versions_of(
    session: Session, actor: Actor, entity: Entity, item: Any, revisions: Sequence[Revision] | None = None
) -> list[Version]:
    """The versions of an item that the actor may see, the oldest first. That the actor sees the item itself is for the
    caller to know."""
    if revisions is None:
        revisions = revisions_of(session, entity, entity.code_of(item))
    states = states_of(entity, item, revisions)
    shown: Texts = states[0] if _is_visible(actor, entity, item, states[0]) else {}
    found: list[Version] = []
    for revision, earlier, texts in zip(revisions, states, states[1:], strict=False):
        is_removal = not texts[entity.key[0]]
        if not _is_visible(actor, entity, item, earlier if is_removal else texts):
            continue
        found.append(Version(revision, texts, shown, is_removal))
        shown = {} if is_removal else texts
    return found


def states_of(entity: Entity, item: Any, revisions: Sequence[Revision]) -> list[Texts]:
    """The texts before the first of these revisions (the oldest first), and after each of them."""
    texts: dict[str, str] = dict(entity.texts(item))
    states: list[Texts] = [texts]
    for revision in reversed(revisions):
        old = {name: pair[0] for name, pair in revision.changes.items() if name in texts}
        texts = {**texts, **old}
        states.append(texts)
    return states[::-1]


def texts_at(session: Session, entity: Entity, item: Any, number: int) -> Texts | None:
    """What the item was after the revision of this number; None where there is none."""
    revisions = revisions_of(session, entity, entity.code_of(item))
    states = states_of(entity, item, revisions)
    return next((states[place] for place, each in enumerate(revisions, 1) if each.number == number), None)


def find_version(versions: Sequence[Version], number: int) -> Version:
    """The version of this number. Raises NotFound where there is none, or none that its reader may see."""
    for version in versions:
        if version.number == number and not version.is_removal:
            return version
    raise NotFound(_("There is no version %(number)s, or it is not open to you.", number=number))


def version_on(session: Session, actor: Actor, entity: Entity, item: Any, day: date) -> Version:
    """The version that stood at the end of a day. Raises NotFound where there was none, or the actor may not see it."""
    number = 0
    for revision in revisions_of(session, entity, entity.code_of(item)):
        if to_user_timezone(revision.at).date() <= day:
            number = revision.number
    for version in versions_of(session, actor, entity, item):
        if version.number == number and not version.is_removal:
            return version
    raise NotFound(_("On %(day)s this was not here, or not open to you.", day=day.isoformat()))


def _is_visible(actor: Actor, entity: Entity, item: Any, texts: Texts) -> bool:
    if not texts[entity.key[0]]:
        return False
    state, confidentiality, restricted_to = (texts[name] for name in REVIEW_FIELDS)
    return actor.may_see(_Standing(state, confidentiality, restricted_to, item.owner_id))


def who_changed(actor: Actor, revision: Any) -> str:
    """Who made a change: by name for those who have an account."""
    if actor.account_id is None and actor.role == "anonymous":
        return _("staff")
    return name_in_words(revision.actor)


def note_of(actor: Actor, item: Any, revision: Any) -> str:
    """What was noted with a change: what is said in review stays between reviewers and the owner."""
    is_own = actor.account_id is not None and item.owner_id == actor.account_id
    if actor.account_id is None and actor.role == "anonymous":
        return ""
    return revision.note if revision.channel != "review" or is_own or actor.may("review") else ""


def content_of(texts: Texts) -> Mapping[str, str]:
    """The texts without state and access, which no earlier version brings back."""
    return {name: text for name, text in texts.items() if name not in REVIEW_FIELDS}
