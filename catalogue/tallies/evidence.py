"""The entries behind a figure: exactly those that were counted, page by page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.permissions import Actor
from catalogue.records.models.benefits import Benefit, BenefitShare, YearlyCount
from catalogue.records.models.records import Record
from catalogue.records.queries import LIST_OPTIONS
from catalogue.tallies.crosstab import counted_entries, selected
from catalogue.tallies.measures import Number
from catalogue.tallies.spec import Selection, TallySpec, Value
from catalogue.tallies.subjects import Subject

Key = tuple[Value, Value]  # a cell: the values of its row and of its column


def entries(session: Session, actor: Actor, selection: Selection, offset: int, limit: int | None) -> Sequence[Any]:
    """The records (ledger lines, yearly counts) of a selection, newest first; `limit` None gives all."""
    subject = selection.subject
    query = selected(select(subject.model), actor, selection).options(*options_of(subject)).order_by(*_newest(subject))
    return session.scalars(query.offset(offset).limit(limit)).unique().all()


def options_of(subject: Subject) -> tuple[Any, ...]:
    """What is loaded with the entries of a subject, for a list of them."""
    if issubclass(subject.model, Record):
        return LIST_OPTIONS
    return (selectinload(Benefit.shares).joinedload(BenefitShare.record),) if subject.model is Benefit else ()


def _newest(subject: Subject) -> tuple[Any, ...]:
    if issubclass(subject.model, Record):
        return Record.date_to.desc(), Record.code
    return (Benefit.year.desc(), Benefit.code) if subject.model is Benefit else (YearlyCount.year.desc(),)


def members(session: Session, actor: Actor, spec: TallySpec) -> dict[Key, dict[int, Number]]:
    """The ids of the entries behind each cell of a table, newest first, each with what it adds to the figure.

    One query for all cells; `entries` would take one for each.
    """
    subject, measured = spec.selection.subject, spec.selection.measured
    names, counted = counted_entries(actor, spec)
    keys = [counted.c[name] for name in names]
    amount = [counted.c.amount] if "amount" in counted.c else []
    model = Record if issubclass(subject.model, Record) else subject.model
    query = select(*keys, counted.c.id, *amount).join(model, model.id == counted.c.id).order_by(*_newest(subject))
    found: dict[Key, dict[int, Number]] = {}
    for row in session.execute(query):
        key = row[0], row[1] if spec.columns else None
        found.setdefault(key, {})[row[len(keys)]] = measured.read(row[-1]) if amount else 1
    return found
