"""The work list: what waits for review, the oldest first. Drafts that were submitted, and proposed changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from flask_babel import gettext as _
from sqlalchemy import Select, String, and_, cast, false, func, literal, null, select, tuple_
from sqlalchemy.orm import Session

from catalogue.accounts.models import Account
from catalogue.accounts.permissions import Actor
from catalogue.people.models import Division
from catalogue.query_args import read_choice
from catalogue.records.history.models import Revision
from catalogue.records.models.benefits import Benefit, YearlyCount
from catalogue.records.models.claims import Claim
from catalogue.records.models.participation import Participation
from catalogue.records.models.records import Record
from catalogue.records.queries import WHOLE_OPTIONS, by_ids, leading_division_of_benefit, visible_to
from catalogue.records.review.events import ReviewEvent, authors
from catalogue.records.review.workflow import needs_four_eyes
from catalogue.records.review_lookup import REVIEWED
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.reference_data import BENEFITS, CLAIMS, YEARLY_COUNTS
from catalogue.review.models import Amendment

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_Place = tuple[str, str]  # entity and code, by which history calls an item


@dataclass(frozen=True)
class WorkState:
    """What the work list is narrowed to: a kind of entry, the division that leads."""

    kind: str = ""
    division: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str], divisions: Mapping[str, str]) -> Self:
        """Read the arguments. Raises InvalidInput for a kind or a division that there is not."""
        return cls(read_choice(args, "kind", list(REVIEWED)), read_choice(args, "division", divisions))


@dataclass(frozen=True)
class Waiting:
    """One item that waits. `amendment_id` is that of a proposed change, None for a draft; `four_eyes` says that it
    takes a second person, `is_own` that the reader has had a hand in it; `was_returned` that it comes again."""

    entity: Entity
    code: str
    title: str
    who: str
    since: datetime | None
    amendment_id: int | None
    four_eyes: bool
    is_own: bool
    was_returned: bool


@dataclass(frozen=True)
class _Source:
    """What can wait, and how SQL calls it: its entity, its code, its title."""

    model: Any
    entity: Any
    code: Any
    title: Any


_SOURCES = (
    _Source(Record, Record.kind, Record.code, Record.title),
    _Source(Benefit, literal(BENEFITS.name), Benefit.code, Benefit.basis),
    _Source(
        YearlyCount,
        literal(YEARLY_COUNTS.name),
        YearlyCount.measure + " " + cast(YearlyCount.year, String),
        YearlyCount.source,
    ),
    _Source(Claim, literal(CLAIMS.name), Claim.code, Claim.statement),
)


def waiting_count(session: Session, actor: Actor) -> int:
    """How much waits for somebody who may review."""
    queries = [make(actor, source) for source in _SOURCES for make in (_drafts, _proposals)]
    counts = [select(func.count()).select_from(query.subquery()).scalar_subquery() for query in queries]
    return sum(session.execute(select(*counts)).one())


def waiting(session: Session, actor: Actor, state: WorkState) -> list[Any]:
    """What waits, as rows, the oldest first; `shown` makes of those of a page what it shows."""
    rows = [
        row
        for source in _SOURCES
        for make in (_drafts, _proposals)
        for row in session.execute(_narrowed(make(actor, source), source, state, actor))
    ]
    return sorted(rows, key=lambda row: (row.since or _LONG_AGO, row.code, row.amendment_id or 0))


def shown(session: Session, actor: Actor, rows: Sequence[Any]) -> list[Waiting]:
    """The rows of one page, with what takes a second person."""
    drafts = [row for row in rows if row.amendment_id is None]
    places = [(row.entity, row.code) for row in drafts]
    records = by_ids(session, actor, [row.id for row in drafts if row.entity in KINDS], WHOLE_OPTIONS)
    counting = {
        (record.kind, record.code)
        for record in records
        if needs_four_eyes(KINDS[record.kind], KINDS[record.kind].texts(record))
    } | {place for place in places if place[0] == BENEFITS.name}
    histories, returned = _histories(session, places), _returned(session, places)
    return [_shown(actor, row, counting, histories, returned) for row in rows]


def _shown(
    actor: Actor,
    row: Any,
    counting: set[_Place],
    histories: Mapping[_Place, Sequence[Revision]],
    returned: set[_Place],
) -> Waiting:
    place, is_draft = (row.entity, row.code), row.amendment_id is None
    wrote = authors(row.owner_id, histories.get(place, ())) if is_draft else [row.owner_id]
    return Waiting(
        entity=REVIEWED[row.entity],
        code=row.code,
        title=row.title or row.code,
        who=row.who or _("the command line"),
        since=row.since,
        amendment_id=row.amendment_id,
        four_eyes=place in counting if is_draft else row.four_eyes,
        is_own=actor.account_id in wrote,
        was_returned=is_draft and place in returned,
    )


def _histories(session: Session, places: Sequence[_Place]) -> dict[_Place, list[Revision]]:
    found: dict[_Place, list[Revision]] = {}
    query = select(Revision).where(tuple_(Revision.entity, Revision.entity_code).in_(places)).order_by(Revision.number)
    for revision in session.scalars(query):
        found.setdefault((revision.entity, revision.entity_code), []).append(revision)
    return found


def _returned(session: Session, places: Sequence[_Place]) -> set[_Place]:
    """Those that have been returned before."""
    query = select(ReviewEvent.entity, ReviewEvent.entity_code).where(
        tuple_(ReviewEvent.entity, ReviewEvent.entity_code).in_(places), ReviewEvent.state_after == "returned"
    )
    return {(row.entity, row.entity_code) for row in session.execute(query)}


def _drafts(actor: Actor, source: _Source) -> Select[Any]:
    model = source.model
    moved = select(func.max(ReviewEvent.at)).where(
        ReviewEvent.entity == source.entity,
        ReviewEvent.entity_code == source.code,
        ReviewEvent.state_after == "submitted",
    )
    # What was submitted by sheet or command has no event, but a revision.
    written = select(func.max(Revision.at)).where(Revision.entity == source.entity, Revision.entity_code == source.code)
    query = (
        select(
            *_names(source),
            model.owner_id.label("owner_id"),
            Account.name.label("who"),
            func.coalesce(moved.scalar_subquery(), written.scalar_subquery()).label("since"),
            null().label("amendment_id"),
            false().label("four_eyes"),
        )
        .select_from(model)
        .outerjoin(Account, Account.id == model.owner_id)
        .where(model.review_state == "submitted", visible_to(actor, model))
    )
    # Says nothing new, but lets the database use its index.
    return query.where(Record.kind.in_(list(KINDS))) if model is Record else query


def _proposals(actor: Actor, source: _Source) -> Select[Any]:
    return (
        select(
            *_names(source),
            Amendment.author_id.label("owner_id"),
            Account.name.label("who"),
            Amendment.created_at.label("since"),
            Amendment.id.label("amendment_id"),
            Amendment.four_eyes.label("four_eyes"),
        )
        .select_from(Amendment)
        .join(source.model, and_(Amendment.entity == source.entity, Amendment.entity_code == source.code))
        .join(Account, Account.id == Amendment.author_id)
        .where(Amendment.state == "submitted", visible_to(actor, source.model))
    )


def _names(source: _Source) -> list[Any]:
    return [
        source.entity.label("entity"),
        source.code.label("code"),
        source.title.label("title"),
        source.model.id.label("id"),
    ]


def _narrowed(query: Select[Any], source: _Source, state: WorkState, actor: Actor) -> Select[Any]:
    if state.kind:
        query = query.where(source.entity == state.kind)
    if not state.division:
        return query
    if source.model is Record:
        leads = and_(Participation.rank == 1, Participation.division.has(Division.code == state.division))
        return query.where(Record.participations.any(leads))
    if source.model is Benefit:
        return query.where(leading_division_of_benefit(actor) == state.division)
    return query.where(false())  # no division leads it
