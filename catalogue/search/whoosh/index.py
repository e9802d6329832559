"""The embedded full-text index: Whoosh behind the search port.

Whoosh keeps the postings and their segments; finding, ranking and counting are done here, on sets of document numbers
kept in memory, because Whoosh's own queries took from three to thirty times as long at 50,000 documents.
"""

import logging
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from weakref import WeakValueDictionary

from flask_babel import gettext as _
from whoosh import index
from whoosh.reading import SegmentReader

from catalogue.errors import IndexUnavailable
from catalogue.search.interface import (
    Document,
    IndexChange,
    Likeness,
    Query,
    Results,
    Similar,
    Status,
    Suggestion,
)
from catalogue.search.text.synonyms import SHIPPED, SynonymFile
from catalogue.search.whoosh import schema
from catalogue.search.whoosh.generations import Current, IndexFolder
from catalogue.search.whoosh.search import search
from catalogue.search.whoosh.segments import IndexSegment, ThreadReader, View
from catalogue.search.whoosh.similar import similar
from catalogue.search.whoosh.suggest import suggest
from catalogue.search.whoosh.writer import Writer

_log = logging.getLogger(__name__)

T = TypeVar("T")

# A rebuild commits every so many, so that its memory (some 10 MB per 1,000 documents) stays bounded.
_DOCUMENTS_PER_SEGMENT = 20_000
_LONGEST_REASON = 120  # characters


