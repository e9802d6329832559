"""Trying, applying and taking back an upload beside the request that asked for it, so that no page waits for long.

A run holds the lock of its folder: where a batch is said to be read and nobody holds the lock, the program was ended
in the middle, nothing of it is stored, and it can be started anew.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from filelock import FileLock, Timeout
from flask import Flask
from flask_babel import force_locale, get_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.config import current_settings
from catalogue.database import as_reported, db, writing
from catalogue.errors import Busy, CatalogueError
from catalogue.imports.batches import (
    BatchFolder,
    NotWhole,
    PlanChanged,
    apply,
    dry_run,
    find_batch,
    sources_of,
)
from catalogue.imports.labels import differences
from catalogue.imports.permissions import check_second_person, check_shown, trial_actor
from catalogue.imports.plan import Plan, Source
from catalogue.imports.undo import UndoRefused, undo
from catalogue.records.history.models import ImportBatch
from catalogue.records.operations import Work
from catalogue.records.transactions import writing_records

log = logging.getLogger(__name__)
PATIENCE = 2.5  # seconds for which a request waits for its run
_SAMPLES = 3
_STEP_SECONDS = 0.5
_PATIENT_SECONDS = 600
_TRIES = 5
_MOST_TOLD = 10  # of what has changed since a plan was shown
Job = Callable[[str, Actor], None]


@dataclass(frozen=True)
class Described:
    """A table of the file as its page shows it: its columns, some of their cells, and what they were taken for."""

    file: str
    sheet: str
    table: str
    headings: tuple[str, ...]
    fields: tuple[str | None, ...]
    samples: tuple[str, ...]
    rows: int
    left_out: tuple[tuple[int, str], ...]
    is_beside: bool = False

    @classmethod
    def of(cls, source: Source) -> "Described":
        """What is shown of a source."""
        table, layout = source.table, source.layout
        samples = [
            " · ".join([row.cells[place][:40] for row in table.rows[:50] if row.cells[place]][:_SAMPLES])
            for place in range(len(table.headings))
        ]
        name = layout.entity.table if layout.entity else ""
        return cls(
            table.file, table.sheet, name, table.headings, tuple(layout.fields), tuple(samples), len(table.rows),
            tuple(table.left_out), source.is_beside,
        )  # fmt: skip


def folder_of(token: str) -> BatchFolder:
    """The folder of a batch of this application."""
    return BatchFolder.of(current_settings().data, token)


def described(folder: BatchFolder) -> list[Described]:
    """The tables of the file as they were read last."""
    try:
        found = json.loads((folder.path / "tables.json").read_text(encoding="utf-8"))
    except OSError:
        return []
    return [Described(**{name: _frozen(value) for name, value in each.items()}) for each in found]


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def is_running(folder: BatchFolder) -> bool:
    """Whether a run, of whichever process, has the folder."""
    if not folder.path.exists():
        return False
    try:
        with FileLock(folder.path / "lock", timeout=0):
            return False
    except Timeout:
        return True


def progress(folder: BatchFolder) -> tuple[int, int]:
    """How many rows are done, and how many there are."""
    try:
        done, total = (folder.path / "progress").read_text().split()
    except (OSError, ValueError):
        return 0, 0
    return int(done), int(total)


def start(app: Flask, token: str, actor: Actor, language: str, job: Job) -> None:
    """Do a job with the upload (`plan`, `apply_all`, `apply_usable`, `take_back`); waits a moment for the end of it."""
    folder = folder_of(token)
    folder.path.mkdir(parents=True, exist_ok=True)  # what a command has imported has none
    lock = FileLock(folder.path / "lock", timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return  # it runs already
    (folder.path / "progress").unlink(missing_ok=True)

    def run() -> None:
        try:
            with app.app_context(), force_locale(language):
                _guarded(token, lambda: job(token, actor))
                db.session.remove()
        finally:
            lock.release()

    thread = threading.Thread(target=run, name=f"import {token}")
    thread.start()
    thread.join(PATIENCE)


def _guarded(token: str, task: Callable[[], None]) -> None:
    try:
        task()
    except CatalogueError as error:
        _say(token, str(error))
    except Exception:  # a thread that dies would leave the page waiting without a word
        log.exception("An import could not be carried out.")
        _say(token, _("Something went wrong; nothing was stored. The log of the server says more."))


def _patiently(task: Callable[[], None]) -> None:
    """Do what writes, however long another import keeps others from writing: what a run found out is not lost to it.

    PostgreSQL ends one of two writers that wait for each other, and refuses a revision of the number that another one
    has just written: nothing of it is stored, and what is then done is compared again with what was shown.
    """
    until, tries_left = time.monotonic() + _PATIENT_SECONDS, _TRIES
    while True:
        try:
            return task()
        except Busy:
            if time.monotonic() > until:
                raise
        except (OperationalError, IntegrityError) as error:
            tries_left -= 1
            if not tries_left or not (isinstance(error, IntegrityError) or isinstance(as_reported(error), Busy)):
                raise


def _say(token: str, message: str) -> None:
    def say() -> None:
        with writing(db.session()) as session:
            batch = find_batch(session, token)
            batch.message = message
            if batch.state == "planning":
                batch.state = "refused"

    _patiently(say)


def plan(token: str, actor: Actor, message: str = "") -> None:
    """Find out what the file would do; `message` says why it is done again, if nobody has asked for it."""
    session, folder = db.session(), folder_of(token)
    batch = find_batch(session, token)
    choices = dict(batch.options.get("choices", {}))
    sources = _sources(session, batch, folder)
    work = Work(session, trial_actor(actor), "import", owner_id=batch.uploader_id)
    _patiently(
        lambda: _keep(session, token, folder, dry_run(work, sources, choices, _on_progress(folder)), message, actor)
    )


def apply_all(token: str, actor: Actor, shown: str = "") -> None:
    """Do what the plan says, where every row can be used; `shown` is the digest of the plan that was looked at."""
    _patiently(lambda: _apply(token, actor, shown, partial=False))


def apply_usable(token: str, actor: Actor, shown: str = "") -> None:
    """Do what the plan says of the rows that can be used; `shown` is the digest of the plan that was looked at."""
    _patiently(lambda: _apply(token, actor, shown, partial=True))


def take_back(token: str, actor: Actor) -> None:
    """Undo what was applied; what stands in the way is kept as the message of the batch."""
    session, telling = db.session(), _on_progress(folder_of(token))

    def do() -> None:
        with writing_records(session):
            batch = find_batch(session, token, lock=True)
            batch.message = ""
            undo(Work(session, actor, "import"), batch, telling)

    try:
        _patiently(do)
    except UndoRefused as refusal:
        _say(token, "\n".join(refusal.reasons))


def _apply(token: str, actor: Actor, shown: str, *, partial: bool) -> None:
    session, folder = db.session(), folder_of(token)
    batch, kept = find_batch(session, token), folder.plan()
    if kept.is_outdated:
        message = _(
            "This plan is of an earlier version of the catalogue, so the file was tried again. Look at the new plan "
            "before applying it."
        )
        plan(token, actor, message)
        return
    options = dict(batch.options)
    sources, choices = _sources(session, batch, folder), dict(options.get("choices", {}))
    try:
        with writing_records(session):
            batch = find_batch(session, token, lock=True)
            if batch.applied_at is not None:
                return  # somebody else was faster, and the page shows what it did
            check_shown(actor, batch, shown, options)
            batch.message = ""
            work = Work(session, actor, "import", owner_id=batch.uploader_id)
            done = apply(work, batch, sources, partial=partial, choices=choices, told=_on_progress(folder))
            check_second_person(actor, batch, done.needs_four_eyes)
    except PlanChanged as refusal:
        message = "\n".join((str(refusal), *_told_differences(sources, kept, refusal.plan)))
        _keep(session, token, folder, refusal.plan, message, actor)
    except NotWhole as refusal:
        _keep(session, token, folder, refusal.plan, str(refusal), actor)


def _told_differences(sources: Sequence[Source], shown: Plan, now: Plan) -> list[str]:
    """What has changed since a plan was shown, in words; of much of it, the first."""
    lines = list(differences(sources, shown, now))
    more = len(lines) - _MOST_TOLD
    if more > 0:
        lines[_MOST_TOLD:] = [ngettext("and %(num)s more", "and %(num)s more", more)]
    return lines


def _sources(session: Session, batch: ImportBatch, folder: BatchFolder) -> list[Source]:
    content = folder.content(batch)
    sources = sources_of(session, content, batch.file_name, batch.options)
    tables = json.dumps([asdict(Described.of(source)) for source in sources], ensure_ascii=False)
    (folder.path / "tables.json").write_text(tables, encoding="utf-8")
    return sources


def _keep(session: Session, token: str, folder: BatchFolder, plan: Plan, message: str, actor: Actor) -> None:
    folder.keep_plan(replace(plan, language=str(get_locale() or "zh")))

    def keep() -> None:
        with writing(session):
            batch = find_batch(session, token)
            batch.state, batch.counts, batch.digest, batch.message = "planned", plan.counts, plan.digest, message
            batch.tried_for_id = actor.account_id

    _patiently(keep)


def _on_progress(folder: BatchFolder) -> Callable[[int, int], None]:
    said = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal said
        if time.monotonic() - said > _STEP_SECONDS:
            said = time.monotonic()
            (folder.path / "progress").write_text(f"{done} {total}")

    return tell
