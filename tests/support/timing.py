"""Time on machines that others use too. Nothing here lets a test fail because a machine is busy: what code may cost is
asked of the processor's clock, and what happens by itself is waited for until it has happened."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# How many seconds an event is waited for: far more than any machine takes, so that only what never comes fails a test.
PATIENCE = 300.0


def quickest(action: Callable[[], object], tries: int = 7) -> float:
    """The seconds that this thread computes in the quickest of several tries."""
    times = []
    for _ in range(tries):
        started = time.thread_time()
        action()
        times.append(time.thread_time() - started)
    return min(times)


@contextmanager
def computing_less_than(seconds: float) -> Iterator[None]:
    """A block in which this process, and those that it starts and sees end, compute for less than so long."""
    started = _computed()
    yield
    took = _computed() - started
    assert took < seconds, f"it took {took:.1f} s of the processor"


def _computed() -> float:
    return sum(os.times()[:4])


def eventually(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "it never came to hold"
        time.sleep(0.02)


def slowdown() -> float:
    """How many times longer items take by the clock than by the processor, just now: 1 on a machine at rest."""
    clock, processor = time.perf_counter(), time.thread_time()
    while time.thread_time() - processor < 0.02:
        pass
    return max(1.0, (time.perf_counter() - clock) / (time.thread_time() - processor))
