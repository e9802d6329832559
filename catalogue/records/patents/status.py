"""The legal status of a patent on a day, from its events: once in Python, once in SQL, and always the same.

Term from filing (Patent Law of the PRC, Art. 42): inventions 20 years, utility models 10, designs 10, or 15 if
filed on or after 2021-06-01. A term of n years ends on the n-th anniversary of filing.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, Integer, and_, case, extract, func, null, or_, select

from catalogue.records.models.records import Patent, PatentEvent

LONGER_DESIGN_TERM_FROM = date(2021, 6, 1)
_STATUS_AFTER = {
    "filed": "pending",
    "published": "pending",
    "examination": "pending",
    "granted": "in_force",
    "restored": "in_force",
    "rejected": "rejected",
    "withdrawn": "withdrawn",
    "lapsed": "lapsed",
    "invalidated": "invalidated",
}
# Events that leave the status as it was.
_WITHOUT_EFFECT = frozenset({"fee_paid"})


def term_years(patent_type: str, filed: date) -> int:
    """The term of a patent in years, counted from filing."""
    if patent_type == "invention":
        return 20
    if patent_type == "design" and filed >= LONGER_DESIGN_TERM_FROM:
        return 15
    return 10


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def status_at(patent_type: str, filed: date, events: Iterable[tuple[str, date]], as_of: date) -> str | None:
    """The legal status on `as_of`, from events in order; None before filing."""
    if filed > as_of:
        return None
    latest = "filed"
    for kind, day in events:
        if day <= as_of and kind not in _WITHOUT_EFFECT:
            latest = kind
    status = _STATUS_AFTER[latest]
    if status == "in_force" and filed <= _years_before(as_of, term_years(patent_type, filed)):
        return "expired"
    return status


def status_column(as_of: date) -> ColumnElement[str]:
    """SQL for `status_at`, over the columns of `Patent`; null before filing."""
    latest = (
        select(PatentEvent.type)
        .where(
            PatentEvent.patent_id == Patent.id,
            PatentEvent.on <= as_of,
            PatentEvent.type.not_in(sorted(_WITHOUT_EFFECT)),
        )
        .order_by(PatentEvent.on.desc(), PatentEvent.position.desc())
        .limit(1)
        .correlate(Patent)
        .scalar_subquery()
    )
    ten_years_ago = _years_before(as_of, 10)
    term_over = or_(
        and_(Patent.patent_type == "invention", Patent.date_from <= _years_before(as_of, 20)),
        and_(Patent.patent_type == "utility_model", Patent.date_from <= ten_years_ago),
        and_(
            Patent.patent_type == "design",
            or_(
                and_(Patent.date_from < LONGER_DESIGN_TERM_FROM, Patent.date_from <= ten_years_ago),
                Patent.date_from <= _years_before(as_of, 15),
            ),
        ),
    )
    in_force = case((term_over, "expired"), else_="in_force")
    after = {event: in_force if status == "in_force" else status for event, status in _STATUS_AFTER.items()}
    # `latest` stands here once: databases evaluate a subquery anew wherever it stands.
    return case((Patent.date_from > as_of, null()), else_=case(after, value=latest, else_="pending"))


def happened_by(event: str, as_of: date) -> ColumnElement[bool]:
    """SQL: the patent saw `event` on or before `as_of`."""
    return (
        select(PatentEvent.patent_id)
        .where(PatentEvent.patent_id == Patent.id, PatentEvent.type == event, PatentEvent.on <= as_of)
        .correlate(Patent)
        .exists()
    )


def event_year(event: str, as_of: date) -> ColumnElement[int]:
    """SQL: the year in which the patent last saw `event` by `as_of`; null where it has not."""
    return (
        select(extract("year", func.max(PatentEvent.on)).cast(Integer))
        .where(PatentEvent.patent_id == Patent.id, PatentEvent.type == event, PatentEvent.on <= as_of)
        .correlate(Patent)
        .scalar_subquery()
    )
