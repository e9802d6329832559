"""What is kept in memory of a Whoosh index.

An index consists of segments, which never change; a commit adds some, drops some, and marks documents of others as
deleted. So what is read from a segment is kept with the `IndexSegment`, which all threads share and which lives as
long as some view has it. A `View` is the index as one commit left it. Whoosh's readers are not safe to share: each
thread brings its own for what is not in memory yet.
"""

import threading
from bisect import bisect_left, bisect_right
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, wraps
from itertools import islice, takewhile
from typing import Any, ParamSpec, TypeVar, cast

from whoosh.reading import IndexReader

from catalogue.errors import IndexUnavailable
from catalogue.search.interface import Group, Sort
from catalogue.search.text.ranking import is_single
from catalogue.search.whoosh import bitsets
from catalogue.search.whoosh.name_lookup import (
    Lookup,
    Names,
    Sounds,
    names_by_group,
)
from catalogue.search.whoosh.postings import (
    Postings,
    documents_with,
    read_postings,
    scan_for_character,
)
from catalogue.search.whoosh.schema import (
    BETWEEN,
    COLUMNS,
    WITHIN,
    attached_text,
    title_and_rest,
)

P = ParamSpec("P")
T = TypeVar("T")

# The postings kept in memory: 8 bytes each, so 26 MB for 50,000 documents.
POSTINGS_KEPT_PER_DOCUMENT = 64
MOST_FREQUENCIES = 20_000
PREFIX_TERMS = 400


@contextmanager
def _reading() -> Iterator[None]:
    """Whatever fails while files are read (Whoosh has no error of its own for it) means damage."""
    try:
        yield
    except IndexUnavailable:
        raise
    except Exception as error:
        raise IndexUnavailable("The full-text index cannot be read; rebuild it.") from error


def _one_by_one(values: Iterator[T]) -> Iterator[T]:
    """The same values; what fails when one of them is asked for means damage."""
    with _reading():
        yield from values


def _reads(method: Callable[P, T]) -> Callable[P, T]:
    """For methods that read files: what fails there means damage. An iterator reads later than it is made, each time
    that it is asked for a value; so it is watched until its end."""

    @wraps(method)
    def reading(*args: P.args, **kwargs: P.kwargs) -> T:
        with _reading():
            result = method(*args, **kwargs)
        return cast(T, _one_by_one(result)) if isinstance(result, Iterator) else result

    return reading


class IndexSegment:
    """What is known of one segment. Its documents are numbered from 0."""

    def __init__(self, leaf: IndexReader) -> None:
        """Raises ValueError where a column is missing: Whoosh would give nothing for each document, without a word."""
        if missing := [name for name in (*COLUMNS, "length") if not leaf.has_column(name)]:
            raise ValueError(f"a segment lacks its columns {', '.join(missing)}")
        self.size: int = leaf.doc_count_all()
        self.ids: list[int] = list(_values(leaf, "id"))
        self._dates: list[int] = list(_values(leaf, "date"))
        self._codes: list[bytes] = list(_values(leaf, "code"))
        self._lengths: list[int] = list(_values(leaf, "length"))
        self.labels = _bits_by_label(_values(leaf, "labels"), self.size)
        self._kept: OrderedDict[str, Postings] = OrderedDict()
        self._kept_size = 0
        self._titles: Lookup | None = None
        self._title_sounds: Sounds | None = None
        self._names: Mapping[Group, Names] | None = None
        self._lock = threading.Lock()

    def newest_key(self, document: int) -> tuple[int, bytes]:
        """What a document is sorted by: newest first, undated last, then by code."""
        return -self._dates[document], self._codes[document]

    @_reads
    def sort_keys(self, sort: Sort, leaf: IndexReader) -> list[Any]:
        """What each document is sorted by; never the same for two codes."""
        newest = [(-date, code) for date, code in zip(self._dates, self._codes, strict=True)]
        if sort == "oldest":
            return [(-negative or 99_999_999, code) for negative, code in newest]
        if sort == "title":
            return list(zip(_values(leaf, "title_key"), newest, strict=True))
        if sort in ("benefit", "changed"):
            return [(-value, key) for value, key in zip(_values(leaf, sort), newest, strict=True)]
        return newest

    @_reads
    def postings(self, term: str, leaf: IndexReader) -> Postings:
        """The postings of a term of the text; `leaf` reads them if they are not in memory."""
        with self._lock:
            if (kept := self._kept.get(term)) is not None:
                self._kept.move_to_end(term)
                return kept
        if is_single(term):
            read = scan_for_character(term, _values(leaf, "text"), self._lengths)
        else:
            read = read_postings(term, leaf, self._lengths)
        with self._lock:
            if term not in self._kept:
                self._kept[term] = read
                self._kept_size += len(read.documents) + 16
            while self._kept_size > POSTINGS_KEPT_PER_DOCUMENT * self.size + 10_000:
                self._kept_size -= len(self._kept.popitem(last=False)[1].documents) + 16
        return read

    @_reads
    def frequency(self, term: str, leaf: IndexReader, own: bool = False) -> int:
        """How many documents have a term (in their `own` text), perhaps counting deleted ones; cheaper than reading the
        postings."""
        kept = self._kept.get(term)
        if kept is None and is_single(term):
            kept = self.postings(term, leaf)
        if kept is not None:
            return len(kept.own if own else kept.documents)
        return documents_with(term, leaf, own)

    @_reads
    def names(self, leaf: IndexReader) -> Mapping[Group, Names]:
        """The people, divisions and keywords of the documents."""
        if self._names is None:
            self._names = names_by_group(_values(leaf, "names"), BETWEEN, WITHIN)
        return self._names

    @_reads
    def titles(self, leaf: IndexReader) -> Lookup:
        """The folded titles, by the number of their document."""
        if self._titles is None:
            self._titles = Lookup(bytes(text).partition(b"\n")[0] for text in _values(leaf, "text"))
        return self._titles

    @_reads
    def title_sounds(self, leaf: IndexReader) -> Sounds:
        """How the titles sound, by the number of their document."""
        if self._title_sounds is None:
            self._title_sounds = Sounds(bytes(sounds) for sounds in _values(leaf, "sounds"))
        return self._title_sounds

    def sounding(self, wanted: bytes, leaf: IndexReader) -> dict[int, int]:
        """The documents whose title, people or divisions sound like a key, and how well each does."""
        found = dict(self.title_sounds(leaf).like(wanted))
        for group in ("person", "division"):
            names = self.names(leaf)[group]
            for number, closeness in names.sounding.like(wanted):
                for document in names.documents[names.names[number]]:
                    found[document] = max(found.get(document, 0), closeness)
        return found


