"""A plan waits until somebody applies it: whatever language is read, whatever codes are taken meanwhile, and whichever
version of the program has made it. What was shown is done, or what has changed is told and nothing is done."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_babel import refresh
from sqlalchemy import func, select

from catalogue.database import db
from catalogue.imports import jobs
from catalogue.imports.batches import find_batch
from catalogue.records.history.models import ImportBatch, Revision
from catalogue.records.models.benefits import Benefit
from catalogue.records.models.records import Record, RecordLink
from catalogue.records.schema import value_readers
from catalogue.web.locale import LANGUAGE_COOKIE
from tests.exchange import imports_at_once
from tests.exchange.test_import_pages import stored, upload, workbook
from tests.support.accounts import signed_in
from tests.support.catalogues import empty_catalogue, project, put


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    app = empty_catalogue(tmp_path / "data")
    second = signed_in(app, "reviewer", "second")
    client = signed_in(app, "reviewer")
    client.application.extensions["second"] = second
    with app.app_context():
        yield client


def applied(client: FlaskClient, place: str, rows: str = "all") -> str:
    """Apply what the plan's page shows, as its form does; gives the page that follows."""
    shown = client.get(place).text.split('name="plan" value="')[1].split('"')[0]
    return client.post(f"{place}/apply", data={"rows": rows, "plan": shown}, follow_redirects=True).text


def read_english(client: FlaskClient) -> None:
    """From here on pages are in English."""
    client.set_cookie(LANGUAGE_COOKIE, "en")
    refresh()  # the context of the test, which its requests share, has kept the language


def waiting() -> ImportBatch:
    db.session.rollback()
    return db.session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())).first() or pytest.fail("no import")


ROWS = (("甲试验", "2004-05", "completed"), ("乙试验", "2004-13", "fertig"), ("", "2004", "completed"))


def test_tried_in_chinese_and_applied_in_english(client: FlaskClient) -> None:
    place = upload(client, workbook(*ROWS))
    assert "2004-13" in client.get(place).text
    assert 'class="import-problems">' in client.get(place).text
    read_english(client)
    assert 'class="import-problems" lang="zh-CN">' in client.get(place).text
    page = applied(client, place, "valid")
    assert waiting().number in page
    assert "Applied at" in page
    assert stored() == 1


def test_what_has_changed_is_told_in_the_language_of_who_applies(client: FlaskClient) -> None:
    project("XM-2004-007", title="槽控机升级", date="2004-01")
    place = upload(client, workbook(("槽控机升级", "2004-05", "completed")))
    project("XM-2004-007", title="槽控机升级", date="2004-03")
    read_english(client)
    page = applied(client, place)
    assert "The catalogue has changed since" in page
    assert "“2004-01 → 2004-05” before, “2004-03 → 2004-05” now" in page


def test_what_is_told_is_read_in_another_language_when_it_is_tried_again(client: FlaskClient) -> None:
    place = upload(client, workbook(*ROWS))
    read_english(client)
    assert "in the language the file was tried in" in client.get(place).text
    client.post(f"{place}/plan")
    page = client.get(place).text
    assert "in the language the file was tried in" not in page
    assert "is no date" in page


