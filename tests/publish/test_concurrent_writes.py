"""Many programs that write at once: of those that change the same version one is heard, and nobody else is lost."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from catalogue.database import db, writing
from catalogue.records.history.hash_chain import check_seals
from catalogue.records.history.models import Revision
from catalogue.search.current import current_sync
from tests.benchmarks.edits import write_all
from tests.support.accounts import bearer
from tests.support.catalogues import empty_catalogue
from tests.support.timing import PATIENCE

THREADS = 20
ROUNDS = 3
WRITERS = 40


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return empty_catalogue(tmp_path)


def at_once(number: int, work: Callable[[int], Any]) -> list[Any]:
    """The results of so many threads that begin together."""
    ready = threading.Barrier(number)

    def run(place: int) -> Any:
        ready.wait()
        return work(place)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_of_twenty_changes_of_one_version_one_is_made(app: Flask) -> None:
    headers = bearer(app, "contributor", "write")
    draft = {"kind": "paper", "fields": {"title": "阳极论文", "date": "2004"}}
    made = app.test_client().post("/api/v1/records", json=draft, headers=headers)
    path, tag = f"/api/v1/records/{(made.json or {})['code']}", made.headers["ETag"]
    for turn in range(ROUNDS):
        answers = at_once(
            THREADS,
            lambda place, turn=turn, tag=tag: app.test_client().patch(
                path, json={"fields": {"title": f"第{turn}轮{place}"}}, headers={**headers, "If-Match": tag}
            ),
        )
        assert Counter(answer.status_code for answer in answers) == {200: 1, 412: THREADS - 1}
        (heard,) = [answer for answer in answers if answer.status_code == 200]
        tag = heard.headers["ETag"]
        assert {answer.headers["ETag"] for answer in answers} == {tag}
    with app.app_context():
        code = (made.json or {})["code"]
        numbers = db.session.scalars(select(Revision.number).where(Revision.entity_code == code)).all()
        assert sorted(numbers) == list(range(1, ROUNDS + 2))


@pytest.mark.slow
def test_many_writers_are_all_heard_and_found_by_a_search(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalogue.search.sync._PATIENCE", PATIENCE)  # nobody leaves to the thread what is theirs
    done = write_all(app, WRITERS)
    assert done.statuses == {200: WRITERS, 201: WRITERS}
    assert done.found == WRITERS * 2
    assert done.searches == 2, "each word is found by the first search for it"
    with app.app_context():
        seals = check_seals(db.session())
        assert (seals.sealed, seals.broken, seals.unsealed) == (WRITERS * 2, (), ())
        assert not current_sync().check()


def test_threads_wait_in_turn_for_a_long_writer(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalogue.database.BUSY_TIMEOUT_MS", 50)  # far shorter than the writer before
    order = []

    def write(place: int) -> None:
        with app.app_context(), writing(db.session()):
            order.append(place)
            time.sleep(0.1)

    at_once(5, write)
    assert sorted(order) == list(range(5))
