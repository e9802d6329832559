"""Taking back a whole import: what it brought goes, what it changed is set back, and where somebody has gone on with
either, nothing is done and everything that stands in the way is named."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.database import utc_now
from catalogue.errors import Conflict, InvalidFields
from catalogue.formatting import local_minute
from catalogue.records.dependents import dependents
from catalogue.records.entities import Entity
from catalogue.records.history import ImportBatch, Revision
from catalogue.records.operations import Work, remove, save
from catalogue.records.references import References
from catalogue.records.registers import ENTITIES

_BY_NAME = {entity.name: entity for entity in ENTITIES.values()}


class UndoRefused(Conflict):
    """The import cannot be taken back as a whole; `reasons` say what stands in the way."""

    def __init__(self, number: str, reasons: Sequence[str]) -> None:
        first = _("%(number)s cannot be undone; nothing was changed.", number=number)
        super().__init__("\n".join((first, *reasons)))
        self.reasons = tuple(reasons)


def undo(work: Work, batch: ImportBatch) -> int:
    """Take back everything that the batch did, the last first; gives the number of things.

    Raises UndoRefused with all reasons; the transaction must then be rolled back.
    """
    if batch.state != "applied":
        raise UndoRefused(batch.number, [_("It is not applied (any more).")])
    reasons = _changed_since(work.session, batch)
    if reasons:
        raise UndoRefused(batch.number, reasons)
    work.note = _("Undo of %(number)s", number=batch.number)
    revisions = work.session.scalars(
        select(Revision).where(Revision.batch_id == batch.id).order_by(Revision.id.desc())
    ).all()
    for revision in revisions:
        reasons += _take_back(work, revision)
    if reasons:
        raise UndoRefused(batch.number, reasons)
    batch.state, batch.undone_at = "undone", utc_now()
    work.session.flush()
    return len({(revision.entity, revision.entity_code) for revision in revisions})


def is_new(revision: Revision) -> bool:
    """Whether the revision says that the thing was made: it had no key before."""
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


def _take_back(work: Work, revision: Revision) -> list[str]:
    """Set one change back; gives what stands in the way."""
    entity = _BY_NAME[revision.entity]
    thing = _find(work.references, entity, revision)
    if thing is None:
        return [_("%(code)s is not there any more.", code=revision.entity_code)]
    if is_new(revision):
        work.session.flush()
        others = dependents(work.session, thing)
        if others:
            return [
                _("%(code)s is referred to by %(others)s.", code=revision.entity_code, others=", ".join(others)),
            ]
        remove(work, entity, thing)
        return []
    before = {name: old for name, (old, _new) in revision.changes.items()}
    keys = {name: entity.field(name).text(thing) for name in entity.key}
    try:
        save(work, entity, {**keys, **before})
    except InvalidFields as error:
        return [f"{revision.entity_code}: {error}"]
    return []


def _find(references: References, entity: Entity, revision: Revision) -> Any | None:
    """The thing that a revision speaks of, as it is now."""
    if is_new(revision):
        texts = {name: revision.changes.get(name, ["", ""])[1] for name in entity.key}
    elif len(entity.key) == 1:
        texts = {entity.key[0]: revision.entity_code}
    else:  # a register of few rows, whose code in history is made of several fields
        things = references.session.scalars(select(entity.model))
        return next((thing for thing in things if entity.code_of(thing) == revision.entity_code), None)
    try:
        return entity.find(references, {name: entity.field(name).parse(text) for name, text in texts.items()})
    except ValueError:
        return None
