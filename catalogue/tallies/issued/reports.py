"""Issuing a tally or the paragraph as a report, and finding it again: numbered within its year, kept for good."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_babel import to_user_timezone
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, defer

from catalogue.accounts.permissions import Actor, actor_with
from catalogue.database import utc_now
from catalogue.errors import Conflict, InvalidInput, NotFound
from catalogue.query_args import read_year
from catalogue.records.schema.fields import clean
from catalogue.search.interface import SearchIndex
from catalogue.tallies.issued.snapshot import (
    Frozen,
    FrozenEntry,
    freeze_paragraph,
    freeze_table,
)
from catalogue.tallies.models import IssuedEntry, IssuedReport
from catalogue.tallies.search_filter import looked_up
from catalogue.tallies.spec import find_subject, read_as_of, spec_from_args

LONGEST_TITLE = 200
LONGEST_NOTE = 2000
_TRIES = 10
_NUMBER = re.compile(r"TJ-(\d{4})-(\d{4,9})")
_KEPT = ("shape", "title", "note", "subject", "args", "issued_at", "actor", "access", "content")


@dataclass(frozen=True)
class OpenedReport:
    """An issued report with its entries, and whether it is still what was issued."""

    report: IssuedReport
    entries: tuple[FrozenEntry, ...]
    is_intact: bool

    @property
    def frozen(self) -> Frozen:
        """What it froze."""
        report = self.report
        return Frozen(report.shape, report.subject, report.args, report.content, self.entries)


def issue(
    session: Session, actor: Actor, frozen: Frozen, title: str, note: str = "", at: datetime | None = None
) -> IssuedReport:
    """Keep what was frozen as a report. To be called within `database.writing`, which commits it.

    Raises InvalidInput for a title or note that cannot be used.
    """
    issued_at = at or utc_now()
    kept: dict[str, Any] = {
        "shape": frozen.shape,
        "title": read_title(title),
        "note": _short(note, LONGEST_NOTE, "note"),
        "subject": frozen.subject,
        "args": dict(frozen.args),
        "issued_at": issued_at,
        "actor": actor.name,
        "access": sorted(actor.access),
        "content": dict(frozen.content),
    }
    year = to_user_timezone(issued_at).year
    for _try in range(_TRIES):
        last = session.scalar(select(func.max(IssuedReport.serial)).where(IssuedReport.year == year)) or 0
        report = IssuedReport(year=year, serial=last + 1, **kept)
        report.digest = digest(report, frozen.entries)
        try:
            with session.begin_nested():
                session.add(report)
        except IntegrityError:  # PostgreSQL lets two writers read the same last number; the later one reads again
            continue
        _keep_entries(session, report, frozen.entries)
        return report
    raise Conflict(_("The report has got no number after several tries. Send it again."))


def _keep_entries(session: Session, report: IssuedReport, entries: Sequence[FrozenEntry]) -> None:
    rows = [{"issued_id": report.id, "position": position, **vars(entry)} for position, entry in enumerate(entries, 1)]
    if rows:
        session.execute(insert(IssuedEntry), rows)


def read_title(text: str) -> str:
    """A title as it is kept. Raises InvalidInput where it is missing or too long."""
    title = _short(text, LONGEST_TITLE, "title")
    if not title:
        raise InvalidInput(_("A title is needed."), "title")
    return title


def _short(text: str, most: int, place: str) -> str:
    text = clean(text)
    if len(text) > most:
        raise InvalidInput(_("at most %(number)s characters fit here", number=most), place)
    return text


def find_report(session: Session, actor: Actor, number: str) -> OpenedReport:
    """The report of a number. Raises NotFound where there is none, or where it was counted with more access than the
    asker has: it may name entries that the asker must not see."""
    parts = _NUMBER.fullmatch(number.strip().upper())
    query = select(IssuedReport)
    report = (
        session.scalar(query.where(IssuedReport.year == int(parts[1]), IssuedReport.serial == int(parts[2])))
        if parts
        else None
    )
    if report is None or not is_open_to(actor, report.access):
        raise NotFound(_("There is no report “%(number)s”, or it is not open to you.", number=number[:30]))
    return _open(session, report)


def is_open_to(actor: Actor, access: Sequence[str]) -> bool:
    """Whether the actor has every label under which a report was counted."""
    return actor.access.issuperset(access)


def issued_reports(session: Session, actor: Actor) -> list[IssuedReport]:
    """The reports that the actor may open, newest first."""
    query = select(IssuedReport).options(defer(IssuedReport.content))
    newest = query.order_by(IssuedReport.year.desc(), IssuedReport.serial.desc())
    return [report for report in session.scalars(newest) if is_open_to(actor, report.access)]


def changed_reports(session: Session) -> list[str]:
    """The numbers of the reports that no longer match their SHA-256."""
    ids = session.scalars(select(IssuedReport.id).order_by(IssuedReport.year, IssuedReport.serial)).all()
    changed = []
    for id_ in ids:
        opened = _open(session, session.get_one(IssuedReport, id_))
        if not opened.is_intact:
            changed.append(opened.report.number)
        session.expunge(opened.report)
    return changed


def _open(session: Session, report: IssuedReport) -> OpenedReport:
    columns = (IssuedEntry.entity, IssuedEntry.code, IssuedEntry.title, IssuedEntry.revision, IssuedEntry.figures)
    query = select(*columns).where(IssuedEntry.issued_id == report.id).order_by(IssuedEntry.position)
    entries = tuple(FrozenEntry(*row) for row in session.execute(query))
    return OpenedReport(report, entries, digest(report, entries) == report.digest)


def digest(report: IssuedReport, entries: Sequence[FrozenEntry]) -> str:
    """The SHA-256 of all that a report says, its number and its entries included, in hexadecimal digits."""
    said = {
        "number": report.number,
        **{name: getattr(report, name) for name in _KEPT},
        "entries": [[each.entity, each.code, each.title, each.revision, each.figures] for each in entries],
    }
    written = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=datetime.isoformat)
    return hashlib.sha256(written.encode()).hexdigest()


def count_again(
    session: Session, report: IssuedReport, index: SearchIndex, wordings: Path, as_of: date | None = None
) -> Frozen:
    """What the report would say today, counted with the access that it was counted with; of another day, if one is
    given. Raises InvalidInput where what it asks for can no longer be counted."""
    actor = actor_with(report.actor, report.access)
    args = {**report.args, **({"as_of": as_of.isoformat()} if as_of else {})}
    return freeze(session, actor, report.subject, args, index, wordings)


def freeze(
    session: Session, actor: Actor, subject: str, args: Any, index: SearchIndex, wordings: Path, day: date | None = None
) -> Frozen:
    """What a subject (empty for the paragraph) and the arguments of an address ask for, counted now. `day` is the
    as-of day where they name none. Raises InvalidInput."""
    day = day or date.today()
    if not subject:
        years = read_year(args, "year_from"), read_year(args, "year_to")
        return freeze_paragraph(session, actor, read_as_of(args, day), years, wordings)
    spec = spec_from_args(find_subject(subject), args, day)
    return freeze_table(session, actor, replace(spec, selection=looked_up(spec.selection, index, actor)))
