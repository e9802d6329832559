"""Saving a check as a report, and finding it again: frozen, numbered within its year, under an address of its own."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import to_user_timezone
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.database import utc_now
from catalogue.errors import Conflict, IndexUnavailable, NotFound
from catalogue.formatting import in_each_language
from catalogue.priorwork.check import LEAST_PERCENT, MOST_FOUND, Checked, SimilarWork, Term
from catalogue.priorwork.models import PriorWorkReport
from catalogue.search.interface import SearchIndex

_TRIES = 10
_FROZEN = ("created_at", "actor", "access", "title", "text", "scope", "strategy", "index_state", "findings")


@dataclass(frozen=True)
class IndexState:
    """What the index was when a check was made: its entries, the day its states are as of, the version of its
    analysis, and the changes that it had yet to see."""

    documents: int
    as_of: str
    analysis_version: str
    waiting: int

    @classmethod
    def of(cls, index: SearchIndex, waiting: int) -> "IndexState":
        """The state of an index now. Raises IndexUnavailable."""
        status = index.status()
        if status is None:
            raise IndexUnavailable("there is no usable index")
        return cls(status.documents, status.as_of, status.analysis_version, waiting)


def save_report(
    session: Session, actor: Actor, checked: Checked, state: IndexState, at: datetime | None = None
) -> PriorWorkReport:
    """Freeze a check into a report. To be called within `database.writing`, which commits it."""
    created_at = at or utc_now()
    frozen: dict[str, Any] = {
        "created_at": created_at,
        "actor": actor.name,
        "access": sorted(actor.access),
        "title": checked.draft.title,
        "text": checked.draft.text,
        "scope": {
            "kinds": list(checked.scope.kinds),
            "division": checked.scope.division,
            "year_from": checked.scope.year_from,
            "year_to": checked.scope.year_to,
            "compared": checked.compared,
            "in_words": in_each_language(lambda: checked.scope.in_words(checked.labels)),
        },
        "strategy": {
            "analysis_version": state.analysis_version,
            "terms": checked.weighed,
            "partial": checked.partial,
            "shortened": checked.draft.shortened,
            "in_words": in_each_language(lambda: strategy_in_words(checked)),
        },
        "index_state": asdict(state),
        "findings": [asdict(finding) for finding in checked.findings],
    }
    frozen = {name: _as_stored(value) for name, value in frozen.items()}
    year = to_user_timezone(created_at).year
    for _try in range(_TRIES):
        last = session.scalar(select(func.max(PriorWorkReport.serial)).where(PriorWorkReport.year == year)) or 0
        report = PriorWorkReport(token=secrets.token_urlsafe(16), year=year, serial=last + 1, **frozen)
        report.digest = digest(report)
        try:
            with session.begin_nested():
                session.add(report)
        except IntegrityError:  # PostgreSQL lets two writers read the same last number; the later one reads again
            continue
        return report
    raise Conflict("no number for the report after several tries")


def find_report(session: Session, actor: Actor, token: str) -> PriorWorkReport:
    """The report under an address. Raises NotFound where there is none, or where it was made with more access than
    the asker has: it may quote records that the asker must not see."""
    report = session.scalar(select(PriorWorkReport).where(PriorWorkReport.token == token))
    if report is None or not actor.access.issuperset(report.access):
        raise NotFound(_("There is no report under this address."))
    return report


def digest(report: PriorWorkReport) -> str:
    """The SHA-256 of everything that the report says, its number included, in hexadecimal digits."""
    content = {"number": report.number, **{name: getattr(report, name) for name in _FROZEN}}
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_instant)
    return hashlib.sha256(written.encode()).hexdigest()


def changed_reports(session: Session) -> list[str]:
    """The numbers of the reports that no longer match their SHA-256."""
    query = select(PriorWorkReport).order_by(PriorWorkReport.year, PriorWorkReport.serial)
    reports = session.scalars(query.execution_options(yield_per=50))
    return [report.number for report in reports if digest(report) != report.digest]


def findings_of(report: PriorWorkReport) -> list[SimilarWork]:
    """The findings of a report, as the check had them."""
    return [SimilarWork(**{**each, "terms": tuple(Term(**term) for term in each["terms"])}) for each in report.findings]


def strategy_in_words(checked: Checked) -> list[str]:
    """How the check was made, in sentences."""
    sentences = [
        _(
            "The draft was taken as pairs of neighbouring Chinese characters, words and numbers: %(terms)s terms. "
            "Traditional characters, width and letter case make no difference.",
            terms=checked.weighed,
        ),
        _(
            "The fewer records have a term, the more it weighs; terms of the title count twice. The score of a record "
            "is the part of the whole weight whose terms it has; a full score means that it has all of them."
        ),
        _(
            "At most %(most)s records are listed, and none below %(least)s%%. Marked are common passages of at least "
            "four characters.",
            most=MOST_FOUND,
            least=LEAST_PERCENT,
        ),
        _("The score says which records to read; whether the work is new is for people to judge."),
    ]
    if checked.draft.shortened:
        sentences.append(_("The text is very long: only its first 20,000 characters were checked."))
    if checked.partial:
        sentences.append(_("The comparison was stopped after one second; these are the best records found by then."))
    return sentences


def _as_stored(value: Any) -> Any:
    """As it comes back from a JSON column, so that the digest is the same then."""
    return json.loads(json.dumps(value)) if isinstance(value, Mapping | list) else value


def _instant(value: datetime) -> str:
    return value.isoformat()
