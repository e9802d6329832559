"""What came with one form: each file judged for itself, the good ones kept together, the others told."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.attachments.checks import inspect
from catalogue.attachments.file_names import mended
from catalogue.attachments.service import Prepared, attach, check_room
from catalogue.attachments.storage import NoSpace, Received, Store
from catalogue.errors import Forbidden, InvalidInput
from catalogue.records.models.records import Record
from catalogue.records.operations import Work
from catalogue.records.queries import by_code
from catalogue.records.review.workflow import may_write

MOST_AT_ONCE = 20
Writing = Callable[[Session], AbstractContextManager[Session]]


class Upload(Protocol):
    """One file of a form."""

    filename: str | None
    stream: BinaryIO


@dataclass
class UploadOutcome:
    """The names of the files that were attached, and a sentence for each that was not."""

    kept: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Keeper:
    """Who attaches, and where to: `writing` opens the transaction, `most_mib` bounds each file."""

    session: Session
    actor: Actor
    store: Store
    writing: Writing
    most_mib: int

    def take(self, code: str, uploads: Sequence[Upload], description: str) -> UploadOutcome:
        """Attach those of the files that can be to the record of this code.

        Raises NotFound and Forbidden as for any change of the record; InvalidInput where there are none or too many.
        """
        self._check(code, len(uploads))
        self.session.rollback()  # reading files takes time; nobody is to wait for it
        outcome, prepared = UploadOutcome(), []
        try:
            for upload in uploads:
                try:
                    prepared.append(self._prepare(upload))
                except InvalidInput as refusal:
                    outcome.problems.append(str(refusal))
            if prepared:
                self._keep(code, prepared, description, outcome)
        finally:
            for each in prepared:
                self.store.discard(each.received)
        return outcome

    def _check(self, code: str, number: int) -> None:
        record = by_code(self.session, self.actor, code)
        check_may_attach(self.actor, record)
        if not number:
            raise InvalidInput(_("Choose at least one file first."))
        if number > MOST_AT_ONCE:
            raise InvalidInput(
                _("These are %(number)s files: send at most %(most)s at once.", number=number, most=MOST_AT_ONCE)
            )
        check_room(self.session, record, 1)

    def _prepare(self, upload: Upload) -> Prepared:
        name = mended(upload.filename or "")
        received: Received | None = None
        try:
            self.store.check_space(self.most_mib * 1024 * 1024)
            received = self.store.receive(upload.stream)
            return Prepared(name, received, inspect(received.path, name, self.most_mib))
        except NoSpace:
            raise InvalidInput(
                _("The server's disk is full, so “%(name)s” was not kept: tell the administrator.", name=name)
            ) from None
        except InvalidInput:
            if received is not None:
                self.store.discard(received)
            raise

    def _keep(self, code: str, prepared: Sequence[Prepared], description: str, outcome: UploadOutcome) -> None:
        kept, problems = [], []
        with self.writing(self.session) as session:
            record: Record = by_code(session, self.actor, code)
            check_may_attach(self.actor, record)
            work = Work(session, self.actor, "form")
            for each in prepared:
                try:
                    kept.append(attach(work, self.store, record, each, description).name)
                except InvalidInput as refusal:
                    problems.append(str(refusal))
        outcome.kept += kept
        outcome.problems += problems


def check_may_attach(actor: Actor, record: Record) -> None:
    """Raises Forbidden where the actor may not attach to the record, or take something off."""
    if not may_write(actor, record):
        raise Forbidden(
            _(
                "Files can be attached to one's own drafts, and to published entries by reviewers: "
                "send the file to a reviewer."
            )
        )
