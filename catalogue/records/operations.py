"""The only writers. Each change writes what it changes, its revision and, for records, a place in the index queue.

Operations flush and never commit: the edge (a view, a command) opens one `database.writing` transaction around them.
Many of them can be written at once (`groups.together`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from flask_babel import gettext as _
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.database import utc_now
from catalogue.errors import Forbidden, InvalidFields
from catalogue.people.models import (
    Division,
    Person,
)
from catalogue.records.history.models import IndexQueueEntry, Revision
from catalogue.records.models.benefits import Benefit
from catalogue.records.models.participation import (
    Contribution,
    Participation,
)
from catalogue.records.models.records import (
    Award,
    Record,
    RecordLink,
    Reviewed,
)
from catalogue.records.models.schemes import AwardScheme, SchemeLevelPeriod
from catalogue.records.models.transitions import Transition
from catalogue.records.review.events import STATE, ReviewEvent, authors_of
from catalogue.records.review.workflow import (
    check_write,
    may_go,
    may_write,
    needs_four_eyes,
)
from catalogue.records.schema.entities import ATTACHMENTS, Entity
from catalogue.records.schema.resolver import Resolver

Change = Literal["new", "changed", "unchanged", "removed"]
_BY_HAND = ("form", "api")  # channels in which states of review change by their own buttons only


@dataclass
class PendingWrites:
    """What a group of changes writes at its end: revisions in their order, and what the index must follow (items whose
    ids are known then, and ids that they described before). `numbers` are the last revision numbers by entity and
    code, as far as they are known."""

    revisions: list[dict[str, Any]] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)
    described: set[int] = field(default_factory=set)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)


class BulkConflict(Exception):
    """One change of a group cannot be made; nothing of the group is stored. Make each by itself to know which."""


@dataclass
class Work:
    """One piece of work within one transaction: who does it, through what, with which note, and as part of which
    import."""

    session: Session
    actor: Actor
    channel: str
    note: str = ""
    batch_id: int | None = None
    owner_id: int | None = None  # whose new items are, where they are not the actor's own
    references: Resolver = field(init=False)
    held: PendingWrites | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.references = Resolver(self.session)


@dataclass(frozen=True)
class SaveOutcome:
    """What an operation did. `changes` are field → (old, new) in text form."""

    change: Change
    code: str
    changes: Mapping[str, tuple[str, str]]
    item: Any


class KeyTaken(InvalidFields):
    """Something new was to be made, and another item has its key: perhaps one that somebody else has just made."""

    def __init__(self, entity: Entity) -> None:
        super().__init__([(entity.key[0], _("another entry has the same value already"))])


def save(work: Work, entity: Entity, texts: Mapping[str, str], *, is_new: bool = False) -> SaveOutcome:
    """Create or change the one item that the key fields in `texts` identify; where it `is_new`, create it or raise
    KeyTaken: it is never a change of what somebody else has stored meanwhile.

    `texts` are text forms by field name; fields that are not named keep their value (new items: the default).
    Raises InvalidFields naming every unusable field, Forbidden for what the actor may not write; nothing is changed
    then. By form and API new items are drafts, and what is published and counts takes the review of a second person.
    """
    if work.channel in _BY_HAND and STATE in texts:
        raise InvalidFields([(STATE, _("is not written; it changes when the entry is submitted, published …"))])
    values = _parse(entity, texts)
    try:
        item = entity.find(work.references, values)
    except ValueError as error:
        raise InvalidFields([(entity.key[0], str(error))]) from None
    if item is None:
        return _create(work, entity, _parse(entity, texts, complete=True))
    if is_new:
        raise KeyTaken(entity)
    return _change(work, entity, item, texts, values)


def move(work: Work, entity: Entity, item: Any, transition: Transition) -> SaveOutcome:
    """Take something reviewed from one state of review to the next. `work.note` is the comment.

    Raises Forbidden where the actor may not, or must leave it to a second person; InvalidFields where the comment is
    missing; Conflict is for the caller, who has looked up the transition for the present state.
    """
    if not may_go(work.actor, transition, item):
        raise Forbidden(_("You may not do this with this entry."))
    if transition.needs_comment and not work.note.strip():
        raise InvalidFields([("note", _("a comment is needed here that says why"))])
    four_eyes = needs_four_eyes(entity, entity.texts(item))
    account, wrote = work.actor.account_id, authors_of(work.session, entity, item)
    if transition.after == "published" and four_eyes and account in wrote:
        raise Forbidden(_("This counts in published figures: somebody else must confirm what you have entered."))
    outcome = _change(work, entity, item, {STATE: transition.after}, {STATE: transition.after})
    work.session.add(
        ReviewEvent(
            entity=entity.name,
            entity_code=outcome.code,
            number=_next_number(work, entity, outcome.code) - 1,
            state_before=transition.before,
            state_after=transition.after,
            four_eyes=four_eyes,
            actor=work.actor.name,
            account_id=account,
            author_id=account if account in wrote else next(reversed(wrote), None),
            comment=work.note.strip(),
        )
    )
    work.session.flush()
    return outcome


def remove(work: Work, entity: Entity, item: Any) -> SaveOutcome:
    """Take an item out again, its history kept. What refers to it must be gone before (`dependents`).

    Raises Forbidden for what the actor may not write.
    """
    _check_may_write(work, item, created=False)
    code = entity.code_of(item)
    changes = {name: (text, "") for name, text in entity.texts(item).items() if text}
    number = item.version + 1 if isinstance(item, Record) else _next_number(work, entity, code)
    _revise(work, entity, item, changes, number, records_described_by(work.session, item))
    with _savepoint(work, entity):
        work.session.delete(item)
    work.references.forget(item, code)
    return SaveOutcome("removed", code, changes, item)


def problems_of(
    entity: Entity, texts: Mapping[str, str], references: Resolver | None = None, stored: Any = None
) -> list[tuple[str, str]]:
    """What is wrong with the texts: pairs of a field's name and what is expected of it. With `references` also what
    they name and is not there, tried on an item that is then forgotten; names mean what they mean at the date of the
    `stored` one, where the texts say no other."""
    tried, problems = entity.model(), []
    if isinstance(stored, Record):
        tried.date = stored.date
    for each in entity.fields:
        if each.name not in texts and each.name not in entity.key:
            continue
        try:
            value = each.parse(texts.get(each.name, ""))
            if references is not None:
                with references.session.no_autoflush:
                    each.assign(tried, value, references)
        except ValueError as error:
            problems.append((each.name, str(error)))
    return problems


def revise_attachment(work: Work, entity: Entity, record: Record, before: str, after: str) -> None:
    """Let the history of a record, its version and the index follow what was attached to it (`after`) or taken off
    (`before`), each as a text that names the file.

    Raises Forbidden for what the actor may not write.
    """
    _check_may_write(work, record, created=False)
    record.version += 1
    record.updated_at = utc_now()
    work.session.flush()
    _revise(work, entity, record, {ATTACHMENTS: (before, after)}, record.version)


def _parse(entity: Entity, texts: Mapping[str, str], *, complete: bool = False) -> dict[str, Any]:
    """Parsed values of the fields named in `texts` (of all fields if `complete`)."""
    values: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for each in entity.fields:
        if each.name not in texts and each.name not in entity.key and not complete:
            continue
        try:
            values[each.name] = each.parse(texts.get(each.name, ""))
        except ValueError as error:
            problems.append((each.name, str(error)))
    if problems:
        raise InvalidFields(problems)
    return values


def _create(work: Work, entity: Entity, values: Mapping[str, Any]) -> SaveOutcome:
    item = entity.model()
    if isinstance(item, Reviewed):
        item.owner_id = work.actor.account_id if work.owner_id is None else work.owner_id
        if work.channel in _BY_HAND:
            values = {**values, STATE: "draft"}
    with work.session.no_autoflush:
        _assign(work, entity, item, values)
        _check_may_write(work, item, created=True)
    # One that was removed and comes again goes on with its history.
    number = _next_number(work, entity, entity.code_of(item))
    if isinstance(item, Record):
        item.version = number
    with _savepoint(work, entity):
        work.session.add(item)
    work.references.forget(item, entity.code_of(item))
    changes = {name: ("", text) for name, text in entity.texts(item).items() if text}
    _revise(work, entity, item, changes, number)
    return SaveOutcome("new", entity.code_of(item), changes, item)


def _change(work: Work, entity: Entity, item: Any, texts: Mapping[str, str], values: Mapping[str, Any]) -> SaveOutcome:
    before = entity.texts(item)
    differing = {name: value for name, value in values.items() if texts.get(name, before[name]) != before[name]}
    code = entity.code_of(item)
    if not differing:
        return SaveOutcome("unchanged", code, {}, item)
    if set(differing) != {STATE}:  # who may change the state is for `move` to say
        _check_may_write(work, item, created=False)
    described = set(records_described_by(work.session, item))
    with _savepoint(work, entity):
        _assign(work, entity, item, differing)
        after = entity.texts(item)
        _check_second_person(work, entity, item, before, after)
        changes = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
        if changes and isinstance(item, Record):
            item.version += 1
            item.updated_at = utc_now()
    if not changes:
        return SaveOutcome("unchanged", code, {}, item)
    number = item.version if isinstance(item, Record) else _next_number(work, entity, code)
    # It may no longer describe what it described before, as when a benefit is shared anew.
    _revise(work, entity, item, changes, number, described)
    return SaveOutcome("changed", code, changes, item)


def _check_may_write(work: Work, item: Any, *, created: bool) -> None:
    if isinstance(item, Reviewed):
        check_write(work.actor, item, created=created)
    elif isinstance(item, RecordLink):
        # A link stands on both pages: who may change one of its ends may say what came of it.
        if not any(may_write(work.actor, end) for end in (item.source, item.target)):
            check_write(work.actor, item.source, created=False)
    elif not work.actor.may("keep_registers"):
        raise Forbidden(_("Registers are kept by reviewers; ask one of them for the change."))


def _check_second_person(
    work: Work, entity: Entity, item: Any, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    """By form and API nobody alone changes what is published and counts in published figures."""
    if (
        work.channel in _BY_HAND
        and before.get(STATE) == after.get(STATE) == "published"
        and before != after
        and needs_four_eyes(entity, before, after)
    ):
        raise Forbidden(_("This counts in published figures: propose the change, and somebody else confirms it."))


@contextmanager
def _savepoint(work: Work, entity: Entity) -> Iterator[None]:
    """All of what happens inside, or nothing; a constraint that refuses becomes a sentence about its field.

    A group has one savepoint for all: what cannot be done inside it raises NotTogether.
    """
    if work.held is not None:
        try:
            yield
        except InvalidFields as error:
            raise BulkConflict from error
        return
    try:
        with work.session.begin_nested():
            yield
            work.session.flush()
    except IntegrityError as error:
        work.references.forget_names()  # some may have been read meanwhile that are not stored now
        reason = str(error.orig)
        said = [each.name for each in entity.fields if each.name in reason]
        place = max(said, key=reason.rfind, default=entity.key[0])  # the last column is what a scheme has only once
        if "unique" not in reason.lower():
            message = _("the database refuses this value (%(reason)s)", reason=reason)
            raise InvalidFields([(place, message)]) from error
        if place == entity.key[0]:
            raise KeyTaken(entity) from error
        raise InvalidFields([(place, _("another entry has the same value already"))]) from error


def _assign(work: Work, entity: Entity, item: Any, values: Mapping[str, Any]) -> None:
    problems: list[tuple[str, str]] = []
    for each in entity.fields:
        if each.name not in values:
            continue
        try:
            each.assign(item, values[each.name], work.references)
        except ValueError as error:
            problems.append((each.name, str(error)))
    if problems:
        raise InvalidFields(problems)


def _revise(
    work: Work,
    entity: Entity,
    item: Any,
    changes: Mapping[str, tuple[str, str]],
    number: int,
    described: Iterable[int] = (),
) -> None:
    """Write a revision, and let the index follow what the item describes and what it `described` before."""
    code = entity.code_of(item)
    if isinstance(item, Division | Person | AwardScheme):
        work.references.forget_names()
    revision: dict[str, Any] = {
        "entity": entity.name,
        "entity_code": code,
        "number": number,
        "actor": work.actor.name,
        "channel": work.channel,
        "note": work.note,
        "changes": {name: list(pair) for name, pair in changes.items()},
        "batch_id": work.batch_id,
        "account_id": work.actor.account_id,
    }
    if work.held is None:
        store_revisions(work, [revision])
        queue_for_index(work.session, {*described, *records_described_by(work.session, item)})
        return
    work.held.numbers[entity.name, code] = number
    work.held.revisions.append(revision)
    work.held.described.update(described)
    work.held.items.append(item)


def store_revisions(work: Work, revisions: Sequence[Mapping[str, Any]]) -> None:
    """Write revisions, in the order in which the changes were made."""
    if revisions:
        work.session.execute(insert(Revision), list(revisions))


def _next_number(work: Work, entity: Entity, code: str) -> int:
    if work.held is not None and (entity.name, code) in work.held.numbers:
        return work.held.numbers[entity.name, code] + 1
    last = select(func.max(Revision.number)).where(Revision.entity == entity.name, Revision.entity_code == code)
    return 1 + (work.session.scalar(last) or 0)


def records_described_by(session: Session, item: Any) -> Iterable[int]:
    """The ids of the records whose index entry says something about `item`."""
    if isinstance(item, Record):
        return [item.id]
    if isinstance(item, Person):
        return session.scalars(select(Contribution.record_id).where(Contribution.person_id == item.id))
    if isinstance(item, Division):
        return session.scalars(select(Participation.record_id).where(Participation.division_id == item.id))
    if isinstance(item, AwardScheme):
        return session.scalars(select(Award.id).where(Award.scheme_id == item.id))
    if isinstance(item, SchemeLevelPeriod):
        return session.scalars(select(Award.id).where(Award.scheme_id == item.scheme_id))
    if isinstance(item, Benefit):
        return [share.record_id for share in item.shares]
    return []


def queue_for_index(session: Session, record_ids: Iterable[int]) -> None:
    """Let the index follow: in this transaction, so that it follows exactly what is committed."""
    rows = [{"record_id": record_id} for record_id in record_ids]
    if rows:
        session.execute(insert(IndexQueueEntry), rows)
