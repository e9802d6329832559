"""Beside SQLite FTS5, on the same records and queries, in turn: `python -m tests.benchmarks.peer [FILE.jsonl] [COUNT]`.

Both answer with the best 20 of what a reader may see, with the counts of every facet and of the years, and with the
highlights of these 20; FTS5 matches once, into a temporary table, from which it counts. Each query is asked once, so it
is cold; who answers first changes from query to query, so that both meet the same load of the machine.
"""

import random
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median

from catalogue.search.interface import Document, Query
from catalogue.search.text import analysis
from catalogue.search.text.highlight import highlight
from catalogue.search.whoosh.index import WhooshIndex

from .relevance import percentile
from .search_speed import from_command_line, queries, synthetic, texts
from .tables import FIGURES, figures, milliseconds, show

SEARCHES = 300
SHOWN = 20
FACETS = ("kind", "award_level", "patent_type", "year")
SEEN = frozenset({"public"})


class Peer:
    """The same records in SQLite FTS5: their terms, separated by spaces, and their labels in tables."""

    def __init__(self, file: Path, documents: Iterable[Document]) -> None:
        self._database = sqlite3.connect(file)
        run = self._database.execute
        run("CREATE VIRTUAL TABLE entry USING fts5(text, content='', tokenize='unicode61')")
        run(f"CREATE TABLE label (id INTEGER PRIMARY KEY, access, {', '.join(FACETS)})")
        run("CREATE TABLE division (id, code, PRIMARY KEY (id, code)) WITHOUT ROWID")
        run("CREATE TEMP TABLE found (id INTEGER PRIMARY KEY, rank REAL)")
        for document in documents:
            words = analysis.terms(document.title) * 2 + analysis.terms(document.abstract)
            run("INSERT INTO entry (rowid, text) VALUES (?, ?)", (document.id, " ".join(words)))
            facets = [document.facets[name][0] for name in FACETS[:-1]]
            run("INSERT INTO label VALUES (?, ?, ?, ?, ?, ?)", (document.id, *document.access, *facets, document.year))
            run_many = self._database.executemany
            run_many("INSERT INTO division VALUES (?, ?)", [(document.id, d) for d in document.facets["division"]])
        self._database.commit()
        run("ANALYZE")

    def search(self, text: str, join: str) -> list[int]:
        """The best ids of the records that have any (OR) or all (AND) of the query's terms, everything counted."""
        run = self._database.execute
        wanted = dict.fromkeys(term for word in analysis.words(text) for term in analysis.wanted_terms(word))
        run("DELETE FROM found")
        run(
            "INSERT INTO found SELECT label.id, entry.rank FROM entry JOIN label ON label.id = entry.rowid"
            " WHERE entry MATCH ? AND access = 'public'",
            [f" {join} ".join(f'"{term}"' for term in wanted)],
        )
        best = [id for (id,) in run("SELECT id FROM found ORDER BY rank LIMIT ?", (SHOWN,))]
        for facet in FACETS:
            run(f"SELECT {facet}, count(*) FROM found JOIN label USING (id) GROUP BY {facet}").fetchall()
        run("SELECT code, count(*) FROM found JOIN division USING (id) GROUP BY code").fetchall()
        return best

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def found_queries(documents: Sequence[Document]) -> Iterator[str]:
    """Two pieces of two to four characters of the abstract of one record, which some record therefore has."""
    chance = random.Random(13)
    while True:
        runs = re.findall(r"[一-鿿]{4,}", chance.choice(documents).abstract)
        if len(runs) > 1:
            pieces = []
            for run in chance.sample(runs, 2):
                length = chance.randint(2, 4)
                start = chance.randint(0, len(run) - length)
                pieces.append(run[start : start + length])
            yield " ".join(pieces)


def measure(index: WhooshIndex, documents: Sequence[Document], source: list[tuple[str, str]]) -> None:
    """Print the tables."""
    stored = {document.id: document for document in documents}

    def ours(text: str) -> None:
        _show([hit.id for hit in index.search(Query(text, limit=SHOWN, access=SEEN)).hits], stored, text)

    with tempfile.TemporaryDirectory() as folder:
        peer = Peer(Path(folder) / "peer.db", documents)
        try:
            for name, join, asked in (
                ("any word", "OR", queries(source)),
                ("all words", "AND", found_queries(documents)),
            ):

                def theirs(text: str, join: str = join) -> None:
                    _show(peer.search(text, join), stored, text)

                _compare(name, ours, theirs, asked)
        finally:
            peer.close()


def _show(ids: Iterable[int], stored: dict[int, Document], text: str) -> None:
    words = analysis.words(text)
    for id in ids:
        highlight(stored[id].title, words)
        highlight(stored[id].abstract, words)


def _compare(name: str, ours: Callable[[str], None], theirs: Callable[[str], None], asked: Iterator[str]) -> None:
    own: list[float] = []
    other: list[float] = []
    for number, text in zip(range(SEARCHES), asked, strict=False):
        turns = [(ours, own), (theirs, other)]
        for search, times in turns if number % 2 else reversed(turns):
            times.append(milliseconds(lambda search=search, text=text: search(text)))  # type: ignore[misc]
    ratios = [median(own) / median(other), *(percentile(own, s) / percentile(other, s) for s in (0.95, 0.99))]
    show(
        (f"{name}, {SEARCHES} queries", *FIGURES),
        [
            ("catalogue", *figures(own)),
            ("SQLite FTS5", *figures(other)),
            ("ratio", *(f"{ratio:.2f}" for ratio in (*ratios, max(own) / max(other)))),
        ],
    )


def main(path: Path | None, count: int) -> None:
    source = texts(path)
    documents = list(synthetic(source, count))
    with tempfile.TemporaryDirectory() as folder:
        index = WhooshIndex(Path(folder))
        index.rebuild(documents, "2006-12-31")
        index.search(Query("", access=SEEN))
        measure(index, documents, source)
        index.close()


if __name__ == "__main__":
    main(*from_command_line(sys.argv[1:]))
