"""Which documents of a Whoosh index a strict wish admits, as a set; and what a word with a star stands for."""

from collections.abc import Collection, Iterable, Sequence
from time import monotonic

from catalogue.records.numbers import query_keys
from catalogue.search.query_language import Criterion, Term
from catalogue.search.text.ranking import QueryWord, WordForm
from catalogue.search.whoosh import bitsets
from catalogue.search.whoosh.schema import LINES
from catalogue.search.whoosh.segments import ThreadReader, index_of

# With so many times fewer candidates than postings, looking each candidate up is faster than going through them.
GALLOP_FACTOR = 16
MOST_EXPANSIONS = 32


class Deadline:
    """When a search has to come to its end with the best that it has so far."""

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds
        self.met = False  # whether something was left undone

    def passed(self) -> bool:
        """Whether it is time to stop. Whoever asks stops then."""
        self.met = self.met or monotonic() > self._end
        return self.met


def expanded(opened: ThreadReader, word: QueryWord, deadline: Deadline) -> QueryWord:
    """A word with a star as the words of the index that begin so, the most frequent ones."""
    if not word.typed.endswith("*") or deadline.passed():
        return word
    return QueryWord(word.typed, tuple(opened.beginning_with(word.forms[0].terms, MOST_EXPANSIONS, deadline.passed)))


def admitted(opened: ThreadReader, criterion: Criterion, deadline: Deadline) -> int:
    """The documents that a wish admits, as a set; where time ran out, those that were known by then."""
    view = opened.view
    if isinstance(criterion, Term):
        return _having_leaf(opened, criterion, deadline)
    if criterion.join == "none":
        # Where time ran out, some that should be refused may still be there; the answer says that it was cut short.
        refused = admitted(opened, criterion.parts[0], deadline)
        return view.live & ~refused
    documents = view.live if criterion.join == "all" else 0
    for part in criterion.parts:
        having = admitted(opened, part, deadline)
        documents = documents & having if criterion.join == "all" else documents | having
    return documents


def _having_leaf(opened: ThreadReader, leaf: Term, deadline: Deadline) -> int:
    view = opened.view
    if leaf.role == "kind":
        return view.having("kind", leaf.values)
    if leaf.role == "year":
        first, last = (int(value) if value else None for value in leaf.values)
        return view.having("year", _between(view.labels.get("year", {}), first, last))
    if leaf.role == "number":
        return bitsets.from_documents(opened.documents_by_key("number", query_keys(leaf.values[0])), view.size)
    word = expanded(opened, leaf.word, deadline)
    found: set[int] = set()
    for form in word.forms:
        candidates = having_all(opened, form.terms, deadline)
        if leaf.role in LINES or (leaf.role == "phrase" and len(form.terms) > 1):
            candidates = [d for d in candidates if not deadline.passed() and _stands(opened, d, form, leaf.role)]
        found.update(candidates)
    return bitsets.from_documents(found, view.size)


def _stands(opened: ThreadReader, document: int, form: WordForm, role: str) -> bool:
    title, rest = opened.texts(document)
    if role == "phrase":
        own, attached = f"{title}\n{rest}", opened.attached(document)
        return any(form.pattern.search(text) is not None for text in (own, attached))
    line = f"{title}\n{rest}".split("\n")[LINES[role]]
    return form.pattern.search(line) is not None


def _between(years: Iterable[str], first: int | None, last: int | None) -> list[str]:
    if first is not None and last is not None and first > last:
        first, last = last, first
    low, high = first or 0, 9999 if last is None else last
    return [year for year in years if low <= int(year) <= high]


def having_all(
    opened: ThreadReader, terms: Sequence[str], deadline: Deadline, among: Collection[int] | None = None
) -> list[int]:
    """The documents that have all terms, `among` these documents if any are given.

    Where time runs out, those that have the rarest terms.
    """
    found: list[int] = []
    for number, base in enumerate(opened.view.bases):
        end = base + opened.view.segments[number].size
        having = None if among is None else {d - base for d in among if base <= d < end}
        for term in sorted(terms, key=lambda term: opened.frequency(number, term)):
            if having is not None and (not having or deadline.passed()):
                break
            if not opened.frequency(number, term):
                having = set()
                break
            documents = opened.postings(number, term).documents
            if having is None:
                having = set(documents)
            elif len(having) * GALLOP_FACTOR < len(documents):
                having = {document for document in having if index_of(documents, document) >= 0}
            else:
                having.intersection_update(documents)
        if terms:
            found += [base + document for document in having or ()]
    return found


def having_words(opened: ThreadReader, words: Sequence[QueryWord], deadline: Deadline) -> list[int]:
    """The documents that have each word in some form."""
    alone = list(dict.fromkeys(term for word in words if len(word.forms) == 1 for term in word.terms))
    having: Collection[int] | None = having_all(opened, alone, deadline) if alone else None
    for word in words:
        if len(word.forms) > 1:
            having = {document for form in word.forms for document in having_all(opened, form.terms, deadline, having)}
    return list(having or ())
