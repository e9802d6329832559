"""Records and ledger lines by the data interface: read whole, drafted, changed, proposed and moved, by the rules of the
forms, and seen only by who may see them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from catalogue.database import db
from catalogue.publish import request_bodies
from catalogue.records.history.models import Revision
from catalogue.records.models.records import Record
from catalogue.review.models import Amendment
from tests.support.accounts import bearer
from tests.support.catalogues import empty_catalogue, project, put

PROJECT = {"title": "阳极组装线改造", "date": "2001-06", "status": "completed"}
HIDDEN = ("XM-2001-003", "XM-2001-004", "XM-2001-005")  # restricted, a draft, internal
WHO = [
    ("contributor", "write", {"XM-2001-005"}),
    ("reviewer", "review", {"XM-2001-004", "XM-2001-005"}),
    ("administrator", "read", set(HIDDEN)),
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = empty_catalogue(tmp_path_factory.mktemp("records-api"))
    with app.app_context():
        put("people", staff_number="A1", name="张三")
        put("award_schemes", code="PROV", name="省科技进步奖", level="provincial_ministerial")
        project("XM-2001-001", title="阳极公开", people="张三(A1)")
        project("XM-2001-002", title="阳极公开二")
        project(HIDDEN[0], title="阳极机密", confidentiality="restricted")
        project(HIDDEN[1], title="阳极草稿", review_state="draft")
        project(HIDDEN[2], title="阳极内部", confidentiality="internal")
        for code in HIDDEN:
            put("links", source="XM-2001-001", target=code, relation="related_to")
        line = {"year": "2002", "kind": "new_profit", "amount": "1000"}
        put("benefits", code="XY-1", records="XM-2001-001 50%;XM-2001-003 50%", **line)
        put("benefits", code="XY-2", records="XM-2001-001", confidentiality="restricted", **line)
        put("awards", code="JL-2001-001", title="一等奖", date="2001", scheme="PROV", grade="first")
    return app


@pytest.fixture
def stored(app: Flask) -> Iterator[Session]:
    """A session of its own: one with the application would read what requests have read."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as session:
        yield session


class Program:
    """A program with the token of an account."""

    def __init__(self, app: Flask, role: str = "", scope: str = "write", login: str = "") -> None:
        self.client = app.test_client()
        self.headers = {"Accept-Language": "en"} | (bearer(app, role, scope, login) if role else {})

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(f"/api/v1/{path}", headers={**self.headers, **headers})

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        return self.client.post(f"/api/v1/{path}", headers=self.headers, **({"json": body} | more))

    def patch(self, path: str, body: Any, tag: str = "") -> TestResponse:
        headers = {**self.headers, "If-Match": tag or self.get(path).headers.get("ETag", "")}
        return self.client.patch(f"/api/v1/{path}", json=body, headers=headers)

    def draft(self, **fields: Any) -> TestResponse:
        answer = self.post("records", {"kind": "project", "fields": {**PROJECT, **fields}})
        assert answer.status_code == 201
        return answer

    def data(self, path: str) -> dict[str, Any]:
        answer = self.get(path)
        assert answer.status_code == 200
        return dict(answer.json or {})


@pytest.fixture(scope="module")
def contributor(app: Flask) -> Program:
    return Program(app, "contributor")


@pytest.fixture(scope="module")
def reviewer(app: Flask) -> Program:
    return Program(app, "reviewer", "review")


def problems(answer: TestResponse) -> dict[str, str]:
    return {each["place"]: each["message"] for each in (answer.json or {})["error"]["problems"]}


def codes(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Record.id))) or 0


# Who sees what


