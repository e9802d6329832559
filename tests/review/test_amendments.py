"""Proposed changes: decided on once, merged where only one side has changed, and nothing done where it cannot be."""

import threading

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from catalogue.accounts.permissions import Actor
from catalogue.database import db
from catalogue.errors import InvalidFields, InvalidInput
from catalogue.records.review_lookup import find_reviewed
from catalogue.records.schema.reference_data import ENTITIES
from catalogue.review.amendments import propose
from catalogue.review.models import Amendment
from tests.review.entries import AWARD, PROJECT, revisions, send
from tests.support.accounts import actor, signed_in
from tests.support.catalogues import put, writing


def proposal(app: Flask, author: Actor, table: str, code: str, **texts: str) -> int:
    """Propose a change; gives its number."""
    with app.app_context(), writing():
        entity = ENTITIES[table]
        item = find_reviewed(db.session, author, entity, code)
        return propose(db.session, author, entity, item, texts).id


def published(app: Flask, table: str, code: str, **texts: str) -> None:
    with app.app_context():
        put(table, code=code, **texts)


def stands(app: Flask, number: int) -> tuple[str, str]:
    """The state and the comment of a proposal."""
    with app.app_context():
        found = db.session.get_one(Amendment, number)
        return found.state, found.comment


def title(app: Flask, code: str) -> str:
    with app.app_context():
        return str(db.session.scalar(text("SELECT title FROM record WHERE code = :code"), {"code": code}))


@pytest.fixture
def reviewer(site: Flask):
    client = signed_in(site, "reviewer")
    client.get("/?lang=en")
    return client


@pytest.fixture
def author(site: Flask):
    client = signed_in(site, "contributor")
    client.get("/?lang=en")
    return client


def test_what_is_approved_is_written_with_the_name_of_its_author(site: Flask, reviewer, author) -> None:
    published(site, "projects", "XM-1", **PROJECT)
    wanted = "加大阳极尺寸，提高系列电流至180kA。"
    number = proposal(site, actor(site, "contributor"), "projects", "XM-1", abstract=wanted)
    page = f"/review/amendments/{number}"
    assert page in reviewer.get("/records/XM-1").text
    assert page in author.get("/records/XM-1").text
    other = signed_in(site, "contributor", "other")
    assert page not in other.get("/records/XM-1").text
    assert other.get(page).status_code == 404
    assert signed_in(site, "reader").get(page).status_code == 403
    assert other.post(f"{page}/approve", data={"number": "1"}).status_code == 403
    shown = reviewer.get(page).text
    assert "至180kA" in shown
    assert "<del>" not in shown
    assert send(reviewer, page, "Approve").status_code == 303
    last = revisions(site, "XM-1")[-1]
    assert last.changes == {"abstract": [PROJECT["abstract"], wanted]}
    assert (last.channel, last.account_id) == ("review", actor(site, "reviewer").account_id)
    assert "测试contributor" in last.note
    assert str(number) in last.note
    assert stands(site, number)[0] == "approved"
    assert "180kA" in site.test_client().get("/search?q=180kA").text
    # Readers see the change, not who proposed it.
    assert "测试contributor" not in site.test_client().get("/records/XM-1/history").text
    # It is decided: nobody does it again.
    again = reviewer.post(f"{page}/return", data={"comment": "x"})
    assert again.status_code == 409
    assert "测试reviewer" in again.text


def test_what_both_changed_must_be_decided_and_the_rest_is_merged(site: Flask, reviewer) -> None:
    published(site, "projects", "XM-2", **PROJECT)
    wanted = {"title": " 甲 ", "keywords": "扩容；", "major": "是"}  # as it is typed; kept is what would be stored
    number = proposal(site, actor(site, "contributor"), "projects", "XM-2", **wanted)
    published(site, "projects", "XM-2", title="乙", major="yes", abstract="另写")
    page = f"/review/amendments/{number}"
    shown = reviewer.get(page).text
    assert 'name="field-title"' in shown
    assert 'name="field-keywords"' not in shown
    assert "It says already what was proposed for: Major project" in shown
    undecided = reviewer.post(f"{page}/approve", data={"number": "2"})
    assert undecided.status_code == 400
    assert "Decide for every field" in undecided.text
    assert title(site, "XM-2") == "乙"
    old_page = reviewer.post(f"{page}/approve", data={"number": "1", "field-title": "proposed"})
    assert old_page.status_code == 409
    assert send(reviewer, page, "Approve", **{"field-title": "present"}).status_code == 303
    assert revisions(site, "XM-2")[-1].changes == {"keywords": ["", "扩容"]}
    assert title(site, "XM-2") == "乙"


