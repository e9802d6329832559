"""In which issued reports a record counts: by itself, or by a ledger line that it has a share in."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.records.models.benefits import Benefit, BenefitShare
from catalogue.records.models.records import Record
from catalogue.records.queries import visible_to
from catalogue.records.schema.reference_data import BENEFITS
from catalogue.tallies.issued.reports import is_open_to
from catalogue.tallies.issued.snapshot import TOTAL
from catalogue.tallies.models import IssuedEntry, IssuedReport

MOST_REPORTS = 6  # on the page of one record
_MOST_ROWS = 500


@dataclass(frozen=True)
class Citation:
    """A report and the figures of it that a record stands in, as keys with their labels in each language."""

    report: IssuedReport
    figures: tuple[tuple[str, Mapping[str, str]], ...]


@dataclass(frozen=True)
class Citations:
    """The newest reports in which a record counts, and how many more there are (at least)."""

    shown: tuple[Citation, ...]
    more: int


def citations_of(session: Session, actor: Actor, record: Record) -> Citations:
    """Where a record counts, as far as the actor may know."""
    lines = select(Benefit.code).join(BenefitShare).where(BenefitShare.record_id == record.id)
    query = (
        select(IssuedEntry.issued_id, IssuedEntry.figures, IssuedReport.access)
        .join(IssuedReport)
        .where(
            or_(
                and_(IssuedEntry.entity == record.kind, IssuedEntry.code == record.code),
                and_(
                    IssuedEntry.entity == BENEFITS.name, IssuedEntry.code.in_(lines.where(visible_to(actor, Benefit)))
                ),
            )
        )
        .order_by(IssuedReport.year.desc(), IssuedReport.serial.desc())
        .limit(_MOST_ROWS)
    )
    keys: dict[int, dict[str, None]] = defaultdict(dict)
    for issued_id, figures, access in session.execute(query):
        if is_open_to(actor, access):
            keys[issued_id] |= dict.fromkeys(figures)
    newest = list(keys)[:MOST_REPORTS]
    reports = {
        report.id: report
        for report in (session.scalars(select(IssuedReport).where(IssuedReport.id.in_(newest))) if newest else ())
    }
    shown = tuple(Citation(reports[id_], _narrowest(reports[id_].content, keys[id_])) for id_ in newest)
    return Citations(shown, len(keys) - len(newest))


def _narrowest(content: Mapping[str, Any], keys: Mapping[str, None]) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """The figures that say most: in a table its cells, not the margins that they add up to."""
    parts = {key: 0 if key == TOTAL else key.count("&") + 1 for key in keys}
    figures = content.get("figures", {})
    most = max(parts.values())
    return tuple((key, figures[key]["label"]) for key in keys if parts[key] == most and key in figures)
