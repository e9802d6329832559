"""Taking back a whole import: what it brought goes, what it changed is set back, and where somebody has gone on with
either, nothing is done and everything that stands in the way is named."""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.database import utc_now
from catalogue.errors import Conflict, InvalidFields
from catalogue.formatting import local_minute
from catalogue.records.bulk import LARGEST, bulk_changes, can_be_grouped
from catalogue.records.history.models import ImportBatch, Revision
from catalogue.records.operations import BulkConflict, Work, remove, save
from catalogue.records.referrers import dependents, referred_to
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.reference_data import ENTITIES
from catalogue.records.schema.resolver import Resolver

_BY_NAME = {entity.name: entity for entity in ENTITIES.values()}


class UndoRefused(Conflict):
    """The import cannot be taken back as a whole; `reasons` say what stands in the way."""

    def __init__(self, number: str, reasons: Sequence[str]) -> None:
        first = _("%(number)s cannot be undone; nothing was changed.", number=number)
        super().__init__("\n".join((first, *reasons)))
        self.reasons = tuple(reasons)


def undo(work: Work, batch: ImportBatch, told: Callable[[int, int], None] = lambda _done, _all: None) -> int:
    """Take back everything that the batch did, the last first; gives the number of items. `told` hears how many
    changes are taken back, and how many there are.

    Raises UndoRefused with all reasons; the transaction must then be rolled back.
    """
    if batch.state != "applied":
        raise UndoRefused(batch.number, [_("It is not applied (any more).")])
    reasons = _changed_since(work.session, batch)
    if reasons:
        raise UndoRefused(batch.number, reasons)
    work.note = _("Undo of %(number)s", number=batch.number)
    changes = work.session.execute(
        select(Revision.id, Revision.entity, Revision.entity_code)
        .where(Revision.batch_id == batch.id)
        .order_by(Revision.id.desc())
    ).all()
    done = 0
    for name, group in _groups(changes):
        reasons += _take_back_together(work, _BY_NAME[name], group)
        done += len(group)
        told(done, len(changes))
    if reasons:
        raise UndoRefused(batch.number, reasons)
    batch.state, batch.undone_at = "undone", utc_now()
    work.session.flush()
    return len({(change.entity, change.entity_code) for change in changes})


def _groups(changes: Iterable[Any]) -> Iterator[tuple[str, list[int]]]:
    """The ids of revisions that follow one another and are of one entity, so many as are taken back at once."""
    for name, follow in groupby(changes, key=lambda change: change.entity):
        largest = LARGEST if can_be_grouped(_BY_NAME[name]) else 1
        ids = [change.id for change in follow]
        for start in range(0, len(ids), largest):
            yield name, ids[start : start + largest]


def _take_back_together(work: Work, entity: Entity, ids: Sequence[int]) -> list[str]:
    """Set changes back as a group or, where that cannot be, each by itself; gives what stands in the way."""
    revisions = work.session.scalars(select(Revision).where(Revision.id.in_(ids)).order_by(Revision.id.desc())).all()
    if len(revisions) > 1:
        try:
            with bulk_changes(work, entity, [_key_of(entity, revision) for revision in revisions]):
                items = [_find(work.references, entity, revision) for revision in revisions if is_new(revision)]
                referred = referred_to(work.session, [item for item in items if item is not None])
                return [reason for revision in revisions for reason in _take_back(work, entity, revision, referred)]
        except BulkConflict:
            pass  # each by itself says which
    return [reason for revision in revisions for reason in _take_back(work, entity, revision)]


def is_new(revision: Revision) -> bool:
    """Whether the revision says that the item was made: it had no key before."""
    old_key = revision.changes.get(_BY_NAME[revision.entity].key[0], [" "])[0]
    return not old_key


def _changed_since(session: Session, batch: ImportBatch) -> list[str]:
    last = (
        select(Revision.entity, Revision.entity_code, func.max(Revision.id).label("id"))
        .where(Revision.batch_id == batch.id)
        .group_by(Revision.entity, Revision.entity_code)
        .subquery()
    )
    same = (Revision.entity == last.c.entity) & (Revision.entity_code == last.c.entity_code)
    later = session.scalars(select(Revision).join(last, same & (Revision.id > last.c.id)).order_by(Revision.id)).all()
    numbers = _batch_numbers(session, later)
    return [
        _(
            "%(code)s was changed afterwards: %(when)s, %(through)s, version %(version)s (%(fields)s).",
            code=revision.entity_code,
            when=local_minute(revision.at),
            through=numbers.get(revision.batch_id or 0) or revision.note or revision.actor,
            version=revision.number,
            fields=", ".join(_labels(revision)),
        )
        for revision in later
    ]


def _batch_numbers(session: Session, revisions: Sequence[Revision]) -> dict[int, str]:
    ids = {revision.batch_id for revision in revisions if revision.batch_id}
    return {each.id: each.number for each in session.scalars(select(ImportBatch).where(ImportBatch.id.in_(ids)))}


def _labels(revision: Revision) -> list[str]:
    return [_BY_NAME[revision.entity].label_of(name) for name in revision.changes]


def _take_back(work: Work, entity: Entity, revision: Revision, referred: Container[Any] | None = None) -> list[str]:
    """Set one change back; gives what stands in the way. Only `referred` items are, where it is given, referred to."""
    item = _find(work.references, entity, revision)
    if item is None:
        return [_("%(code)s is not there any more.", code=revision.entity_code)]
    if is_new(revision):
        others = dependents(work.session, item) if referred is None or item in referred else []
        if others:
            return [
                _("%(code)s is referred to by %(others)s.", code=revision.entity_code, others=", ".join(others)),
            ]
        remove(work, entity, item)
        return []
    before = {name: old for name, (old, _new) in revision.changes.items()}
    keys = {name: entity.field(name).text(item) for name in entity.key}
    try:
        save(work, entity, {**keys, **before})
    except InvalidFields as error:
        return [f"{revision.entity_code}: {error}"]
    return []


def _key_of(entity: Entity, revision: Revision) -> dict[str, str]:
    """The key of the item that a revision speaks of; empty where the revision does not say it."""
    if is_new(revision):
        return {name: revision.changes.get(name, ["", ""])[1] for name in entity.key}
    return {entity.key[0]: revision.entity_code} if len(entity.key) == 1 else {}


def _find(references: Resolver, entity: Entity, revision: Revision) -> Any | None:
    """The item that a revision speaks of, as it is now."""
    texts = _key_of(entity, revision)
    if not texts:  # a register of few rows, whose code in history is made of several fields
        items = references.session.scalars(select(entity.model))
        return next((item for item in items if entity.code_of(item) == revision.entity_code), None)
    try:
        return entity.find(references, {name: entity.field(name).parse(text) for name, text in texts.items()})
    except ValueError:
        return None
