"""How well known records are found: `python -m tests.benchmarks.relevance FILE.jsonl`.

Each line of the file is an object with code, title, abstract, year and query (words somebody would type who looks for
that record). Prints the mean reciprocal rank of the record among the first ten hits, how strictly the words were
taken, and the times.
"""

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from catalogue.search.interface import Document, Query
from catalogue.search.whoosh.index import WhooshIndex


def load(path: Path) -> list[dict[str, str]]:
    """The records of such a file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def documents(records: Iterable[dict[str, str]]) -> Iterable[Document]:
    """The records as the index takes them; the number of the line is the id."""
    for number, record in enumerate(records):
        yield Document(
            id=number,
            code=record["code"],
            title=record["title"],
            abstract=record["abstract"],
            year=int(record["year"]),
            sort_date=f"{record['year']}-12-31",
            access=("public",),
        )


def percentile(times: list[float], share: float) -> float:
    """The time that this share of the times does not exceed."""
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


def main(path: Path) -> None:
    records = load(path)
    with tempfile.TemporaryDirectory() as folder:
        index = WhooshIndex(Path(folder))
        index.rebuild(documents(records), "")
        gained, times = 0.0, []
        matches: Counter[str] = Counter()
        for number, record in enumerate(records):
            started = time.perf_counter()
            results = index.search(Query(record["query"], limit=10, access=frozenset({"public"})))
            times.append((time.perf_counter() - started) * 1000)
            matches[results.match] += 1
            ranks = [rank for rank, hit in enumerate(results.hits, 1) if hit.id == number]
            gained += 1 / ranks[0] if ranks else 0
        index.close()
    print(f"MRR@10 {gained / len(records):.4f} of {len(records)} records")
    print(f"match  {', '.join(f'{match} {count}' for match, count in matches.most_common())}")
    print(f"ms     median {median(times):.1f}, p99 {percentile(times, 0.99):.1f}")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        sys.exit("skipped: name a file of records to measure with")
    main(Path(sys.argv[1]))
