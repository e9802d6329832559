"""How a question is answered from a Whoosh index: find, narrow, count, rank.

Finding never looks at the filters, only at what the reader may see. So choosing a value of a facet shows exactly as
many records as the facet said, and how strictly the words were taken does not change from one filter to the next.
"""

import heapq
import itertools
import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from catalogue.records.numbers import query_keys
from catalogue.search.interface import (
    SORTS,
    Hit,
    Match,
    Query,
    Results,
)
from catalogue.search.query_language import ParsedQuery, parse_query
from catalogue.search.text import pinyin, ranking, spelling
from catalogue.search.text.ranking import (
    PROXIMITY_SHARE,
    QueryWord,
    missing_words,
    proximity_bonus,
    rarity,
)
from catalogue.search.text.synonyms import Synonyms
from catalogue.search.whoosh import bitsets
from catalogue.search.whoosh.boolean_filter import (
    GALLOP_FACTOR,
    Deadline,
    admitted,
    expanded,
    having_all,
    having_words,
)
from catalogue.search.whoosh.facet_filter import Narrowing
from catalogue.search.whoosh.segments import ThreadReader, View, index_of

MIN_FULL_MATCHES = 5  # fewer records than this with all words, and those with most of them are shown too
PARTIAL_MATCH_SHARE = 0.6  # of a query
RERANKED = 50
# The postings that one loosely matched query may read, rarest terms first: what bounds its time.
MOST_POSTINGS = 100_000
MOST_SECONDS = 0.8  # for finding and ranking; the rest of a second is for the page


@dataclass
class _Found:
    """The documents that answer the text of a query, before any filter."""

    documents: int  # a bit set
    match: Match
    first: list[int] = field(default_factory=list)  # known by a number in the query
    complete: set[int] = field(default_factory=set)  # having all words
    terms: Sequence[str] = ()  # the terms to rank by


def search(opened: ThreadReader, query: Query, synonyms: Synonyms) -> Results:
    """The answer to a query, in about a second at most."""
    deadline = Deadline(MOST_SECONDS)
    view = opened.view
    visible = view.live if query.access is None else view.live & view.having("access", query.access)
    asked = parse_query(query.text, synonyms)
    seen = visible
    words, found = _find_parsed(opened, asked, visible, deadline)
    if not found.documents and (softer := asked.without_quotes(synonyms)) != asked:
        asked = softer  # no record has it just so: better some records than none
        words, found = _find_parsed(opened, asked, visible, deadline)
    ranked = (*words, *(expanded(opened, word, deadline) for word in asked.ranked[len(words) :]))
    found.terms = [*found.terms, *(t for word in ranked[len(words) :] for form in word.forms for t in form.terms)]
    narrowed = Narrowing(view, query.filters, query.year_from, query.year_to)
    answer = found.documents & narrowed.all
    offset, end = max(query.offset, 0), max(query.offset, 0) + max(query.limit, 0)
    sort = query.sort if query.sort in SORTS else "relevance"
    if sort == "relevance" and (ranked or found.first):
        page = _ranked(opened, ranked, found, answer, end, deadline)[offset:end]
    else:
        order = view.ordered("newest" if sort == "relevance" else sort, opened.leaves)
        page = [(document, 0.0) for document in _first_of(order, answer, view.size, end)[offset:]]
    hits = []
    for document, score in page:
        lacking = words and document not in found.complete and found.match in ("all", "most", "any")
        missing = missing_words(words, *opened.texts(document), opened.attached(document)) if lacking else ()
        hits.append(Hit(view.id(document), round(score, 4), missing))
    return Results(
        total=answer.bit_count(),
        hits=tuple(hits),
        match=found.match,
        words=tuple(word.typed for word in words),
        ignored=asked.ignored,
        understood=asked.understood,
        sought=tuple((word.typed, *word.also) for word in ranked),
        instead=_did_you_mean(opened, query.text, words, found, seen, deadline) if _found_parts_only(found) else "",
        partial=deadline.met,
        facets=narrowed.facets(found.documents) if query.with_facets else {},
        years=narrowed.years(found.documents) if query.with_facets else {},
    )


def _find_parsed(
    opened: ThreadReader, asked: ParsedQuery, visible: int, deadline: Deadline
) -> tuple[tuple[QueryWord, ...], _Found]:
    """What answers a query before any filter, and its plain words with what their stars stand for."""
    view = opened.view
    words = tuple(expanded(opened, word, deadline) for word in asked.words)
    for criterion in asked.strict:
        visible &= admitted(opened, criterion, deadline)
    if not asked.plain.strip():
        return words, _Found(visible, "everything" if not asked.strict else "all" if visible else "nothing")
    found = _find(opened, words, opened.documents_by_key("number", query_keys(asked.plain)), visible, deadline)
    if not found.complete and found.match != "number" and (heard := _sounding(opened, asked, visible)):
        found = _Found(bitsets.from_documents(heard, view.size), "pinyin", heard)
    return words, found


