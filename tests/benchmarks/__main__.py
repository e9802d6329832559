"""All benchmarks: `python -m tests.benchmarks [ABSTRACTS.jsonl]` (`make bench`). Takes about half an hour.

ABSTRACTS is a file of real abstracts with known-item queries; without it, relevance is not measured and speed is
measured on the texts of the demonstration data.
"""

import sys
import tempfile
from pathlib import Path

from tests.benchmarks import (
    edits,
    form_edits,
    freshness,
    growth,
    hostile,
    imports,
    pages,
    peer,
    relevance,
    scale,
    search_speed,
    suggestions,
    tallies,
)

RECORDS = 50_000


def main() -> None:
    """Run all and print their tables."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    print("\n## Imports\n")
    imports.main()  # first: it tells how much memory the process has needed at most
    if file:
        print("\n## Relevance\n")
        relevance.main(file)
    print("\n## Growth\n")
    growth.main(file)
    print("\n## The index alone\n")
    search_speed.main(file, RECORDS)
    print("\n## Beside SQLite FTS5\n")
    peer.main(file, RECORDS)
    print("\n## Suggestions\n")
    suggestions.main(file, RECORDS)
    for count in (10_000, RECORDS):
        with tempfile.TemporaryDirectory() as folder:
            scale.grow(Path(folder), count)
            if count == RECORDS:
                print("\n## Pages\n")
                pages.measure(Path(folder))
                print("\n## Tallies\n")
                tallies.main(Path(folder))
                print("\n## Hostile requests\n")
                hostile.measure(Path(folder))
            print("\n## Freshness\n")
            freshness.measure(Path(folder))
            print("\n## Many writers\n")
            edits.measure(Path(folder))
            form_edits.measure()


if __name__ == "__main__":
    main()
