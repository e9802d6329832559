"""The same on PostgreSQL, on a server of the test's own. Where PostgreSQL is missing, this is said and skipped."""

import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from catalogue.accounts.permissions import ANONYMOUS
from catalogue.attachments import maintenance
from catalogue.config import current_settings
from catalogue.database import db
from catalogue.errors import InvalidFields
from catalogue.imports import row_codes
from catalogue.records.history.hash_chain import check_seals
from catalogue.records.history.models import Revision
from catalogue.records.models.partial_dates import PartialDate
from catalogue.records.operations import Work
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.resolver import AmbiguousName, Resolver
from catalogue.search.current import current_sync
from catalogue.tallies.paragraph.published_figures import count_figures
from catalogue.tallies.paragraph.summary import period_text, text_of, write
from catalogue.tallies.paragraph.templates import template
from tests.attachments.files import send, store_of
from tests.editing.pages import send as send_form
from tests.exchange import imports_at_once
from tests.exchange.files import docx
from tests.support import at_once
from tests.support.accounts import bearer, signed_in
from tests.support.catalogues import demo_catalogue, project, put, writing
from tests.support.tools import missing
from tests.tallies.test_figures import PARAGRAPH

pytestmark = pytest.mark.postgresql
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
USER = "postgres"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def run(folder: Path, *command: str) -> None:
    """Run a program of PostgreSQL, which refuses to be run by root."""
    as_user = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
    subprocess.run([*as_user, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty database."""
    if not PROGRAMS or (os.geteuid() == 0 and not shutil.which("runuser")):
        missing("PostgreSQL is missing (Debian: apt install postgresql)")
    pytest.importorskip("psycopg")
    folder = Path(f"/tmp/catalogue-postgresql-{os.getpid()}")  # a short path: sockets have no long ones
    folder.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
    data, port = folder / "data", free_port()
    try:
        run(folder, str(PROGRAMS[0] / "initdb"), "-D", str(data), "-A", "trust", "-U", USER, "-E", "UTF8", "-N")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = str(folder / "log")
        run(folder, str(PROGRAMS[0] / "pg_ctl"), "-D", str(data), "-o", options, "-l", log, "-w", "start")
        try:
            yield f"postgresql+psycopg://{USER}@127.0.0.1:{port}/postgres"
        finally:
            run(folder, str(PROGRAMS[0] / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def site(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demonstration data on PostgreSQL."""
    app = demo_catalogue(tmp_path_factory.mktemp("postgresql"), database_url=server)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_paragraph_is_the_published_one(site: Flask) -> None:
    with site.app_context():
        figures = count_figures(db.session(), ANONYMOUS, date(2006, 12, 31))
        wording = template("zh", current_settings().data, period=False)
        assert text_of(write(figures, wording, period_text(None, None, wording.language))) == PARAGRAPH


def test_pages_work(site: Flask) -> None:
    client = site.test_client()
    for address in ("/", "/search?q=预焙槽+扩容", "/projects", "/records/JL-2003-004", "/tallies/awards", "/checks"):
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE revision SET actor = 'somebody' WHERE position = 3",
        "DELETE FROM revision WHERE position = 3",
        "UPDATE record SET review_state = 'returned' WHERE id = 1",
        "INSERT INTO division_alias (name, division_id) SELECT '炭素学部', id FROM division WHERE code = 'smelting'",
        "INSERT INTO division_alias (name, division_id) SELECT '碳素学部', id FROM division WHERE code = 'smelting'",
        "UPDATE division_alias SET valid_from = '2009-01-01', valid_to = '2008-01-01' WHERE name = '碳素学部'",
        "UPDATE division SET name = '碳素学部' WHERE code = 'smelting'",
        "UPDATE division SET code = '炭素学部' WHERE code = 'smelting'",
        "UPDATE award_scheme SET name = 'city-stp' WHERE code = 'company-stp'",
    ],
)
def test_the_database_refuses_what_the_program_never_does(site: Flask, statement: str) -> None:
    with site.app_context(), pytest.raises(IntegrityError), writing():
        db.session.execute(text(statement))


def test_an_alias_passes_from_one_division_to_another(site: Flask) -> None:
    with site.app_context():
        put("divisions", code="works", name="老厂", aliases="本厂 [..2002-06-30]")
        put("divisions", code="heir", name="新厂", aliases="本厂 [2002-07-01..]")
        references = Resolver(db.session())
        assert references.division("本厂", PartialDate.parse("2001")).code == "works"
        assert references.division("本厂", PartialDate.parse("2003")).code == "heir"
        with pytest.raises(AmbiguousName):
            references.division("本厂", PartialDate.parse("2002"))
        with pytest.raises(InvalidFields):
            put("divisions", code="heir", aliases="本厂")
        db.session.remove()


