"""How a question is answered from a Whoosh index: find, narrow, count, rank.

Finding never looks at the filters, only at what the reader may see. So choosing a value of a facet shows exactly as
many records as the facet said, and how strictly the words were taken does not change from one filter to the next.
"""

import heapq
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from . import bitsets
from .port import FACETS, SORTS, Hit, Match, Query, Results
from .ranking import APPEARANCE_SHARE, Word, appearance, missing_words, rarity, words_of
from .whoosh_segments import Opened, View

HANDFUL = 5  # fewer records than this with all words, and those with most of them are shown too
MOST = 0.6  # of a query
RERANKED = 50
# The postings that one loosely matched query may read, rarest terms first: what bounds its time.
MOST_POSTINGS = 100_000
# With so many times fewer candidates than postings, looking each candidate up is faster than going through them.
FEWER = 16


@dataclass
class _Found:
    """The documents that answer the text of a query, before any filter."""

    documents: int  # a bit set
    match: Match
    first: list[int] = field(default_factory=list)  # known by a number in the query
    complete: set[int] = field(default_factory=set)  # having all words
    terms: Sequence[str] = ()  # the terms to rank by


def search(opened: Opened, query: Query, number_keys: Iterable[str]) -> Results:
    """The answer to a query; `number_keys` are the keys of numbers that its text may mean."""
    view = opened.view
    visible = view.live if query.access is None else view.live & view.having("access", query.access)
    words, ignored = words_of(query.text)
    if query.text.strip():
        found = _find(opened, words, opened.known_by("number", number_keys), visible)
    else:
        found = _Found(visible, "everything")
    narrowed = _Narrowing(view, query)
    answer = found.documents & narrowed.all
    offset, end = max(query.offset, 0), max(query.offset, 0) + max(query.limit, 0)
    sort = query.sort if query.sort in SORTS else "relevance"
    if sort == "relevance" and found.match != "everything":
        page = _ranked(opened, words, found, answer, end)[offset:end]
    else:
        order = view.ordered("newest" if sort == "relevance" else sort, opened.leaves)
        page = [(document, 0.0) for document in _first_of(order, answer, view.size, end)[offset:]]
    hits = []
    for document, score in page:
        lacking = document not in found.complete and found.match in ("all", "most", "any")
        missing = missing_words(words, *opened.texts(document)) if lacking else ()
        hits.append(Hit(view.id(document), round(score, 4), missing))
    return Results(
        total=answer.bit_count(),
        hits=tuple(hits),
        match=found.match,
        words=tuple(word.typed for word in words),
        ignored=ignored,
        facets=narrowed.facets(found.documents) if query.with_facets else {},
        years=narrowed.years(found.documents) if query.with_facets else {},
    )


class _Narrowing:
    """The filters of a query, as sets of documents."""

    def __init__(self, view: View, query: Query) -> None:
        self._view = view
        self._every = (1 << view.size) - 1
        self._chosen = {name: view.having(name, values) for name, values in query.filters.items() if values}
        self._range = self._every
        if query.year_from is not None or query.year_to is not None:
            years = view.labels.get("year", {})
            low, high = query.year_from or 0, query.year_to if query.year_to is not None else 9999
            self._range = view.having("year", (year for year in years if low <= int(year) <= high))

    @property
    def all(self) -> int:
        """The documents that pass all filters."""
        return self._but("") & self._range

    def facets(self, documents: int) -> dict[str, dict[str, int]]:
        """The counts of each facet's values, as if nothing were chosen in that facet."""
        documents &= self._range
        return {
            facet: bitsets.count_values(documents & self._but(facet), self._view.labels.get(facet, {}))
            for facet in FACETS
        }

    def years(self, documents: int) -> dict[int, int]:
        """The counts of each year, as if no years were chosen."""
        counts = bitsets.count_values(documents & self._but(""), self._view.labels.get("year", {}))
        return {int(year): counts[year] for year in sorted(counts, key=int)}

    def _but(self, facet: str) -> int:
        passing = self._every
        for name, documents in self._chosen.items():
            if name != facet:
                passing &= documents
        return passing


def _find(opened: Opened, words: Sequence[Word], numbered: Sequence[int], visible: int) -> _Found:
    view = opened.view
    seen = bitsets.Membership(visible, view.size)
    first = list(seen.among(numbered))
    terms = list(dict.fromkeys(term for word in words for term in word.terms))
    complete = set(seen.among(_having_all(opened, terms)))
    if first:
        documents = bitsets.from_documents([*first, *complete], view.size)
        return _Found(documents, "number", first, complete, terms)
    if len(complete) >= HANDFUL or len(terms) < 2:
        match: Match = "all" if complete else "nothing"
        return _Found(bitsets.from_documents(complete, view.size), match, [], complete, terms)
    shares, terms = _having_some(opened, words, terms)
    some = dict.fromkeys(seen.among(shares))
    most = {document for document in some if shares[document] >= MOST} | complete
    if len(most) >= HANDFUL and len(most) > len(complete):
        return _Found(bitsets.from_documents(most, view.size), "most", [], complete, terms)
    some.update(dict.fromkeys(complete))
    match = "any" if len(some) > len(complete) else "all" if complete else "nothing"
    return _Found(bitsets.from_documents(some, view.size), match, [], complete, terms)


