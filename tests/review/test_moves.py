"""Moves from state to state: by whom, with which comment, written down, and what the database itself refuses."""

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.database import db
from catalogue.errors import Forbidden
from catalogue.records.review.events import ReviewEvent
from tests.review.entries import AWARD, LINE, PROJECT, send, state_of, take, write
from tests.support.accounts import actor, signed_in

HEADERS = {"Accept-Language": "en"}


@pytest.fixture
def english(site: Flask):
    """A browser of somebody in English."""

    def sign_in(role: str, login: str = ""):
        client = signed_in(site, role, login)
        client.get("/?lang=en")
        return client

    return sign_in


def events(app: Flask, code: str) -> list[ReviewEvent]:
    with app.app_context():
        query = select(ReviewEvent).where(ReviewEvent.entity_code == code).order_by(ReviewEvent.number)
        return list(db.session.scalars(query).all())


def test_from_draft_by_way_of_a_comment_to_published(site: Flask, english) -> None:
    write(site, actor(site, "contributor"), "projects", "XM-1", **PROJECT)
    author, reviewer, stranger = english("contributor"), english("reviewer"), english("contributor", "other")
    assert stranger.get("/records/XM-1").status_code == 404
    assert site.test_client().get("/search?q=电解槽试验").text.count("/records/XM-1") == 0
    assert send(author, "/records/XM-1", "Submit for review").status_code == 303
    assert send(reviewer, "/review/project/XM-1", "Return with comments").status_code == 400
    assert state_of(site, "project", "XM-1") == "submitted"
    assert send(reviewer, "/review/project/XM-1", "Return with comments", comment="缺少负责人").status_code == 303
    assert "缺少负责人" in author.get("/records/XM-1").text
    assert "缺少负责人" in author.get("/review/project/XM-1").text
    write(site, actor(site, "contributor"), "projects", "XM-1", people="张三(A1)")
    assert send(author, "/records/XM-1", "Submit again").status_code == 303
    read = reviewer.get("/review/project/XM-1").text
    changed = read[read.index("changed-heading") : read.index("whole-heading")]
    assert "what was returned" in changed
    assert "张三(A1)" in changed
    assert "加大阳极尺寸" not in changed
    assert send(reviewer, "/review/project/XM-1", "Publish").status_code == 303
    # Found at once, and what was said in review is not for readers.
    found = site.test_client().get("/search?q=电解槽试验").text
    assert "/records/XM-1" in found
    for page in ("/records/XM-1", "/records/XM-1/history"):
        told = stranger.get(page).text
        assert "缺少负责人" not in told
        assert "review-box" not in told
    moves = [(each.state_before, each.state_after, each.four_eyes, each.comment) for each in events(site, "XM-1")]
    assert moves == [
        ("draft", "submitted", False, ""),
        ("submitted", "returned", False, "缺少负责人"),
        ("returned", "submitted", False, ""),
        ("submitted", "published", False, ""),
    ]
    assert {each.author_id for each in events(site, "XM-1")} == {actor(site, "contributor").account_id}


def test_who_is_slower_is_told_and_nothing_is_done(site: Flask, english) -> None:
    write(site, actor(site, "contributor"), "projects", "XM-2", **PROJECT)
    take(site, actor(site, "contributor"), "project", "XM-2", "submit")
    slow, quick = english("reviewer", "slow"), english("reviewer", "quick")
    seen = {"number": "2"}
    assert quick.post("/review/project/XM-2/publish", data=seen).status_code == 303
    late = slow.post("/review/project/XM-2/return", data={**seen, "comment": "不完整"})
    assert late.status_code == 409
    assert "测试quick" in late.text
    assert "Published" in late.text
    assert state_of(site, "project", "XM-2") == "published"
    # The same where it is what it says that has changed, and where the step is not to be had from here.
    assert slow.post("/review/project/XM-2/withdraw", data={"number": "2", "comment": "重复"}).status_code == 409
    assert slow.post("/review/project/XM-2/submit", data={"number": "3"}).status_code == 409
    assert len(events(site, "XM-2")) == 2


@pytest.mark.parametrize(("table", "name", "texts"), [("awards", "award", AWARD), ("benefits", "benefit", LINE)])
def test_what_counts_takes_a_second_person(site: Flask, english, table: str, name: str, texts: dict[str, str]) -> None:
    code = f"{name}-1"
    write(site, actor(site, "reviewer"), table, code, **texts)
    own, other = english("reviewer"), english("reviewer", "second")
    page = own.get(f"/review/{name}/{code}").text
    assert "somebody else must confirm it" in page
    assert f"/review/{name}/{code}/publish" not in page
    assert own.post(f"/review/{name}/{code}/publish", data={"number": "1"}).status_code == 403
    # Whoever only corrects a draft has had a hand in it.
    write(site, actor(site, "reviewer", "third"), table, code, **{"title" if name == "award" else "basis": "改"})
    with pytest.raises(Forbidden):
        take(site, actor(site, "reviewer", "third"), name, code, "publish")
    assert send(other, f"/review/{name}/{code}", "Publish").status_code == 303
    (event,) = events(site, code)
    assert event.four_eyes
    assert event.author_id == actor(site, "reviewer", "third").account_id


