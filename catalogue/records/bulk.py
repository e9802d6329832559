"""Many changes written at once: looked up together, flushed together, in one savepoint for all of them.

One at a time, each change costs a savepoint, two flushes and some ten statements; a thousand rows of a sheet have no
need of that. A group is an attempt: where one change cannot be made, none is, and the caller makes each by itself.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import func, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import FlushError

from catalogue.records.history.models import Revision
from catalogue.records.models.records import Record
from catalogue.records.operations import (
    BulkConflict,
    PendingWrites,
    Work,
    queue_for_index,
    records_described_by,
    store_revisions,
)
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.fields import split
from catalogue.records.schema.kinds import Kind
from catalogue.records.schema.reference_data import BENEFITS, LINKS, PEOPLE

_CODE = {"link": ("source", "relation", "target")}  # of what the code in history is made, where not of the key
LARGEST = 50  # changes in one group: more gains little and costs more where one of them fails


def can_be_grouped(entity: Entity) -> bool:
    """Whether one of these never refers to another that the same group makes."""
    return isinstance(entity, Kind) or entity in (BENEFITS, LINKS, PEOPLE)


@contextmanager
def bulk_changes(work: Work, entity: Entity, texts: Sequence[Mapping[str, str]]) -> Iterator[None]:
    """Make changes to items of one entity as a group; `texts` are what the changes will be made of.

    Raises NotTogether where one cannot be made. Nothing of the group is stored then.
    """
    session = work.session
    try:
        with session.begin_nested():
            work.held = _expected(work, entity, texts)
            yield
            session.flush()
            _write(work, work.held)
    except (IntegrityError, FlushError) as error:
        raise BulkConflict from error
    finally:
        work.held = None
        work.references.forget_all()


def _expected(work: Work, entity: Entity, texts: Sequence[Mapping[str, str]]) -> PendingWrites:
    """Look up what the changes will ask for: the items themselves, records that they name, and their history."""
    codes = {" ".join(each.get(name, "").strip() for name in _CODE.get(entity.name, entity.key)) for each in texts}
    if len(entity.key) == 1:
        work.references.expect(entity.model, entity.key[0], codes)
    if entity in (BENEFITS, LINKS):
        work.references.expect(Record, "code", _named(entity, texts), whole=False)
    last = (
        select(Revision.entity_code, func.max(Revision.number).label("number"))
        .where(Revision.entity == entity.name, Revision.entity_code.in_(codes))
        .group_by(Revision.entity_code)
    )
    known = {row.entity_code: row.number for row in work.session.execute(last)}
    return PendingWrites(numbers={(entity.name, code): known.get(code, 0) for code in codes})


def _named(entity: Entity, texts: Sequence[Mapping[str, str]]) -> Iterable[str]:
    for each in texts:
        if entity is LINKS:
            yield from (each.get("source", "").strip(), each.get("target", "").strip())
        else:
            yield from (part.split()[0] for part in split(each.get("records", "")))


def _write(work: Work, held: PendingWrites) -> None:
    store_revisions(work, held.revisions)
    ids = set(held.described)
    for item in held.items:
        if inspect(item).persistent:
            ids.update(records_described_by(work.session, item))
    queue_for_index(work.session, sorted(ids))