@pytest.mark.parametrize(("role", "scope", "more"), [("", "", set()), *WHO])
def test_every_answer_shows_only_what_is_open(app: Flask, role: str, scope: str, more: set[str]) -> None:
    program = Program(app, role, scope or "read", f"see-{role}")
    for code in HIDDEN:
        assert program.get(f"records/{code}").status_code == (200 if code in more else 404)
    closed = set(HIDDEN) - more
    whole = program.data("records/XM-2001-001")
    assert {each["record"]["code"] for each in whole["links"]} == more
    assert [each["code"] for each in whole["benefits"]] == (["XY-1", "XY-2"] if HIDDEN[0] in more else ["XY-1"])
    line = program.data("benefits/XY-1")
    assert len(line["records"]) == (2 if HIDDEN[0] in more else 1)
    assert line["fields"]["records"].count("%") == len(line["records"])
    listed = program.data("records?kind=project&per_page=100")
    own_or_open = 2 + len(more)
    assert listed["total"] == len(listed["records"]) >= own_or_open
    assert not {each["code"] for each in listed["records"]} & closed
    assert program.data("records?kind=project&review_state=draft")["total"] == (1 if HIDDEN[1] in more else 0)
    assert program.data("benefits")["total"] == (2 if HIDDEN[0] in more else 1)
    assert program.data("search?q=阳极")["total"] == own_or_open
    said = json.dumps(
        [
            whole,
            line,
            listed,
            program.data("search?q=阳极"),
            program.data("suggest?q=阳极"),
            program.post("similar", {"title": "阳极机密草稿内部"}).json,
            program.data("tally?subject=projects&rows=status"),
            program.data("summary"),
        ],
        ensure_ascii=False,
    )
    for code, title in zip(HIDDEN, ("阳极机密", "阳极草稿", "阳极内部"), strict=True):
        assert (code in said, title in said) == ((code in more,) * 2)


def test_what_is_not_open_is_not_told_from_what_is_not_there(app: Flask, contributor: Program) -> None:
    for hidden, absent in ((HIDDEN[0], "XM-0000-000"), (HIDDEN[1], "XM-0000-001")):
        answers = [contributor.patch(f"records/{code}", {"fields": {"title": "x"}}, '"x"') for code in (hidden, absent)]
        assert [each.status_code for each in answers] == [404, 404]
        link = [
            contributor.post(
                "records",
                {"kind": "project", "fields": PROJECT, "links": [{"relation": "related_to", "target": code}]},
            )
            for code in (hidden, absent)
        ]
        line = {"year": 2001, "kind": "other", "amount": 1}
        share = [contributor.post("benefits", {"fields": {**line, "records": code}}) for code in (hidden, absent)]
        for first, second in (link, share):
            assert first.status_code == second.status_code == 400
            assert first.text.replace(hidden, "") == second.text.replace(absent, "")


def test_who_sees_a_part_of_the_records_of_a_line_does_not_set_them(reviewer: Program) -> None:
    answer = reviewer.patch("benefits/XY-1", {"fields": {"records": "XM-2001-001 50%"}})
    assert answer.status_code == 400
    assert set(problems(answer)) == {"records"}


# Reading


