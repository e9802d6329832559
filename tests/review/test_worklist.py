"""The work list: what waits, whose it is, and that nobody sees in it what is not theirs to see."""

import re

import pytest
from flask import Flask

from catalogue.database import db
from catalogue.review.review_queue import waiting_count
from tests.records.test_views import queries
from tests.review.entries import AWARD, LINE, PROJECT, take, write
from tests.review.test_amendments import proposal
from tests.support.accounts import actor, signed_in
from tests.support.catalogues import put


@pytest.fixture(scope="module")
def filled(site: Flask) -> Flask:
    contributor, reviewer = actor(site, "contributor"), actor(site, "reviewer")
    write(site, contributor, "projects", "XM-1", divisions="铝冶炼学部", **PROJECT)
    write(site, contributor, "projects", "XM-2", **{**PROJECT, "title": "电解槽试验。"})
    write(site, contributor, "projects", "XM-3", **{**PROJECT, "title": "草稿"})
    write(site, contributor, "benefits", "XY-1", records="XM-1 100%", **LINE)
    write(site, reviewer, "awards", "JL-1", **AWARD)
    write(site, contributor, "projects", "XM-9", confidentiality="restricted", **PROJECT)
    for name, code in (("project", "XM-1"), ("benefit", "XY-1"), ("project", "XM-9")):
        take(site, contributor, name, code, "submit")
    take(site, reviewer, "award", "JL-1", "submit")
    take(site, contributor, "project", "XM-2", "submit")
    with site.app_context():
        put("projects", code="XM-5", **{**PROJECT, "title": "已发布项目"})
        put("claims", code="DW-1", measure="awards", value="3", as_of="2006-12-31", review_state="submitted")
    proposal(site, contributor, "projects", "XM-5", title="新题名")
    return site


def codes(page: str) -> list[str]:
    return re.findall(r'<p class="waiting-line">\s*<span>([^<]*)</span>', page)


@pytest.mark.slow
def test_the_oldest_comes_first_and_what_is_restricted_does_not_come(filled: Flask) -> None:
    client = signed_in(filled, "reviewer")
    assert codes(client.get("/review").text) == ["XM-1", "XY-1", "JL-1", "XM-2", "DW-1", "XM-5"]
    assert "XM-9" in codes(signed_in(filled, "administrator").get("/review").text)
    with filled.app_context():
        assert waiting_count(db.session(), actor(filled, "reviewer")) == 6
        assert waiting_count(db.session(), actor(filled, "administrator")) == 7
    assert "（6）" in client.get("/").text or "(6)" in client.get("/").text


def test_it_can_be_narrowed(filled: Flask) -> None:
    client = signed_in(filled, "reviewer")
    assert codes(client.get("/review?kind=project").text) == ["XM-1", "XM-2", "XM-5"]
    assert codes(client.get("/review?kind=benefit").text) == ["XY-1"]
    assert codes(client.get("/review?division=smelting").text) == ["XM-1", "XY-1"]
    assert codes(client.get("/review?kind=award&division=smelting").text) == []
    for bad in ("kind=book", "division=x", "page=9", "page=x"):
        assert client.get(f"/review?{bad}").status_code in (400, 404)


def test_it_says_what_takes_a_second_person(filled: Flask) -> None:
    client = signed_in(filled, "reviewer")
    text = client.get("/review", headers={"Accept-Language": "en"}).text
    entries = dict(zip(codes(text), text.split('class="waiting-line"')[1:], strict=True))
    assert "not yours, since you have entered" in entries["JL-1"]
    assert "takes four eyes" in entries["XY-1"]
    assert "not yours" not in entries["XY-1"]
    assert "four eyes" not in entries["XM-1"]


def test_readers_and_contributors_have_no_work_list(filled: Flask) -> None:
    for role in ("reader", "contributor"):
        client = signed_in(filled, role)
        assert client.get("/review").status_code == 403
        assert 'href="/review"' not in client.get("/").text
    assert client.get("/review/project/XM-1").status_code == 200  # one's own


def test_a_new_entry_is_read_with_what_rules_and_duplicates_say(filled: Flask) -> None:
    client = signed_in(filled, "reviewer")
    text = client.get("/review/project/XM-2").text
    assert "/records/XM-1" in text
    assert "/records/XM-9" not in text  # alike, and restricted
    assert "加大阳极尺寸" in text
    assert 'id="changed-heading"' not in text


def test_queries_do_not_grow_with_the_list(filled: Flask) -> None:
    client = signed_in(filled, "reviewer")
    with queries(filled) as few:
        client.get("/review?kind=benefit")
    with queries(filled) as many:
        client.get("/review")
    assert len(many) <= len(few) + 12
