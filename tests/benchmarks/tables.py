"""The tables of the benchmarks, in Markdown, as docs/performance.md keeps them."""

import time
from collections.abc import Callable, Iterable, Sequence
from statistics import median

from .relevance import percentile


def milliseconds(action: Callable[[], object]) -> float:
    """How long an action takes."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def figures(times: list[float]) -> list[str]:
    """Median, 95th and 99th percentile, and the worst, in milliseconds."""
    return [f"{each:.1f}" for each in (median(times), percentile(times, 0.95), percentile(times, 0.99), max(times))]


FIGURES = ("median ms", "p95 ms", "p99 ms", "worst ms")


def show(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table whose first column is text and whose others are numbers."""
    print("| " + " | ".join(headings) + " |")
    print("|---|" + "---:|" * (len(headings) - 1))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")
    print()