def test_a_whole_record_and_its_tag(app: Flask) -> None:
    program = Program(app)
    answer = program.get("records/XM-2001-001")
    record = answer.json
    assert record is not None
    assert record["fields"]["people"] == "张三(A1)"
    assert (record["version"], record["review_state"], record["transitions"]) == (1, "published", [])
    assert record["contributors"] == [{"rank": 1, "name": "张三", "staff_number": "A1", "role": "leader"}]
    assert {"label": "Status", "values": [{"note": "", "text": "Complete"}]} in record["display"]
    tag = answer.headers["ETag"]
    assert tag.startswith('"XM-2001-001-1.')
    unchanged = program.get("records/XM-2001-001", **{"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert program.get("records/XM-2001-001", **{"If-None-Match": '"XM-2001-001-1"'}).status_code == 200
    # What somebody else sees beside it, or in another language, is another answer.
    assert program.get("records/XM-2001-001", **{"If-None-Match": tag, "Accept-Language": "zh"}).status_code == 200
    assert set(answer.vary) == {"Accept-Language", "Authorization", "Cookie"}


def test_lists_lead_from_page_to_page(app: Flask) -> None:
    client, address, found = app.test_client(), "/api/v1/records?kind=project&per_page=1", []
    while address:
        page = client.get(address).json
        assert page is not None
        found += [each["code"] for each in page["records"]]
        address = page["links"]["next"]
    assert found == ["XM-2001-001", "XM-2001-002"]
    for bad in ("kind=book", "page=0", "per_page=101", "review_state=x", "page=99"):
        assert client.get(f"/api/v1/records?{bad}").status_code in (400, 404)


# Writing


def test_a_draft_is_made_and_changed_and_submitted(app: Flask, contributor: Program, reviewer: Program) -> None:
    body = {
        "kind": "project",
        "fields": {**PROJECT, "keywords": ["阳极", "组装"], "major": True, "abstract": None, "people": ["张三(A1)"]},
        "links": [{"relation": "continued_by", "source": "XM-2001-001"}],
        "note": "初稿",
    }
    made = contributor.post("records", body)
    assert made.status_code == 201
    record = made.json
    assert record is not None
    assert record["code"].startswith("XM-2001-")
    assert (record["review_state"], record["fields"]["keywords"], record["fields"]["major"]) == (
        "draft",
        "阳极;组装",
        "yes",
    )
    assert [(each["end"], each["record"]["code"]) for each in record["links"]] == [("source", "XM-2001-001")]
    path = f"records/{record['code']}"
    assert made.headers["Location"] == f"http://localhost/api/v1/{path}"
    assert contributor.get(path, **{"If-None-Match": made.headers["ETag"]}).status_code == 304
    assert Program(app).get(path).status_code == 404
    with app.app_context():
        revision = db.session.scalars(select(Revision).where(Revision.entity_code == record["code"])).one()
        assert (revision.channel, revision.note, revision.actor) == ("api", "初稿", "测试contributor")

    changed = contributor.patch(path, {"fields": {"title": "阳极组装线"}, "note": "改题"}, made.headers["ETag"])
    assert changed.status_code == 200
    assert (changed.json or {})["version"] == 2
    same = contributor.patch(path, {"fields": {"title": "阳极组装线"}}, changed.headers["ETag"])
    assert (same.status_code, same.headers["ETag"]) == (200, changed.headers["ETag"])

    assert (reviewer.get(path).json or {})["transitions"] == ["submit", "publish", "discard"]
    assert contributor.post(f"{path}/transitions", {"transition": "publish"}).status_code == 403
    submitted = contributor.post(f"{path}/transitions", {"transition": "submit", "note": "请审核"})
    assert (submitted.status_code, (submitted.json or {})["review_state"]) == (200, "submitted")
    assert contributor.post(f"{path}/transitions", {"transition": "submit"}).status_code == 409
    returned = reviewer.post(f"{path}/transitions", {"transition": "return"})
    assert (returned.status_code, set(problems(returned))) == (400, {"note"})
    assert reviewer.post(f"{path}/transitions", {"transition": "publish"}).status_code == 200
    assert (Program(app).get(path).json or {})["title"] == "阳极组装线"
    assert (Program(app).data("search?q=组装线"))["total"] == 1


def test_a_ledger_line_is_made_and_changed_and_confirmed_by_somebody_else(app: Flask, reviewer: Program) -> None:
    fields = {"year": 2003, "kind": "cost_saving", "amount": 1234.5, "records": ["XM-2001-001 60%"], "code": "XY-9"}
    made = reviewer.post("benefits", {"fields": fields})
    assert made.status_code == 201
    assert (made.json or {})["fields"]["amount"] == "1234.5"
    assert reviewer.post("benefits", {"fields": fields}).status_code == 409
    changed = reviewer.patch("benefits/XY-9", {"fields": {"verifier": "财务部"}})
    assert (changed.status_code, (changed.json or {})["version"]) == (200, 2)
    assert reviewer.post("benefits/XY-9/transitions", {"transition": "publish"}).status_code == 403
    other = Program(app, "reviewer", "review", "second")
    assert other.post("benefits/XY-9/transitions", {"transition": "publish"}).status_code == 200


@pytest.mark.parametrize(
    ("role", "scope", "path", "four_eyes"),
    [
        ("contributor", "write", "records/XM-2001-002", False),
        ("reviewer", "write", "records/XM-2001-002", False),
        ("reviewer", "review", "records/JL-2001-001", True),
        ("administrator", "review", "benefits/XY-1", True),
    ],
)
def test_a_change_of_what_is_published_is_proposed(
    app: Flask, stored: Session, role: str, scope: str, path: str, four_eyes: bool
) -> None:
    program = Program(app, role, scope, f"propose-{role}")
    before = program.data(path)
    name = "basis" if path.startswith("benefits") else "abstract"
    answer = program.patch(path, {"fields": {name: f"由{role}补充"}, "note": "补充"})
    assert answer.status_code == 202
    assert program.data(path) == before
    kept = stored.get_one(Amendment, (answer.json or {})["amendment"])
    assert (kept.changes, kept.note, kept.four_eyes) == ({name: ["", f"由{role}补充"]}, "补充", four_eyes)
    for nothing in ("", " \u3000\r\n"):
        assert program.patch(path, {"fields": {name: nothing}}).status_code == 400


def test_a_proposal_is_tried_before_it_is_kept(stored: Session, contributor: Program) -> None:
    before = stored.scalar(select(func.count(Amendment.id)))
    fields = {"divisions": "无此学部", "people": "王五(A9)", "date": "2001-13", "confidentiality": "secret"}
    answer = contributor.patch("records/XM-2001-001", {"fields": fields})
    assert answer.status_code == 400
    assert set(problems(answer)) == set(fields)
    same = {"people": " 张三（A1）", "date": "２００１-05", "status": "COMPLETED", "code": "XM-2001-001"}
    assert contributor.patch("records/XM-2001-001", {"fields": same}).status_code == 400
    stored.rollback()
    assert stored.scalar(select(func.count(Amendment.id))) == before
    answer = contributor.patch("records/XM-2001-001", {"fields": {**same, "date": "２００１-６"}})
    assert (answer.status_code, (answer.json or {})["changes"]) == (202, {"date": ["2001-05", "2001-06"]})


def test_a_reviewer_changes_a_published_project_at_once(app: Flask, reviewer: Program) -> None:
    answer = reviewer.patch("records/XM-2001-002", {"fields": {"abstract": "摘要"}})
    assert (answer.status_code, (answer.json or {})["fields"]["abstract"]) == (200, "摘要")


def test_drafts_of_others_are_not_touched(app: Flask, reviewer: Program) -> None:
    code = (Program(app, "contributor", "write", "first").draft().json or {})["code"]
    assert Program(app, "contributor", "write", "other").get(f"records/{code}").status_code == 404
    narrow = Program(app, "reviewer", "write", "narrow")  # who sees it, and has a token without review
    assert narrow.patch(f"records/{code}", {"fields": {"title": "x"}}).status_code == 403
    assert narrow.post(f"records/{code}/transitions", {"transition": "submit"}).status_code == 403


def test_a_change_names_the_version_that_it_changes(contributor: Program) -> None:
    made = contributor.draft()
    path, first = f"records/{(made.json or {})['code']}", made.headers["ETag"]
    body = {"fields": {"title": "第二版"}}
    for missing in ("*", " "):
        assert contributor.patch(path, body, missing).status_code == 428
    second = contributor.patch(path, body, first)
    assert second.status_code == 200
    for stale in (first, f"W/{second.headers['ETag']}", '"x"', '"XM-2001-001-1.0"', "a-9-99999999999999999999999.1"):
        answer = contributor.patch(path, {"fields": {"abstract": "覆盖"}}, stale)
        assert answer.status_code == 412
        assert answer.headers["ETag"] == second.headers["ETag"]
        assert (answer.json or {})["error"]["differs"] == ({"title": "第二版"} if stale == first else {})
    assert contributor.patch(path, {"fields": {"abstract": "新"}}, f'"x", {second.headers["ETag"]}').status_code == 200


def test_duplicates_are_named_and_only_those_that_are_open(app: Flask, contributor: Program) -> None:
    body = {"kind": "project", "fields": {**PROJECT, "title": "阳极公开", "date": "2001"}}
    assert (contributor.post("records", body).json or {})["possible_duplicates"] == ["XM-2001-001"]
    secret = {"kind": "project", "fields": {**PROJECT, "title": "阳极机密", "date": "2001"}}
    assert HIDDEN[0] not in (contributor.post("records", secret).json or {})["possible_duplicates"]


# What cannot be used


@pytest.mark.parametrize(
    ("fields", "places"),
    [
        ({"review_state": "published"}, {"review_state"}),
        (
            {"owner": "x", "owner_id": 1, "id": 1, "version": 9, "kind": "award"},
            {"owner", "owner_id", "id", "version", "kind"},
        ),
        ({"title": "", "date": "2001-13", "status": "fertig"}, {"title", "date", "status"}),
        ({"title": {"a": 1}, "keywords": ["a;b"], "people": [[]]}, {"title", "keywords", "people"}),
        ({"people": "王五(A9)", "divisions": "无此学部"}, {"people", "divisions"}),
        ({"title": "x" * 301}, {"title"}),
        ({"abstract": "x" * 20_001}, {"abstract"}),
        ({"confidentiality": "secret", "restricted_to": "role:root"}, {"confidentiality", "restricted_to"}),
    ],
)
def test_every_field_that_cannot_be_used_is_named_and_nothing_is_done(
    app: Flask, contributor: Program, fields: dict[str, Any], places: set[str]
) -> None:
    draft = contributor.draft()
    path, before = f"records/{(draft.json or {})['code']}", codes(app)
    answers = (
        contributor.post("records", {"kind": "project", "fields": {**PROJECT, **fields}}),
        contributor.patch(path, {"fields": fields}),
    )
    for answer in answers:
        assert answer.status_code == 400
        assert set(problems(answer)) == places
    assert codes(app) == before
    assert contributor.get(path).headers["ETag"] == draft.headers["ETag"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"kind": "project", "fields": PROJECT, "review_state": "published"}, "review_state"),
        ({"kind": "project", "fields": PROJECT, "owner": 1}, "owner"),
        ({"kind": "book", "fields": PROJECT}, "kind"),
        ({"kind": ["project"], "fields": PROJECT}, "kind"),
        ({"fields": PROJECT}, "kind"),
        ({"kind": "project", "fields": {}}, "fields"),
        ({"kind": "project", "fields": [PROJECT]}, "fields"),
        ({"kind": "project", "fields": PROJECT, "note": 5.5}, "note"),
        ({"kind": "project", "fields": PROJECT, "note": "x" * 2001}, "note"),
        ({"kind": "project", "fields": PROJECT, "links": {}}, "links"),
        ({"kind": "project", "fields": PROJECT, "links": [{}] * 51}, "links"),
        ({"kind": "project", "fields": PROJECT, "links": [{"relation": "related_to"}]}, "links[0]"),
        (
            {"kind": "project", "fields": PROJECT, "links": [{"relation": "awarded", "target": "XM-2001-001"}]},
            "links[0]",
        ),
        ({"kind": "project", "fields": PROJECT, "links": [{"relation": "x", "target": "XM-2001-001"}]}, "links[0]"),
    ],
)
def test_members_that_cannot_be_used(app: Flask, contributor: Program, body: Any, place: str) -> None:
    before = codes(app)
    answer = contributor.post("records", body)
    assert (answer.status_code, (answer.json or {})["error"]["place"]) == (400, place)
    assert codes(app) == before


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b'"x"', 400),
        (b'{"kind": NaN}', 400),
        (b'{"kind": "project", "kind": "award"}', 400),
        (b'{"kind": "\xff"}', 400),
        (b'{"kind": "\\u0000"}', 400),
        (b'{"kind": "project", "fields": {"\\ud800": "x"}}', 400),
        (b'{"kind": "project", "fields": {"title": "\\udfff"}}', 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 50_000, 400),
        (b'{"kind": ' + b"[" * 500 + b"]" * 500 + b"}", 400),
        (b'{"kind": "benefit", "fields": {"amount": ' + b"9" * 10_000 + b"}}", 400),
        (b"x" * (request_bodies.MOST_BYTES + 1), 413),
    ],
)
def test_bodies_that_are_no_json_objects(app: Flask, contributor: Program, data: bytes, status: int) -> None:
    answer = contributor.post("records", data=data, content_type="application/json")
    assert answer.status_code == status
    assert len((answer.json or {})["error"]["message"]) > 5


