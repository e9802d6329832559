"""Counting: one GROUP BY gives a table of which every figure knows the selection behind it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Integer, Select, SQLColumnExpression, Subquery, bindparam, func, literal, select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.records.models.benefits import Benefit, BenefitShare
from catalogue.records.models.records import Record
from catalogue.records.queries import visible_to
from catalogue.tallies.dimensions import YEAR, Dimension
from catalogue.tallies.measures import Number
from catalogue.tallies.spec import Selection, TallySpec, Value, narrowed_by
from catalogue.tallies.subjects import Subject


@dataclass(frozen=True)
class Figure:
    """A number with its evidence: `items` is how many entries stand behind `value`."""

    value: Number
    entry_count: int
    selection: Selection


@dataclass(frozen=True)
class Heading:
    """A row or column: its value and its label."""

    value: Value
    label: str


@dataclass(frozen=True)
class CrossTable:
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

    Only what is published counts, whoever asks: a draft is no evidence. `dimensions` are joined in as well. Raises
    ValueError for a selection by a search whose records have not been looked up.
    """
    subject, as_of, measure = selection.subject, selection.as_of, selection.measured
    used = [*dimensions, *(subject.dimensions[name] for name, _value in selection.values)]
    for join in dict.fromkeys(dimension.join for dimension in used if dimension.join):
        query = join(query)
    model = Record if issubclass(subject.model, Record) else subject.model
    query = query.where(
        visible_to(actor, model), model.review_state == "published", subject.certain_by(as_of), *subject.conditions
    )
    if measure.condition is not None:
        query = query.where(measure.condition(actor, as_of))
    if selection.text:
        query = query.where(_among(subject, selection.found))
    if selection.year_from is not None:
        query = query.where(subject.year >= selection.year_from)
    if selection.year_to is not None:
        query = query.where(subject.year <= selection.year_to)
    for name, value in selection.values:
        query = query.where(subject.dimensions[name].value_for(actor, as_of).is_not_distinct_from(value))
    return query


def _among(subject: Subject, found: Collection[int] | None) -> SQLColumnExpression[bool]:
    """SQL: the entry is one of these records, or a ledger line that one of them has a share in."""
    if found is None:
        raise ValueError("a selection by a search is counted by the records that it found")
    # Written out: no database takes 50,000 parameters.
    ids = bindparam("found", sorted(found), expanding=True, literal_execute=True, type_=Integer)
    if subject.model is Benefit:
        return Benefit.id.in_(select(BenefitShare.benefit_id).where(BenefitShare.record_id.in_(ids)))
    return Record.id.in_(ids)


@dataclass(frozen=True)
class Addend:
    """An entry with one value of it in each dimension, and what it adds to the figures of these values."""

    id: int
    values: tuple[Value, ...]
    adds: Number


def addends(session: Session, actor: Actor, selection: Selection, names: Sequence[str]) -> list[Addend]:
    """What `tabulate` adds up, entry by entry: once for each of the values that an entry has in these dimensions."""
    dimensions = [selection.subject.dimensions[name] for name in names]
    entries = _entries(actor, selection, dimensions)
    amount = entries.c.amount if "amount" in entries.c else literal(1)
    keys = [entries.c[f"key_{place}"] for place in range(len(dimensions))]
    rows = session.execute(select(entries.c.id, amount, *keys))
    return [Addend(id_, tuple(values), selection.measured.read(adds)) for id_, adds, *values in rows]


def count(session: Session, actor: Actor, selection: Selection) -> Figure:
    """The one figure of a selection."""
    entries = _entries(actor, selection, [])
    amount, entry_count = session.execute(_sums(entries, [])).one()
    return Figure(selection.measured.read(amount), entry_count, selection)


def _entries(actor: Actor, selection: Selection, dimensions: Sequence[Dimension]) -> Subquery:
    """What there is to be counted: for each entry its values in the dimensions and what it adds."""
    subject, measure = selection.subject, selection.measured
    keys: list[Any] = [
        dimension.value_for(actor, selection.as_of).label(f"key_{place}") for place, dimension in enumerate(dimensions)
    ]
    amount: list[Any] = [] if measure.amount is None else [measure.amount(actor, selection.as_of).label("amount")]
    columns: list[Any] = [*keys, subject.model.id.label("id"), *amount]
    return selected(select(*columns).select_from(subject.model), actor, selection, *dimensions).subquery()


def counted_entries(actor: Actor, spec: TallySpec) -> tuple[list[str], Subquery]:
    """What a table counts before it is added up: the names of the keys (row, then column), and for each entry its keys,
    `id` and, unless each counts as one, `amount`."""
    dimensions = [spec.selection.subject.dimensions[name] for name in (spec.rows, spec.columns) if name]
    return [f"key_{place}" for place in range(len(dimensions))], _entries(actor, spec.selection, dimensions)


