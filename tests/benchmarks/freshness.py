"""How soon a change is found while others search: `python -m tests.benchmarks.freshness FOLDER [SECONDS]`.

Measured twice: with four threads that search without pause, which leaves no processor idle, and with four people who
think for a fifth of a second between two searches.

FOLDER is what `scale` makes. Titles are changed through the database, one in a transaction, as the forms of the site
do; meanwhile four threads search without pause. A change is fresh when a search for a word that only it has finds it;
the time runs from the moment at which the database had it, which is before the index is told.
"""

import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from flask import Flask
from sqlalchemy import event, select

from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.app import create_app
from catalogue.cli.server import SWITCH_SECONDS
from catalogue.config import load
from catalogue.database import db
from catalogue.records.models.records import Record
from catalogue.records.operations import save
from catalogue.records.schema.reference_data import ENTITIES
from catalogue.search.current import current_index
from catalogue.search.interface import Query
from tests.benchmarks.pages import WORDS
from tests.benchmarks.relevance import percentile
from tests.benchmarks.tables import milliseconds, show
from tests.support.catalogues import work, writing

READERS = 4
SECONDS = 40
THINKING = 0.2
PAUSE = 0.2  # between two changes, which makes five a second: more than a whole company writes


@contextmanager
def reading(app: Flask, thinking: float) -> Iterator[list[float]]:
    """Threads that search, and think for so many seconds between two searches; gives their times."""
    times: list[float] = []
    stop = threading.Event()

    def read(seed: int) -> None:
        chance = random.Random(seed)
        with app.app_context():
            index = current_index()
            while not stop.is_set():
                query = Query(" ".join(chance.sample(WORDS, 2)), access=COMMAND_LINE.access)
                times.append(milliseconds(lambda query=query: index.search(query)))  # type: ignore[misc]
                stop.wait(thinking)

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(READERS)]
    for thread in threads:
        thread.start()
    try:
        yield times
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def measure(folder: Path, seconds: float = SECONDS) -> None:
    """Print both tables."""
    for thinking in (0.0, THINKING):
        _measure(folder, seconds, thinking)


def _measure(folder: Path, seconds: float, thinking: float) -> None:
    """Print the table."""
    sys.setswitchinterval(SWITCH_SECONDS)  # as the server does
    app = create_app(load({}, data=folder))
    committed: list[float] = []
    fresh: list[float] = []
    with app.app_context(), reading(app, thinking) as searches:
        event.listen(db.session, "after_commit", lambda _session: committed.append(time.perf_counter()))
        codes = db.session.scalars(select(Record.code).where(Record.kind == "project").limit(2_000)).all()
        index = current_index()
        index.search(Query("", access=None))
        time.sleep(2)  # until every reader has opened the index, which it does once
        until = time.monotonic() + seconds
        for number, code in enumerate(random.Random(7).choices(codes, k=10_000)):
            if time.monotonic() > until:
                break
            committed.clear()
            word = f"xq{number:05}z"
            with writing():
                save(work(), ENTITIES["projects"], {"code": code, "title": f"{word} 电解槽试验"})
            while not index.search(Query(word, access=COMMAND_LINE.access)).total:
                time.sleep(0.005)
            fresh.append((time.perf_counter() - committed[0]) * 1000)
            db.session.remove()
            time.sleep(PAUSE)
        count = index.search(Query("", access=None)).total
    show(
        (
            f"{count:,} records, {READERS} threads searching, thinking {thinking} s",
            "number",
            "median ms",
            "p99 ms",
            "worst ms",
        ),
        [
            (name, len(times), *(f"{each:.0f}" for each in (median(times), percentile(times, 0.99), max(times))))
            for name, times in (("from commit to found", fresh), ("searches meanwhile", searches))
        ],
    )


if __name__ == "__main__":
    measure(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS)
