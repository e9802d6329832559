"""The pages of importing, without JavaScript: upload, plan, choices, columns, apply, receipt, undo."""

import io
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from xlsxwriter import Workbook

from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.database import db
from catalogue.errors import Busy
from catalogue.imports import jobs
from catalogue.imports.batches import (
    UNREAD,
    apply,
    new_batch,
    sources_of,
)
from catalogue.imports.plan import Plan
from catalogue.imports.tables.sheets import read_tables
from catalogue.records.history.models import ImportBatch, RememberedLayout, Revision
from catalogue.records.models.records import Record
from catalogue.records.operations import Work
from catalogue.search.current import current_index
from catalogue.search.interface import Query
from tests.support.accounts import signed_in
from tests.support.catalogues import empty_catalogue, project, work, writing
from tests.support.timing import PATIENCE

HEADINGS = ("项目名称", "完成时间", "项目状态")


def workbook(*rows: tuple[str, ...], headings: tuple[str, ...] = HEADINGS) -> bytes:
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet("科技项目")
        for number, cells in enumerate((headings, *rows)):
            for place, text in enumerate(cells):
                sheet.write_string(number, place, text)
    return file.getvalue()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    app = empty_catalogue(tmp_path / "data")
    client = signed_in(app, "reviewer")
    with app.app_context():
        yield client


def upload(client: FlaskClient, content: bytes, name: str = "项目.xlsx", **form: str) -> str:
    """Upload a file; gives the address of its page."""
    answer = client.post("/imports", data={"file": (io.BytesIO(content), name), **form})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def stored() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Record)) or 0


def test_from_upload_to_undo(client: FlaskClient) -> None:
    place = upload(client, workbook(("阳极组装线改造", "2004-05", "completed"), ("槽控机升级", "2004-07", "completed")))
    assert stored() == 0
    plan = client.get(place).text
    assert "阳极组装线改造" in plan
    assert "XM-2004-" in plan
    receipt = client.post(f"{place}/apply", data={"rows": "all"}, follow_redirects=True)
    number = re.search(r"DR-\d{4}-0001", receipt.text)
    assert number
    assert stored() == 2
    assert current_index().search(Query(text="槽控机升级", access=None)).total == 1
    assert number[0] in client.get("/imports").text
    assert {each.batch_id for each in db.session.scalars(select(Revision))} == {1}
    undone = client.post(f"/imports/{number[0]}/undo", follow_redirects=True)
    assert "已撤销" in undone.text
    assert stored() == 0
    assert current_index().search(Query(text="槽控机升级", access=None)).total == 0
    again = upload(client, workbook(("阳极组装线改造", "2004-05", "completed")))
    client.post(f"{again}/apply")
    assert stored() == 1


def test_faults_are_named_and_marked(client: FlaskClient) -> None:
    content = workbook(("甲试验", "2004-05", "completed"), ("乙试验", "2004-13", "fertig"), ("", "2004", "completed"))
    place = upload(client, content)
    page = client.get(f"{place}?outcome=invalid").text
    for cell in ("科技项目!B3", "科技项目!C3", "科技项目!A4"):
        assert cell in page
    assert "甲试验" not in page.split('class="import-rows"')[1].split("</ol>")[0]
    marked = client.get(f"{place}/marked.xlsx").data
    assert any("fertig" in cell for row in read_tables(marked, "m.xlsx")[0].rows for cell in row.cells)
    client.post(f"{place}/apply", data={"rows": "all"})
    assert stored() == 0
    client.post(f"{place}/apply", data={"rows": "valid"})
    assert stored() == 1


def test_a_changed_catalogue_shows_the_new_plan(client: FlaskClient) -> None:
    place = upload(client, workbook(("甲试验", "2004-05", "completed")))
    project("XM-2004-007", title="甲试验", date="2004")
    answer = client.post(f"{place}/apply", data={"rows": "all"}, follow_redirects=True)
    assert "目录已有变动" in answer.text
    assert stored() == 1
    client.post(f"{place}/apply", data={"rows": "all"})
    assert stored() == 1
    assert str(db.session.scalars(select(Record)).one().date) == "2004-05"


def test_undo_is_refused_where_somebody_went_on(client: FlaskClient) -> None:
    place = upload(client, workbook(("甲试验", "2004-05", "completed"), ("乙试验", "2004-06", "completed")))
    client.post(f"{place}/apply")
    number = db.session.scalars(select(ImportBatch)).one().number
    code = db.session.scalar(select(Record.code).where(Record.title == "甲试验"))
    project(code, keywords="后来")
    answer = client.post(f"/imports/{number}/undo")
    assert answer.status_code == 409
    assert code in answer.text
    assert stored() == 2