def test_a_returned_proposal_is_replaced_by_the_next(site: Flask, reviewer, author) -> None:
    published(site, "projects", "XM-3", **PROJECT)
    first = proposal(site, actor(site, "contributor"), "projects", "XM-3", title="甲")
    page = f"/review/amendments/{first}"
    assert send(reviewer, page, "Return with comments").status_code == 400
    assert send(reviewer, page, "Return with comments", comment="题名不规范").status_code == 303
    assert "题名不规范" in author.get("/records/XM-3").text
    assert "题名不规范" not in signed_in(site, "contributor", "other").get("/records/XM-3").text
    second = proposal(site, actor(site, "contributor"), "projects", "XM-3", title="乙")
    assert stands(site, first) == ("recalled", "题名不规范")
    assert send(author, f"/review/amendments/{second}", "Take the proposal back").status_code == 303
    assert stands(site, second)[0] == "recalled"
    assert reviewer.post(f"/review/amendments/{second}/approve", data={"number": "1"}).status_code == 409
    assert title(site, "XM-3") == PROJECT["title"]


def test_of_two_reviewers_at_once_one_wins(site: Flask) -> None:
    published(site, "projects", "XM-4", **PROJECT)
    number = proposal(site, actor(site, "contributor"), "projects", "XM-4", title="甲")
    answers: list[int] = []
    clients = [signed_in(site, "reviewer", login) for login in ("one", "two")]
    start = threading.Barrier(2)

    def decide(client: object, decision: str) -> None:
        start.wait()
        data = {"number": "1", "comment": "不采用"}
        answers.append(client.post(f"/review/amendments/{number}/{decision}", data=data).status_code)  # type: ignore[attr-defined]

    threads = [threading.Thread(target=decide, args=pair) for pair in zip(clients, ("approve", "return"), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409]
    approved = stands(site, number)[0] == "approved"
    assert (title(site, "XM-4") == "甲") is approved
    assert len(revisions(site, "XM-4")) == (2 if approved else 1)


def test_what_counts_is_not_approved_by_its_author(site: Flask, reviewer) -> None:
    published(site, "awards", "JL-1", **AWARD)
    number = proposal(site, actor(site, "reviewer"), "awards", "JL-1", grade="first")
    page = f"/review/amendments/{number}"
    assert "somebody else must confirm it" in reviewer.get(page).text
    assert reviewer.post(f"{page}/approve", data={"number": "1"}).status_code == 403
    with site.app_context():
        with pytest.raises(IntegrityError, match="four_eyes_kept"):
            db.session.execute(
                text("UPDATE amendment SET state = 'approved', decided_by_id = author_id WHERE id = :id"),
                {"id": number},
            )
        db.session.rollback()
    assert stands(site, number)[0] == "submitted"
    other = signed_in(site, "reviewer", "second")
    assert other.post(f"{page}/approve", data={"number": "1"}).status_code == 303


def test_what_cannot_be_used_is_named_by_field_and_nothing_is_done(site: Flask, reviewer) -> None:
    published(site, "projects", "XM-5", **PROJECT)
    author = actor(site, "contributor")
    with pytest.raises(InvalidFields) as caught:
        proposal(site, author, "projects", "XM-5", people="王五(A9)", divisions="无此学部")
    assert {place for place, _message in caught.value.problems} == {"people", "divisions"}
    with pytest.raises(InvalidFields):
        proposal(site, author, "projects", "XM-5", review_state="withdrawn")
    with pytest.raises(InvalidInput):
        proposal(site, author, "projects", "XM-5", title=PROJECT["title"])
    # Somebody who was there when it was proposed and is not any more.
    with site.app_context():
        put("people", staff_number="A7", name="赵六")
    number = proposal(site, author, "projects", "XM-5", people="赵六(A7)", title="甲")
    with site.app_context(), writing():
        db.session.execute(text("DELETE FROM person WHERE staff_number = 'A7'"))
    answer = reviewer.post(f"/review/amendments/{number}/approve", data={"number": "1"})
    assert answer.status_code == 400
    assert "A7" in answer.text
    assert title(site, "XM-5") == PROJECT["title"]
    assert stands(site, number)[0] == "submitted"


def test_what_is_not_published_any_more_is_not_changed(site: Flask, reviewer) -> None:
    published(site, "projects", "XM-6", **PROJECT)
    number = proposal(site, actor(site, "contributor"), "projects", "XM-6", title="甲")
    published(site, "projects", "XM-6", review_state="withdrawn")
    page = f"/review/amendments/{number}"
    assert reviewer.post(f"{page}/approve", data={"number": "2"}).status_code == 409
    own = signed_in(site, "contributor")
    assert own.get(page).status_code == 200  # though the author does not see the entry any more
    assert own.get("/records/XM-6").status_code == 404
    assert send(own, page, "撤回申请").status_code == 303