def _sounding(opened: ThreadReader, asked: ParsedQuery, visible: int) -> list[int]:
    """The documents that sound like the query, best first: like all of it in one, or else like each of its words."""
    whole = pinyin.key(asked.plain)
    if not whole:
        return []
    seen = bitsets.Membership(visible, opened.view.size)
    heard = list(seen.among(opened.sounding(whole)))
    keys = [pinyin.key(word.typed) for word in asked.words]
    if heard or len(keys) < 2 or not all(keys):
        return heard
    first, *others = (opened.sounding(each) for each in keys)
    sets = [set(other) for other in others]
    return [document for document in seen.among(first) if all(document in other for other in sets)]


def _found_parts_only(found: _Found) -> bool:
    """Whether no record has all that was asked for, as when a word was misspelt."""
    return not found.complete and found.match in ("nothing", "most", "any")


def _did_you_mean(
    opened: ThreadReader, text: str, words: Sequence[QueryWord], found: _Found, seen: int, deadline: Deadline
) -> str:
    """The query with those of its words replaced that no record seen has, if there is something near enough.

    Where nothing was found at all there is time to go through all titles; otherwise keywords have to do.
    """
    made = text
    reader = bitsets.Membership(seen, opened.view.size)

    def stands(word: QueryWord) -> bool:
        return any(document in reader for document in having_words(opened, [word], deadline))

    for word in words:
        if deadline.passed() or stands(word):
            continue
        # What a reader may not see is not offered either: it would tell that it is there.
        vocabulary = opened.keywords() if found.documents else opened.vocabulary(seen)
        lines = itertools.takewhile(lambda _line: not deadline.passed(), vocabulary)
        near = spelling.nearest(word.typed, lines) if made.count(word.typed) == 1 else ""
        if near and stands(QueryWord(near)):
            made = made.replace(word.typed, near)
    return made if made != text else ""


def _find(
    opened: ThreadReader, words: Sequence[QueryWord], numbered: Sequence[int], admitted: int, deadline: Deadline
) -> _Found:
    """The documents that answer the plain words, among those that are admitted."""
    view = opened.view
    seen = bitsets.Membership(admitted, view.size)
    first = list(seen.among(numbered))
    terms = list(dict.fromkeys(term for word in words for form in word.forms for term in form.terms))
    complete = set(seen.among(having_words(opened, words, deadline)))
    if first:
        documents = bitsets.from_documents([*first, *complete], view.size)
        return _Found(documents, "number", first, complete, terms)
    if deadline.passed():
        # They may lack what there was no time to look for; each one's text will tell.
        return _Found(bitsets.from_documents(complete, view.size), "most" if complete else "nothing", terms=terms)
    if len(complete) >= MIN_FULL_MATCHES or len(terms) < 2:
        match: Match = "all" if complete else "nothing"
        return _Found(bitsets.from_documents(complete, view.size), match, [], complete, terms)
    shares, terms = _having_some(opened, words, terms, deadline)
    some = dict.fromkeys(seen.among(shares))
    most = {document for document in some if shares[document] >= PARTIAL_MATCH_SHARE} | complete
    if len(most) >= MIN_FULL_MATCHES and len(most) > len(complete):
        return _Found(bitsets.from_documents(most, view.size), "most", [], complete, terms)
    some.update(dict.fromkeys(complete))
    match = "any" if len(some) > len(complete) else "all" if complete else "nothing"
    return _Found(bitsets.from_documents(some, view.size), match, [], complete, terms)


