"""Deciding on what was proposed: what becomes of each field, and approving, returning, taking back.

Between proposing and deciding the item may have changed. What only the author has changed is merged; what both have
changed, each in another way, is a conflict, and whoever approves must say which stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.database import utc_now
from catalogue.errors import Conflict, Forbidden, InvalidFields, InvalidInput, NotFound
from catalogue.records.operations import SaveOutcome, Work, save
from catalogue.records.review.events import STATE
from catalogue.records.review.workflow import needs_four_eyes
from catalogue.records.review_lookup import REVIEWED, find_reviewed, find_to_change
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.fields import clean
from catalogue.review.amendments import current_number
from catalogue.review.models import AMENDMENT_STATES, Amendment

MOST_COMMENT = 2000
PROPOSED, PRESENT = "proposed", "present"  # which of two texts stands


class Undecided(InvalidInput):
    """Some fields were changed by both, and it was not said which text stands."""

    status = 400


@dataclass(frozen=True)
class Merge:
    """A proposal beside the item as it is now: `base` are the texts that it started from, `now` those of today,
    `proposed` what it wants; `clear` are the fields that can be taken over, `conflicts` those that must be decided,
    `settled` those that say already what was proposed."""

    base: Mapping[str, str]
    now: Mapping[str, str]
    proposed: Mapping[str, str]
    clear: tuple[str, ...]
    conflicts: tuple[str, ...]
    settled: tuple[str, ...]

    @classmethod
    def of(cls, amendment: Amendment, now: Mapping[str, str]) -> "Merge":
        """What the proposal comes to beside these texts."""
        changes = {name: pair for name, pair in amendment.changes.items() if name in now and name != STATE}
        proposed = {name: new for name, (_old, new) in changes.items()}
        base = {**now, **{name: old for name, (old, _new) in changes.items()}}
        settled = tuple(name for name in changes if now[name] == proposed[name])
        clear = tuple(name for name in changes if now[name] == base[name] and name not in settled)
        conflicts = tuple(name for name in changes if name not in {*settled, *clear})
        return cls(base, now, {**now, **proposed}, clear, conflicts, settled)

    def chosen(self, choices: Mapping[str, str]) -> dict[str, str]:
        """The texts to be written. Raises Undecided where a conflict is not decided."""
        open_ = [name for name in self.conflicts if choices.get(name) not in (PROPOSED, PRESENT)]
        if open_:
            raise Undecided(
                _("This has been changed by others too. Decide for every field marked below which text stands."),
                open_[0],
            )
        names = [*self.clear, *(name for name in self.conflicts if choices[name] == PROPOSED)]
        return {name: self.proposed[name] for name in names}


def find_amendment(session: Session, actor: Actor, number: int) -> tuple[Amendment, Entity, Any]:
    """A proposal and the item that it is about, None where the author does not see that any more. Authors see their
    own, who may review those about what they may see. Raises NotFound."""
    amendment = session.get(Amendment, number)
    if amendment is not None and amendment.entity in REVIEWED:
        entity = REVIEWED[amendment.entity]
        try:
            item = find_reviewed(session, actor, entity, amendment.entity_code)
        except NotFound:
            item = None
        is_own = actor.account_id is not None and amendment.author_id == actor.account_id
        if is_own or (actor.may("review") and item is not None):
            return amendment, entity, item
    raise NotFound(_("There is no proposal %(number)s, or it is not open to you.", number=number))


def approve(work: Work, number: int, seen: int, choices: Mapping[str, str]) -> SaveOutcome:
    """Make the proposed change. `seen` is the version of the item that was looked at, `choices` say of the fields in
    conflict which text stands.

    Raises Conflict where somebody else has decided or the item has changed since, Forbidden for the author of what
    takes four eyes, Undecided, and InvalidFields for what cannot be used (any more). Nothing is done then.
    """
    amendment, entity, item = _to_decide(work, number)
    if item.review_state != "published":
        raise Conflict(_("What this proposal is about is not published any more; it cannot be approved."))
    if current_number(work.session, entity, item) != seen:
        raise changed_since()
    merge = Merge.of(amendment, entity.texts(item))
    texts = merge.chosen(choices)
    if not texts:
        raise InvalidInput(_("Nothing of the proposal would be taken over. Return it instead."))
    amendment.four_eyes = amendment.four_eyes or needs_four_eyes(entity, merge.now, merge.proposed)
    if amendment.four_eyes and amendment.author_id == work.actor.account_id:
        raise Forbidden(_("This counts in published figures: somebody else must confirm what you have entered."))
    work.note = _("Proposal %(number)s by %(author)s", number=amendment.id, author=amendment.author.name)
    _decide(work, amendment, "approved")
    keys = {name: entity.field(name).text(item) for name in entity.key}
    return save(work, entity, {**keys, **texts})


def send_back(work: Work, number: int, comment: str) -> None:
    """Return a proposal to its author. Raises Conflict where it was decided already, InvalidFields without comment."""
    amendment, _entity, _thing = _to_decide(work, number)
    amendment.comment = read_comment(comment)
    if not amendment.comment:
        raise InvalidFields([("comment", _("a comment is needed here that says why"))])
    _decide(work, amendment, "returned")


def recall(work: Work, number: int) -> None:
    """Take one's own proposal back. Raises Conflict where it was decided already."""
    amendment, _entity, _thing = find_amendment(work.session, work.actor, number)
    amendment = _locked(work, amendment.id)
    if amendment.author_id != work.actor.account_id:
        raise Forbidden(_("Only its author takes a proposal back."))
    _check_open(amendment, ("submitted", "returned"))
    amendment.state = "recalled"
    work.session.flush()


