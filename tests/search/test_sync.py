"""The index follows the database, whatever happens to it."""

import shutil
import sys
import threading
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from catalogue.accounts.permissions import ANONYMOUS, COMMAND_LINE
from catalogue.config import current_settings
from catalogue.database import db, writing
from catalogue.records.models.code_lists import PATENT_STATUSES
from catalogue.records.models.records import Record
from catalogue.records.operations import save
from catalogue.records.queries import visible_to
from catalogue.records.schema.reference_data import ENTITIES
from catalogue.records.transactions import writing_records
from catalogue.search.current import current_index, current_sync
from catalogue.search.interface import IndexChange, Query
from tests.support.catalogues import empty_catalogue, project, put, work
from tests.support.timing import PATIENCE, eventually


@pytest.fixture
def app(tmp_path: Path):
    app = empty_catalogue(tmp_path)
    with app.app_context():
        yield app


def found(text: str, **query: object) -> int:
    return current_index().search(Query(text=text, access=None, **query)).total


def test_a_change_is_found_at_once(app: Flask) -> None:
    project(title="阴极炭块")
    assert found("阴极炭块") == 1
    project(title="烟气净化")
    assert (found("阴极炭块"), found("烟气净化")) == (0, 1)


def test_what_was_committed_but_not_indexed_is_indexed_at_the_next_start(app: Flask) -> None:
    with writing(db.session):  # a commit without the drain that follows it: the process died in between
        save(work(), ENTITIES["projects"], {"code": "XM-1", "title": "阴极炭块", "status": "planned"})
    sync = current_sync()
    assert sync.queued() == 1
    assert sync.check().missing
    sync.prepare()
    assert sync.queued() == 0
    assert not sync.check()
    assert found("阴极炭块") == 1


def test_what_is_stored_is_stored_though_the_index_cannot_follow(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = current_sync()
    with monkeypatch.context() as patch:
        patch.setattr(sync.index, "apply", lambda changes: 1 / 0)
        with writing_records(db.session()):
            save(work(), ENTITIES["projects"], {"code": "XM-1", "title": "阴极炭块", "status": "planned"})
    assert (sync.queued(), found("阴极炭块")) == (1, 0)
    sync.drain()
    assert (sync.queued(), found("阴极炭块")) == (0, 1)


def test_nobody_waits_while_the_index_is_made_anew_if_a_thread_follows(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync, begun, stop, ended = current_sync(), threading.Event(), threading.Event(), threading.Event()
    monkeypatch.setattr(sys.modules[type(sync).__module__], "_PATIENCE", 0.1)

    def make_anew() -> None:
        with sync._only_writer():
            begun.set()
            ended.wait(PATIENCE)

    threads = [threading.Thread(target=sync.follow, args=(stop,)), threading.Thread(target=make_anew)]
    for thread in threads:
        thread.start()
    try:
        assert begun.wait(PATIENCE)
        eventually(lambda: sync._is_followed)
        with writing_records(db.session()):  # would hang else
            save(work(), ENTITIES["projects"], {"code": "XM-1", "title": "阴极炭块", "status": "planned"})
        assert (sync.queued(), found("阴极炭块")) == (1, 0)
        ended.set()
        eventually(lambda: found("阴极炭块") == 1)
    finally:
        ended.set()
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)


def test_check_names_what_differs(app: Flask) -> None:
    for number in range(3):
        project(f"XM-{number}")
    ids = list(db.session.scalars(select(Record.id).order_by(Record.id)))
    db.session.rollback()
    sync, index = current_sync(), current_index()
    with writing(db.session):
        db.session.get_one(Record, ids[1]).title = "绕过操作的修改"
    index.apply([IndexChange(ids[0], None)])
    with writing(db.session):
        db.session.delete(db.session.get_one(Record, ids[2]))
    differences = sync.check()
    assert (differences.missing, differences.outdated, differences.surplus) == ((ids[0],), (ids[1],), (ids[2],))
    sync.rebuild()
    assert not sync.check()


@pytest.mark.parametrize("damage", ["delete", "truncate", "garble"])
def test_a_damaged_index_repairs_itself_at_start(tmp_path: Path, damage: str) -> None:
    with empty_catalogue(tmp_path).app_context():
        project(title="阴极炭块")
        folder = current_settings().index_folder
    if damage == "delete":
        shutil.rmtree(folder)
    else:
        for file in [file for file in folder.rglob("*") if file.is_file()]:
            content = file.read_bytes()
            file.write_bytes(content[: len(content) // 2] if damage == "truncate" else bytes(len(content)))
    with empty_catalogue(tmp_path).app_context():
        assert found("阴极炭块") == 1
        assert not current_sync().check()


def test_another_process_is_followed(app: Flask) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=current_sync().follow, args=(stop,), daemon=True)
    thread.start()
    with writing(db.session):
        save(work(), ENTITIES["projects"], {"code": "XM-1", "title": "阴极炭块", "status": "planned"})
    try:
        eventually(lambda: found("阴极炭块") == 1)
    finally:
        stop.set()
        thread.join()


def test_index_and_database_agree_on_who_may_see_what(app: Flask) -> None:
    for state in ("draft", "published", "withdrawn"):
        for confidentiality in ("public", "internal", "restricted"):
            project(f"XM-{state}-{confidentiality}", review_state=state, confidentiality=confidentiality)
    for actor in (ANONYMOUS, COMMAND_LINE):
        by_sql = set(db.session.scalars(select(Record.id).where(visible_to(actor))))
        hits = current_index().search(Query(access=actor.access, limit=50)).hits
        assert {hit.id for hit in hits} == by_sql
    assert len(current_index().search(Query(access=ANONYMOUS.access)).hits) == 1


def test_the_end_of_a_term_is_noticed(tmp_path: Path) -> None:
    def in_force() -> int:
        return found("", filters={"patent_status": ("in_force",)})

    with empty_catalogue(tmp_path, as_of=date(2006, 12, 31)).app_context():
        put(
            "patents",
            code="ZL-1",
            title="一种装置",
            date="1999-05-06",
            patent_type="utility_model",
            application_number="99204567",
            events="filed 1999-05-06;granted 2000-03-01",
        )
        assert "in_force" in PATENT_STATUSES
        assert in_force() == 1
    with empty_catalogue(tmp_path, as_of=date(2009, 5, 6)).app_context():
        assert in_force() == 0
        assert not current_sync().check()
