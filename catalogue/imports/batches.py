"""Imports as batches: a file that was brought, the plan that was shown for it, and what was made of it.

What was uploaded lies in a folder of its own until it is forgotten: the file as it came, and the plan.
"""

import hashlib
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_babel import to_user_timezone
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.database import utc_now
from catalogue.errors import Conflict, InvalidInput, NotFound
from catalogue.imports.columns.layouts import ColumnLayout, recognise, signature
from catalogue.imports.columns.mapping import corrected
from catalogue.imports.dry_run import dry_run_session
from catalogue.imports.execution import carry_out
from catalogue.imports.headings import is_count
from catalogue.imports.native_format import own_layout
from catalogue.imports.plan import Plan, Source
from catalogue.imports.rows.secondary_rows import layouts_of
from catalogue.imports.tables.sheets import SheetTable, read_tables
from catalogue.records.history.models import ImportBatch, RememberedLayout
from catalogue.records.operations import Work
from catalogue.records.schema.reference_data import ENTITIES

_TRIES = 5
_LONGEST_NAME = 200
UNREAD = "-"  # what a clerk chooses for a table that holds no entries
Told = Callable[[int, int], None]


class PlanChanged(Conflict):
    """The catalogue has changed since the plan was shown; `plan` is what would be done now."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            _("The catalogue has changed since this plan was made. Look at the new plan before applying it.")
        )
        self.plan = plan


class NotWhole(Conflict):
    """Some rows cannot be used, and only all together were to be applied."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(_("Some rows cannot be used; nothing was stored."))
        self.plan = plan


@dataclass(frozen=True)
class BatchFolder:
    """Where a batch keeps its file and its plan."""

    path: Path

    @classmethod
    def of(cls, data: Path, token: str) -> "BatchFolder":
        """The folder of a batch below the data folder."""
        return cls(data / "imports" / token)

    def keep(self, content: bytes) -> None:
        """Keep the file as it came."""
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / "file").write_bytes(content)

    def forget(self) -> None:
        """Keep nothing of it."""
        shutil.rmtree(self.path, ignore_errors=True)

    def content(self, batch: ImportBatch) -> bytes:
        """The very file that was brought. Raises NotFound where it is gone or is another."""
        try:
            content = (self.path / "file").read_bytes()
        except OSError:
            raise NotFound(_("The file of this import is not kept any more; upload it again.")) from None
        if hashlib.sha256(content).hexdigest() != batch.sha256:
            raise NotFound(_("The file of this import is not the one that was uploaded; upload it again."))
        return content

    def keep_plan(self, plan: Plan) -> None:
        """Keep the plan, whole or not at all."""
        new = self.path / "plan.new"
        new.write_text(plan.to_json(), encoding="utf-8")
        new.replace(self.path / "plan.json")

    def plan(self) -> Plan:
        """The plan as it was kept. Raises NotFound where there is none."""
        try:
            return Plan.from_json((self.path / "plan.json").read_text(encoding="utf-8"))
        except OSError:
            raise NotFound(_("The plan of this import is not kept any more; upload the file again.")) from None


def new_batch(actor: Actor, name: str, sha256: str, options: Mapping[str, Any]) -> ImportBatch:
    """A batch for a file, which is known by its SHA-256; add it to a session."""
    return ImportBatch(
        token=secrets.token_urlsafe(16),
        file_name=name[-_LONGEST_NAME:],
        sha256=sha256,
        actor=actor.name,
        uploader_id=actor.account_id,
        options=dict(options),
        counts={},
        state="planning",
    )


def find_batch(session: Session, name: str, *, lock: bool = False) -> ImportBatch:
    """A batch by its number (DR-2026-0001) or its token. Raises NotFound.

    With `lock` it is as it is stored now, and stays so until the transaction ends: who applies it, takes it back or
    has it tried again locks it first, since PostgreSQL lets two of them write at once.
    """
    query = select(ImportBatch).where(ImportBatch.token == name)
    parts = name.upper().split("-")
    if len(parts) == 3 and parts[0] == "DR" and parts[1].isdecimal() and parts[2].isdecimal():
        query = select(ImportBatch).where(ImportBatch.year == int(parts[1]), ImportBatch.serial == int(parts[2]))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    batch = session.scalar(query)
    if batch is None:
        raise NotFound(_("There is no import %(number)s.", number=name))
    return batch


