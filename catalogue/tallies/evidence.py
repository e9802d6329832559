"""The entries behind a figure: exactly those that were counted, page by page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.permissions import Actor
from catalogue.records.benefits import Benefit, BenefitShare, YearlyCount
from catalogue.records.models import Record
from catalogue.records.queries import LIST_OPTIONS
from catalogue.tallies.crosstab import selected
from catalogue.tallies.spec import Selection


def entries(session: Session, actor: Actor, selection: Selection, offset: int, limit: int | None) -> Sequence[Any]:
    """The records (ledger lines, yearly counts) of a selection, newest first; `limit` None gives all."""
    model = selection.subject.model
    query = selected(select(model), actor, selection)
    if issubclass(model, Record):
        query = query.options(*LIST_OPTIONS).order_by(Record.date_to.desc(), Record.code)
    elif model is Benefit:
        query = query.options(selectinload(Benefit.shares).joinedload(BenefitShare.record)).order_by(
            Benefit.year.desc(), Benefit.code
        )
    else:
        query = query.order_by(YearlyCount.year.desc())
    return session.scalars(query.offset(offset).limit(limit)).unique().all()
