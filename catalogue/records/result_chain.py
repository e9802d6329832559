"""The chain from project to benefit: what came of a piece of work, and what is still missing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.permissions import Actor
from catalogue.records.ledger import Holding
from catalogue.records.models.benefits import Benefit, BenefitShare
from catalogue.records.models.records import Record, RecordLink
from catalogue.records.queries import by_ids, visible_to

# The stages of the chain that records stand on, and the kinds on each; the benefits are the last.
STAGES = (("project",), ("achievement",), ("award",), ("patent", "copyright"))
# Links lead from a cause to what came of it. Upwards to the cause a paper counts too; downwards it is no stage.
_DOWN = ("implemented_by", "resulted_in", "awarded", "protected_by")
_UP = ("resulted_in", "awarded", "protected_by", "reported_in")
_MOST_STEPS = 3  # proposal → project → achievement → award


@dataclass(frozen=True)
class Chain:
    """The records on each stage, oldest first, and the ledger lines of them all as holdings of the whole chain."""

    stages: tuple[tuple[Record, ...], ...]
    holdings: tuple[Holding, ...]

    @property
    def is_alone(self) -> bool:
        """Whether there is nothing beside the record itself to be shown."""
        return sum(map(len, self.stages)) < 2 and not self.holdings

    def keeper(self, first: Record) -> Record:
        """Whose page lists the benefits: `first` where it has any, else the record with shares in most lines."""
        shares = Counter(share.record_id for holding in self.holdings for share in holding.benefit.shares)
        records = [record for stage in self.stages for record in stage if shares[record.id]]
        return first if shares[first.id] or not records else max(records, key=lambda each: shares[each.id])


def chain_of(session: Session, actor: Actor, record: Record) -> Chain:
    """The chain that a record belongs to: upwards to where the work began, and from there to all that came of it."""
    roots = _roots(session, actor, record.id)
    ids = roots | _reached(session, actor, roots, _DOWN) | {record.id}
    records = sorted(by_ids(session, actor, sorted(ids)), key=lambda each: (str(each.date or ""), each.code))
    stages = tuple(tuple(each for each in records if each.kind in kinds) for kinds in STAGES)
    return Chain(stages, holdings_of(session, actor, [each.id for each in records]))


def holdings_of(session: Session, actor: Actor, record_ids: Iterable[int]) -> tuple[Holding, ...]:
    """The ledger lines in which these records have shares, each once, with what the records hold of it together."""
    ids = set(record_ids)
    lines = session.scalars(
        select(Benefit)
        .where(
            visible_to(actor, Benefit),
            Benefit.id.in_(select(BenefitShare.benefit_id).where(BenefitShare.record_id.in_(ids))),
        )
        .options(selectinload(Benefit.shares).joinedload(BenefitShare.record))
        .order_by(Benefit.year, Benefit.kind, Benefit.code)
    )
    return tuple(Holding.of(line, ids) for line in lines)


def _roots(session: Session, actor: Actor, start: int) -> set[int]:
    """Where the work began: the causes that have no further cause."""
    roots, front, seen = set(), {start}, {start}
    for _step in range(_MOST_STEPS):
        edges = _edges(session, actor, front, _UP, upwards=True)
        roots |= front - {effect for _cause, effect in edges}
        front = {cause for cause, _effect in edges} - seen
        seen |= front
        if not front:
            break
    return roots | front


def _reached(session: Session, actor: Actor, start: set[int], relations: Iterable[str]) -> set[int]:
    front, seen = start, set(start)
    for _step in range(_MOST_STEPS):
        front = {effect for _cause, effect in _edges(session, actor, front, relations, upwards=False)} - seen
        seen |= front
        if not front:
            break
    return seen


def _edges(
    session: Session, actor: Actor, ids: set[int], relations: Iterable[str], *, upwards: bool
) -> list[tuple[int, int]]:
    """The links from (upwards: to) these records, as pairs of cause and effect, as far as the other end is visible."""
    here, there = RecordLink.source_id, RecordLink.target_id
    if upwards:
        here, there = there, here
    query = select(RecordLink.source_id, RecordLink.target_id).where(
        RecordLink.relation.in_(list(relations)),
        here.in_(ids),
        there.in_(select(Record.id).where(visible_to(actor))),
    )
    return [(cause, effect) for cause, effect in session.execute(query)]