class View:
    """The index as one commit left it: its segments, numbered through, without the deleted documents."""

    def __init__(self, segments: Sequence[IndexSegment], deleted: Sequence[Iterable[int]]) -> None:
        self.segments = segments
        self.bases = [0]
        self.live = 0
        for segment, gone in zip(segments, deleted, strict=True):
            alive = (1 << segment.size) - 1 & ~bitsets.from_documents(gone, segment.size)
            self.live |= alive << self.bases[-1]
            self.bases.append(self.bases[-1] + segment.size)
        self.size = self.bases.pop()
        self.count = self.live.bit_count()
        self._ordered: dict[Sort, list[int]] = {}

    def having(self, name: str, values: Iterable[str]) -> int:
        """The documents that have a label of this name with one of these values."""
        labels = self.labels.get(name, {})
        having = 0
        for value in values:
            having |= labels.get(value, 0)
        return having

    @cached_property
    def labels(self) -> Mapping[str, Mapping[str, int]]:
        """For each name of a label, the documents that have each value."""
        labels: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for segment, base in zip(self.segments, self.bases, strict=True):
            for label, documents in segment.labels.items():
                name, _, value = label.partition(WITHIN)
                labels[name][value] |= documents << base
        return {name: dict(values) for name, values in labels.items()}

    def place(self, document: int) -> tuple[int, int]:
        """The number of the segment of a document, and its number there."""
        number = bisect_right(self.bases, document) - 1
        return number, document - self.bases[number]

    def id(self, document: int) -> int:
        """The record's id."""
        number, local = self.place(document)
        return self.segments[number].ids[local]

    def newest_key(self, document: int) -> tuple[int, bytes]:
        """What a document is sorted by: newest first, undated last, then by code."""
        number, local = self.place(document)
        return self.segments[number].newest_key(local)

    def ordered(self, sort: Sort, leaves: Sequence[IndexReader]) -> list[int]:
        """All documents in order. Those without a date come last; titles are in the order of a Chinese dictionary."""
        if sort not in self._ordered:
            keys = [
                key
                for segment, leaf in zip(self.segments, leaves, strict=True)
                for key in segment.sort_keys(sort, leaf)
            ]
            self._ordered[sort] = sorted(range(self.size), key=keys.__getitem__)
        return self._ordered[sort]


def _values(leaf: IndexReader, name: str) -> Iterable[Any]:
    """All values of a column of a segment."""
    values: Iterable[Any] = leaf.column_reader(name, translate=False)
    return values


def _bits_by_label(column: Iterable[bytes], size: int) -> dict[str, int]:
    """For each label, the documents that have it. Many documents have the same labels, so these are split once.

    Raises ValueError for a year that is none: it would be met when years are counted, far from the files.
    """
    documents_by_labels: dict[bytes, list[int]] = defaultdict(list)
    for document, labels in enumerate(column):
        documents_by_labels[labels].append(document)
    documents_by_label: dict[str, list[int]] = defaultdict(list)
    for joined, documents in documents_by_labels.items():
        for label in filter(None, joined.decode().split(BETWEEN)):
            documents_by_label[label] += documents
    for label in documents_by_label:
        name, _, value = label.partition(WITHIN)
        if name == "year" and not value.isdecimal():
            raise ValueError(f"a document is of the year {value!r}")
    return {label: bitsets.from_documents(documents, size) for label, documents in documents_by_label.items()}


