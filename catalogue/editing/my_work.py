"""What somebody has under way: drafts by state, what has come back and why, proposals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.records.history.models import Revision
from catalogue.records.models.benefits import Benefit
from catalogue.records.models.records import Record
from catalogue.records.queries import visible_to
from catalogue.records.review_lookup import REVIEWED
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.reference_data import BENEFITS
from catalogue.review.models import Amendment

STATES = ("returned", "draft", "submitted")  # what needs doing first
_MOST = 200
_MOST_PROPOSALS = 50
_RETURNED = "returned"


@dataclass(frozen=True)
class OwnDraft:
    """One's own entry that is not published yet; `comment` and `by` say why it came back."""

    entity: Entity
    code: str
    title: str
    state: str
    changed: datetime | None
    comment: str = ""
    by: str = ""


@dataclass(frozen=True)
class OwnProposal:
    """One's own proposal for something published."""

    amendment: Amendment
    entity: Entity
    title: str


def own_drafts(session: Session, actor: Actor) -> Mapping[str, list[OwnDraft]]:
    """By state, those that have come back first; no state without an entry."""
    records = session.execute(
        select(Record.code, Record.title, Record.kind, Record.review_state, Record.updated_at)
        .where(Record.owner_id == actor.account_id, Record.review_state.in_(STATES))
        .order_by(Record.updated_at.desc())
        .limit(_MOST)
    )
    drafts = [OwnDraft(KINDS[row.kind], row.code, row.title, row.review_state, row.updated_at) for row in records]
    lines = session.scalars(
        select(Benefit)
        .where(Benefit.owner_id == actor.account_id, Benefit.review_state.in_(STATES))
        .order_by(Benefit.id.desc())
        .limit(_MOST)
    )
    drafts += [OwnDraft(BENEFITS, line.code, _line_title(line), line.review_state, None) for line in lines]
    reasons = _reasons(session, [draft for draft in drafts if draft.state == _RETURNED])
    found: dict[str, list[OwnDraft]] = {state: [] for state in STATES}
    for draft in drafts:
        comment, by = reasons.get((draft.entity.name, draft.code), ("", ""))
        found[draft.state].append(
            OwnDraft(draft.entity, draft.code, draft.title, draft.state, draft.changed, comment, by)
        )
    return {state: each for state, each in found.items() if each}


def _line_title(line: Benefit) -> str:
    kinds: Any = BENEFITS.field("kind").choices
    return " ".join(filter(None, [str(line.year), str(kinds.label(line.kind)), line.basis[:60]]))


def _reasons(session: Session, returned: list[OwnDraft]) -> dict[tuple[str, str], tuple[str, str]]:
    """Why these came back, and who sent them back."""
    if not returned:
        return {}
    revisions = session.scalars(
        select(Revision)
        .where(Revision.entity_code.in_([draft.code for draft in returned]), Revision.note != "")
        .order_by(Revision.id)
    )
    return {
        (each.entity, each.entity_code): (each.note, each.actor)
        for each in revisions
        if each.changes.get("review_state", ["", ""])[1] == _RETURNED
    }


def own_proposals(session: Session, actor: Actor) -> list[OwnProposal]:
    """The newest first."""
    amendments = session.scalars(
        select(Amendment)
        .where(Amendment.author_id == actor.account_id, Amendment.state != "recalled")
        .order_by(Amendment.id.desc())
        .limit(_MOST_PROPOSALS)
    ).all()
    codes = [each.entity_code for each in amendments]
    visible = select(Record.code, Record.title).where(Record.code.in_(codes), visible_to(actor))
    titles = dict(session.execute(visible).all())
    known = {name: entity for name, entity in REVIEWED.items() if entity.place}
    return [
        OwnProposal(each, known[each.entity], titles.get(each.entity_code, each.entity_code))
        for each in amendments
        if each.entity in known
    ]
