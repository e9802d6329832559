"""Writing to the Whoosh index, several times as fast as its own writer does; the format stays Whoosh's.

Whoosh's writer keeps a tuple for every posting, spills them to disk pickled one by one, asks the disk for the length of
a field at every posting, and merges segments by reading back posting after posting.
"""

import secrets
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from hashlib import md5
from operator import sub

# Only written, as the format of Whoosh has it; nothing is unpickled here.
from pickle import dumps  # nosec B403
from typing import Any
from zlib import compress

from whoosh import fields, index, reading, writing
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec, W3FieldWriter, W3Segment, W3TermInfo
from whoosh.system import pack_ushort

from catalogue.errors import IndexUnavailable
from catalogue.search.whoosh.schema import COLUMNS, Terms, with_terms

# So many segments of about the same size become one: commits stay short, and segments few.
MERGED = 8

BLOCK = 128  # postings that are read together
_WORTH_COMPRESSING = 200  # bytes; below, a fifth at most is gained

_SHARED = 2  # occurrences of a term, at most, for it to share its postings with others

# Field, term, and the document of each of its occurrences, rising.
Occurrences = tuple[str, str, "array[int]"]


class Writer(writing.SegmentWriter):
    """A writer of one segment. Nothing is visible before `commit`."""

    docnum: int

    def __init__(self, whoosh_index: index.FileIndex) -> None:
        # Joined into one file (compound), a segment is copied into the memory of every thread that opens it; apart,
        # its files are mapped.
        super().__init__(whoosh_index, codec=_Codec(), compound=False, timeout=10)
        self.pool = _PostingPool()

    def add_document(self, **values: Any) -> None:
        """Take the values of all columns, and mappings of terms to how often the document has them."""
        self._check_state()
        document = self.docnum
        self.perdocwriter.start_doc(document)
        for name, value in values.items():
            field = self.schema[name]
            if isinstance(field, Terms):
                self.pool.add_document(name, document, value)
            else:
                self.perdocwriter.add_column_value(name, field.column_type, value)
        self.perdocwriter.finish_doc()
        self._added = True
        self.docnum = document + 1

    def commit(self, merge: bool = True) -> None:
        """Make everything visible, and merge segments where there are many of a size."""
        super().commit(mergetype=_merge_alike if merge else writing.NO_MERGE)

    def cancel(self) -> None:
        """Discard what is not visible yet; nothing where a commit has failed and closed the writer."""
        if not self.is_closed:
            super().cancel()

    def add_reader(self, reader: reading.IndexReader) -> None:
        """Take over the entries of a segment. Making their terms anew is faster than reading them back."""
        values = {name: reader.column_reader(name, translate=False) for name in COLUMNS}
        for document in reader.all_doc_ids():
            self.add_document(**with_terms({name: column[document] for name, column in values.items()}))


def _merge_alike(writer: Writer, segments: list[Any]) -> list[Any]:
    """Whoosh asks this before a commit: which segments stay as they are. The others go into the new one."""
    alike: dict[int, list[Any]] = defaultdict(list)
    for segment in segments:
        alike[_magnitude(segment.doc_count_all() - segment.deleted_count())].append(segment)
    kept: list[Any] = []
    for magnitude, group in alike.items():
        if magnitude >= 0 and len(group) < MERGED:
            kept += group
            continue
        for segment in group if magnitude >= 0 else ():
            try:
                with closing(reading.SegmentReader(writer.storage, writer.schema, segment)) as reader:
                    writer.add_reader(reader)
            except Exception as error:  # Whoosh has no error of its own for what it cannot read
                raise IndexUnavailable("A segment of the full-text index cannot be read; rebuild it.") from error
    return kept


def _magnitude(documents: int) -> int:
    """How often a number can be divided by MERGED: segments of one magnitude are merged. -1 for none at all."""
    magnitude = -1
    while documents:
        documents //= MERGED
        magnitude += 1
    return magnitude


