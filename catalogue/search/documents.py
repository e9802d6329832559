"""From records to index documents. What a document says is decided here, for every engine alike."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectin_polymorphic, selectinload

from catalogue.accounts.permissions import ANONYMOUS, access_labels
from catalogue.attachments.service import searched_texts, texts_of
from catalogue.people.models import Division
from catalogue.records.ledger import counted_by_record
from catalogue.records.models.participation import (
    Contribution,
    Participation,
)
from catalogue.records.models.records import Award, Patent, Record
from catalogue.records.models.schemes import AwardScheme
from catalogue.records.numbers import index_keys
from catalogue.records.patents.status import status_at
from catalogue.records.queries import level_of
from catalogue.records.schema.kinds import KINDS
from catalogue.search.interface import Document

BATCH = 500
_OPTIONS = (
    selectin_polymorphic(Record, Record.__subclasses__()),
    selectinload(Record.keyword_rows),
    selectinload(Record.contributions).joinedload(Contribution.person),
    selectinload(Record.participations).joinedload(Participation.division).selectinload(Division.aliases),
    joinedload(Award.scheme).selectinload(AwardScheme.standings),
    selectinload(Patent.events),
)


def documents(session: Session, as_of: date, ids: Iterable[int] | None = None) -> Iterator[Document]:
    """The documents of the records with these ids (of all records if None), whatever their review state:
    who may see a document is for its access labels to say. Ids without a record give no document."""
    wanted = list(session.scalars(select(Record.id).order_by(Record.id))) if ids is None else list(ids)
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        # An order by what only some may see would tell it to the others.
        benefits = counted_by_record(session, ANONYMOUS, batch)
        attached = {record_id: searched_texts(found) for record_id, found in texts_of(session, batch).items()}
        for record in session.scalars(
            select(Record).where(Record.id.in_(batch)).order_by(Record.id).options(*_OPTIONS)
        ).unique():
            yield document_of(record, as_of, int(benefits.get(record.id, 0)), attached.get(record.id, ()))
        session.expunge_all()  # a rebuild reads every record once: keeping them would fill the memory


def document_of(record: Record, as_of: date, benefit: int = 0, attached: tuple[str, ...] = ()) -> Document:
    """The index document of one record, with states as they stand on `as_of`; `benefit` is in yuan, `attached` what
    its attachments say."""
    kind = KINDS[record.kind]
    names = [kind.field(name).text(record) for name in kind.numbers]
    document = Document(
        id=record.id,
        code=record.code,
        title=record.title,
        abstract=record.abstract,
        keywords=tuple(record.keywords),
        people=tuple(row.person.name for row in record.contributions),
        divisions=tuple(_division_names(record)),
        other_text=tuple(text for text in _searched_texts(record) if text),
        attached=attached,
        numbers=index_keys([record.code, *filter(None, names)]),
        year=record.date.year if record.date else None,
        sort_date=record.date.last.isoformat() if record.date else "",
        benefit=benefit,
        changed=int(record.updated_at.timestamp()),
        facets=_facets(record, as_of),
        access=access_labels(record),
    )
    return replace(document, digest=_digest(document))


def _division_names(record: Record) -> Iterator[str]:
    for row in record.participations:
        yield row.division.name
        yield from (alias.name for alias in row.division.aliases)


def _searched_texts(record: Record) -> Sequence[str]:
    kind = KINDS[record.kind]
    return [kind.field(name).searched_text(record) for name in kind.searched]


def _facets(record: Record, as_of: date) -> dict[str, tuple[str, ...]]:
    facets: dict[str, tuple[str, ...]] = {
        "kind": (record.kind,),
        "division": tuple(row.division.code for row in record.participations),
    }
    if isinstance(record, Award):
        facets["award_level"] = (level_of(record),)
        facets["award_grade"] = (record.grade,)
    if isinstance(record, Patent) and record.date:
        facets["patent_type"] = (record.patent_type,)
        events = ((event.type, event.on) for event in record.events)
        status = status_at(record.patent_type, record.date.first, events, as_of)
        if status:
            facets["patent_status"] = (status,)
    return facets


def _digest(document: Document) -> str:
    content = json.dumps(asdict(document), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:32]
