"""Which records of a Whoosh index resemble a text: see `likeness` for what that means."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from catalogue.search.interface import (
    Likeness,
    SharedTerm,
    Similar,
    SimilarRecord,
)
from catalogue.search.text import analysis, similarity
from catalogue.search.text.ranking import is_single, rarity
from catalogue.search.text.similarity import MOST_PASSAGES, Passage, shared_passages
from catalogue.search.whoosh import bitsets
from catalogue.search.whoosh.boolean_filter import Deadline, having_all
from catalogue.search.whoosh.facet_filter import Narrowing
from catalogue.search.whoosh.segments import ThreadReader

MOST_SECONDS = 0.8
MOST_TERMS = 8_000  # looked for in the index
# The postings that may be read, weightiest terms first: the rest are too common to tell records apart.
MOST_POSTINGS = 200_000


def similar(opened: ThreadReader, asked: Likeness) -> Similar:
    """See the port."""
    deadline = Deadline(MOST_SECONDS)
    view = opened.view
    visible = view.live if asked.access is None else view.live & view.having("access", asked.access)
    passing = visible & Narrowing(view, asked.filters, asked.year_from, asked.year_to).all
    passing &= ~bitsets.from_documents(opened.documents_by_key("key", map(str, asked.without)), view.size)
    weights = _weights(opened, asked.text, deadline)
    total = sum(weights.values())
    compared = passing.bit_count()
    if not total:
        return Similar((), compared, 0, deadline.met)
    scores = _scores(opened, weights, passing, deadline)
    best = sorted(scores, key=lambda document: (-scores[document], view.newest_key(document)))[: max(asked.limit, 0)]
    explaining = _Explaining(opened, asked.text, weights, visible, deadline)
    ranked = []
    for document in best:
        passages, own = explaining.of(document)
        ranked.append((own / total, view.newest_key(document), document, passages, own))
    # The best are weighed by all their terms, those too common to be looked up included.
    ranked.sort(key=lambda each: (-each[0], each[1]))
    hits = tuple(
        SimilarRecord(view.id(document), round(min(score, 1.0), 4), explaining.told(passages, own))
        for score, _newest, document, passages, own in ranked
    )
    return Similar(hits, compared, len(weights), deadline.met)


def _weights(opened: ThreadReader, text: str, deadline: Deadline) -> dict[str, float]:
    """The terms of the text and what each weighs."""
    count = opened.view.count
    weights: dict[str, float] = {}
    for term, frequency in similarity.frequencies(text).most_common(MOST_TERMS):
        # A single character says little, and asking for it would mean going through all texts.
        if is_single(term):
            continue
        if deadline.passed():
            break
        having = sum(opened.frequency(number, term, own=True) for number in range(len(opened.leaves)))
        weights[term] = similarity.weight(term, frequency, rarity(min(having, count), count))
    return weights


def _scores(opened: ThreadReader, weights: Mapping[str, float], passing: int, deadline: Deadline) -> dict[int, float]:
    """What the documents that pass have of the weight, by the terms that there is time to look up."""
    view = opened.view
    seen = bitsets.Membership(passing, view.size)
    scores: defaultdict[int, float] = defaultdict(float)
    left = MOST_POSTINGS
    for term in sorted(weights, key=weights.__getitem__, reverse=True):
        frequency = sum(opened.frequency(number, term, own=True) for number in range(len(opened.leaves)))
        if not frequency:
            continue
        left -= frequency
        if scores and (left < 0 or deadline.passed()):
            break
        weight = weights[term]
        for number, base in enumerate(view.bases):
            for document in opened.postings(number, term).own:
                scores[base + document] += weight
    return {document: scores[document] for document in seen.among(scores)}


@dataclass
class _Explaining:
    """What the text has in common with single documents."""

    opened: ThreadReader
    text: str
    weights: Mapping[str, float]
    visible: int
    deadline: Deadline

    def __post_init__(self) -> None:
        self._folded, self._offsets = analysis.fold_with_offsets(self.text[: similarity.MOST_CHARACTERS])
        self._runs = similarity.runs(self.text)
        self._seen = bitsets.Membership(self.visible, self.opened.view.size)
        self._counts: dict[str, int] = {}

    def of(self, document: int) -> tuple[list[Passage], float]:
        """The stretches of the text that the document has, and the weight of all terms that both have."""
        common = self.weights.keys() & set(analysis.terms("\n".join(self.opened.texts(document))))
        own = sum(self.weights[term] for term in common)
        return shared_passages(self._runs, common, self.weights)[:MOST_PASSAGES], own

    def told(self, passages: Collection[Passage], own: float) -> tuple[SharedTerm, ...]:
        """The stretches with how many records have each, and its share of what the document has."""
        return tuple(
            SharedTerm(self._as_written(passage.text), self._records_having(passage), round(passage.weight / own, 4))
            for passage in passages
        )

    def _records_having(self, passage: Passage) -> int:
        if passage.text not in self._counts:
            documents = having_all(self.opened, passage.terms, self.deadline)
            self._counts[passage.text] = sum(1 for _document in self._seen.among(documents))
        return self._counts[passage.text]

    def _as_written(self, passage: str) -> str:
        """A stretch as the text has it where it has it first."""
        start = self._folded.find(passage)
        if start < 0 or self._offsets is None:
            return self.text[start : start + len(passage)] if start >= 0 else passage
        return self.text[self._offsets[start] : self._offsets[start + len(passage) - 1] + 1]