class _PostingPool:
    """Collects the documents of each term. They come in rising order, so only the terms need sorting.

    A document stands there as often as it has the term, which is mostly once.
    """

    def __init__(self) -> None:
        self._fields: dict[str, dict[str, array[int]]] = {}

    def add_document(self, field: str, document: int, terms: Mapping[str, int]) -> None:
        """Take the terms that a document has in a field."""
        occurrences = self._fields.setdefault(field, defaultdict(_no_documents))
        for term, frequency in terms.items():
            if frequency == 1:
                occurrences[term].append(document)
            else:
                occurrences[term].extend([document] * frequency)

    def iter_postings(self) -> Iterator[Occurrences]:
        """All there is, in the order of fields and terms; characters and their UTF-8 have the same order."""
        for field in sorted(self._fields):
            occurrences = self._fields[field]
            for term in sorted(occurrences):
                yield field, term, occurrences[term]

    def cleanup(self) -> None:
        """Nothing is on disk."""


def _no_documents() -> "array[int]":
    return array("I")


class _FieldWriter(W3FieldWriter):
    """Writes whole terms. Whoosh's own takes posting by posting, and calls a dozen methods for each term.

    Most terms of a few documents stand in one of them only, and have the same postings: those are written once.
    """

    def add_postings(self, schema: fields.Schema, lengths: None, items: Iterable[Occurrences]) -> None:
        """Whoosh asks this once, with all that the pool has."""
        self._tindex.hashfn = _hash
        shared: dict[bytes, bytes] = {}
        field, prefix = "", b""
        for name, term, occurrences in items:
            if name != field:
                field = name
                self.start_field(name, schema[name])
                prefix = pack_ushort(self._fieldid)
            if len(occurrences) > _SHARED:
                info = self._write_postings(occurrences)
            else:
                same = occurrences.tobytes()
                info = shared[same] if same in shared else shared.setdefault(same, self._write_postings(occurrences))
            self._tindex.add(prefix + term.encode(), info)

    def _write_postings(self, occurrences: "array[int]") -> bytes:
        """Write the postings of a term; gives what is to be said of it, with their place."""
        frequencies = Counter(occurrences)
        documents, weights = list(frequencies), list(frequencies.values())
        if len(documents) == len(occurrences):
            weights = []  # all are 1
        start = self._postfile.tell()
        self._postfile.write(WHOOSH3_HEADER_MAGIC)
        for at in range(0, len(documents), BLOCK):
            block = _block(documents[at : at + BLOCK], weights[at : at + BLOCK])
            last = at + BLOCK >= len(documents)
            self._postfile.write_int(-len(block) if last else len(block))
            self._postfile.write(block)
        heaviest = max(weights, default=1)
        info = W3TermInfo(len(occurrences), len(documents), None, 0, heaviest, documents[0], documents[-1])
        info.set_extent(start, self._postfile.tell() - start)
        said: bytes = info.to_bytes()
        return said


def _block(documents: list[int], weights: list[int]) -> bytes:
    """A block of postings as Whoosh reads it: what is in it, then documents and weights. No weights: all are 1."""
    heaviest = max(weights, default=1)
    gaps = documents[0], *map(sub, documents[1:], documents)
    content = dumps((gaps, tuple(map(float, weights)) if heaviest > 1 else None, None), 2)
    packed = len(content) > _WORTH_COMPRESSING
    if packed:
        content = compress(content, 3)
    return dumps((len(documents), documents[-1], float(heaviest), int(packed), 0, 0), 2) + content


def _hash(key: bytes) -> int:
    """As Whoosh has it, without the detour by hexadecimal digits: it is wanted for each term."""
    return int.from_bytes(md5(key, usedforsecurity=False).digest()[-4:], "big")


class _Codec(W3Codec):
    """Whoosh's format, written by the above. Its name is pickled into every segment."""

    # No field keeps lengths in Whoosh's way (`length` is a column). Without this it looks for them on disk, for
    # every single posting.
    length_stats = False

    def new_segment(self, storage: object, indexname: str) -> W3Segment:
        """A segment whose files have names that none ever had. Whoosh's own come from `random`, which a library may
        seed: then the next segment would be written over one that is there."""
        return W3Segment(self, indexname, segid=secrets.token_hex(8))

    def field_writer(self, storage: object, segment: object) -> _FieldWriter:
        return _FieldWriter(self, storage, segment)
