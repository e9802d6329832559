"""History: who sees which version and what of it, versions side by side, those of a day, and bringing one back."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from catalogue.database import db
from tests.review.entries import AWARD, LINE, PROJECT, revisions, send, state_of, take, write
from tests.support.accounts import actor, signed_in
from tests.support.catalogues import empty_catalogue, put, writing


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = empty_catalogue(tmp_path_factory.mktemp("history"))
    with app.app_context():
        put("divisions", code="smelting", name="铝冶炼学部")
        put("divisions", code="carbon", name="炭素学部")
        put("people", staff_number="A1", name="张三")
        put("people", staff_number="A2", name="李四")
        put("award_schemes", code="qh", name="青海省科学技术进步奖", level="provincial_ministerial")
    yield app


def browser(app: Flask, role: str = "", login: str = "") -> FlaskClient:
    """A browser in English; without a role, of nobody."""
    client = signed_in(app, role, login) if role else app.test_client()
    client.get("/?lang=en")
    return client


def versions(page: Any) -> list[int]:
    """The versions that a history lists."""
    return [int(number) for number in re.findall(r"<strong><a href=[^>]*>Version (\d+)</a></strong>", page.text)]


def plain(page: Any) -> str:
    """What a page says, with what is gone in brackets and what is new in braces."""
    hidden = re.sub(r'<span class="visually-hidden">.*?</span>', "", page.text)
    marked = hidden.replace("<del>", "[").replace("</del>", "]").replace("<ins>", "{").replace("</ins>", "}")
    return " ".join(re.sub(r"<[^>]*>", "", marked[marked.index("<main") : marked.index("</main")]).split())


@pytest.mark.slow
def test_readers_see_what_was_published_and_never_what_was_before(site: Flask) -> None:
    author, reviewer = actor(site, "contributor"), actor(site, "reviewer")
    write(site, author, "projects", "XM-1", **{**PROJECT, "title": "初稿题名"})
    take(site, author, "project", "XM-1", "submit")
    take(site, reviewer, "project", "XM-1", "return", "请改题名")
    write(site, author, "projects", "XM-1", title="定稿题名")
    take(site, author, "project", "XM-1", "submit")
    take(site, reviewer, "project", "XM-1", "publish", "同意")
    write(site, reviewer, "projects", "XM-1", abstract="改写的摘要")
    take(site, reviewer, "project", "XM-1", "reopen", "数据有误")
    write(site, reviewer, "projects", "XM-1", title="中间题名")
    write(site, reviewer, "projects", "XM-1", title="最终题名")
    for client in (browser(site), browser(site, "reader")):
        assert client.get("/records/XM-1/history").status_code == 404
    take(site, reviewer, "project", "XM-1", "publish")
    nobody, reader, owner = browser(site), browser(site, "reader"), browser(site, "contributor")
    for client in (nobody, reader, browser(site, "contributor", "other")):
        page = client.get("/records/XM-1/history")
        assert versions(page) == [11, 7, 6]
        for hidden in ("初稿题名", "中间题名", "请改题名", "同意", "数据有误", "Draft"):
            assert hidden not in page.text
        assert "[定稿]{最终}题名" in plain(page)  # not by way of the draft in between
        for number in (1, 5, 8, 10, 99):
            assert client.get(f"/records/XM-1/history/{number}").status_code == 404
            assert client.get(f"/records/XM-1/history/6/compare?with={number}").status_code == 404
        assert "定稿题名" in client.get("/records/XM-1/history/6").text
    assert "staff" in nobody.get("/records/XM-1/history").text
    assert "测试reviewer" not in nobody.get("/records/XM-1/history").text
    assert "测试reviewer" not in nobody.get("/records/XM-1/history/6").text
    assert "测试reviewer" in reader.get("/records/XM-1/history").text
    for client in (owner, browser(site, "reviewer")):
        page = client.get("/records/XM-1/history")
        assert versions(page) == list(range(11, 0, -1))
        assert "请改题名" in page.text
        assert client.get("/records/XM-1/history/1").status_code == 200


def test_what_was_confidential_stays_so(site: Flask) -> None:
    with site.app_context():
        put("projects", code="XM-2", **{**PROJECT, "confidentiality": "internal", "title": "内部题名"})
        put("projects", code="XM-2", confidentiality="restricted", abstract="限制摘要")
        put("projects", code="XM-2", confidentiality="public", title="公开题名", abstract="公开摘要")
    nobody, reader = browser(site).get("/records/XM-2/history"), browser(site, "reader").get("/records/XM-2/history")
    assert versions(nobody) == [3]
    assert "内部题名" not in nobody.text
    assert versions(reader) == [3, 1]
    assert "限制摘要" not in reader.text
    assert "[Internal]" in plain(reader)
    assert versions(browser(site, "administrator").get("/records/XM-2/history")) == [3, 2, 1]
    with site.app_context():
        put("projects", code="XM-2", confidentiality="restricted")
    assert browser(site, "reviewer").get("/records/XM-2/history").status_code == 404
    assert browser(site, "reviewer").get("/records/XM-2/history/3").status_code == 404


def test_values_are_told_as_readers_know_them(site: Flask) -> None:
    with site.app_context():
        put("awards", code="JL-1", people="张三(A1);李四(A2)", **AWARD)
        put("awards", code="JL-1", people="李四(A2);张三(A1)", grade="first")
        put("projects", code="XM-31", **PROJECT)
        put("projects", code="XM-32", confidentiality="restricted", **{**PROJECT, "title": "限制项目"})
        put("benefits", code="XY-1", records="XM-31 60%;XM-32 40%", **LINE)
        put("benefits", code="XY-1", amount="5000000", basis="<script>1</script>")
        put("benefits", code="XY-1", amount="70000", unit="CHF")
    told = plain(browser(site).get("/records/JL-1/history"))
    assert "[Second prize]→{First prize}" in told
    assert "{李四(A2)}; 张三(A1); [李四(A2)]" in told
    assert "青海省科学技术进步奖" in told
    ledger = plain(browser(site).get("/benefits/XY-1/history"))
    assert "[420 × 10,000 yuan]→{500 × 10,000 yuan}" in ledger
    assert "[500 × 10,000 yuan]→{70,000 CHF}" in ledger
    assert "<script>1" not in browser(site).get("/benefits/XY-1/history").text
    assert "XM-31 60%" in ledger
    assert "XM-32" not in ledger
    assert "XM-32 40%" in plain(browser(site, "administrator").get("/benefits/XY-1/history"))
    # The ledger line is part of the record's own history.
    own = plain(browser(site).get("/records/XM-31/history"))
    assert "Benefit XY-1" in own
    assert "XM-32" not in own


def test_links_are_part_of_the_history_for_whoever_sees_both_ends(site: Flask) -> None:
    with site.app_context():
        put("projects", code="XM-41", **PROJECT)
        put("projects", code="XM-42", **{**PROJECT, "title": "后续项目"})
        put("projects", code="XM-43", confidentiality="internal", **{**PROJECT, "title": "内部后续"})
        for target in ("XM-42", "XM-43"):
            put("links", source="XM-41", target=target, relation="continued_by")
    nobody = plain(browser(site).get("/records/XM-41/history"))
    assert "Added: Continued by 后续项目" in nobody
    assert "内部后续" not in nobody
    both = browser(site, "reader").get("/records/XM-41/history")
    assert "内部后续" in plain(both)
    # What one hand made in one minute is told as one, unless the minute has ended in between.
    assert both.text.count('<ul class="history-links">') == 2 - plain(both).count("2 links")
    assert "Added: Continues 电解槽试验" in plain(browser(site).get("/records/XM-42/history"))


def test_a_page_has_twenty_changes_and_bad_addresses_are_refused(site: Flask) -> None:
    with site.app_context():
        put("projects", code="XM-5", **PROJECT)
        for number in range(22):
            put("projects", code="XM-5", title=f"题名{number}")
    client = browser(site)
    assert versions(client.get("/records/XM-5/history")) == list(range(23, 3, -1))
    assert versions(client.get("/records/XM-5/history?page=2")) == [3, 2, 1]
    bad = ("?page=3", "?page=x", "/0", "/24", "/99999999999999999999", "/x", "/1/compare?with=x", "/1/compare?with=99")
    for address in bad:
        assert client.get(f"/records/XM-5/history{address}").status_code in (400, 404)
    assert client.get("/records/XM-5/history/1/compare?with=1").status_code == 200
    assert "[电解槽试验]{题名21}" in plain(client.get("/records/XM-5/history/1/compare"))
    assert "[电解槽试验]{题名21}" in plain(client.get("/records/XM-5/history/23/compare?with=1"))  # the older first


def test_the_version_of_a_day(site: Flask) -> None:
    with site.app_context():
        put("projects", code="XM-6", **PROJECT)
        put("projects", code="XM-6", title="次日题名")
        with writing():  # as if it had been written on two days; the site's day begins at 16:00 UTC
            db.session.execute(text("DROP TRIGGER revision_kept"))
            for number, hour in ((1, 15), (2, 16)):
                db.session.execute(
                    text("UPDATE revision SET at = :at WHERE entity_code = 'XM-6' AND number = :number"),
                    {"at": str(datetime(2026, 3, 1, hour, 30, tzinfo=UTC).replace(tzinfo=None)), "number": number},
                )
    client = browser(site)
    for day, number in (("2026-03-01", 1), ("2026-03-02", 2), ("2030-01-01", 2)):
        answer = client.get(f"/records/XM-6?on={day}")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/records/XM-6/history/{number}")
    assert client.get("/records/XM-6?on=2026-02-28").status_code == 404
    assert client.get("/records/XM-6?on=2026-02-30").status_code == 400
    assert client.get("/records/XM-6?on=").status_code == 200


def test_a_reviewer_restores_and_state_and_access_stay(site: Flask) -> None:
    with site.app_context():
        put("projects", code="XM-7", people="张三(A1)", confidentiality="public", **PROJECT)
        put("projects", code="XM-7", title="新题名", people="", confidentiality="internal", abstract="")
        put("people", staff_number="A1", name="张山")
    client = browser(site, "reviewer")
    assert send(client, "/records/XM-7/history/1", "Restore this version").status_code == 303
    last = revisions(site, "XM-7")[-1]
    assert last.number == 3
    assert set(last.changes) == {"title", "abstract", "people"}
    assert last.changes["people"] == ["", "张山(A1)"]  # as the person is called today
    assert (last.channel, "1" in last.note) == ("form", True)
    # Nothing is left to be restored, and a form that was opened before is refused.
    assert "Restore this version" not in client.get("/records/XM-7/history/1").text
    assert client.post("/records/XM-7/history/2/restore", data={"number": "2"}).status_code == 409
    assert client.post("/records/XM-7/history/1/restore", data={"number": "3"}).status_code == 400
    assert len(revisions(site, "XM-7")) == 3
    with site.app_context():
        put("people", staff_number="A1", name="张三")


def test_a_contributor_proposes_to_restore(site: Flask) -> None:
    with site.app_context():
        put("projects", code="XM-8", **PROJECT)
        put("projects", code="XM-8", title="新题名")
    client = browser(site, "contributor")
    assert send(client, "/records/XM-8/history/1", "Propose to restore this version").status_code == 303
    assert len(revisions(site, "XM-8")) == 2
    assert "You have proposed a change" in client.get("/records/XM-8").text
    for stranger in (browser(site), browser(site, "reader")):
        assert "estore this version" not in stranger.get("/records/XM-8/history/1").text
        assert stranger.post("/records/XM-8/history/1/restore", data={"number": "2"}).status_code in (401, 403)


def test_what_counts_is_restored_by_two(site: Flask) -> None:
    with site.app_context():
        put("benefits", code="XY-2", **LINE)
        put("benefits", code="XY-2", amount="1")
    client = browser(site, "reviewer")
    assert send(client, "/benefits/XY-2/history/1", "Propose to restore this version").status_code == 303
    assert len(revisions(site, "XY-2")) == 2


@pytest.mark.parametrize("role", ["reviewer", "contributor"])
def test_what_is_not_there_any_more_is_named_by_field(site: Flask, role: str) -> None:
    code = f"XM-9-{role}"
    with site.app_context():
        put("divisions", code="gone", name="撤销学部")
        put("people", staff_number="A9", name="王五")
        put("projects", code=code, people="王五(A9)", divisions="撤销学部", **PROJECT)
        put("projects", code=code, people="", divisions="铝冶炼学部", title="新题名")
        with writing():
            db.session.execute(text("DELETE FROM person WHERE staff_number = 'A9'"))
            db.session.execute(text("DELETE FROM division WHERE code = 'gone'"))
    button = "Restore this version" if role == "reviewer" else "Propose to restore this version"
    answer = send(browser(site, role), f"/records/{code}/history/1", button)
    assert answer.status_code == 400
    told = plain(answer)
    assert "Divisions" in told
    assert "撤销学部" in told
    assert "A9" in told
    assert len(revisions(site, code)) == 2
    assert state_of(site, "project", code) == "published"