def test_a_new_translation_leaves_a_plan_as_it_is(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    place = upload(client, workbook(*ROWS))
    monkeypatch.setattr(value_readers, "_", lambda _message, **_values: "in other words")
    applied(client, place, "valid")
    assert stored() == 1


LIVELOCK = ("铸锭打捆机国产化", "2006-05", "已完成")


def test_others_add_entries_of_the_kind_and_year_meanwhile(client: FlaskClient) -> None:
    place = upload(client, workbook(LIVELOCK, ("阳极组装线改造", "2006-07", "completed")))
    page = client.get(place).text
    assert "XM-2006-001（暂定）" in page
    assert "XM-2006-002（暂定）" in page
    draft = project("XM-2006-001", title="别人的草稿", date="2006", review_state="draft").item.id
    receipt = applied(client, place)
    assert {"XM-2006-002", "XM-2006-003"} <= set(receipt.replace("<", " ").replace(">", " ").split())
    assert "暂定" not in receipt
    titles = dict(db.session.execute(select(Record.code, Record.title)).all())
    assert titles == {
        "XM-2006-001": "别人的草稿", "XM-2006-002": "铸锭打捆机国产化", "XM-2006-003": "阳极组装线改造",
    }  # fmt: skip
    assert db.session.get_one(Record, draft).version == 1


def test_what_a_row_brings_beside_follows_the_code_that_is_given(client: FlaskClient) -> None:
    project("XM-2001-001", title="旧项目")
    headings = ("项目名称", "完成时间", "经济效益（万元）", "前期项目")
    place = upload(client, workbook(("甲试验", "2004-05", "新增利润12.5", "旧项目"), headings=headings))
    project("XM-2004-001", title="别人的项目", date="2004")
    put("benefits", code="XY-2004-001", year="2004", kind="new_tax", amount="1", records="XM-2004-001 100%")
    second: FlaskClient = client.application.extensions["second"]
    second.post(f"{place}/plan")
    project("XM-2004-002", title="又一个项目", date="2004")
    put("benefits", code="XY-2004-002", year="2004", kind="new_tax", amount="1", records="XM-2004-002 100%")
    applied(second, place)
    line = db.session.scalars(select(Benefit).where(Benefit.code == "XY-2004-003")).one()
    assert [share.record.title for share in line.shares] == ["甲试验"]
    link = db.session.scalars(select(RecordLink)).one()
    assert (link.source.title, link.target.title, link.target.code) == ("旧项目", "甲试验", "XM-2004-003")


def test_a_code_of_the_file_is_given_to_no_other_row(client: FlaskClient) -> None:
    headings = ("项目编号", "项目名称", "完成时间")
    rows = (("", "甲试验", "2004-05"), ("XM-2004-001", "乙试验", "2004-06"), ("XM-2004-002", "丙试验", "2004-06"))
    place = upload(client, workbook(*rows, headings=headings))
    applied(client, place)
    assert dict(db.session.execute(select(Record.title, Record.code)).all()) == {
        "甲试验": "XM-2004-003", "乙试验": "XM-2004-001", "丙试验": "XM-2004-002",
    }  # fmt: skip


# What others do after the trial, and what is then told of the row.
CHANGES: dict[str, tuple[Callable[[], object], list[str]]] = {
    "another old value": (
        lambda: project("XM-2004-007", title="槽控机升级", date="2004-03"),
        ["科技项目!2，完成：", "2004-01 → 2004-05", "2004-03 → 2004-05"],
    ),
    "the same value": (
        lambda: project("XM-2004-007", title="槽控机升级", date="2004-05"),
        ["科技项目!2", "更改 · XM-2004-007", "未变 · XM-2004-007"],
    ),
    "another title": (
        lambda: project("XM-2004-007", title="别的题目", date="2004-01"),
        ["科技项目!2", "更改 · XM-2004-007", "新增"],
    ),
    "nearly the same title": (
        lambda: project("XM-2004-001", title="阳极组装线的改造", date="2004-02"),
        ["科技项目!3", "新增", "可能重复 · XM-2004-001"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_has_changed_since_is_told_and_nothing_is_stored(client: FlaskClient, name: str) -> None:
    change, words = CHANGES[name]
    project("XM-2004-007", title="槽控机升级", date="2004-01")
    rows = (("槽控机升级", "2004-05", "completed"), ("阳极组装线改造", "2004-05", "completed"))
    place = upload(client, workbook(*rows))
    change()
    revisions = db.session.scalar(select(func.count()).select_from(Revision))
    page = applied(client, place)
    told = page.split('role="alert"')[1].split("</div>")[0]
    assert "目录已有变动" in told
    assert all(word in told for word in words), told
    assert db.session.scalar(select(func.count()).select_from(Revision)) == revisions
    assert waiting().state == "planned"
    applied(client, place, "valid")  # what is shown now is done now
    assert waiting().state == "applied"


def test_of_much_that_has_changed_the_first_is_told(client: FlaskClient) -> None:
    for number in range(1, 16):
        project(f"XM-2004-{number:03}", title=f"第{number}台整流机组改造", date="2004-01")
    place = upload(client, workbook(*((f"第{number}台整流机组改造", "2004-05", "") for number in range(1, 16))))
    for number in range(1, 16):
        project(f"XM-2004-{number:03}", title=f"第{number}台整流机组改造", date="2004-02")
    told = applied(client, place).split('role="alert"')[1].split("</div>")[0]
    assert told.count("<li>") == 11
    assert "另有 5 处" in told


def test_a_plan_that_was_made_again_is_looked_at_first(client: FlaskClient) -> None:
    project("XM-2004-007", title="槽控机升级", date="2004-01")
    place = upload(client, workbook(("槽控机升级", "2004-05", "completed")))
    opened = client.get(place).text.split('name="plan" value="')[1].split('"')[0]
    project("XM-2004-007", title="槽控机升级", date="2004-03")
    client.post(f"{place}/plan")
    page = client.post(f"{place}/apply", data={"rows": "all", "plan": opened}, follow_redirects=True).text
    assert "重新预览过" in page
    assert waiting().state == "planned"
    applied(client, place)
    assert waiting().state == "applied"


def _as_before(token: str) -> None:
    """The plan of an import as the program kept it before plans were compared by what they decide."""
    folder = jobs.folder_of(token).path
    rows = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["rows"]
    for row in rows:
        del row["is_provisional"]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    (folder / "plan.json").write_text(text, encoding="utf-8")
    batch = find_batch(db.session(), token)
    batch.digest = hashlib.sha256(text.encode()).hexdigest()
    db.session.commit()


def test_a_plan_of_an_earlier_version_opens_and_is_tried_again(client: FlaskClient) -> None:
    place = upload(client, workbook(*ROWS))
    _as_before(waiting().token)
    page = client.get(place).text
    assert "甲试验" in page
    assert "XM-2004-001" in page
    assert client.get(f"{place}/marked.xlsx").status_code == 200
    page = applied(client, place, "valid")
    assert "旧版本" in page
    assert stored() == 0
    assert "旧版本" not in applied(client, place, "valid")
    assert stored() == 1


def test_of_two_who_apply_the_same_plan_one_does(client: FlaskClient) -> None:
    imports_at_once.of_one_plan(client, 2004)


def test_two_who_apply_different_files_both_do(client: FlaskClient) -> None:
    imports_at_once.of_different_files(client, 2004)


def test_what_has_been_applied_is_not_tried_again(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    place = upload(client, workbook(("甲试验", "2004-05", "completed")))
    token = waiting().token
    running = jobs.is_running

    def applied_meanwhile(folder: Any) -> bool:
        if waiting().state == "planned":
            imports_at_once.apply_job(client, token)
        return running(folder)

    monkeypatch.setattr(jobs, "is_running", applied_meanwhile)
    assert client.post(f"{place}/plan").status_code == 404
    assert waiting().state == "applied"
    assert stored() == 1
