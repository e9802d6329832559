"""Forms that nobody has sent yet: kept while somebody types, a bounded number of them, for ninety days."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session

from catalogue.database import utc_now
from catalogue.editing.models import FormDraft
from catalogue.errors import InvalidInput

MOST = 40  # of one account; the oldest makes way
LARGEST = 256 * 1024  # bytes of one, as JSON
KEPT = timedelta(days=90)


def keep(
    session: Session, account_id: int, address: str, token: str, title: str, content: Mapping[str, str], base: int
) -> FormDraft:
    """Keep a form as it stands now, in place of what was kept of it before. To be called in a write transaction.

    Raises InvalidInput for one that is too large.
    """
    if len(json.dumps(dict(content), ensure_ascii=False).encode()) > LARGEST:
        raise InvalidInput(_("This form is too large to be kept before it is saved."))
    session.execute(delete(FormDraft).where(FormDraft.updated_at < utc_now() - KEPT))
    draft = session.scalar(select(FormDraft).where(_is(account_id, address, token)))
    if draft is None:
        _make_room(session, account_id)
        draft = FormDraft(account_id=account_id, address=address, token=token)
        session.add(draft)
    draft.title, draft.content = title.replace("\x00", "")[:300], dict(content)
    draft.base_number, draft.updated_at = base, utc_now()
    session.flush()
    return draft


def _make_room(session: Session, account_id: int) -> None:
    mine = select(FormDraft).where(FormDraft.account_id == account_id).order_by(FormDraft.updated_at.desc())
    for draft in session.scalars(mine.offset(MOST - 1)):
        session.delete(draft)


def _is(account_id: int, address: str, token: str) -> ColumnElement[bool]:
    return and_(FormDraft.account_id == account_id, FormDraft.address == address, FormDraft.token == token)


def of_account(session: Session, account_id: int, address: str | None = None) -> list[FormDraft]:
    """What is kept of an account's forms, the newest first; only of one address where it is given."""
    query = select(FormDraft).where(FormDraft.account_id == account_id, FormDraft.updated_at >= utc_now() - KEPT)
    if address is not None:
        query = query.where(FormDraft.address == address)
    return list(session.scalars(query.order_by(FormDraft.updated_at.desc())))


def find(session: Session, account_id: int, draft_id: int) -> FormDraft | None:
    """One of an account's own."""
    return session.scalar(select(FormDraft).where(FormDraft.id == draft_id, FormDraft.account_id == account_id))


def drop(session: Session, account_id: int, address: str, token: str) -> None:
    """The form has been saved, or is not wanted any more."""
    session.execute(delete(FormDraft).where(_is(account_id, address, token)))


def contents(draft: FormDraft) -> dict[str, Any]:
    """The texts of the controls by name."""
    return {str(name): str(text) for name, text in draft.content.items()}