def changed_since() -> Conflict:
    """What is said where the item is not any more what was looked at."""
    return Conflict(_("The entry has been changed since you opened this page. Look at the proposal anew."))


def read_comment(text: str) -> str:
    """A comment as it is kept. Raises InvalidFields for one that is too long."""
    comment = clean(text)
    if len(comment) > MOST_COMMENT:
        raise InvalidFields([("comment", _("at most %(number)s characters fit here", number=MOST_COMMENT))])
    return comment


def _to_decide(work: Work, number: int) -> tuple[Amendment, Entity, Any]:
    if not work.actor.may("review"):
        raise Forbidden(_("Proposals are decided on by reviewers."))
    amendment, entity, item = find_amendment(work.session, work.actor, number)
    amendment = _locked(work, amendment.id)
    _check_open(amendment, ("submitted",))
    if item is None:
        raise NotFound(_("What this proposal is about is not here any more, or not open to you."))
    return amendment, entity, find_to_change(work.session, work.actor, entity, amendment.entity_code)


def _locked(work: Work, number: int) -> Amendment:
    """The proposal, which nobody else decides on until the transaction ends."""
    query = select(Amendment).where(Amendment.id == number).with_for_update()
    return work.session.scalars(query.execution_options(populate_existing=True)).one()


def _check_open(amendment: Amendment, states: tuple[str, ...]) -> None:
    if amendment.state in states:
        return
    if amendment.decided_by is not None:
        raise Conflict(
            _(
                "%(who)s has decided on this proposal meanwhile: %(state)s. Nothing was done.",
                who=amendment.decided_by.name,
                state=AMENDMENT_STATES.label(amendment.state),
            )
        )
    raise Conflict(
        _(
            "This proposal does not wait any more: %(state)s. Nothing was done.",
            state=AMENDMENT_STATES.label(amendment.state),
        )
    )


def _decide(work: Work, amendment: Amendment, state: str) -> None:
    amendment.state, amendment.decided_by_id, amendment.decided_at = state, work.actor.account_id, utc_now()
    work.session.flush()
