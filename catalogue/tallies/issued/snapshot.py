"""A tally or the paragraph with everything that stands behind it, as it is at one moment: what a report is made of.

Every figure is the sum of what its entries added to it; `_balanced` refuses to freeze anything else. So two frozen
ones can be compared entry by entry, and nothing in a figure's movement is left over.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.errors import Conflict, InvalidInput
from catalogue.formatting import LANGUAGES, in_each_language
from catalogue.records.history.models import Revision
from catalogue.records.models.benefits import Benefit, YearlyCount
from catalogue.records.models.code_lists import (
    BENEFIT_KINDS,
    MEASURES,
)
from catalogue.records.schema.reference_data import BENEFITS, YEARLY_COUNTS
from catalogue.tallies.crosstab import CrossTable, Figure, Heading, addends, selected, tabulate
from catalogue.tallies.dimensions import NONE
from catalogue.tallies.paragraph.published_figures import count_figures
from catalogue.tallies.paragraph.summary import period_text, write
from catalogue.tallies.paragraph.templates import template
from catalogue.tallies.presentation import TablePage, describe, describe_published
from catalogue.tallies.serializers import plain_decimal, show_number
from catalogue.tallies.spec import Selection, TallySpec, Value

MOST_ENTRIES = 20_000  # of one report
TOTAL = "total"


@dataclass(frozen=True)
class FrozenEntry:
    """An entry as it was: `figures` has what it added to each figure that it stands in, by the figure's key."""

    entity: str
    code: str
    title: str
    revision: int
    figures: Mapping[str, str]

    @property
    def name(self) -> tuple[str, str]:
        """What tells it from every other entry."""
        return self.entity, self.code


@dataclass(frozen=True)
class Frozen:
    """What was counted (`shape`, `subject`, `args`), what it said (`content`), and the entries behind it."""

    shape: str
    subject: str
    args: Mapping[str, str]
    content: Mapping[str, Any]
    entries: tuple[FrozenEntry, ...]


def freeze_table(session: Session, actor: Actor, spec: TallySpec) -> Frozen:
    """The tally of `spec` as `actor` may see it. Raises InvalidInput where too much stands behind it."""
    tables = in_each_language(lambda: tabulate(session, actor, spec))
    table = tables["zh"]
    _refuse_more_than_can_be_kept(table.total.entry_count)
    names = [name for name in (spec.rows, spec.columns) if name]
    figures_of: dict[int, dict[str, str]] = defaultdict(dict)
    for addend in addends(session, actor, spec.selection, names):
        adds = plain_decimal(Decimal(addend.adds))
        pairs = list(zip(names, addend.values, strict=True))
        for kept in (pairs, *([pair] for pair in pairs), []):
            figures_of[addend.id][figure_key(kept)] = adds
    content: dict[str, Any] = {
        "title": in_each_language(lambda: TablePage(table, lambda figure: "").title),
        "selection": in_each_language(lambda: describe(session, actor, spec.selection)),
        "unit": in_each_language(lambda: spec.selection.measured.unit_text),
        "notes": in_each_language(lambda: _notes(spec)),
        "row_label": in_each_language(lambda: str(spec.selection.subject.dimensions[spec.rows].label)),
        "rows": _headings(spec.rows, {language: each.rows for language, each in tables.items()}),
        "columns": _headings(spec.columns or "", {language: each.columns for language, each in tables.items()}),
    }
    content["figures"] = _figures_of_table(table, content["rows"], content["columns"])
    entries = _entries(session, actor, [(spec.selection, figures_of)])
    return _balanced(Frozen("table", spec.selection.subject.name, spec.to_args(), content, entries))


def freeze_paragraph(
    session: Session, actor: Actor, as_of: date, years: tuple[int | None, int | None], wordings: Path
) -> Frozen:
    """The paragraph of a day and period as `actor` may see it; `wordings` is the folder of changed templates.

    Raises InvalidInput where too much stands behind it.
    """
    figures = count_figures(session, actor, as_of, *years)
    parts = []
    for key, figure in figures.items():
        _refuse_more_than_can_be_kept(figure.entry_count)
        counted = addends(session, actor, figure.selection, [])
        parts.append((figure.selection, {each.id: {key: plain_decimal(Decimal(each.adds))} for each in counted}))
    templates = {language: template(language, wordings, period=any(years)) for language in LANGUAGES}
    paragraph = {
        language: write(figures, wording, period_text(*years, language)) for language, wording in templates.items()
    }
    # What the paragraph says of nothing conferred is a figure too.
    said = {segment.key: segment.figure for segments in paragraph.values() for segment in segments if segment.figure}
    content = {
        "title": in_each_language(lambda: _("Summary as of %(day)s", day=as_of)),
        "selection": {language: period_text(*years, language) if any(years) else "" for language in LANGUAGES},
        "paragraph": {
            language: [[segment.text, segment.key] for segment in segments] for language, segments in paragraph.items()
        },
        "figures": {key: _published(session, key, figure) for key, figure in {**said, **figures}.items()},
    }
    args = {"as_of": as_of.isoformat()}
    args |= {name: str(year) for name, year in zip(("year_from", "year_to"), years, strict=True) if year is not None}
    entries = _entries(session, actor, parts)
    _refuse_more_than_can_be_kept(len(entries))
    return _balanced(Frozen("paragraph", "", args, content, entries))


def figure_key(pairs: Iterable[tuple[str, Value]]) -> str:
    """How a report names one of its figures: by what it is narrowed to."""
    return urlencode([(name, NONE if value is None else value) for name, value in pairs]) or TOTAL