def _having_all(opened: Opened, terms: Sequence[str]) -> list[int]:
    """The documents that have all terms."""
    found: list[int] = []
    for number, base in enumerate(opened.view.bases):
        rarest_first = sorted(terms, key=lambda term: opened.frequency(number, term))
        having: set[int] = set()
        for place, term in enumerate(rarest_first):
            if not opened.frequency(number, term):
                having = set()
                break
            documents = opened.postings(number, term).documents
            if not place:
                having = set(documents)
            elif len(having) * FEWER < len(documents):
                having = {document for document in having if _index(documents, document) >= 0}
            else:
                having.intersection_update(documents)
            if not having:
                break
        found += [base + document for document in having]
    return found


def _having_some(opened: Opened, words: Sequence[Word], terms: Sequence[str]) -> tuple[dict[int, float], list[str]]:
    """What share of the query each document has that has any of it; and the terms that were looked up, rarest first.

    Each word is the same share of the query, and each of its terms the same share of the word.
    """
    numbers = range(len(opened.leaves))
    frequencies = {term: sum(opened.frequency(number, term) for number in numbers) for term in terms}
    shares: defaultdict[int, float] = defaultdict(float)
    looked_up: list[str] = []
    left = MOST_POSTINGS
    for term in sorted(filter(frequencies.get, terms), key=frequencies.__getitem__):
        left -= frequencies[term]
        if left < 0 and looked_up:
            break
        looked_up.append(term)
        share = sum(1 / len(word.terms) for word in words if term in word.terms) / len(words)
        for number, base in enumerate(opened.view.bases):
            for document in opened.postings(number, term).documents:
                shares[base + document] += share
    return shares, looked_up


def _ranked(opened: Opened, words: Sequence[Word], found: _Found, answer: int, end: int) -> list[tuple[int, float]]:
    """The best documents of the answer with their scores: as many as `end`, or all there are."""
    view = opened.view
    passing = bitsets.Membership(answer, view.size)
    first = list(passing.among(found.first))
    rest = bitsets.documents(answer & ~bitsets.from_documents(first, view.size), view.size)
    scores = _scores(opened, words, found.terms, rest)
    complete = [document for document in scores if document in found.complete]
    others = [document for document in scores if document not in found.complete] if len(complete) < len(scores) else []
    wanted = max(end, RERANKED)
    best = [*_best(view, complete, scores, wanted), *_best(view, others, scores, wanted)][:wanted]
    looked_at = best[:RERANKED]
    highest = max((scores[document] for document in looked_at), default=0.0)
    for document in looked_at:
        scores[document] += APPEARANCE_SHARE * highest * appearance(words, *opened.texts(document))
    looked_at.sort(key=lambda d: (d not in found.complete, -scores[d], view.newest_key(d)))
    ranked = [(document, scores[document]) for document in looked_at + best[RERANKED:]]
    return [(document, 0.0) for document in first] + ranked


def _scores(opened: Opened, words: Sequence[Word], terms: Collection[str], documents: list[int]) -> dict[int, float]:
    """The score of each of the documents (rising): how often they have the terms, and how rare these are."""
    view = opened.view
    weights = dict.fromkeys(terms, 0.0)
    for word in words:
        for term in word.terms:
            if term in weights:
                weights[term] += word.weight
    for term in weights:
        having = sum(opened.frequency(number, term) for number in range(len(opened.leaves)))
        weights[term] *= rarity(having, view.count)
    scores = dict.fromkeys(documents, 0.0)
    for number, (segment, base) in enumerate(zip(view.segments, view.bases, strict=True)):
        here = documents[bisect_left(documents, base) : bisect_left(documents, base + segment.size)]
        for term, weight in weights.items() if here else ():
            postings = opened.postings(number, term)
            if len(here) * FEWER < len(postings.documents):
                for document in here:
                    place = _index(postings.documents, document - base)
                    if place >= 0:
                        scores[document] += weight * postings.impacts[place]
                continue
            for local, impact in zip(postings.documents, postings.impacts, strict=True):
                document = base + local
                if document in scores:
                    scores[document] += weight * impact
    return scores


def _best(view: View, documents: Collection[int], scores: dict[int, float], wanted: int) -> list[int]:
    """The documents of the highest scores, best first; equal ones newest first."""
    if len(documents) > 4 * wanted:
        lowest = heapq.nlargest(wanted, map(scores.__getitem__, documents))[-1]
        documents = [document for document in documents if scores[document] >= lowest]
    return sorted(documents, key=lambda document: (-scores[document], view.newest_key(document)))[:wanted]


def _first_of(order: Sequence[int], answer: int, size: int, end: int) -> list[int]:
    """The first documents of an order that are in the answer."""
    return list(islice(bitsets.Membership(answer, size).among(order), end))


def _index(documents: Sequence[int], document: int) -> int:
    """The place of a document among rising ones, or -1."""
    place = bisect_left(documents, document)
    return place if place < len(documents) and documents[place] == document else -1