def test_what_was_published_before_is_what_a_new_version_is_compared_with(site: Flask, english) -> None:
    write(site, COMMAND_LINE, "projects", "XM-7", "command", **PROJECT)  # published at once, without a move
    take(site, actor(site, "reviewer"), "project", "XM-7", "reopen", "有误")
    write(site, actor(site, "reviewer"), "projects", "XM-7", keywords="扩容")
    read = english("reviewer", "second").get("/review/project/XM-7").text
    changed = read[read.index("changed-heading") : read.index("whole-heading")]
    assert "what was published before" in changed
    assert "扩容" in changed
    assert "加大阳极尺寸" not in changed


def test_strangers_move_nothing(site: Flask, english) -> None:
    write(site, actor(site, "contributor"), "projects", "XM-3", **PROJECT)
    assert english("contributor", "other").post("/review/project/XM-3/submit", data={"number": "1"}).status_code == 404
    assert english("reader").post("/review/project/XM-3/submit", data={"number": "1"}).status_code == 403
    assert english("contributor").post("/review/project/XM-3/publish", data={"number": "1"}).status_code == 403
    assert english("contributor").post("/review/project/XM-3/fly", data={"number": "1"}).status_code == 405
    assert english("contributor").post("/review/project/XM-3/submit", data={"number": "x"}).status_code == 400
    long = {"number": "1", "comment": "长" * 2001}
    assert english("contributor").post("/review/project/XM-3/submit", data=long).status_code == 400
    token_less = english("contributor")
    token_less.sends_tokens = False
    assert token_less.post("/review/project/XM-3/submit", data={"number": "1"}).status_code == 400
    assert state_of(site, "project", "XM-3") == "draft"
    assert events(site, "XM-3") == []


def insert(**values: object) -> str:
    columns = {
        "entity": "'award'", "entity_code": "'JL-9'", "number": 1, "state_before": "'submitted'",
        "state_after": "'published'", "four_eyes": "true", "actor": "'x'", "account_id": 1, "author_id": 2,
        "comment": "''", "at": "'2026-01-01'", **values,
    }  # fmt: skip
    return f"INSERT INTO review_event ({', '.join(columns)}) VALUES ({', '.join(map(str, columns.values()))})"


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        (insert(author_id=1), "four_eyes_kept"),
        (insert(state_before="'draft'", state_after="'returned'", comment="'x'"), "step_known"),
        (insert(state_before="'withdrawn'", state_after="'submitted'"), "step_known"),
        (insert(state_after="'returned'"), "comment_given"),
        (insert(state_before="'published'", state_after="'withdrawn'"), "comment_given"),
        ("UPDATE review_event SET author_id = NULL", "only added to"),
        ("DELETE FROM review_event", "only added to"),
        ("UPDATE record SET review_state = 'returned' WHERE code = 'XM-4'", "no transition leads there"),
        ("UPDATE benefit SET review_state = 'returned' WHERE code = 'XY-4'", "no transition leads there"),
    ],
)
def test_no_way_leads_around_review(site: Flask, statement: str, constraint: str) -> None:
    with site.app_context():
        known = db.session.scalar(text("SELECT count(*) FROM record WHERE code = 'XM-4'"))
    if not known:
        actor(site, "reviewer"), actor(site, "contributor")
        write(site, actor(site, "contributor"), "projects", "XM-4", **PROJECT)
        write(site, actor(site, "contributor"), "benefits", "XY-4", **LINE)
        take(site, actor(site, "contributor"), "project", "XM-4", "submit")
        take(site, actor(site, "contributor"), "project", "XM-4", "recall")
    with site.app_context():
        with pytest.raises(IntegrityError, match=constraint):
            db.session.execute(text(statement))
        db.session.rollback()


def test_the_same_statement_passes_where_it_keeps_the_rules(site: Flask) -> None:
    """Else the test above would prove nothing."""
    actor(site, "reviewer"), actor(site, "contributor")
    with site.app_context():
        db.session.execute(text(insert()))
        db.session.execute(text(insert(number=2, four_eyes="false", author_id=1)))
        db.session.rollback()
