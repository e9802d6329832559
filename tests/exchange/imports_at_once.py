"""What must hold of imports however many are applied at the same moment, on each database."""

import io
import threading
from collections.abc import Callable
from functools import partial

from flask.testing import FlaskClient
from sqlalchemy import func, select

from catalogue.database import db
from catalogue.imports import jobs
from catalogue.imports.batches import find_batch
from catalogue.records.history.models import ImportBatch, Revision
from catalogue.records.models.records import Project
from tests.support.accounts import actor


def projects(names: list[str], year: int) -> bytes:
    """A list of projects of a year, without codes."""
    return "\n".join(["项目名称,完成时间,完成情况", *(f"{name},{year}-05,已完成" for name in names)]).encode()


def tried(client: FlaskClient, names: list[str], year: int) -> str:
    """Have such a list tried; gives the token of the import, which waits."""
    answer = client.post("/imports", data={"file": (io.BytesIO(projects(names, year)), f"{names[0]}.csv")})
    token = str(answer.headers["Location"]).rpartition("/")[2]
    for thread in threading.enumerate():
        if thread.name == f"import {token}":
            thread.join()
    assert batch(client, token).state == "planned"
    return token


def batch(client: FlaskClient, token: str) -> ImportBatch:
    """An import as it is stored now."""
    with client.application.app_context():
        found = find_batch(db.session(), token)
        db.session.expunge(found)
        db.session.remove()
        return found


def apply_job(client: FlaskClient, token: str) -> None:
    """Apply an import as a process of its own would that knows nothing of the lock of the folder."""
    app = client.application
    reviewer = actor(app, "reviewer")
    with app.app_context():
        jobs._guarded(token, lambda: jobs.apply_all(token, reviewer))
        db.session.remove()


def do(*tasks: Callable[[], None]) -> None:
    """Begin all tasks at the same moment, and wait for them."""
    together = threading.Barrier(len(tasks))

    def begin(task: Callable[[], None]) -> None:
        together.wait(60)
        task()

    threads = [threading.Thread(target=begin, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def numbered(what: str, count: int) -> list[str]:
    return [f"第{number}{what}" for number in range(1, count + 1)]


def stored_in(client: FlaskClient, year: int) -> dict[str, str]:
    """The titles of the projects of a year by their codes, each stored once and never changed since."""
    with client.application.app_context():
        query = select(Project.code, Project.title).where(Project.code.like(f"XM-{year}-%")).order_by(Project.code)
        found: dict[str, str] = dict(db.session.execute(query).all())
        changes = select(func.max(Revision.number)).where(Revision.entity_code.in_(found))
        assert db.session.scalar(changes) == 1
        db.session.remove()
    return found


def of_one_plan(client: FlaskClient, year: int) -> None:
    """Of several who apply the same plan one does, and nobody is told of a fault."""
    names = numbered("台整流机组改造", 30)
    token = tried(client, names, year)
    do(*[partial(apply_job, client, token)] * 3)
    assert sorted(stored_in(client, year).values()) == sorted(names)
    assert (batch(client, token).state, batch(client, token).message) == ("applied", "")


def of_different_files(client: FlaskClient, year: int) -> None:
    """Several files that bring new items of one kind and year are all applied, each item under a code of its own."""
    files = [numbered(what, 30) for what in ("台整流机组改造", "台铸轧机组改造", "台焙烧炉改造")]
    tokens = [tried(client, names, year) for names in files]
    do(*(partial(apply_job, client, token) for token in tokens))
    assert [(batch(client, token).state, batch(client, token).message) for token in tokens] == [("applied", "")] * 3
    found = stored_in(client, year)
    assert sorted(found.values()) == sorted(name for names in files for name in names)
    assert len({batch(client, token).number for token in tokens}) == 3
