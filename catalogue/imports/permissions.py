"""Who sees which import, and who may apply it.

A contributor has a file tried and shows it to a reviewer; whoever applies an import has seen the plan with their own
eyes. A plan is therefore made for one account, and is made anew for another who wants to look at it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.errors import Conflict, Forbidden, NotFound
from catalogue.imports.batches import find_batch
from catalogue.imports.redaction import hidden_revisions
from catalogue.records.history.models import ImportBatch, Revision


def batches_of(actor: Actor) -> Select[ImportBatch]:
    """The imports that the actor may open: all for who may apply them, else those of their own."""
    query = select(ImportBatch)
    return query if actor.may("review") else query.where(ImportBatch.uploader_id == actor.account_id)


def open_batch(session: Session, actor: Actor, name: str) -> ImportBatch:
    """The import of this number or token. Raises NotFound where there is none, or where it is somebody else's."""
    batch = find_batch(session, name)
    if not actor.may("review") and batch.uploader_id != actor.account_id:
        raise NotFound(_("There is no import %(number)s.", number=name))
    return batch


def trial_actor(actor: Actor) -> Actor:
    """The actor with the hands of a reviewer and their own eyes, for a trial that is rolled back: it says what would
    come of the file if a reviewer applied it, and nothing of what the actor may not see."""
    return actor if actor.may("review") else replace(actor, role="reviewer")


def check_second_person(actor: Actor, batch: ImportBatch, needs_four_eyes: bool) -> None:
    """Raises Forbidden where somebody alone would bring what counts in published figures. By command it is allowed:
    whoever has the server has the database."""
    if needs_four_eyes and is_own(actor, batch):
        raise Forbidden(second_person())


def is_own(actor: Actor, batch: ImportBatch) -> bool:
    """Whether the actor has uploaded the file."""
    return actor.account_id is not None and batch.uploader_id == actor.account_id


def second_person() -> str:
    """Why somebody else must apply an import."""
    return _(
        "This file brings or changes awards, ledger lines or granted patents, which count in published figures: "
        "another reviewer must apply it."
    )


def check_tried_for(actor: Actor, batch: ImportBatch) -> None:
    """Raises Conflict where the plan was made for somebody else, who may see other entries than the actor."""
    if batch.tried_for_id != actor.account_id:
        raise Conflict(_("Somebody else has had this file tried since. Try it again, and look at its plan."))


def check_shown(actor: Actor, batch: ImportBatch, shown: str, options: Mapping[str, Any]) -> None:
    """Raises Conflict where the plan that waits is not the one that was shown to the actor: by its digest, if the page
    said it, and by the `options` that are about to be used."""
    if batch.state != "planned" or batch.options != options or (shown and shown != batch.digest):
        raise Conflict(
            _("This file has been tried again since you opened its plan. Look at the new plan before applying it.")
        )
    check_tried_for(actor, batch)


def check_undo(session: Session, actor: Actor, batch: ImportBatch) -> None:
    """Raises Forbidden where the import did something that the actor may not see: nobody takes back what they do not
    know."""
    revisions = session.scalars(select(Revision).where(Revision.batch_id == batch.id))
    if hidden_revisions(session, actor, revisions):
        raise Forbidden(_("This import brought entries that are not open to you; ask an administrator to undo it."))
