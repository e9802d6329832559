"""How everything grows with the number of records: `python -m tests.benchmarks.growth [FILE.jsonl]`.

Each size is measured in a process of its own, so that the memory is its own too; records are made while they are
written, as they would be read from the database.
"""

import multiprocessing
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from statistics import median

from catalogue.search.interface import IndexChange, Query
from catalogue.search.whoosh.index import WhooshIndex

from .relevance import percentile
from .search_speed import memory, queries, synthetic, texts
from .suggestions import prefixes, with_names
from .tables import milliseconds, show

SIZES = (2_000, 10_000, 50_000)
SEARCHES = 300
CHANGES = 40
SEEN = frozenset({"public"})


def figures_of(path: Path | None, count: int) -> dict[str, float]:
    """All figures of one size, by their names."""
    source = texts(path)
    with tempfile.TemporaryDirectory() as folder:
        index = WhooshIndex(Path(folder))
        started = time.process_time()  # of the processor: others may use the machine
        index.rebuild(with_names(synthetic(source, count)), "2006-12-31")
        rate = count / (time.process_time() - started)
        disk = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()) / 1e6
        building = memory()
        index.search(Query("", access=SEEN))
        asked = list(islice(queries(source), SEARCHES))
        searches = [milliseconds(lambda text=text: index.search(Query(text, access=SEEN))) for text in asked]
        typed = [text for _, text in prefixes(list(with_names(synthetic(source, 200))))]
        index.suggest("电", SEEN)
        suggested = [milliseconds(lambda text=text: index.suggest(text, SEEN)) for text in typed]
        changes = [
            milliseconds(lambda number=number, document=document: index.apply([IndexChange(number * 7 + 1, document)]))
            for number, document in enumerate(with_names(synthetic(source, CHANGES)))
        ]
        index.close()
    return {
        "built, records a second of the processor (making them included)": rate,
        "on disk, MB": disk,
        "memory, building, MB": building,
        "memory, all told, MB": memory(),
        "search, cold, median ms": median(searches),
        "search, cold, p99 ms": percentile(searches, 0.99),
        "suggestions, p95 ms": percentile(suggested, 0.95),
        "one change, median ms": median(changes),
        "one change, p99 ms": percentile(changes, 0.99),
    }


def main(path: Path | None) -> None:
    context = multiprocessing.get_context("spawn")
    columns = []
    for size in SIZES:
        with context.Pool(1) as pool:
            columns.append(pool.apply(figures_of, (path, size)))
    show(
        ("records", *(f"{size:,}" for size in SIZES)),
        [(name, *(f"{column[name]:.3g}" for column in columns)) for name in columns[0]],
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