class ThreadReader:
    """One thread's access to a view: Whoosh's readers, which are for this thread only."""

    def __init__(self, leaves: Sequence[IndexReader], view: View) -> None:
        self.leaves = leaves
        self.view = view
        self._texts: dict[int, Any] = {}
        self._frequencies: dict[tuple[int, str, bool], int] = {}

    def warm_up(self) -> None:
        """Read what suggestions and counts are looked up in."""
        _labels = self.view.labels
        for segment, leaf in zip(self.view.segments, self.leaves, strict=True):
            segment.titles(leaf)
            segment.title_sounds(leaf)
            segment.names(leaf)

    def postings(self, number: int, term: str) -> Postings:
        """The postings of a term in the segment of that number."""
        return self.view.segments[number].postings(term, self.leaves[number])

    def frequency(self, number: int, term: str, own: bool = False) -> int:
        """How many documents of the segment of that number have a term (in their `own` text), perhaps counting deleted
        ones."""
        key = number, term, own
        if key not in self._frequencies:
            if len(self._frequencies) > MOST_FREQUENCIES:
                self._frequencies.clear()
            self._frequencies[key] = self.view.segments[number].frequency(term, self.leaves[number], own)
        return self._frequencies[key]

    @_reads
    def documents_by_key(self, field: str, keys: Iterable[str]) -> list[int]:
        """The documents that have one of these keys in a field, newest first."""
        found: set[int] = set()
        for key in keys:
            for leaf, base in zip(self.leaves, self.view.bases, strict=True):
                if (field, key) in leaf:
                    found.update(base + document for document in leaf.postings(field, key).all_ids())
        return sorted(found, key=self.view.newest_key)

    def sounding(self, wanted: str) -> list[int]:
        """The documents whose title, people or divisions sound like a key, the best fitting first, then the newest."""
        key = wanted.encode()
        found = [
            (-closeness, self.view.newest_key(base + document), base + document)
            for segment, base, leaf in zip(self.view.segments, self.view.bases, self.leaves, strict=True)
            for document, closeness in segment.sounding(key, leaf).items()
        ]
        return [document for _closeness, _newest, document in sorted(found)]

    @_reads
    def beginning_with(self, prefixes: Sequence[str], most: int, is_late: Callable[[], bool]) -> list[str]:
        """The most frequent terms that begin with one of the prefixes, of the first few hundred, or of those that were
        met before it was late."""
        counts: Counter[str] = Counter()
        for prefix in prefixes:
            for leaf in self.leaves:
                terms = islice(leaf.expand_prefix("term", prefix), PREFIX_TERMS)
                for term in takewhile(lambda _term: not is_late(), terms):
                    counts[term.decode()] += leaf.term_info("term", term).doc_frequency()
        return [term for term, _count in counts.most_common(most)]

    @_reads
    def keys_beginning_with(self, beginning: str, most: int) -> list[str]:
        """Keys of numbers that begin so, `most` of each segment."""
        found = (key for leaf in self.leaves for key in islice(leaf.expand_prefix("number", beginning), most))
        return list(dict.fromkeys(key.decode() for key in found))

    @_reads
    def texts(self, document: int) -> tuple[str, str]:
        """The folded title of a document, and the rest of its own text."""
        return title_and_rest(self._text(document))

    @_reads
    def attached(self, document: int) -> str:
        """What the attachments of a document say, folded."""
        return attached_text(self._text(document))

    def _text(self, document: int) -> bytes:
        number, local = self.view.place(document)
        if number not in self._texts:
            self._texts[number] = self.leaves[number].column_reader("text", translate=False)
        return bytes(self._texts[number][local])

    @_reads
    def vocabulary(self, documents: int) -> Iterator[str]:
        """The folded titles and keywords of a set of documents, one by one."""
        for base, leaf in zip(self.view.bases, self.leaves, strict=True):
            for local, text in enumerate(_values(leaf, "text")):
                if documents >> (base + local) & 1:
                    yield from bytes(text).decode().split("\n", 3)[0:3:2]

    def keywords(self) -> Iterator[str]:
        """The folded keywords, those of records that are not for everybody too."""
        for segment, leaf in zip(self.view.segments, self.leaves, strict=True):
            yield from segment.names(leaf)["keyword"].written.texts()

    @_reads
    def digests(self) -> list[tuple[int, str]]:
        """The id and the digest of every document."""
        return [
            (segment.ids[local], digest.decode())
            for segment, base, leaf in zip(self.view.segments, self.view.bases, self.leaves, strict=True)
            for local, digest in enumerate(_values(leaf, "digest"))
            if self.view.live >> (base + local) & 1
        ]

    def close(self) -> None:
        """Close the files. What was read into memory stays with the view."""
        leaves, self.leaves = self.leaves, ()
        for leaf in leaves:
            leaf.close()

    def __del__(self) -> None:
        self.close()  # a thread that ends does not say so


def index_of(documents: Sequence[int], document: int) -> int:
    """The place of a document among rising ones, or -1."""
    place = bisect_left(documents, document)
    return place if place < len(documents) and documents[place] == document else -1