def test_every_fault_of_a_row_is_told_at_once(client: FlaskClient) -> None:
    page = client.get(upload(client, workbook(("", "2006-13", "好")))).text
    assert all(f"!{cell}<" in page for cell in ("A2", "B2", "C2"))
    project("XM-2006-007", title="旧项目", date="2006")
    stored = workbook(("XM-2006-007", "", "2006-13"), headings=("项目编号", "项目名称", "完成时间"))
    page = client.get(upload(client, stored)).text
    assert "!C2<" in page
    assert "!B2<" not in page  # an empty cell leaves what is stored


def test_possible_duplicates_are_for_the_clerk_to_judge(client: FlaskClient) -> None:
    project("XM-2004-007", title="180kA预焙阳极电解槽焦粒焙烧启动试验", date="2004-03")
    content = workbook(("180kA预焙阳极电解槽焦粒焙烧起动试验", "2004-05", "completed"))
    place = upload(client, content)
    page = client.get(place).text
    assert "XM-2004-007" in page
    key = re.search(r'name="(choice-[^"]+)"', page)
    assert key
    client.post(f"{place}/plan", data={key[1]: "XM-2004-007"})
    client.post(f"{place}/apply", data={"rows": "all"})
    assert stored() == 1
    other = upload(client, workbook(("180kA预焙阳极电解槽焦粒焙烧启动的试验", "2004-05", "completed")))
    client.post(f"{other}/plan", data={key[1]: "new"})
    client.post(f"{other}/apply", data={"rows": "all"})
    assert stored() == 2


@pytest.fixture
def second(tmp_path: Path) -> FlaskClient:
    """Another reviewer, signed in before the context of `client` is entered."""
    return signed_in(empty_catalogue(tmp_path / "data"), "reviewer", "second")


def test_a_row_brings_more_than_its_entry(second: FlaskClient, client: FlaskClient) -> None:
    project("XM-2001-001", title="旧项目")
    headings = ("项目名称", "完成时间", "经济效益（万元）", "前期项目")
    content = workbook(
        ("甲试验", "2004-05", "新增利润12.5", "旧项目"), ("乙试验", "去年", "3", "旧项目"), headings=headings
    )
    place = upload(client, content)
    page = client.get(place).text
    assert "新增利润 · 125,000 CNY · XM-2004-001 100%" in page
    assert "XM-2001-001 后续项目 XM-2004-001" in page
    assert "科技项目!C3" in page and "科技项目!D3" in page
    (marked,) = read_tables(client.get(f"{place}/marked.xlsx").data, "m.xlsx")
    told = {row.cells[0]: row.cells[-1] for row in marked.rows}
    assert "XY-2004-001" in told["甲试验"]
    assert len(told["乙试验"].splitlines()) == 3
    assert client.post(f"{place}/apply", data={"rows": "valid"}).status_code == 403, "the line counts in figures"
    assert stored() == 1
    second.post(f"{place}/plan")
    second.post(f"{place}/apply", data={"rows": "valid"})
    assert stored() == 2
    number = db.session.scalars(select(ImportBatch)).one().number
    client.post(f"/imports/{number}/undo")
    assert stored() == 1


def test_a_sheet_can_be_left_out(client: FlaskClient) -> None:
    file = io.BytesIO()
    with Workbook(file) as book:
        book.add_worksheet("项目").write_row(0, 0, ["项目名称", "完成时间", "完成情况"])
        book.get_worksheet_by_name("项目").write_row(1, 0, ["甲试验", "2004-05", "完成"])
        other = book.add_worksheet("另表")
        other.write_row(0, 0, ["甲", "乙", "丙"])
        other.write_row(1, 0, ["子", "丑", "寅"])
    place = upload(client, file.getvalue())
    assert "另表!2" in client.get(place).text
    columns = {"columns": "1", "kind-0": "projects", "kind-1": UNREAD}
    columns |= {f"column-0-{at}": name for at, name in enumerate(("title", "date", "status"))}
    client.post(f"{place}/plan", data=columns)
    client.post(f"{place}/apply", data={"rows": "all"})
    assert stored() == 1


def test_corrected_columns_are_remembered(client: FlaskClient) -> None:
    odd = ("东西", "完成时间", "项目状态")
    content = workbook(("甲试验", "2004-05", "completed"), headings=odd)
    place = upload(client, content, kind="projects")
    columns = {
        "columns": "1",
        "kind-0": "projects",
        "column-0-0": "title",
        "column-0-1": "date",
        "column-0-2": "status",
    }
    client.post(f"{place}/plan", data=columns)
    assert client.post(f"{place}/apply", data={"rows": "all"}).status_code == 303
    assert stored() == 1
    assert db.session.scalars(select(RememberedLayout)).one().fields == ["title", "date", "status"]
    again = upload(client, workbook(("乙试验", "2005-05", "completed"), headings=odd), name="b.xlsx")
    client.post(f"{again}/apply", data={"rows": "all"})
    assert stored() == 2


