"""The answer to a search, the same for the page and for the API: found records, marked texts, facets."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from catalogue.accounts.permissions import Actor
from catalogue.paging import Paging
from catalogue.records.ledger import counted_by_record
from catalogue.records.models.participation import Contribution
from catalogue.records.models.records import Record, RecordKeyword
from catalogue.records.queries import by_ids
from catalogue.records.schema.kinds import KINDS
from catalogue.search.attachment_hits import found_in_attachments
from catalogue.search.facets import FACET_LABELS, FacetLabels
from catalogue.search.interface import (
    FACETS,
    Hit,
    Query,
    Results,
    SearchIndex,
)
from catalogue.search.text.highlight import Segments, highlight, snippet
from catalogue.search.url_state import SearchState

SNIPPET_LENGTH = 120


@dataclass(frozen=True)
class FoundRecord:
    """One record found. Texts come in pieces, each with whether it is marked; `also` are labelled texts beside title
    and abstract in which something was found; `benefit` is what counts of it, in yuan."""

    record: Record
    score: float
    missing: tuple[str, ...]
    title: Segments
    abstract: Segments
    also: tuple[tuple[str, Segments], ...]
    benefit: Decimal | None


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet: how many records it has, and whether it is chosen."""

    code: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """One facet with those of its values that have records or are chosen."""

    name: str
    label: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True)
class SearchResults:
    """All that a search page shows."""

    state: SearchState
    results: Results
    paging: Paging
    found: tuple[FoundRecord, ...]
    facets: tuple[Facet, ...]
    took_ms: float


def run_search(
    session: Session,
    actor: Actor,
    index: SearchIndex,
    state: SearchState,
    labels: FacetLabels,
    query: Query | None = None,
) -> SearchResults:
    """Ask the index, load what it found as far as the actor may see it, and mark the words. A caller who wants another
    stretch of the hits than the state's page gives its own query.

    Raises NotFound for a page past the last one, IndexUnavailable where there is no usable index.
    """
    started = time.perf_counter()
    results = index.search(query or state.to_query(actor))
    paging = Paging(state.page, state.per_page, results.total).checked()
    found = load(session, actor, results)
    facets = tuple(facet for name in FACETS if (facet := _facet(name, state, results, labels[name])).values)
    return SearchResults(state, results, paging, found, facets, round((time.perf_counter() - started) * 1000, 1))


def load(session: Session, actor: Actor, results: Results) -> tuple[FoundRecord, ...]:
    """The records of the hits as far as the actor may see them, in the order of the hits, with the words marked."""
    hits = {hit.id: hit for hit in results.hits}
    records = by_ids(session, actor, list(hits))
    names = _names(session, list(hits))
    benefits = counted_by_record(session, actor, list(hits))
    attached = found_in_attachments(session, records, results.sought, SNIPPET_LENGTH)
    return tuple(
        _found(each, hits[each.id], results.sought, names, benefits.get(each.id), attached.get(each.id))
        for each in records
    )


def _names(session: Session, ids: Sequence[int]) -> Mapping[int, tuple[list[str], list[str]]]:
    """The people and the keywords of records, by record id."""
    names: defaultdict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    contributions = select(Contribution).where(Contribution.record_id.in_(ids)).order_by(Contribution.rank)
    for row in session.scalars(contributions.options(joinedload(Contribution.person))):
        names[row.record_id][0].append(row.person.name)
    keywords = select(RecordKeyword).where(RecordKeyword.record_id.in_(ids)).order_by(RecordKeyword.position)
    for word in session.scalars(keywords):
        names[word.record_id][1].append(word.keyword)
    return names


def _found(
    record: Record,
    hit: Hit,
    words: tuple[tuple[str, ...], ...],
    names: Mapping[int, tuple[list[str], list[str]]],
    benefit: Decimal | None,
    attached: tuple[str, Segments] | None,
) -> FoundRecord:
    people, keywords = names[record.id]
    elsewhere = (
        (str(KINDS[record.kind].people_label), highlight("　".join(people), words)),
        (_("Keywords"), highlight("　".join(keywords), words)),
    )
    return FoundRecord(
        record=record,
        score=hit.score,
        missing=hit.missing,
        title=highlight(record.title, words),
        abstract=snippet(record.abstract, words, SNIPPET_LENGTH),
        also=(
            *((label, pieces) for label, pieces in elsewhere if any(marked for _text, marked in pieces)),
            *((attached,) if attached else ()),
        ),
        benefit=benefit,
    )


def _facet(name: str, state: SearchState, results: Results, labels: Mapping[str, Any]) -> Facet:
    counts = results.facets.get(name, {})
    chosen = state.values(name)
    codes = [code for code in labels if code in counts or code in chosen]
    if name == "division":  # a vocabulary has an order of its own; divisions are looked for by weight
        codes.sort(key=lambda code: -counts.get(code, 0))
    values = tuple(FacetValue(code, str(labels[code]), counts.get(code, 0), code in chosen) for code in codes)
    return Facet(name, str(FACET_LABELS[name]), values)
