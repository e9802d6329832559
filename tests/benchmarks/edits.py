"""How many programs can write at once: `python -m tests.benchmarks.edits [FOLDER] [WRITERS]`.

A real server (waitress, as `catalogue serve`) is asked by as many threads as there are writers, all at once: each makes
a draft and then changes it. Counted are the answers, their times, and the time from the last answer until a search
finds every change. FOLDER is what `scale` makes; without it the catalogue is empty.
"""

import http.client
import json
import logging
import secrets
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import waitress
from flask import Flask

from catalogue.app import create_app
from catalogue.cli.server import SWITCH_SECONDS
from catalogue.config import load
from tests.benchmarks.relevance import percentile
from tests.benchmarks.tables import show
from tests.support.accounts import bearer
from tests.support.catalogues import empty_catalogue

WRITERS = 200
_PATIENCE = 120


@dataclass
class Done:
    """What came of it: how often each status was answered, the times of the answers in milliseconds, how many entries
    the search found in the end, how many seconds after the last answer it did, and how many searches that took."""

    statuses: Counter[int] = field(default_factory=Counter)
    times: dict[str, list[float]] = field(default_factory=lambda: {"POST": [], "PATCH": []})
    seconds: float = 0
    found: int = 0
    until_found: float = 0
    searches: int = 0


@contextmanager
def serving(app: Flask) -> Iterator[int]:
    """The port on which the application is served as `catalogue serve` does."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that requests wait their turn is the point
    server: Any = waitress.create_server(app, host="127.0.0.1", port=0, threads=8, connection_limit=1000)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            server.asyncore.loop(timeout=0.1, map=server._map, count=1)
        server.task_dispatcher.shutdown()
        server.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.effective_port
    finally:
        stop.set()
        thread.join()


def write_all(app: Flask, writers: int) -> Done:
    """Let so many writers make a draft and change it, all at once; then search until everything is found."""
    headers = bearer(app, "contributor", "write", "edits") | {"Content-Type": "application/json"}
    done, lock, ready = Done(), threading.Lock(), threading.Barrier(writers + 1)
    run = secrets.token_hex(4)
    first, second = f"xq{run}a", f"xq{run}b"  # words that only this run has
    with serving(app) as port:

        def ask(method: str, path: str, body: Any = None, **more: str) -> tuple[int, Any, str]:
            started = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
            connection.request(method, path, json.dumps(body) if body else None, {**headers, **more})
            answer = connection.getresponse()
            content = json.loads(answer.read())
            connection.close()
            if method in done.times:
                with lock:
                    done.statuses[answer.status] += 1
                    done.times[method].append((time.perf_counter() - started) * 1000)
            return answer.status, content, answer.headers.get("ETag", "")

        def write(number: int) -> None:
            ready.wait()
            fields = {"title": f"{first} 第{number}号阳极论文", "date": "2004-05", "code": f"LW-{run}-{number}"}
            status, content, tag = ask("POST", "/api/v1/records", {"kind": "paper", "fields": fields})
            if status == 201:
                change = {"fields": {"abstract": second}}
                ask("PATCH", f"/api/v1/records/{content['code']}", change, **{"If-Match": tag})

        threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
        for thread in threads:
            thread.start()
        ready.wait()
        started = time.perf_counter()
        for thread in threads:
            thread.join()
        done.seconds = time.perf_counter() - started
        ended = time.perf_counter()
        while time.perf_counter() - ended < _PATIENCE:
            found = [ask("GET", f"/api/v1/search?q={word}&limit=1")[1]["total"] for word in (first, second)]
            done.found, done.until_found = sum(found), time.perf_counter() - ended
            done.searches += len(found)
            if done.found == writers * 2:
                break
            time.sleep(0.02)
    return done


def measure(folder: Path | None, writers: int = WRITERS) -> None:
    """Print the table."""
    sys.setswitchinterval(SWITCH_SECONDS)  # as the server does
    with tempfile.TemporaryDirectory() as empty:
        app = create_app(load({}, data=folder)) if folder else empty_catalogue(Path(empty))
        done = write_all(app, writers)
    answers = ", ".join(f"{number} × {status}" for status, number in sorted(done.statuses.items()))
    show(
        (f"{writers} writers at once", "median ms", "p99 ms", "worst ms"),
        [
            (method, *(f"{each:.0f}" for each in (median(times), percentile(times, 0.99), max(times))))
            for method, times in done.times.items()
        ],
    )
    print(f"\n{answers} in {done.seconds:.1f} s; all {done.found} found {done.until_found:.2f} s after the last answer")


if __name__ == "__main__":
    measure(
        Path(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else None,
        int(sys.argv[2]) if len(sys.argv) > 2 else WRITERS,
    )
