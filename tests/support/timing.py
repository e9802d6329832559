"""Timing on machines that others use too."""

import time
from collections.abc import Callable


def quickest(action: Callable[[], object], tries: int = 7) -> float:
    """The seconds of the quickest of several tries: what the code takes when nobody else has the processor."""
    times = []
    for _ in range(tries):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return min(times)
