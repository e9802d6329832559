"""Who may see what: the index, the database and a look at the item itself say the same for everybody."""

from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from catalogue.accounts.permissions import ANONYMOUS, COMMAND_LINE, Actor
from catalogue.database import db
from catalogue.errors import Forbidden
from catalogue.records.models.records import Record
from catalogue.records.operations import Work, save
from catalogue.records.queries import visible_to
from catalogue.records.schema.reference_data import ENTITIES
from catalogue.search.current import current_index
from catalogue.search.interface import Query
from tests.support.accounts import actor, signed_in
from tests.support.catalogues import filled_catalogue, project, put, writing

STATES = ("draft", "submitted", "returned", "published", "withdrawn")
LEVELS = {
    "public": {"confidentiality": "public"},
    "internal": {"confidentiality": "internal"},
    "nobody": {"confidentiality": "restricted"},
    "readers": {"confidentiality": "restricted", "restricted_to": "role:reader"},
    "division": {"confidentiality": "restricted", "restricted_to": "division:电解学部;role:reviewer"},
}


def fill(app: Flask) -> None:
    put("divisions", code="D1", name="电解学部")
    put("divisions", code="D10", name="铸造学部")
    for (name, fields), state in product(LEVELS.items(), STATES):
        project(f"XM-{name}-{state}", review_state=state, **fields)
    own = actor(app, "contributor")
    with writing():
        texts = {"code": "XM-own", "title": "自己的草稿", "date": "2001", "status": "completed"}
        save(Work(db.session, own, "form"), ENTITIES["projects"], {**texts, "confidentiality": "restricted"})


@pytest.fixture
def catalogue(tmp_path: Path) -> Flask:
    """A record of every state and confidentiality, and a draft of the contributor's own that is open to nobody."""
    return filled_catalogue(tmp_path, fill)


def seen_by(who: Actor) -> set[str]:
    """What somebody sees, by SQL, asked of the items themselves, and by the index: the same three times."""
    by_sql = set(db.session.scalars(select(Record.code).where(visible_to(who))))
    assert by_sql == {record.code for record in db.session.scalars(select(Record)) if who.may_see(record)}
    found = current_index().search(Query(access=who.access, limit=100))
    codes = dict(db.session.execute(select(Record.id, Record.code)).all())
    assert by_sql == {codes[hit.id] for hit in found.hits}
    assert found.total == len(by_sql)
    return by_sql


def published(*names: str) -> set[str]:
    return {f"XM-{name}-published" for name in names}


def all_states(*names: str) -> set[str]:
    return {f"XM-{name}-{state}" for name, state in product(names, STATES)}


def test_everybody_sees_what_is_theirs(catalogue: Flask) -> None:
    people = {
        "reader": actor(catalogue, "reader"),
        "neighbour": actor(catalogue, "reader", "neighbour", "D10"),
        "member": actor(catalogue, "reader", "member", "D1"),
        "contributor": actor(catalogue, "contributor"),
        "reviewer": actor(catalogue, "reviewer"),
        "administrator": actor(catalogue, "administrator"),
    }
    with catalogue.app_context():
        assert seen_by(ANONYMOUS) == published("public")
        assert seen_by(people["reader"]) == published("public", "internal", "readers")
        assert seen_by(people["neighbour"]) == published("public", "internal", "readers")
        assert seen_by(people["member"]) == published("public", "internal", "readers", "division")
        assert seen_by(people["contributor"]) == published("public", "internal") | {"XM-own"}
        assert seen_by(people["reviewer"]) == all_states("public", "internal", "division")
        assert seen_by(people["administrator"]) == seen_by(COMMAND_LINE) == all_states(*LEVELS) | {"XM-own"}


def test_what_is_kept_for_others_holds_nothing_of_ones_own(catalogue: Flask) -> None:
    own, member = actor(catalogue, "contributor"), actor(catalogue, "reviewer", "member", "D1")
    with catalogue.app_context():
        assert seen_by(own.for_audience()) == seen_by(member.for_audience()) == published("public", "internal")
        assert seen_by(member.for_audience(["public"])) == published("public")


def test_pages_follow(catalogue: Flask) -> None:
    for role, number in (("reader", 3), ("contributor", 3), ("reviewer", 15), ("administrator", 26)):
        client = signed_in(catalogue, role)
        page = client.get("/projects").text
        assert f"共 {number} 条" in page or f"{number} 条" in page
        hidden = client.get("/records/XM-nobody-draft")
        assert hidden.status_code == (200 if role == "administrator" else 404)
    assert signed_in(catalogue, "contributor").get("/records/XM-own").status_code == 200


@pytest.mark.parametrize("role", ["reader", "contributor"])
@pytest.mark.parametrize("channel", ["form", "api", "import"])
def test_nobody_without_review_writes_what_is_not_their_own(catalogue: Flask, role: str, channel: str) -> None:
    who = actor(catalogue, role)
    with catalogue.app_context():
        for code in ("XM-public-published", "XM-public-draft"):
            with pytest.raises(Forbidden), writing():
                save(Work(db.session, who, channel), ENTITIES["projects"], {"code": code, "title": "改"})
        with pytest.raises(Forbidden), writing():
            save(Work(db.session, who, channel), ENTITIES["divisions"], {"code": "D9", "name": "新学部"})
        texts = {"code": "XM-new", "title": "新", "date": "2001", "status": "completed"}
        if role == "reader" or channel == "import":  # an import says itself that it is published
            with pytest.raises(Forbidden), writing():
                save(Work(db.session, who, channel), ENTITIES["projects"], texts)
        else:
            with writing():
                made = save(Work(db.session, who, channel), ENTITIES["projects"], texts).item
            assert (made.review_state, made.owner_id) == ("draft", who.account_id)


@pytest.mark.parametrize("address", ["/projects?page={}", "/search?kind=project&page={}"])
def test_a_list_tells_what_is_not_published_or_not_open_to_everybody(catalogue: Flask, address: str) -> None:
    somebody, anybody = signed_in(catalogue, "administrator"), catalogue.test_client()
    pages = "".join(somebody.get(address.format(number)).text for number in (1, 2))
    counts = {"草稿": 6, "待审": 5, "已退回": 5, "已发布": 0, "内部": 5, "受限": 16}
    for word, number in counts.items():
        assert pages.count(f'<span class="mark-badge mark-grey">{word}</span>') == number, word
    assert "mark-grey" not in anybody.get(address.format(1)).text
