"""All benchmarks: `python -m tests.benchmarks [ABSTRACTS.jsonl]` (`make bench`). Takes some ten minutes.

ABSTRACTS is a file of real abstracts with known-item queries; without it, relevance is not measured and speed is
measured on the texts of the demonstration data.
"""

import sys
import tempfile
from pathlib import Path

from tests.benchmarks import pages, relevance, scale, search_speed

RECORDS = 50_000


def main() -> None:
    """Run all and print their tables."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if file:
        print("\n## Relevance\n")
        relevance.main(file)
    print("\n## The index alone\n")
    search_speed.main(file, RECORDS)
    print("\n## Pages\n")
    with tempfile.TemporaryDirectory() as folder:
        scale.grow(Path(folder), RECORDS)
        pages.measure(Path(folder))


if __name__ == "__main__":
    main()
