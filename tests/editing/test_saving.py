"""What becomes of a form: drafts and submission, proposals, two at once, likely duplicates, warnings."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from catalogue.records.history.models import Revision
from catalogue.records.models.records import Record
from catalogue.records.numbers import parse_application
from catalogue.records.schema.reference_data import BENEFITS
from catalogue.review.models import Amendment
from tests.editing.conftest import Store
from tests.editing.pages import controls, problems, send
from tests.records.test_views import queries
from tests.support.accounts import actor, signed_in


def number(digits: str) -> str:
    """A patent application number with its check character."""
    return str(parse_application(digits))


def test_a_draft_is_submitted_with_its_form(store: Store, contributor: FlaskClient) -> None:
    page = contributor.get("/records/new/paper").text
    assert "保存草稿" in page
    assert "保存为本人草稿" in page
    answer = send(
        contributor, "/records/new/paper", page, action="submit", title="槽电压分析", date="2004", code="LW-S-1"
    )
    assert answer.headers["Location"].endswith("/records/LW-S-1?done=submitted")
    assert "已提交" in contributor.get(answer.headers["Location"]).text
    assert store.texts("LW-S-1")["review_state"] == "submitted"
    assert store.all(select(Record.owner_id).where(Record.code == "LW-S-1")) == [
        actor(store.app, "contributor").account_id
    ]
    assert signed_in(store.app, "contributor", "another").get("/records/LW-S-1/edit").status_code == 404


def test_warnings_are_shown_before_a_draft_is_submitted_and_refuse_nothing(
    store: Store, contributor: FlaskClient
) -> None:
    entry = {"title": "超员奖项", "date": "2001", "scheme": "prov", "grade": "second", "code": "JL-W-1"}
    entry["people"] = "张三\n李四\n王五(A1003)"
    answer = send(contributor, "/records/new/award", action="submit", **entry)
    assert answer.headers["Location"].endswith("/records/JL-W-1/edit?done=looked")
    assert store.texts("JL-W-1")["review_state"] == "draft"
    page = contributor.get(answer.headers["Location"]).text
    assert "own-warnings" in page
    again = send(contributor, "/records/JL-W-1/edit", page, action="submit")
    assert again.headers["Location"].endswith("done=submitted")
    assert store.texts("JL-W-1")["review_state"] == "submitted"


def test_a_published_record_is_changed_by_reviewers_and_proposed_by_others(
    store: Store, contributor: FlaskClient, reviewer: FlaskClient
) -> None:
    store.project("XM-P-1", title="原题名", date="2001")
    address = "/records/XM-P-1/edit"
    page = contributor.get(address).text
    assert "修改将作为申请提交" in page
    assert 'name="link-1-way"' not in page
    answer = send(contributor, address, page, title="提议题名", note="题名有误")
    assert answer.headers["Location"].endswith("/records/XM-P-1?done=proposed")
    assert store.texts("XM-P-1")["title"] == "原题名"
    columns = (Amendment.id, Amendment.changes, Amendment.base_number, Amendment.note)
    ((number, *made),) = store.all(select(*columns).where(Amendment.entity_code == "XM-P-1"))
    assert made == [{"title": ["原题名", "提议题名"]}, 1, "题名有误"]

    # One goes on with one's own proposal, and it takes the place of the first.
    assert f"?amendment={number}" in contributor.get(address).text
    page = contributor.get(f"{address}?amendment={number}").text
    assert controls(page)["title"] == "提议题名"
    send(contributor, address, page, title="再提议题名")
    query = select(Amendment.state, Amendment.changes).where(Amendment.entity_code == "XM-P-1").order_by(Amendment.id)
    assert [state for state, _changes in store.all(query)] == ["recalled", "submitted"]
    assert store.all(query)[1][1] == {"title": ["原题名", "再提议题名"]}
    assert send(contributor, address, page, title="三提议").status_code == 403  # its own has made way already

    assert "保存后立即生效" in reviewer.get(address).text
    send(reviewer, address, title="审定题名")
    assert store.texts("XM-P-1")["title"] == "审定题名"
    assert store.all(select(Record.version).where(Record.code == "XM-P-1")) == [2]


@pytest.mark.parametrize(
    ("address", "name"), [("/records/JL-2002-001/edit", "title"), ("/benefits/XY-2002-001/edit", "basis")]
)
def test_what_counts_is_proposed_by_reviewers_too(store: Store, reviewer: FlaskClient, address: str, name: str) -> None:
    before = store.all(select(func.count()).select_from(Amendment))[0]
    page = reviewer.get(address).text
    assert "修改将作为申请提交" in page
    assert send(reviewer, address, page, **{name: "改"}).headers["Location"].endswith("done=proposed")
    assert store.all(select(func.count()).select_from(Amendment))[0] == before + 1


def test_a_grant_that_a_reviewer_enters_is_proposed(store: Store, reviewer: FlaskClient) -> None:
    store.put(
        "patents",
        code="ZL-G-1",
        title="夹具",
        date="1997-03-05",
        patent_type="utility_model",
        application_number=number("97201766"),
        events="filed 1997-03-05",
    )
    answer = send(reviewer, "/records/ZL-G-1/edit", events="申请 1997-03-05\n授权 1998-06-01", applicant="公司")
    assert answer.headers["Location"].endswith("done=proposed")
    assert store.texts("ZL-G-1")["events"] == "filed 1997-03-05"


def test_two_who_change_one_thing_choose_field_by_field(store: Store, reviewer: FlaskClient) -> None:
    store.project("XM-C-1", title="题名", date="2001", abstract="旧摘要", keywords="甲;乙", people="张三(A1001)")
    address = "/records/XM-C-1/edit"
    mine = reviewer.get(address).text
    other = signed_in(store.app, "reviewer", "colleague")
    send(other, address, title="他的题名", abstract="他的摘要", keywords="甲; 乙; 丙", people="张三\n李四")

    held = send(reviewer, address, mine, title="我的题名", date="2002年", keywords="甲; 乙; 丙", note="理由")
    assert held.status_code == 409
    assert store.texts("XM-C-1")["title"] == "他的题名"
    page = held.text
    for said in ("题名", "他的题名", "我的题名", "旧摘要", "他的摘要", "2002", "测试colleague", "双方均有修改"):
        assert said in page
    sent = controls(page)
    chosen = {name.removeprefix("keep:"): side for name, side in sent.items() if name.startswith("keep:")}
    assert chosen == {"title": "mine", "date": "mine", "abstract": "theirs", "people": "theirs"}
    assert sent["note"] == "理由"

    # A third change in between is a conflict again: nothing is lost then either.
    send(signed_in(store.app, "reviewer", "third"), address, title="第三题名")
    again = send(reviewer, address, page)
    assert again.status_code == 409
    done = send(reviewer, address, again.text, **{"keep:title": "mine"})
    assert done.status_code == 303
    found = store.texts("XM-C-1")
    assert (found["title"], found["date"], found["abstract"]) == ("我的题名", "2002", "他的摘要")
    assert (found["keywords"], found["people"]) == ("甲;乙;丙", "张三(A1001);李四(A1002)")


def test_two_tabs_of_one_person_are_two_and_a_state_changed_meanwhile_is_said(
    store: Store, contributor: FlaskClient
) -> None:
    send(contributor, "/records/new/project", title="两页", date="1990", status="completed", code="XM-T-1")
    address = "/records/XM-T-1/edit"
    first, second = contributor.get(address).text, contributor.get(address).text
    assert send(contributor, address, first, title="第一页").status_code == 303
    held = send(contributor, address, second, title="第二页")
    assert held.status_code == 409
    assert send(contributor, address, held.text, **{"keep:title": "theirs"}).status_code == 303
    assert store.texts("XM-T-1")["title"] == "第一页"

    third = contributor.get(address).text
    store.move("reviewer", "XM-T-1", "publish")
    held = send(contributor, address, third, title="发布以后")
    assert held.status_code == 409
    assert controls(held.text)["title"] == "发布以后"
    assert "修改将作为申请提交" in held.text
    assert send(contributor, address, held.text).headers["Location"].endswith("done=proposed")


def test_a_proposal_based_on_what_has_changed_is_a_conflict_too(
    store: Store, contributor: FlaskClient, reviewer: FlaskClient
) -> None:
    store.project("XM-C-2", title="题名", date="2001")
    page = contributor.get("/records/XM-C-2/edit").text
    send(reviewer, "/records/XM-C-2/edit", title="新题名")
    held = send(contributor, "/records/XM-C-2/edit", page, title="我的")
    assert held.status_code == 409
    assert send(contributor, "/records/XM-C-2/edit", held.text).status_code == 303
    made = select(Amendment.changes, Amendment.base_number).where(Amendment.entity_code == "XM-C-2")
    assert store.all(made) == [({"title": ["新题名", "我的"]}, 2)]


def test_likely_duplicates_are_shown_first_and_only_such_as_one_may_see(store: Store, contributor: FlaskClient) -> None:
    store.project("XM-D-1", title="氧化铝浓相输送系统改造", date="1996")
    store.project("XM-D-2", title="机密输送系统改造", date="1996", confidentiality="restricted")
    entry = {"title": "氧化铝浓相输送系统改造。", "date": "1996", "status": "completed", "code": "XM-D-3"}
    held = send(contributor, "/records/new/project", **entry)
    assert held.status_code == 200
    assert 'href="/records/XM-D-1"' in held.text
    assert "仍然保存草稿" in held.text
    assert controls(held.text)["title"] == entry["title"]
    assert store.all(select(Record.id).where(Record.code == "XM-D-3")) == []
    assert send(contributor, "/records/new/project", held.text).status_code == 303
    hidden = send(contributor, "/records/new/project", title="机密输送系统改造", date="1996", status="completed")
    assert hidden.status_code == 303

    line = {"year": "2002", "kind": "new_profit", "amount": "540", "amount__unit": "万元", "records": "XM-2001-001 60%"}
    held = send(contributor, "/benefits/new", **line)
    assert held.status_code == 200
    assert "XY-2002-001" in held.text
    assert send(contributor, "/benefits/new", held.text).status_code == 303


def test_errors_leave_nothing_half_done(store: Store, reviewer: FlaskClient) -> None:
    store.put(
        "patents",
        code="ZL-H-0",
        title="已有",
        date="1998-01-05",
        patent_type="utility_model",
        application_number=number("98201767"),
    )
    before = store.all(select(func.count()).select_from(Revision))[0]
    entry = {
        "title": "半途",
        "date": "1989-01-05",
        "application_number": number("98201767"),
        "people": "半途人(C3001)",
        "add__people": "yes",
        "code": "ZL-H-1",
    }
    put_first = send(reviewer, "/records/new/patent", **entry, seen="ZL-H-0")
    assert put_first.status_code == 400
    assert "申请号" in problems(put_first.text)
    assert store.all(select(func.count()).select_from(Revision))[0] == before


def test_shares_of_records_that_one_may_not_see_are_neither_shown_nor_lost(store: Store, reviewer: FlaskClient) -> None:
    store.project("XM-HID-1", title="看不见的项目", confidentiality="restricted")
    store.put(
        "benefits",
        code="XY-HID-1",
        year="1999",
        kind="other",
        amount="100",
        records="XM-HID-1 30%;XM-2001-001 70%",
        review_state="draft",
    )
    page = reviewer.get("/benefits/XY-HID-1/edit").text
    assert "XM-HID-1" not in page
    send(reviewer, "/benefits/XY-HID-1/edit", page, records="XM-2001-001 60%")
    assert store.texts("XY-HID-1", BENEFITS)["records"] == "XM-2001-001 60%;XM-HID-1 30%"
    refused = send(reviewer, "/benefits/XY-HID-1/edit", records="XM-HID-1 10%")
    assert refused.status_code == 400


def test_a_form_takes_a_bounded_number_of_queries(store: Store, reviewer: FlaskClient) -> None:
    store.project(
        "XM-Q-1", title="很多人", people="张三(A1001);李四(A1002);王五(A1003)", divisions="铝冶炼学部;炭素学部"
    )
    with queries(store.app) as opened:
        page = reviewer.get("/records/XM-Q-1/edit").text
    assert len(opened) <= 40
    with queries(store.app) as sent:
        send(reviewer, "/records/XM-Q-1/edit", page, title="很多人二")
    assert len(sent) <= 70


def test_a_revision_that_there_cannot_be_is_refused(store: Store, reviewer: FlaskClient) -> None:
    assert send(reviewer, "/records/XM-2001-001/edit", base="x").status_code == 400
    assert send(reviewer, "/records/XM-2001-001/edit", base="99", title="电解槽扩容试验").status_code == 303
    assert re.search("done=unchanged", send(reviewer, "/records/XM-2001-001/edit").headers["Location"])


def test_of_several_who_save_at_once_one_wins_and_nobody_is_overwritten(store: Store) -> None:
    store.project("XM-R-1", title="题名")
    address = "/records/XM-R-1/edit"
    clients = [signed_in(store.app, "reviewer", f"racer{number}") for number in range(4)]
    pages = [client.get(address).text for client in clients]
    with ThreadPoolExecutor(4) as pool:
        titles = [f"赛跑{number}" for number in range(4)]
        answers = list(
            pool.map(
                lambda each: send(each[0], address, each[1], title=each[2]), zip(clients, pages, titles, strict=True)
            )
        )
    codes = [answer.status_code for answer in answers]
    assert sorted(codes) == [303, 409, 409, 409]
    assert store.texts("XM-R-1")["title"] == titles[codes.index(303)]
    revisions = store.all(select(Revision.number).where(Revision.entity_code == "XM-R-1"))
    assert sorted(revisions) == [1, 2]


def test_a_conflict_tells_nothing_of_what_one_may_not_see(store: Store, contributor: FlaskClient) -> None:
    store.project("XM-L-1", title="泄密题名", confidentiality="restricted")
    store.project("XM-L-1", title="公开题名", confidentiality="public")
    answer = send(contributor, "/records/XM-L-1/edit", base="1", title="改")
    assert answer.status_code == 400
    assert "泄密" not in answer.text
