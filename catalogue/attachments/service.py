"""Attaching files to records and taking them off again, and which are there.

The file comes first, the row second: what fails in between leaves a file that nothing refers to, and `upkeep` sweeps.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from catalogue.attachments.checks import Inspected
from catalogue.attachments.models import Attachment, AttachmentText, StoredFile
from catalogue.attachments.storage import Received, Store
from catalogue.database import utc_now
from catalogue.errors import InvalidInput, NotFound
from catalogue.records.models.records import Record
from catalogue.records.operations import Work, revise_attachment
from catalogue.records.schema.kinds import KINDS

MOST_PER_RECORD = 50
MOST_INDEXED = 100_000  # characters of all attachments of a record
LONGEST_DESCRIPTION = 300


@dataclass(frozen=True)
class Prepared:
    """A file that may be attached: written aside, opened and found good."""

    name: str
    received: Received
    inspected: Inspected


def attachments_of(session: Session, record: Record) -> list[Attachment]:
    """What is attached to a record, the oldest first. Whoever sees the record sees them."""
    query = select(Attachment).where(Attachment.record_id == record.id, Attachment.state == "present")
    return list(session.scalars(query.options(joinedload(Attachment.file)).order_by(Attachment.id)))


def find_attachment(session: Session, record: Record, id_: int) -> Attachment:
    """One of the attachments of a record. Raises NotFound."""
    found = session.get(Attachment, id_)
    if found is None or found.record_id != record.id or found.state != "present":
        raise NotFound(_("There is no such attachment here, or it was removed."))
    return found


def check_room(session: Session, record: Record, more: int) -> None:
    """Raises InvalidInput where a record would have too many attachments."""
    if len(attachments_of(session, record)) + more > MOST_PER_RECORD:
        raise InvalidInput(
            _("A record has at most %(most)s attachments: join pages into one PDF.", most=MOST_PER_RECORD)
        )


def attach(work: Work, store: Store, record: Record, prepared: Prepared, description: str) -> Attachment:
    """Attach a file to a record, in the caller's transaction. Raises InvalidInput where it is attached already or
    there are too many, Forbidden where the actor may not write the record."""
    session, sha256 = work.session, prepared.received.sha256
    check_room(session, record, 1)
    twin = next((each for each in attachments_of(session, record) if each.sha256 == sha256), None)
    if twin is not None:
        raise InvalidInput(_("“%(name)s” is attached already, as “%(other)s”.", name=prepared.name, other=twin.name))
    revise_attachment(work, KINDS[record.kind], record, "", _told(prepared.name, sha256))
    store.keep(prepared.received, prepared.inspected.preview)
    _describe(session, prepared)
    attachment = Attachment(
        record_id=record.id,
        sha256=sha256,
        name=prepared.name,
        description=description[:LONGEST_DESCRIPTION],
        actor=work.actor.name,
        account_id=work.actor.account_id,
    )
    session.add(attachment)
    session.flush()
    return attachment


def _describe(session: Session, prepared: Prepared) -> None:
    found, sha256 = prepared.inspected, prepared.received.sha256
    if session.get(StoredFile, sha256) is not None:
        return
    file = StoredFile(
        sha256=sha256,
        size=prepared.received.size,
        format=found.format,
        pages=found.pages,
        text_state=found.text_state,
    )
    try:
        with session.begin_nested():
            session.add(file)
            session.flush()
            if found.text:
                session.add(AttachmentText(sha256=sha256, text=found.text))
    except IntegrityError:
        return  # somebody else brings the same file at this moment, and has been faster


def take_off(work: Work, record: Record, attachment: Attachment) -> None:
    """Mark an attachment as removed, in the caller's transaction. Raises Forbidden."""
    revise_attachment(work, KINDS[record.kind], record, _told(attachment.name, attachment.sha256), "")
    attachment.state, attachment.removed_at = "removed", utc_now()
    attachment.removed_by, attachment.removed_by_id = work.actor.name, work.actor.account_id
    work.session.flush()


def _told(name: str, sha256: str) -> str:
    """A file in the history: its name, and the whole SHA-256, so that the seal covers the content too."""
    return f"{name} (SHA-256 {sha256})"


def texts_of(session: Session, record_ids: Iterable[int]) -> Mapping[int, Sequence[tuple[Attachment, str]]]:
    """The attachments of each of these records that has any, with their texts."""
    query = (
        select(Attachment, AttachmentText.text)
        .outerjoin(AttachmentText, AttachmentText.sha256 == Attachment.sha256)
        .where(Attachment.record_id.in_(list(record_ids)), Attachment.state == "present")
        .order_by(Attachment.id)
    )
    found: dict[int, list[tuple[Attachment, str]]] = {}
    for attachment, text in session.execute(query):
        found.setdefault(attachment.record_id, []).append((attachment, text or ""))
    return found


def searched_texts(found: Sequence[tuple[Attachment, str]]) -> tuple[str, ...]:
    """What of the attachments of a record is searched: names and descriptions first, then the texts as far as there
    is room, each with its share of it."""
    named = [text for attachment, _text in found for text in (attachment.name, attachment.description) if text]
    share = MOST_INDEXED // max(sum(1 for _attachment, text in found if text), 1)
    return (*named, *(text[:share] for _attachment, text in found if text))