def test_certificates_are_attached_found_and_taken_off(site: Flask) -> None:
    reviewer, place = signed_in(site, "reviewer"), "/records/XM-2002-011/attachments"
    for record in (place, "/records/JL-2003-004/attachments"):
        assert send(reviewer, ("证书.docx", docx("石墨烯衬里")), place=record).status_code == 303
    assert reviewer.get("/search?q=石墨烯衬里").text.count("见附件“证书.docx”") == 2
    with site.app_context():
        assert not maintenance.find_faults(db.session(), store_of(site))
    number = re.search(rf"{place}/(\d+)/remove", reviewer.get(place).text)
    assert number
    assert reviewer.post(f"{place}/{number[1]}/remove").status_code == 303
    assert reviewer.get("/search?q=石墨烯衬里").text.count("见附件“证书.docx”") == 1


def test_writers_at_the_same_time_make_one_chain(site: Flask) -> None:
    def change(number: int) -> None:
        with site.app_context():
            for turn in range(5):
                project(f"XM-1990-{number:03}", title=f"第{turn}版")
            db.session.remove()

    threads = [threading.Thread(target=change, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with site.app_context():
        found = check_seals(db.session())
        assert found.broken == found.unsealed == ()
        assert found.sealed == db.session.scalar(select(func.count()).select_from(Revision))
        assert not current_sync().check()


def test_accounts_hold_where_many_write_at_once(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once.one_of_two_uses_a_link(site, monkeypatch)
    at_once.one_of_two_administrators_stays(site)
    at_once.as_many_attempts_as_are_free(site)


def test_imports_hold_where_many_write_at_once(site: Flask) -> None:
    reviewer = signed_in(site, "reviewer")
    imports_at_once.of_one_plan(reviewer, 2091)
    imports_at_once.of_different_files(reviewer, 2092)


def test_a_code_that_somebody_takes_meanwhile_stays_theirs(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    reviewer, names = signed_in(site, "reviewer"), imports_at_once.numbered("台试验机组", 12)
    token = imports_at_once.tried(reviewer, names, 2093)
    others_come_before(site, monkeypatch, names[0], names[8])
    imports_at_once.apply_job(reviewer, token)
    assert imports_at_once.batch(reviewer, token).state == "applied"
    titles = imports_at_once.stored_in(reviewer, 2093)
    others = {code: title for code, title in titles.items() if title.startswith("别人的")}
    assert len(others) == 2
    assert all(title == f"别人的 {code}" for code, title in others.items())
    assert sorted(set(titles.values()) - set(others.values())) == sorted(names)


def others_come_before(site: Flask, monkeypatch: pytest.MonkeyPatch, *titles: str) -> None:
    """Let others store entries under the codes that new entries of these titles are about to be given."""
    save, waiting = row_codes.save, set(titles)

    def store(code: str, date: str) -> None:
        with site.app_context():
            project(code, title=f"别人的 {code}", date=date)
            db.session.remove()

    def save_after_others(work: Work, entity: Entity, texts: Mapping[str, str], **options: Any) -> Any:
        if texts["title"] in waiting:
            waiting.remove(texts["title"])
            thread = threading.Thread(target=store, args=(texts["code"], texts["date"]))
            thread.start()
            thread.join()
        return save(work, entity, texts, **options)

    monkeypatch.setattr(row_codes, "save", save_after_others)


def test_so_it_does_for_forms_and_programs(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    reviewer, headers = signed_in(site, "reviewer"), bearer(site, "contributor", "write")
    others_come_before(site, monkeypatch, "表单试验", "接口试验")
    fields = {"date": "2094-05", "status": "under_way", "category": "research"}
    assert send_form(reviewer, "/records/new/project", title="表单试验", **fields).status_code == 303
    body = {"kind": "project", "fields": {**fields, "title": "接口试验"}}
    answer = site.test_client().post("/api/v1/records", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    titles = imports_at_once.stored_in(reviewer, 2094)
    assert titles == {
        "XM-2094-001": "别人的 XM-2094-001", "XM-2094-002": "表单试验",
        "XM-2094-003": "别人的 XM-2094-003", "XM-2094-004": "接口试验",
    }  # fmt: skip


def test_down_and_up_again_over_data(site: Flask) -> None:
    with site.app_context():
        number = db.session.scalar(select(func.count()).select_from(Revision))
        db.session.remove()
        downgrade(revision="0005")
        upgrade()
        found = check_seals(db.session())
        assert (found.sealed, found.broken) == (number, ())