def _having_some(
    opened: ThreadReader, words: Sequence[QueryWord], terms: Sequence[str], deadline: Deadline
) -> tuple[dict[int, float], list[str]]:
    """What share of the query each document has that has any of it; and the terms that were looked up, rarest first.

    Each word is the same share of the query, and each of its terms the same share of the word.
    """
    numbers = range(len(opened.leaves))
    frequencies = {term: sum(opened.frequency(number, term) for number in numbers) for term in terms}
    shares: defaultdict[int, float] = defaultdict(float)
    # Of a word with several forms, the best one counts.
    of_forms: dict[tuple[int, int], defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
    looked_up: list[str] = []
    left = MOST_POSTINGS
    for term in sorted(filter(frequencies.get, terms), key=frequencies.__getitem__):
        left -= frequencies[term]
        if looked_up and (left < 0 or deadline.passed()):
            break
        looked_up.append(term)
        alone = [word.forms[0] for word in words if len(word.forms) == 1 and term in word.terms]
        counted = [(shares, sum(1 / len(form.terms) for form in alone) / len(words))] if alone else []
        counted += [
            (of_forms[place, at], 1 / len(form.terms) / len(words))
            for place, word in enumerate(words)
            if len(word.forms) > 1
            for at, form in enumerate(word.forms)
            if term in form.terms
        ]
        for number, base in enumerate(opened.view.bases):
            documents = opened.postings(number, term).documents
            for having, share in counted:
                for document in documents:
                    having[base + document] += share
    best: dict[int, dict[int, float]] = defaultdict(dict)
    for (place, at), having in of_forms.items():
        # Pieces of a word that nobody typed mean nothing: another form counts whole or not at all.
        whole = 0.999 / len(words) if at else 0.0
        _keep_highest(best[place], {document: share for document, share in having.items() if share >= whole}, 1.0)
    for of_word in best.values():
        for document, share in of_word.items():
            shares[document] += share
    return shares, looked_up


def _keep_highest(highest: dict[int, float], others: Mapping[int, float], times: float) -> None:
    for document, value in others.items():
        if value * times > highest.get(document, 0.0):
            highest[document] = value * times


def _ranked(
    opened: ThreadReader, words: Sequence[QueryWord], found: _Found, answer: int, end: int, deadline: Deadline
) -> list[tuple[int, float]]:
    """The best documents of the answer with their scores: as many as `end`, or all there are."""
    view = opened.view
    passing = bitsets.Membership(answer, view.size)
    first = list(passing.among(found.first))
    rest = bitsets.documents(answer & ~bitsets.from_documents(first, view.size), view.size)
    scores = _scores(opened, words, set(found.terms), rest, deadline)
    complete = [document for document in scores if document in found.complete]
    others = [document for document in scores if document not in found.complete] if len(complete) < len(scores) else []
    wanted = max(end, RERANKED)
    best = [*_best(view, complete, scores, wanted), *_best(view, others, scores, wanted)][:wanted]
    looked_at = best[:RERANKED]
    highest = max((scores[document] for document in looked_at), default=0.0)
    for document in looked_at:
        if deadline.passed():
            break
        scores[document] += (
            PROXIMITY_SHARE * highest * proximity_bonus(words, *opened.texts(document), opened.attached(document))
        )
    looked_at.sort(key=lambda d: (d not in found.complete, -scores[d], view.newest_key(d)))
    ranked = [(document, scores[document]) for document in looked_at + best[RERANKED:]]
    return [(document, 0.0) for document in first] + ranked


def _scores(
    opened: ThreadReader,
    words: Sequence[QueryWord],
    terms: Collection[str],
    documents: list[int],
    deadline: Deadline,
) -> dict[int, float]:
    """The score of each of the documents (rising): how often they have the terms, and how rare these are."""
    alone: defaultdict[str, float] = defaultdict(float)
    scores = dict.fromkeys(documents, 0.0)
    for word in words:
        weights = [
            {term: ranking.term_weight(form) * _rarity(opened, term) for term in form.terms if term in terms}
            for form in word.forms
        ]
        if len(weights) == 1:
            for term, weight in weights[0].items():
                alone[term] += weight
            continue
        # Another form never counts more than the typed one, however rare it is; and of all forms the best counts.
        usual = sum(weights[0].values()) if any(_frequency(opened, term) for term in word.terms) else math.inf
        highest: dict[int, float] = {}
        for place, weighted in enumerate(weights):
            having = sorted(having_all(opened, word.forms[place].terms, deadline, documents)) if place else documents
            of_form = dict.fromkeys(having, 0.0)
            _add_scores(opened, weighted, having, of_form, deadline)
            own = sum(weighted.values()) or 1.0
            _keep_highest(highest, of_form, min(usual / own, 1.0) * ranking.SYNONYM_SHARE if place else 1.0)
        for document, score in highest.items():
            scores[document] += score
    _add_scores(opened, alone, documents, scores, deadline)
    return scores


def _frequency(opened: ThreadReader, term: str) -> int:
    return sum(opened.frequency(number, term) for number in range(len(opened.leaves)))


def _rarity(opened: ThreadReader, term: str) -> float:
    return rarity(_frequency(opened, term), opened.view.count)


def _add_scores(
    opened: ThreadReader,
    weights: Mapping[str, float],
    documents: list[int],
    scores: dict[int, float],
    deadline: Deadline,
) -> None:
    """Add to the scores of the documents (rising) what these terms make."""
    view = opened.view
    for number, (segment, base) in enumerate(zip(view.segments, view.bases, strict=True)):
        here = documents[bisect_left(documents, base) : bisect_left(documents, base + segment.size)]
        for term, weight in weights.items() if here else ():
            if deadline.passed():
                return
            postings = opened.postings(number, term)
            if len(here) * GALLOP_FACTOR < len(postings.documents):
                for document in here:
                    place = index_of(postings.documents, document - base)
                    if place >= 0:
                        scores[document] += weight * postings.impacts[place]
                continue
            for local, impact in zip(postings.documents, postings.impacts, strict=True):
                document = base + local
                if document in scores:
                    scores[document] += weight * impact


def _best(view: View, documents: Collection[int], scores: dict[int, float], wanted: int) -> list[int]:
    """The documents of the highest scores, best first; equal ones newest first."""
    if len(documents) > 4 * wanted:
        lowest = heapq.nlargest(wanted, map(scores.__getitem__, documents))[-1]
        documents = [document for document in documents if scores[document] >= lowest]
    return sorted(documents, key=lambda document: (-scores[document], view.newest_key(document)))[:wanted]


def _first_of(order: Sequence[int], answer: int, size: int, end: int) -> list[int]:
    """The first documents of an order that are in the answer."""
    return list(itertools.islice(bitsets.Membership(answer, size).among(order), end))
