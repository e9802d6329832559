"""Postings as they are read from a segment of a Whoosh index: which documents have a term, and what it adds to each.

A term may stand in a document's own text or only in its attachments; never in both, see `whoosh_schema.with_terms`.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from whoosh.reading import IndexReader, TermNotFound

from catalogue.search.text.ranking import ATTACHED_IMPACT, impact


@dataclass(frozen=True)
class Postings:
    """The documents of one segment that have a term, rising, and what the term adds to the score of each; and those of
    them that have it in their own text rather than in an attachment."""

    documents: "array[int]"
    impacts: "array[float]"
    own: "array[int]"


def read_postings(term: str, leaf: IndexReader, lengths: Sequence[int]) -> Postings:
    """The postings of a term; `lengths` says how many terms each document has."""
    own = _read_own(term, leaf, lengths)
    attached = _attached(term, leaf)
    if not attached:
        return own
    both = sorted([*zip(own.documents, own.impacts, strict=True), *((each, ATTACHED_IMPACT) for each in attached)])
    return Postings(array("I", [each for each, _impact in both]), array("f", [i for _each, i in both]), own.documents)


def _read_own(term: str, leaf: IndexReader, lengths: Sequence[int]) -> Postings:
    documents, impacts = array("I"), array("f")
    try:
        matcher = leaf.postings("term", term)
    except TermNotFound:
        return Postings(documents, impacts, documents)
    while matcher.is_active():
        document = matcher.id()
        documents.append(document)
        impacts.append(impact(matcher.weight(), lengths[document]))
        matcher.next()
    return Postings(documents, impacts, documents)


def _attached(term: str, leaf: IndexReader) -> list[int]:
    try:
        return list(leaf.postings("attached", term).all_ids())
    except TermNotFound:
        return []


def scan_for_character(character: str, texts: Iterable[bytes], lengths: Sequence[int]) -> Postings:
    """All occurrences of a character. Going through 50,000 texts takes less time than reading its pairs."""
    documents, impacts, own, sought = array("I"), array("f"), array("I"), character.encode()
    for document, text in enumerate(texts):
        if sought not in text:
            continue
        documents.append(document)
        frequency = text.count(sought, 0, text.rindex(b"\n"))
        if frequency:
            frequency += text.count(sought, 0, text.index(b"\n"))  # in the title it counts twice
            own.append(document)
            impacts.append(impact(frequency, lengths[document]))
        else:
            impacts.append(ATTACHED_IMPACT)
    return Postings(documents, impacts, own)


def documents_with(term: str, leaf: IndexReader, own: bool) -> int:
    """How many documents have a term (in their `own` text), perhaps counting deleted ones; cheaper than reading the
    postings."""
    return _frequency("term", term, leaf) + (0 if own else _frequency("attached", term, leaf))


def _frequency(field: str, term: str, leaf: IndexReader) -> int:
    try:
        return int(leaf.term_info(field, term).doc_frequency())
    except TermNotFound:
        return 0