def _refuse_more_than_can_be_kept(number: int) -> None:
    if number > MOST_ENTRIES:
        raise InvalidInput(
            _(
                "%(number)s entries stand behind this, and a report keeps at most %(most)s. Narrow it down.",
                number=f"{number:,}",
                most=f"{MOST_ENTRIES:,}",
            )
        )


def _notes(spec: TallySpec) -> list[str]:
    notes = [str(spec.selection.subject.note)]
    if spec.is_view:
        notes.append(
            _(
                "A view: an entry of several people, divisions or keywords stands in the row of each. "
                "The totals count it once."
            )
        )
    return [note for note in notes if note]


def _headings(name: str, headings: Mapping[str, Iterable[Heading]]) -> list[dict[str, Any]]:
    """Key and label of each heading."""
    english = {heading.value: heading.label for heading in headings["en"]}
    return [
        {
            "key": figure_key([(name, heading.value)]),
            "label": {"zh": heading.label, "en": english.get(heading.value, heading.label)},
            "value": heading.value,
        }
        for heading in headings["zh"]
    ]


def _figures_of_table(table: CrossTable, rows: Sequence[Any], columns: Sequence[Any]) -> dict[str, Any]:
    """Every figure by its key: the cells row by row, then the margins."""
    figures: dict[str, Any] = {}
    for row in rows:
        for column in columns:
            if figure := table.cells.get((row["value"], column["value"])):
                label = {language: f"{row['label'][language]} · {column['label'][language]}" for language in LANGUAGES}
                figures[f"{row['key']}&{column['key']}"] = {"label": label, **_said(figure)}
    for headings, totals in ((rows, table.row_totals), (columns, table.column_totals)):
        for heading in headings:
            if figure := totals.get(heading["value"]):
                figures[heading["key"]] = {"label": heading["label"], **_said(figure)}
    return {**figures, TOTAL: {"label": in_each_language(lambda: _("Total")), **_said(table.total)}}


def _published(session: Session, key: str, figure: Figure) -> dict[str, Any]:
    """A figure of the paragraph."""
    label = in_each_language(lambda: describe_published(key, figure))
    return {"label": label, **_said(figure), "unit": in_each_language(lambda: figure.selection.measured.unit_text)}


def _said(figure: Figure) -> dict[str, Any]:
    """A figure as data and as it was shown."""
    return {
        "measure": figure.selection.measured.unit,
        "value": plain_decimal(Decimal(figure.value)),
        "text": show_number(figure.selection.measured, figure.value),
        "things": figure.entry_count,
    }


def _entries(
    session: Session, actor: Actor, parts: Iterable[tuple[Selection, Mapping[int, Mapping[str, str]]]]
) -> tuple[FrozenEntry, ...]:
    """The entries of selections, given what each adds to which figures; one that is in several is one entry."""
    described: dict[tuple[str, str], tuple[str, int]] = {}
    figures_of: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for selection, figures in parts:
        for id_, entity, code, title, revision in _described(session, actor, selection) if figures else ():
            if id_ in figures:
                described[entity, code] = title, revision
                figures_of[entity, code] |= figures[id_]
    return tuple(FrozenEntry(*name, *described[name], figures_of[name]) for name in sorted(described))


def _described(session: Session, actor: Actor, selection: Selection) -> list[tuple[int, str, str, str, int]]:
    """Id, entity, code, title and revision of everything in a selection. Titles are Chinese, as records are."""
    model = selection.subject.model
    columns: list[Any]
    if model is Benefit:
        columns = [Benefit.id, Benefit.code, Benefit.year, Benefit.kind, Benefit.basis]
    elif model is YearlyCount:
        columns = [YearlyCount.id, YearlyCount.measure, YearlyCount.year]
    else:
        columns = [model.id, model.kind, model.code, model.title, model.version]
    query: Select[Any] = select(*columns)
    rows = session.execute(selected(query, actor, selection)).all()
    with force_locale("zh"):
        if model is Benefit:
            numbers = _revision_numbers(session, BENEFITS.name)
            return [
                (id_, BENEFITS.name, code, basis or f"{BENEFIT_KINDS.label(kind)} {year}", numbers.get(code, 0))
                for id_, code, year, kind, basis in rows
            ]
        if model is YearlyCount:
            numbers = _revision_numbers(session, YEARLY_COUNTS.name)
            named = [(id_, f"{measure} {year}", f"{MEASURES.label(measure)} {year}") for id_, measure, year in rows]
            return [(id_, YEARLY_COUNTS.name, code, title, numbers.get(code, 0)) for id_, code, title in named]
    return [(id_, entity, code, title, revision) for id_, entity, code, title, revision in rows]


def _revision_numbers(session: Session, entity: str) -> dict[str, int]:
    """The last revision of each item of an entity that has no number of its own in its row."""
    last = func.max(Revision.number)
    query = select(Revision.entity_code, last).where(Revision.entity == entity).group_by(Revision.entity_code)
    return dict(session.execute(query).all())


def _balanced(frozen: Frozen) -> Frozen:
    """The same, if every figure is the sum of its entries. Raises Conflict where somebody wrote in between: not every
    database shows one state to all the queries of a transaction."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    items: dict[str, int] = defaultdict(int)
    for entry in frozen.entries:
        for key, adds in entry.figures.items():
            sums[key] += Decimal(adds)
            items[key] += 1
    figures = frozen.content["figures"]
    if set(sums) - set(figures) or any(
        sums[key] != Decimal(figure["value"]) or items[key] != figure["things"] for key, figure in figures.items()
    ):
        raise Conflict(_("The records were changed while they were counted. Send it again."))
    return frozen