def _sums(entries: Subquery, keys: Sequence[str], *, once: bool = False) -> Select[Any]:
    """Grouped by some of the keys: these, what is added up, and the number of entries. With `once`, an entry that has
    several values in the keys that are left out counts but once."""
    # Grouping the finished values, not their expressions: a bound parameter in an expression makes PostgreSQL
    # take SELECT's and GROUP BY's for two different ones.
    source: Any = entries
    if once:
        kept = [entries.c[name] for name in (*keys, "id", *(["amount"] if "amount" in entries.c else []))]
        source = select(*kept).distinct().subquery()
    grouped = [source.c[name] for name in keys]
    amount = func.sum(source.c.amount) if "amount" in source.c else func.count()
    return select(*grouped, amount, func.count()).select_from(source).group_by(*grouped)


def tabulate(session: Session, actor: Actor, spec: TallySpec) -> CrossTable:
    """Count the tally that `spec` asks for."""
    selection, subject = spec.selection, spec.selection.subject
    dimensions = [subject.dimensions[name] for name in (spec.rows, spec.columns) if name]
    keys, entries = counted_entries(actor, spec)
    read = selection.measured.read
    cells: dict[tuple[Value, Value], Figure] = {}
    for *key, amount, entry_count in session.execute(_sums(entries, keys)):
        row, column = key[0], key[1] if spec.columns else None
        narrowed = narrowed_by(selection, [(spec.rows, row), (spec.columns, column)])
        cells[row, column] = Figure(read(amount), entry_count, narrowed)

    def margin(kept: Sequence[int]) -> dict[Value, Figure]:
        """The totals by one of the dimensions, or by none: added up, or counted anew where that would count twice."""
        sums: dict[Value, tuple[Number, int]] = {}
        left_out = [each for place, each in enumerate(dimensions) if place not in kept]
        if any(each.many for each in left_out):
            for *key, amount, entry_count in session.execute(
                _sums(entries, [keys[place] for place in kept], once=True)
            ):
                sums[key[0] if key else None] = read(amount), entry_count
        else:
            for pair, figure in cells.items():
                value = pair[kept[0]] if kept else None
                before = sums.get(value, (read(0), 0))
                sums[value] = before[0] + figure.value, before[1] + figure.entry_count
        names = [spec.rows, spec.columns]
        return {
            value: Figure(amount, entry_count, narrowed_by(selection, [(names[place], value) for place in kept]))
            for value, (amount, entry_count) in sums.items()
        }

    row_totals = margin([0])
    column_totals = margin([1]) if spec.columns else {}
    return CrossTable(
        spec,
        rows=_headings(session, actor, spec, dimensions[0], row_totals),
        columns=_headings(session, actor, spec, dimensions[1], column_totals) if spec.columns else (),
        cells=cells,
        row_totals=row_totals,
        column_totals=column_totals,
        total=margin([]).get(None, Figure(read(0), 0, selection)),
    )


def breakdown(
    session: Session, actor: Actor, selection: Selection, names: Sequence[str]
) -> list[tuple[dict[str, Value], Number, int]]:
    """One question for many figures: for each combination of values in these dimensions (none of which may give a
    item several values) the values, what is added up, and the number of entries."""
    dimensions = [selection.subject.dimensions[name] for name in names]
    entries = _entries(actor, selection, dimensions)
    found = session.execute(_sums(entries, [f"key_{place}" for place in range(len(names))]))
    read = selection.measured.read
    return [(dict(zip(names, key, strict=True)), read(amount), entry_count) for *key, amount, entry_count in found]


def _headings(
    session: Session, actor: Actor, spec: TallySpec, dimension: Dimension, totals: Mapping[Value, Figure]
) -> list[Heading]:
    """The headings of the values that the totals have, in order; years without a gap; what has no value comes last."""
    known = {value for value in totals if value is not None}
    if dimension.is_year:
        years = [int(value) for value in known]
        if spec.empty and dimension is YEAR:
            years += [year for year in (spec.selection.year_from, spec.selection.year_to) if year is not None]
        ordered = [Heading(year, str(year)) for year in range(min(years), max(years) + 1)] if years else []
    else:
        # Of what people wrote themselves, an empty row would only say what others may see.
        every = spec.empty and not dimension.by_size
        labels = dimension.labels(session, actor)
        ordered = [Heading(code, str(label)) for code, label in labels.items() if every or code in known]
        if dimension.by_size:
            ordered.sort(key=lambda heading: (-totals[heading.value].value, heading.label))
    if None in totals:
        ordered.append(Heading(None, _("Not stated")))
    return ordered
