"""The history of an item as a page tells it: its own changes, and for a record those of its links and ledger lines."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.permissions import Actor
from catalogue.records.history.field_display import Display, FieldChange, Texts
from catalogue.records.history.models import ImportBatch, Revision
from catalogue.records.history.versions import (
    Version,
    note_of,
    versions_of,
    who_changed,
)
from catalogue.records.models.benefits import Benefit, BenefitShare
from catalogue.records.models.code_lists import (
    CHANNELS,
    RELATION_INVERSES,
    RELATIONS,
)
from catalogue.records.models.records import Record
from catalogue.records.queries import visible_to
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.reference_data import BENEFITS, LINKS

Sort = Literal["own", "link", "benefit"]


@dataclass(frozen=True)
class HistoryChange:
    """One change in a history: of the item itself, of a link, or of a ledger line. `label` says what came or went of a
    link; `code` and `title` name what is at its other end, or the ledger line."""

    sort: Sort
    revision: Revision
    note: str
    is_new: bool = False
    is_removal: bool = False
    label: str = ""
    code: str = ""
    title: str = ""
    entity: Entity | None = None
    before: Texts | None = None
    after: Texts | None = None


@dataclass(frozen=True)
class Told:
    """A change with the words for it: who, through what, as part of which import, and its fields. `links` are those
    that came or went with it: an import may bring dozens at once."""

    change: HistoryChange
    who: str
    channel: str
    batch: str
    fields: list[FieldChange]
    links: Sequence[HistoryChange] = ()


def changes_of(session: Session, actor: Actor, entity: Entity, item: Any) -> list[HistoryChange]:
    """Every change that the actor may see, the newest first."""
    found = [_own(actor, entity, item, version) for version in versions_of(session, actor, entity, item)]
    if isinstance(item, Record):
        found += _links(session, actor, item)
        found += _benefits(session, actor, item)
    return sorted(found, key=lambda change: change.revision.id, reverse=True)


def told(session: Session, actor: Actor, changes: Iterable[HistoryChange]) -> list[Told]:
    """The changes of one page in words."""
    changes, display = list(changes), Display(session, actor)
    batches = _batches(session, actor, changes)
    return [
        Told(
            change,
            who_changed(actor, change.revision),
            str(CHANNELS.label(change.revision.channel)),
            batches.get(change.revision.batch_id or 0, ""),
            [] if change.entity is None else display.changes(change.entity, change.before or {}, change.after or {}),
            [change, *others] if change.sort == "link" else (),
        )
        for _key, (change, *others) in groupby(changes, _made_with)
    ]


def _made_with(change: HistoryChange) -> tuple[Any, ...]:
    """What two changes have in common that are told as one: links that one hand made in one minute, or one import."""
    revision = change.revision
    if change.sort != "link":
        return (revision.id,)
    at = revision.batch_id or revision.at.replace(second=0, microsecond=0)
    return (revision.account_id, revision.actor, revision.channel, at)


def _own(actor: Actor, entity: Entity, item: Any, version: Version, sort: Sort = "own") -> HistoryChange:
    return HistoryChange(
        sort,
        version.revision,
        note_of(actor, item, version.revision),
        is_new=version.is_first,
        is_removal=version.is_removal,
        code=version.revision.entity_code,
        title="" if version.is_removal else entity.title_of(version.texts),
        entity=None if version.is_removal else entity,
        before=version.before,
        after=version.texts,
    )


def _links(session: Session, actor: Actor, record: Record) -> list[HistoryChange]:
    ends = Revision.entity_code
    revisions = session.scalars(
        select(Revision).where(
            Revision.entity == LINKS.name,
            or_(ends.startswith(f"{record.code} ", autoescape=True), ends.endswith(f" {record.code}", autoescape=True)),
        )
    ).all()
    others: list[tuple[Revision, str, str, bool]] = []
    for revision in revisions:
        texts = {name: new or old for name, (old, new) in revision.changes.items()}
        source, relation, target = (texts.get(name, "") for name in ("source", "relation", "target"))
        if record.code in (source, target):
            outgoing = source == record.code
            label = (RELATIONS if outgoing else RELATION_INVERSES).label(relation)
            others.append((revision, target if outgoing else source, str(label), bool(revision.changes["source"][1])))
    titles = _titles(session, actor, {code for _revision, code, _label, _is_new in others})
    return [
        HistoryChange("link", revision, "", is_new, not is_new, label, code, titles[code])
        for revision, code, label, is_new in others
        if code in titles
    ]


def _titles(session: Session, actor: Actor, codes: set[str]) -> dict[str, str]:
    rows = session.execute(select(Record.code, Record.title).where(Record.code.in_(codes), visible_to(actor)))
    return {row.code: row.title for row in rows}


def _benefits(session: Session, actor: Actor, record: Record) -> list[HistoryChange]:
    """The changes of the ledger lines in which the record has, or had, a share."""
    written = json.dumps(record.code)[1:-1]
    named = cast(Revision.changes, String).contains(written, autoescape=True)
    codes = set(session.scalars(select(Revision.entity_code).where(Revision.entity == BENEFITS.name, named)))
    lines = session.scalars(
        select(Benefit)
        .where(Benefit.code.in_(codes), visible_to(actor, Benefit))
        .options(selectinload(Benefit.shares).joinedload(BenefitShare.record))
    ).all()
    revisions = _by_code(
        session.scalars(
            select(Revision)
            .where(Revision.entity == BENEFITS.name, Revision.entity_code.in_([line.code for line in lines]))
            .order_by(Revision.number)
        ).all()
    )
    return [
        _own(actor, BENEFITS, line, version, "benefit")
        for line in lines
        for version in versions_of(session, actor, BENEFITS, line, revisions[line.code])
        if record.code in _shared(version.texts) | _shared(version.before)
    ]


def _by_code(revisions: Sequence[Revision]) -> dict[str, list[Revision]]:
    found: dict[str, list[Revision]] = {}
    for revision in revisions:
        found.setdefault(revision.entity_code, []).append(revision)
    return found


def _shared(texts: Texts) -> set[str]:
    return {part.rpartition(" ")[0] for part in texts.get("records", "").split(";")}


def _batches(session: Session, actor: Actor, changes: Sequence[HistoryChange]) -> dict[int, str]:
    """The numbers of the imports, for those who may open them."""
    ids = {change.revision.batch_id for change in changes if change.revision.batch_id}
    if not ids or not actor.may("write"):
        return {}
    return {each.id: each.number for each in session.scalars(select(ImportBatch).where(ImportBatch.id.in_(ids)))}
