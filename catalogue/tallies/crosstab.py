"""Counting: one GROUP BY gives a table of which every figure knows the selection behind it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.records.models import Record
from catalogue.records.queries import visible_to
from catalogue.tallies.spec import Selection, TallySpec, Value, narrowed_by
from catalogue.tallies.subjects import Dimension, Subject

Number = int | Decimal


@dataclass(frozen=True)
class Figure:
    """A number with its evidence: `things` is how many entries stand behind `value`."""

    value: Number
    things: int
    selection: Selection


@dataclass(frozen=True)
class Heading:
    """A row or column: its value and its label."""

    value: Value
    label: str


@dataclass(frozen=True)
class Table:
    """A cross table. `cells` are by (row value, column value); an absent cell is zero."""

    spec: TallySpec
    rows: Sequence[Heading]
    columns: Sequence[Heading]
    cells: Mapping[tuple[Value, Value], Figure]
    row_totals: Mapping[Value, Figure]
    column_totals: Mapping[Value, Figure]
    total: Figure

    def figures(self) -> Iterable[Figure]:
        """Every figure of the table: cells, margins and the total."""
        yield from self.cells.values()
        yield from self.row_totals.values()
        yield from self.column_totals.values()
        yield self.total


def selected(query: Select[Any], actor: Actor, selection: Selection, *dimensions: Dimension) -> Select[Any]:
    """`query` over the subject's model, confined to the selection as `actor` may see it.

    Only what is published counts, whoever asks: a draft is no evidence. `dimensions` are joined in as well.
    """
    subject, as_of = selection.subject, selection.as_of
    used = [*dimensions, *(subject.dimensions[name] for name, _value in selection.values)]
    for join in dict.fromkeys(dimension.join for dimension in used if dimension.join):
        query = join(query)
    model = Record if issubclass(subject.model, Record) else subject.model
    query = query.where(
        visible_to(actor, model), model.review_state == "published", subject.certain_by(as_of), *subject.conditions
    )
    if selection.year_from is not None:
        query = query.where(subject.year >= selection.year_from)
    if selection.year_to is not None:
        query = query.where(subject.year <= selection.year_to)
    for name, value in selection.values:
        query = query.where(subject.dimensions[name].value(as_of).is_not_distinct_from(value))
    return query


def _measures(subject: Subject) -> list[Any]:
    things = func.count(subject.model.id)
    return [things if subject.measure is None else func.coalesce(func.sum(subject.measure), 0), things]


def count(session: Session, actor: Actor, selection: Selection) -> Figure:
    """The one figure of a selection."""
    query = selected(select(*_measures(selection.subject)).select_from(selection.subject.model), actor, selection)
    value, things = session.execute(query).one()
    return Figure(value, things, selection)


def _zero(subject: Subject) -> Number:
    return Decimal(0) if subject.unit == "yuan" else 0


def tabulate(session: Session, actor: Actor, spec: TallySpec) -> Table:
    """Count the tally that `spec` asks for."""
    selection, subject = spec.selection, spec.selection.subject
    names = [spec.rows, spec.columns] if spec.columns else [spec.rows]
    dimensions = [subject.dimensions[name] for name in names]
    keys: list[Any] = [
        dimension.value(selection.as_of).label(f"key_{place}") for place, dimension in enumerate(dimensions)
    ]
    inner = selected(
        select(
            *keys,
            subject.model.id.label("id"),
            *([subject.measure.label("measure")] if subject.measure is not None else []),
        ).select_from(subject.model),
        actor,
        selection,
        *dimensions,
    ).subquery()
    # Grouping the finished values, not their expressions: a bound parameter in an expression makes PostgreSQL
    # take SELECT's and GROUP BY's for two different ones.
    grouped = [inner.c[key.name] for key in keys]
    value = func.count() if subject.measure is None else func.sum(inner.c.measure)
    found = session.execute(select(*grouped, value, func.count()).group_by(*grouped)).all()

    cells: dict[tuple[Value, Value], Figure] = {}
    sums: dict[tuple[str, Value], list[Number]] = {}
    total: list[Number] = [_zero(subject), 0]
    for *key, amount, things in found:
        row, column = key[0], key[1] if spec.columns else None
        cells[row, column] = Figure(amount, things, narrowed_by(selection, [(spec.rows, row), (spec.columns, column)]))
        for margin in (
            sums.setdefault(("row", row), [_zero(subject), 0]),
            sums.setdefault(("column", column), [_zero(subject), 0]),
            total,
        ):
            margin[0] += amount
            margin[1] += things
    return Table(
        spec,
        rows=_headings(session, dimensions[0], {row for row, _column in cells}),
        columns=_headings(session, dimensions[1], {column for _row, column in cells}) if spec.columns else (),
        cells=cells,
        row_totals=_margins(sums, "row", selection, spec.rows),
        column_totals=_margins(sums, "column", selection, spec.columns),
        total=Figure(total[0], int(total[1]), selection),
    )


def _margins(
    sums: Mapping[tuple[str, Value], list[Number]], side: str, selection: Selection, name: str | None
) -> dict[Value, Figure]:
    if name is None:
        return {}
    return {
        value: Figure(pair[0], int(pair[1]), selection.narrowed(name, value))
        for (at, value), pair in sums.items()
        if at == side
    }


def _headings(session: Session, dimension: Dimension, values: set[Value]) -> list[Heading]:
    """The headings of the values found, in order; years without a gap; what has no value comes last."""
    known = {value for value in values if value is not None}
    if dimension.is_year:
        years = [int(value) for value in known]
        ordered = [Heading(year, str(year)) for year in range(min(years), max(years) + 1)] if years else []
    else:
        labels = dimension.labels(session)
        ordered = [Heading(code, str(label)) for code, label in labels.items() if code in known]
    if None in values:
        ordered.append(Heading(None, _("Not stated")))
    return ordered
