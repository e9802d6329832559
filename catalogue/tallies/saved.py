"""Tallies saved under a title, for all to come back to."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.database import utc_now
from catalogue.errors import InvalidInput, NotFound
from catalogue.tallies.issued.reports import read_title
from catalogue.tallies.models import SavedTally
from catalogue.tallies.spec import TallySpec

MOST_SAVED = 200


def saved_tallies(session: Session) -> Sequence[SavedTally]:
    """All of them, by title."""
    return session.scalars(select(SavedTally).order_by(SavedTally.title)).all()


def save_tally(session: Session, actor: Actor, spec: TallySpec, title: str, *, follows_day: bool) -> SavedTally:
    """Keep the arguments of a tally; one that `follows_day` is always of the day on which figures stand then.

    To be called within `database.writing`. Raises InvalidInput for a title that is missing, too long or taken, and
    when there are as many as can be kept.
    """
    title = read_title(title)
    if (session.scalar(select(func.count()).select_from(SavedTally)) or 0) >= MOST_SAVED:
        raise InvalidInput(_("At most %(most)s tallies can be saved; remove one first.", most=MOST_SAVED))
    args = {name: value for name, value in spec.to_args().items() if not (follows_day and name == "as_of")}
    saved = SavedTally(
        title=title, subject=spec.selection.subject.name, args=args, actor=actor.name, saved_at=utc_now()
    )
    try:
        with session.begin_nested():
            session.add(saved)
    except IntegrityError:
        raise InvalidInput(_("A tally called “%(title)s” is saved already.", title=title), "title") from None
    return saved


def remove_saved(session: Session, id_: int) -> None:
    """Forget a saved tally. Raises NotFound."""
    saved = session.get(SavedTally, id_)
    if saved is None:
        raise NotFound(_("This tally is no longer saved."))
    session.delete(saved)