class WhooshIndex:
    """A SearchIndex in a folder of its own. Threads may share it, processes may share the folder."""

    def __init__(self, folder: Path, *, patience: float = 30, synonyms: SynonymFile | None = None) -> None:
        """`patience` is how many seconds a writer waits for another one; without `synonyms` those that come with the
        program are used."""
        self._synonyms = synonyms or SynonymFile(SHIPPED)
        self._folder = IndexFolder(folder)
        self._patience = patience
        self._here = threading.local()
        self._lock = threading.Lock()
        self._views: WeakValueDictionary[tuple[str, int], View] = WeakValueDictionary()
        self._segments: WeakValueDictionary[tuple[str, str], IndexSegment] = WeakValueDictionary()
        self._damaged: Current | None = None  # the index in which a question met what cannot be read
        self._latest: View | None = None  # keeps it, and with it its segments, while no thread has it open

    def search(self, query: Query) -> Results:
        """See the port."""
        return self._ask(lambda opened: search(opened, query, self._synonyms.current()))

    def similar(self, likeness: Likeness) -> Similar:
        """See the port."""
        return self._ask(lambda opened: similar(opened, likeness))

    def suggest(self, text: str, access: frozenset[str] | None, most: int = 5) -> Sequence[Suggestion]:
        """See the port."""
        return self._ask(lambda opened: suggest(opened, text, access, most))

    def apply(self, changes: Sequence[IndexChange]) -> None:
        """See the port. One commit for all changes; of two changes to one record the last counts."""
        if not changes:
            return
        with self._folder.lock(self._patience):
            latest = {change.id: change.document for change in changes}
            entries = {id: schema.entry(document) if document else None for id, document in latest.items()}
            replaced = self._ask(lambda opened: opened.documents_by_key("key", map(str, latest)))
            writer = Writer(self._open_index(self._usable()))
            try:
                for number in replaced:
                    writer.delete_document(number)
                for entry in filter(None, entries.values()):
                    writer.add_document(**entry)
                writer.commit()
            except BaseException:
                writer.cancel()
                raise

    def stand_on(self, as_of: str) -> None:
        """See the port."""
        with self._folder.lock(self._patience):
            self._folder.switch_to(self._folder.path / self._usable().generation, as_of)

    def rebuild(self, documents: Iterable[Document], as_of: str) -> int:
        """See the port. Changes applied meanwhile wait, and then go into the new entries."""
        with self._folder.lock(self._patience):
            self._folder.sweep()
            generation = self._folder.new_generation()
            try:
                count = self._write(generation, documents)
            except BaseException:
                shutil.rmtree(generation, ignore_errors=True)
                raise
            self._folder.switch_to(generation, as_of)
            self.close()  # this thread's reader, which would keep Windows from removing the old generation
            self._folder.sweep()
            return count

    def warm_up(self) -> None:
        """See the port. New segments are small, so that after the first time there is little to do."""
        try:
            self._ask(ThreadReader.warm_up)
        except IndexUnavailable:
            return  # whoever rebuilds it is told elsewhere

    def digests(self) -> Iterator[tuple[int, str]]:
        """See the port."""
        return iter(self._ask(ThreadReader.digests))

    def status(self) -> Status | None:
        """See the port. Why an index cannot be used is in the log."""
        try:
            current = self._usable()
            if current == self._damaged:
                return None
            return Status(self._ask(lambda opened: opened.view.count), current.analysis, current.as_of)
        except IndexUnavailable:
            return None

    def close(self) -> None:
        """Close this thread's reader; the next search opens another."""
        here: _ThreadState | None = self._here.__dict__.pop("opened", None)
        if here is not None:
            here.opened.close()

    def _write(self, generation: Path, documents: Iterable[Document]) -> int:
        created = index.create_in(str(generation), schema.schema())
        writer = Writer(created)
        seen: set[int] = set()
        try:
            for document in documents:
                if document.id in seen:
                    raise ValueError(f"record {document.id} was given twice")
                seen.add(document.id)
                writer.add_document(**schema.entry(document))
                if len(seen) % _DOCUMENTS_PER_SEGMENT == 0:
                    writer.commit(merge=False)
                    writer = Writer(created)
        except BaseException:
            writer.cancel()
            raise
        writer.commit(merge=False)
        return len(seen)

    def _usable(self) -> Current:
        current = self._folder.current()
        if current is None:
            raise IndexUnavailable(
                _("There is no search index in %(folder)s: `catalogue reindex` builds it.", folder=self._folder.path)
            )
        if not current.is_usable:
            raise IndexUnavailable(
                _(
                    "The search index in %(folder)s was made by another version: `catalogue reindex` rebuilds it.",
                    folder=self._folder.path,
                )
            )
        return current

    def _open_index(self, current: Current) -> index.FileIndex:
        return index.open_dir(str(self._folder.path / current.generation), schema=schema.schema())

    def _ask(self, ask: Callable[[ThreadReader], T]) -> T:
        """What this thread's access to the index answers, as the index is now.

        Whoosh opens files when they are first needed, and a commit removes those of merged segments: if one was
        missing and the index has moved on, it is asked again. If it has not moved, it is damaged: then `status` says
        that there is none, so that whoever follows it makes it anew.
        """
        for tries_left in (4, 3, 2, 1, 0):
            current = self._usable()
            commit = self._folder.commit(current)
            try:
                return ask(self._opened(current, commit))
            except IndexUnavailable as error:
                self.close()
                if tries_left and (self._folder.current(), self._folder.commit(current)) != (current, commit):
                    continue
                self._damaged = current
                _log.debug("The full-text index cannot be read.", exc_info=True)
                raise IndexUnavailable(
                    _(
                        "The search index in %(folder)s cannot be read (%(reason)s): `catalogue reindex` rebuilds it.",
                        folder=self._folder.path,
                        reason=_cause_of(error),
                    )
                ) from error
        raise AssertionError("the last try returns or raises")

    def _opened(self, current: Current, commit: int) -> ThreadReader:
        here: _ThreadState | None = getattr(self._here, "opened", None)
        if here is None or (here.current, here.commit) != (current, commit):
            self.close()
            try:
                self._here.opened = here = self._open(current, commit)
            except Exception as error:  # Whoosh has no error of its own for what it cannot read
                raise IndexUnavailable("The full-text index cannot be opened; rebuild it.") from error
        return here.opened

    def _open(self, current: Current, commit: int) -> "_ThreadState":
        reader = self._open_index(current).reader()
        # It may be of a later commit than the one that was the latest a moment ago; an empty one does not say.
        commit = commit if reader.generation() is None else reader.generation()
        leaves = [leaf for leaf, _ in reader.leaf_readers() if leaf.doc_count_all()]
        # Building a view takes long only when there are new segments; then one thread does it for all.
        with self._lock:
            view = self._views.get((current.generation, commit))
            if view is None:
                view = View(
                    [self._segment(current, leaf) for leaf in leaves],
                    [leaf.segment().deleted_docs() for leaf in leaves],
                )
                self._views[current.generation, commit] = self._latest = view
        return _ThreadState(current, commit, ThreadReader(leaves, view))

    def _segment(self, current: Current, leaf: SegmentReader) -> IndexSegment:
        key = current.generation, leaf.segment().segment_id()
        segment = self._segments.get(key)
        if segment is None:
            # With a reader of its own: a thread would keep every column open that it has read.
            with closing(SegmentReader(leaf.storage(), leaf.schema, leaf.segment())) as reader:
                segment = self._segments[key] = IndexSegment(reader)
        return segment


def _cause_of(error: BaseException) -> str:
    """What an error came of in the end, in one line."""
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(f"{type(error).__name__}: {error}".split())[:_LONGEST_REASON]


@dataclass(frozen=True)
class _ThreadState:
    """What one thread has open."""

    current: Current
    commit: int
    opened: ThreadReader