@pytest.mark.parametrize("amount", ["1e400", "-1e-400", "9" * 30, "0x10", "１２3", "1.234", "inf"])
def test_numbers_of_any_size(contributor: Program, amount: str) -> None:
    body = b'{"fields": {"year": %s, "kind": "other", "amount": "%s"}}'
    for year in (b"2001", b"1e3000", b"9" * 5000, b"-0", b"2001.5"):
        answer = contributor.post("benefits", data=body % (year, amount.encode()), content_type="application/json")
        assert answer.status_code in (201, 400)
        assert (answer.status_code == 201) == (year == b"2001" and amount == "１２3")


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_only_json_is_taken(contributor: Program, content_type: str) -> None:
    answer = contributor.post("records", data=json.dumps({"kind": "project"}), content_type=content_type)
    assert (answer.status_code, (answer.json or {})["error"]["status"]) == (415, 415)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELD_NAMES = st.sampled_from(["code", "title", "date", "status", "keywords", "people", "divisions", "restricted_to"])
BODIES = st.one_of(
    JSON,
    st.fixed_dictionaries(
        {"kind": st.just("project"), "fields": st.dictionaries(FIELD_NAMES, JSON, max_size=6)},
        optional={"note": JSON, "links": JSON},
    ),
    st.builds(lambda more: {"kind": "project", "fields": {**PROJECT, **more}}, st.dictionaries(FIELD_NAMES, st.text())),
)


@pytest.mark.slow
@given(body=BODIES)
@settings(max_examples=30)
def test_whatever_is_sent_is_made_or_refused(contributor: Program, body: Any) -> None:
    answer = contributor.post("records", data=json.dumps(body), content_type="application/json")
    assert answer.status_code in (201, 400, 403, 409)
    assert answer.is_json
