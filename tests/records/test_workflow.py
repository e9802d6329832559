"""Review goes from state to state by its table only, in the program and in the database; figures take four eyes."""

from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from catalogue.accounts.permissions import REVIEW_STATES, Actor
from catalogue.database import db
from catalogue.errors import Conflict, Forbidden, InvalidFields
from catalogue.records.models.transitions import (
    PAIRS,
    find_transition,
)
from catalogue.records.operations import Work, move, save
from catalogue.records.review.workflow import open_transitions
from catalogue.records.schema.reference_data import ENTITIES
from tests.support.accounts import actor
from tests.support.catalogues import empty_catalogue, project, put, writing

PAIRS_OF_STATES = [(a, b) for a, b in product(REVIEW_STATES, repeat=2) if a != b]


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return empty_catalogue(tmp_path)


def test_the_database_knows_the_same_ways(app: Flask) -> None:
    with app.app_context():
        for before, after in PAIRS_OF_STATES:
            code = f"XM-{before}-{after}"
            project(code, review_state=before)
            change = text("UPDATE record SET review_state = :after WHERE code = :code")
            try:
                with writing():
                    db.session.execute(change, {"after": after, "code": code})
                went = True
            except IntegrityError:
                went = False
            assert went == ((before, after) in PAIRS), (before, after)


@pytest.mark.parametrize(("before", "after"), PAIRS_OF_STATES)
def test_sheets_cannot_skip_a_step(app: Flask, before: str, after: str) -> None:
    with app.app_context():
        project("XM-1", review_state=before)
        if (before, after) in PAIRS:
            assert project("XM-1", review_state=after).change == "changed"
        else:
            with pytest.raises(InvalidFields, match="review_state"):
                project("XM-1", review_state=after)


def write(who: Actor, table: str, **texts: str) -> None:
    with writing():
        save(Work(db.session, who, "form"), ENTITIES[table], texts)


def go(who: Actor, table: str, code: str, name: str, note: str = "") -> str:
    entity = ENTITIES[table]
    with writing():
        work = Work(db.session, who, "review", note)
        item = entity.find(work.references, {"code": code})
        assert item is not None
        move(work, entity, item, find_transition(name, item.review_state))
        return str(item.review_state)


AWARD = {"code": "JL-1", "title": "奖", "date": "2003", "scheme": "S1", "grade": "second"}


def test_figures_take_four_eyes(app: Flask) -> None:
    anna, bert = actor(app, "reviewer", "anna"), actor(app, "reviewer", "bert")
    with app.app_context():
        put("award_schemes", code="S1", name="省奖", level="provincial_ministerial")
        write(anna, "awards", **AWARD)
        with pytest.raises(Forbidden):  # her own
            go(anna, "awards", "JL-1", "publish")
        write(bert, "awards", code="JL-1", title="奖项")
        with pytest.raises(Forbidden):  # he has had a hand in it
            go(bert, "awards", "JL-1", "publish")
        assert go(actor(app, "reviewer", "carl"), "awards", "JL-1", "publish") == "published"
        with pytest.raises(Forbidden):  # nobody alone changes what counts
            write(bert, "awards", code="JL-1", title="另一奖项")
        # A project counts in no published figure of its own: one reviewer is enough.
        write(anna, "projects", code="XM-1", title="甲", date="2001", status="completed")
        assert go(anna, "projects", "XM-1", "publish") == "published"
        write(anna, "projects", code="XM-1", title="乙")


def test_patents_take_four_eyes_once_they_are_granted(app: Flask) -> None:
    anna = actor(app, "reviewer", "anna")
    patent = {"title": "电解槽", "date": "2005-11-10", "patent_type": "invention"}
    with app.app_context():
        write(anna, "patents", code="ZL-1", application_number="200510136354.X", events="filed 2005-11-10", **patent)
        assert go(anna, "patents", "ZL-1", "publish") == "published"
        with pytest.raises(Forbidden):
            write(anna, "patents", code="ZL-1", events="filed 2005-11-10;granted 2008-01-01")


def test_owners_submit_and_take_back_and_others_do_not(app: Flask) -> None:
    owner, other, reviewer = actor(app, "contributor"), actor(app, "contributor", "other"), actor(app, "reviewer")
    with app.app_context():
        write(owner, "projects", code="XM-1", title="甲", date="2001", status="completed")
        with pytest.raises(Forbidden):
            go(other, "projects", "XM-1", "submit")
        assert go(owner, "projects", "XM-1", "submit") == "submitted"
        with pytest.raises(Forbidden):
            go(owner, "projects", "XM-1", "publish")
        with pytest.raises(InvalidFields):  # it must be said why
            go(reviewer, "projects", "XM-1", "return", "  ")
        assert go(reviewer, "projects", "XM-1", "return", "缺完成日期") == "returned"
        with pytest.raises(Conflict):
            go(reviewer, "projects", "XM-1", "publish")
        assert go(owner, "projects", "XM-1", "submit") == "submitted"
        assert go(reviewer, "projects", "XM-1", "publish") == "published"
        entity = ENTITIES["projects"]
        item = entity.find(Work(db.session, owner, "form").references, {"code": "XM-1"})
        assert list(open_transitions(owner, item)) == []
        assert {each.name for each in open_transitions(reviewer, item)} == {"withdraw", "reopen"}


def test_states_are_not_written_by_hand(app: Flask) -> None:
    owner = actor(app, "contributor")
    with app.app_context(), pytest.raises(InvalidFields, match="review_state"):
        write(owner, "projects", code="XM-1", title="甲", date="2001", status="completed", review_state="published")
