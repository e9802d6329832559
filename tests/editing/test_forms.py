"""The one form, without scripts: every kind entered with all its fields, and changed, keeps exactly what was typed."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from catalogue.database import db
from catalogue.editing.forms import EntityForm
from catalogue.editing.layout import widgets_of
from catalogue.records.history.models import Revision
from catalogue.records.models.benefits import Benefit
from catalogue.records.models.records import RecordLink
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.reference_data import BENEFITS, ENTITIES
from tests.editing.conftest import Store
from tests.editing.pages import controls, problems, send
from tests.support.accounts import actor, signed_in

ALL = {
    "title": "电解槽 <b>节能</b> & 试验",
    "abstract": "第一段。\n第二段。",
    "keywords": "预焙槽、节能；扩容",
    "divisions": "炭素学部\n电解厂",
    "people": "李四\n张三(A1001)",
    "confidentiality": "restricted",
    "restricted_to-reviewer": "yes",
    "restricted_to": "电解学部",
}
ALL_TEXTS = {
    "title": "电解槽 <b>节能</b> & 试验",
    "abstract": "第一段。\n第二段。",
    "keywords": "预焙槽、节能;扩容",
    "divisions": "炭素学部;铝冶炼学部",
    "confidentiality": "restricted",
    "restricted_to": "division:smelting;role:reviewer",
    "review_state": "draft",
}
# Of each kind: what is typed, and the text forms that it makes.
KIND_CASES = {
    "project": (
        {"date": "2004年4月", "status": "completed", "major": "yes", "category": "renovation", "started": "2003.5.12"},
        {"date": "2004-04", "started": "2003-05-12", "people": "李四(A1002);张三(A1001)", "major": "yes"},
    ),
    "achievement": (
        {
            "date": "2004",
            "level": "provincial_ministerial",
            "registration_number": "632 2004 y 0012",
            "appraisal_level": "domestic_leading",
            "appraising_body": "省科技厅",
        },
        {"date": "2004", "registration_number": "6322004Y0012", "appraising_body": "省科技厅"},
    ),
    "award": (
        {
            "date": "2004-12",
            "scheme": "prov",
            "grade": "second",
            "certificate_number": "2004-J-2-013",
            "conferring_body": "省人民政府",
        },
        {"scheme": "prov", "grade": "second", "certificate_number": "2004-J-2-013"},
    ),
    "patent": (
        {
            "date": "2005.12.29",
            "application_number": "ZL 2005 1 0136354",
            "publication_number": "cn1804153a",
            "grant_number": "CN100441759C",
            "applicant": "公司",
            "events": "申请 2005-12-29\n授权 2008年12月10日",
            "people": "李四\n张三(A1001)/完成人",
        },
        {
            "date": "2005-12-29",
            "patent_type": "invention",
            "application_number": "200510136354.X",
            "publication_number": "CN1804153A",
            "grant_number": "CN100441759C",
            "events": "filed 2005-12-29;granted 2008-12-10",
            "people": "李四(A1002);张三(A1001)/contributor",
        },
    ),
    "copyright": (
        {
            "date": "2006-03-01",
            "registration_number": "2006sr02345",
            "certificate_number": "软著登字第0012345号",
            "software_version": "V1.0",
        },
        {"registration_number": "2006SR02345", "certificate_number": "软著登字第0012345号", "software_version": "V1.0"},
    ),
    "paper": (
        {"date": "2004-06", "venue": "青海铝业科技", "issue": "2004(2)", "pages": "12-15", "honour": "一等奖"},
        {"venue": "青海铝业科技", "issue": "2004(2)", "pages": "12-15", "honour": "一等奖"},
    ),
    "proposal": (
        {"date": "2004", "major": "yes", "status": "implemented", "yearly_value": "12.5", "yearly_value-unit": "万元"},
        {"yearly_value": "125000", "status": "implemented", "major": "yes"},
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_entered_and_changed_as_typed(store: Store, contributor: FlaskClient, name: str) -> None:
    typed, expected = KIND_CASES[name]
    widgets = {control for widget in widgets_of(KINDS[name], is_new=True) for control in widget.controls}
    assert widgets - {"code"} - {each for each in widgets if each.startswith("restricted_to-") or "unit" in each} <= {
        *ALL,
        *typed,
        "patent_type",
    }
    answer = send(contributor, f"/records/new/{name}", **{**ALL, **typed})
    assert answer.status_code == 303, problems(answer.text)
    code = answer.headers["Location"].split("/")[-1].split("?")[0]
    assert code.startswith(KINDS[name].prefix)
    found = store.texts(code)
    assert {name: found[name] for name in {**ALL_TEXTS, **expected}} == {**ALL_TEXTS, **expected}

    # Opened and sent as it is, nothing changes; a field that is changed is the only one.
    address = f"/records/{code}/edit"
    page = contributor.get(address).text
    assert "<b>节能</b>" not in page
    assert send(contributor, address, page).headers["Location"].endswith("done=draft")
    assert store.texts(code) == found
    assert send(contributor, address, keywords="扩容", title="改后").status_code == 303
    assert store.texts(code) == {**found, "keywords": "扩容", "title": "改后"}
    changes = store.all(select(Revision.changes).where(Revision.entity_code == code).order_by(Revision.number))
    assert [sorted(each) for each in changes[1:]] == [["keywords", "title"]]


@pytest.mark.parametrize(
    ("amount", "unit", "expected"),
    [
        ("540", "万元", ("5400000", "CNY", "exact")),
        ("541万元", "元", ("5410000", "CNY", "exact")),
        ("5400多万", "元", ("54000000", "CNY", "over")),
        ("20.5", "CHF", ("20.5", "CHF", "exact")),
        ("9050", "tce", ("9050", "tce", "exact")),
        ("1234.56", "元", ("1234.56", "CNY", "exact")),
        ("0.00000001", "亿元", ("1", "CNY", "exact")),
    ],
)
def test_amounts_are_typed_as_people_write_them(
    store: Store, reviewer: FlaskClient, amount: str, unit: str, expected: tuple[str, str, str]
) -> None:
    typed = {"year": "2005年", "kind": "cost_saving", "amount": amount, "amount__unit": unit}
    answer = send(reviewer, "/benefits/new", records="XM-2001-001 60%\n", basis=f"{amount}{unit}", **typed)
    assert answer.status_code == 303, problems(answer.text)
    code = store.all(select(Benefit.code).order_by(Benefit.id.desc()).limit(1))[0]
    found = store.texts(code, BENEFITS)
    assert (found["amount"], found["unit"], found["qualifier"]) == expected
    assert found["records"] == "XM-2001-001 60%"
    again = send(reviewer, f"/benefits/{code}/edit")
    assert again.headers["Location"].endswith("done=draft")
    assert store.texts(code, BENEFITS) == found


def test_what_cannot_be_used_is_said_beside_its_field_and_all_that_was_typed_stays(contributor: FlaskClient) -> None:
    typed = {
        "title": "",
        "date": "2004-13",
        "application_number": "200510136354.1",
        "people": "王五\n赵六",
        "divisions": "机械学步",
        "events": "授权 昨天",
        "link-1-way": "in:protected_by",
        "link-1-record": "没有的条目",
    }
    answer = send(contributor, "/records/new/patent", **typed)
    assert answer.status_code == 400
    said = problems(answer.text)
    for part in ("A1003", "A1004", "赵六", "X", "2004-13", "没有的条目"):
        assert part in said
    for name in ("title", "people", "application_number"):
        assert f'href="#f-{name}"' in answer.text
        assert f'id="problem-{name}"' in answer.text
    kept = controls(answer.text)
    assert {name: kept[name] for name in typed} == typed


def test_a_type_that_the_number_says_is_filled_in_and_events_begin_with_the_filing(
    store: Store, contributor: FlaskClient
) -> None:
    answer = send(
        contributor,
        "/records/new/patent",
        title="阳极夹具",
        date="1997-03-05",
        application_number="97201765.8",
        code="ZL-TEST.1",
    )
    assert answer.status_code == 303, problems(answer.text)
    found = store.texts("ZL-TEST.1")
    assert (found["patent_type"], found["events"]) == ("utility_model", "filed 1997-03-05")


def test_codes_are_given_in_turn_or_typed_and_never_those_of_others(store: Store, contributor: FlaskClient) -> None:
    entry = {"title": "甲", "date": "1991", "status": "completed"}
    first = send(contributor, "/records/new/project", **entry)
    assert "/records/XM-1991-001?" in first.headers["Location"]
    second = send(contributor, "/records/new/project", **{**entry, "title": "另一件事"})
    assert "/records/XM-1991-002?" in second.headers["Location"]
    before = store.texts("XM-2001-001")
    for taken in ("XM-2001-001", "new", "a/edit", "x y"):
        answer = send(contributor, "/records/new/project", **{**entry, "title": "第三件事"}, code=taken)
        assert answer.status_code == 400
        assert 'id="problem-code"' in answer.text
    assert store.texts("XM-2001-001") == before


def test_links_are_saved_with_the_record_and_taken_away_by_a_tick(store: Store, reviewer: FlaskClient) -> None:
    store.project("XM-2003-007", title="阳极加大试验")
    made = send(
        reviewer,
        "/records/new/achievement",
        title="阳极加大成果",
        date="2003",
        level="company",
        **{"link-1-way": "in:resulted_in", "link-1-record": "阳极加大试验"},
    )
    code = made.headers["Location"].split("/")[-1].split("?")[0]
    address = f"/records/{code}/edit"
    wrong = send(reviewer, address, **{"link-1-way": "out:awarded", "link-1-record": "XM-2003-007"})
    assert wrong.status_code == 400
    assert "XM-2003-007" in problems(wrong.text)
    (tick,) = [
        name for name in reviewer.get(address).text.split('"') if name.startswith("unlink:in:resulted_in:XM-2003-007")
    ][:1]
    relations = select(RecordLink.relation).where(RecordLink.source.has(code="XM-2003-007"))
    assert store.all(relations) == ["resulted_in"]
    assert send(reviewer, address, **{tick: "yes"}).status_code == 303
    assert store.all(relations) == []


def test_people_are_added_on_the_spot_by_those_who_keep_registers(
    store: Store, contributor: FlaskClient, reviewer: FlaskClient
) -> None:
    entry = {"title": "新人项目", "date": "1992", "status": "completed", "people": "新来(B2001)", "add__people": "yes"}
    refused = send(contributor, "/records/new/project", **entry)
    assert "B2001" in problems(refused.text)
    assert 'name="add-people"' not in refused.text
    done = send(reviewer, "/records/new/project", **entry)
    assert done.status_code == 303, problems(done.text)
    assert store.texts("XM-1992-001")["people"] == "新来(B2001)"


def test_only_what_the_form_shows_is_read(store: Store, contributor: FlaskClient) -> None:
    entry = {"title": "混入", "date": "1993", "status": "completed", "review_state": "published", "owner_id": "1"}
    answer = send(contributor, "/records/new/project", **entry, kind="award", version="99", id="1")
    assert answer.status_code == 303
    assert store.texts("XM-1993-001")["review_state"] == "draft"
    address = "/records/XM-1993-001/edit"
    assert send(contributor, address, code="XM-2001-001", title="混入二", review_state="published").status_code == 303
    assert store.texts("XM-1993-001")["title"] == "混入二"
    assert store.texts("XM-2001-001")["title"] != "混入二"


def test_whom_it_is_open_to_is_kept_only_where_it_is_restricted(store: Store, contributor: FlaskClient) -> None:
    entry = {"title": "内部", "date": "1994", "status": "completed", "confidentiality": "internal"}
    send(contributor, "/records/new/project", **entry, restricted_to="炭素学部", **{"restricted_to-reader": "yes"})
    found = store.texts("XM-1994-001")
    assert (found["confidentiality"], found["restricted_to"]) == ("internal", "")


_TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=30)


@settings(max_examples=25)
@given(st.dictionaries(st.sampled_from(["title", "date", "people", "events", "divisions", "keywords"]), _TEXT), _TEXT)
def test_whatever_is_typed_is_read_or_told(store: Store, typed: dict[str, str], number: str) -> None:
    somebody = actor(store.app, "reviewer")
    with store.app.test_request_context():
        form = EntityForm.open(db.session(), somebody, ENTITIES["patents"], None)
        form.take({**typed, "application_number": number, "link-1-way": "in:protected_by", "link-1-record": number})
        form.read()
        assert set(form.problems) <= {widget.name for widget in form.widgets} | {"links"}
        for name, text in typed.items():
            assert form.raw[name] == text.replace("\x00", "")


def test_readers_have_no_forms(site: Flask) -> None:
    reader = signed_in(site, "reader")
    for address in ("/records/new", "/records/new/paper", "/records/XM-2001-001/edit", "/my-work", "/registers"):
        assert reader.get(address).status_code == 403
    assert '/edit"' not in reader.get("/records/XM-2001-001").text
    assert site.test_client().post("/records/new/paper").status_code == 401
    contributor = signed_in(site, "contributor")
    assert contributor.get("/registers/people").status_code == 403
    assert contributor.get("/records/XM-0000-000/edit").status_code == 404
    assert "/records/new/project" in contributor.get("/projects").text