def sources_of(session: Session, content: bytes, name: str, options: Mapping[str, Any]) -> list[Source]:
    """The tables of a file with what their columns are: as chosen for this file, as remembered, or as recognised.

    Raises InvalidInput where the file cannot be read.
    """
    sources, beside = [], []
    for number, table in enumerate(read_tables(content, name)):
        own = None if options.get("columns") else own_layout(table)
        if own is not None:
            sources.append(Source(table, own, authoritative=True))
            continue
        chosen = options.get("layouts", {}).get(str(number))
        given = options.get("columns") or {}
        kind = options.get("kind") or given.get("kind") or None
        if chosen and chosen["table"] == UNREAD:
            table = _unread(table)
            layout = ColumnLayout(None, (None,) * len(table.headings))
        elif chosen:
            layout = _given(session, table, chosen["table"], chosen["fields"], chosen.get("extra", {}))
        else:
            layout = corrected(table, _recognised(session, table, kind), given)
        layout, others = layouts_of(table, layout)
        sources.append(Source(table, layout))
        beside += [Source(table, each) for each in others]
    if not sources:
        raise InvalidInput(_("%(file)s holds no rows.", file=name))
    return [*_without_summaries(sources), *beside]


def _without_summaries(sources: Sequence[Source]) -> list[Source]:
    """Beside tables of records, one that is of no known kind and counts items is a summary of them."""
    if not any(source.layout.entity for source in sources):
        return list(sources)
    return [
        replace(source, table=_unread(source.table, "totals"))
        if source.layout.entity is None and any(map(is_count, source.table.headings))
        else source
        for source in sources
    ]


def _unread(table: SheetTable, why: str = "chosen") -> SheetTable:
    """A table whose rows are left out, since somebody said so or for another reason."""
    left_out = (*table.left_out, *((row.number, why) for row in table.rows))
    return replace(table, rows=(), left_out=tuple(sorted(left_out)))


def _recognised(session: Session, table: SheetTable, kind: str | None) -> ColumnLayout:
    known = session.get(RememberedLayout, signature(table))
    if known is not None and known.entity_table in ENTITIES and kind in (None, known.entity_table):
        return _given(session, table, known.entity_table, known.fields, known.extra)
    return recognise(session, table, kind)


def _given(
    session: Session, table: SheetTable, name: str, fields: Sequence[str | None], extra: Mapping[str, str]
) -> ColumnLayout:
    """A layout that a clerk has corrected; the units that headings say stay as they were recognised."""
    return replace(recognise(session, table, name), fields=tuple(fields), extra=dict(extra))


def remember(session: Session, table: SheetTable, layout: ColumnLayout) -> None:
    """Keep a corrected layout for all sheets with the same headings."""
    if layout.entity is not None:
        session.merge(
            RememberedLayout(
                signature=signature(table),
                entity_table=layout.entity.table,
                fields=list(layout.fields),
                extra=dict(layout.extra),
                updated_at=utc_now(),
            )
        )


def dry_run(
    work: Work,
    sources: Sequence[Source],
    choices: Mapping[str, str] | None = None,
    told: Told = lambda _done, _all: None,
) -> Plan:
    """What would be done: the real import, where nothing of it stays."""
    with dry_run_session(work.session) as session:
        return carry_out(replace(work, session=session), sources, choices, told)


def apply(
    work: Work,
    batch: ImportBatch,
    sources: Sequence[Source],
    *,
    partial: bool,
    choices: Mapping[str, str] | None = None,
    told: Told = lambda _done, _all: None,
) -> Plan:
    """Do what the plan says, in the caller's transaction, and give the batch its number.

    Raises PlanChanged where a plan was shown and another would be done now, NotWhole where rows cannot be used and
    not `partial`; the transaction must then be rolled back.
    """
    if batch.state not in ("planning", "planned"):
        raise Conflict(_("This import has been applied already."))
    work.session.add(batch)
    work.session.flush()
    work.batch_id = batch.id
    plan = carry_out(work, sources, choices, told)
    if batch.digest and plan.digest != batch.digest:
        raise PlanChanged(plan)
    if not partial and not plan.is_whole:
        raise NotWhole(plan)
    batch.state, batch.counts, batch.digest, batch.applied_at = "applied", plan.counts, plan.digest, utc_now()
    batch.applied_by_id = work.actor.account_id
    _give_number(work.session, batch)
    return plan


def _give_number(session: Session, batch: ImportBatch) -> None:
    year = to_user_timezone(utc_now()).year
    for _try in range(_TRIES):
        last = session.scalar(select(func.max(ImportBatch.serial)).where(ImportBatch.year == year)) or 0
        try:
            with session.begin_nested():
                batch.year, batch.serial = year, last + 1
        except IntegrityError:  # PostgreSQL lets two writers read the same last number; the later one reads again
            continue
        return
    raise Conflict("no number for the import after several tries")