def test_what_is_no_table_is_told_in_a_line(client: FlaskClient) -> None:
    answer = client.post("/imports", data={"file": (io.BytesIO(b"MZ\x90\x00" * 100), "a.xlsx")})
    assert answer.status_code == 400
    assert "a.xlsx" in answer.text
    assert client.post("/imports", data={}).status_code == 400


def test_an_interrupted_run_can_be_started_again(client: FlaskClient) -> None:
    place = upload(client, workbook(("甲试验", "2004-05", "completed")))
    batch = db.session.scalars(select(ImportBatch)).one()
    batch.state = "planning"
    db.session.commit()
    assert "action" in client.get(place).text
    assert "Refresh" not in client.get(place).headers
    client.post(f"{place}/plan")
    assert "甲试验" in client.get(place).text


def test_while_it_runs_the_page_comes_again(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    place = upload(client, workbook(("甲试验", "2004-05", "completed")))
    monkeypatch.setattr(jobs, "is_running", lambda _folder: True)
    monkeypatch.setattr(jobs, "progress", lambda _folder: (25, 100))
    page = client.get(place)
    assert page.headers["Refresh"] == "2"
    assert "25" in page.text


def test_undo_goes_on_beside_the_page(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    place = upload(client, workbook(("甲试验", "2004-05", "completed"), ("乙试验", "2004-06", "completed")))
    client.post(f"{place}/apply")
    number = db.session.scalars(select(ImportBatch)).one().number
    monkeypatch.setattr(jobs, "PATIENCE", 0)
    reached, go_on, undo = threading.Event(), threading.Event(), jobs.undo

    def slow(work: Work, batch: ImportBatch, told: Callable[[int, int], None]) -> int:
        told(1, 2)
        reached.set()
        go_on.wait(PATIENCE)
        return undo(work, batch, told)

    monkeypatch.setattr(jobs, "undo", slow)
    answer = client.post(f"/imports/{number}/undo")
    assert answer.status_code == 303
    assert reached.wait(PATIENCE)
    page = client.get(answer.headers["Location"])
    assert page.headers["Refresh"]
    assert 'value="1"' in page.text
    go_on.set()
    for thread in threading.enumerate():
        if thread.name.startswith("import "):
            thread.join()
    assert stored() == 0
    assert "已撤销" in client.get(answer.headers["Location"]).text


def test_what_a_command_has_imported_can_be_undone_on_its_page(client: FlaskClient) -> None:
    batch = new_batch(COMMAND_LINE, "项目.xlsx", "", {})
    with writing():
        sources = sources_of(db.session(), workbook(("甲试验", "2004-05", "completed")), "项目.xlsx", {})
        apply(work("import"), batch, sources, partial=False)
        number = batch.number
    assert client.get(f"/imports/{number}").status_code == 200
    assert "已撤销" in client.post(f"/imports/{number}/undo", follow_redirects=True).text
    assert stored() == 0


def test_one_import_waits_for_another(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    place, tries = upload(client, workbook(("甲试验", "2004-05", "completed"))), []

    def busy_at_first(*args: Any, **options: Any) -> Plan:
        tries.append(args)
        if len(tries) == 1:
            raise Busy
        return apply(*args, **options)

    monkeypatch.setattr(jobs, "apply", busy_at_first)
    client.post(f"{place}/apply")
    assert len(tries) == 2
    assert stored() == 1


def test_importing_takes_an_account(tmp_path: Path) -> None:
    app = empty_catalogue(tmp_path)
    for client, refused in ((app.test_client(), 401), (signed_in(app, "reader"), 403)):
        for address in ("/imports", "/imports/DR-2026-0001/undo", "/imports/x/apply", "/imports/x/plan"):
            assert client.post(address).status_code == refused
    contributor = signed_in(app, "contributor")
    for address in ("/imports/DR-2026-0001/undo", "/imports/x/apply"):
        assert contributor.post(address).status_code == 403
    assert contributor.get("/imports").status_code == 200


def test_export_pages(client: FlaskClient) -> None:
    project("XM-1")
    project("XM-2", confidentiality="restricted")
    client = client.application.test_client()
    lines = client.get("/export.jsonl?kind=projects").text
    assert "XM-1" in lines
    assert "XM-2" not in lines
    assert [table.sheet for table in read_tables(client.get("/export.xlsx?kind=projects").data, "e.xlsx")] == [
        "projects"
    ]
    assert client.get("/export.xlsx?kind=books").status_code == 400
