"""What is kept of forms that nobody has sent, “my work”, registers, and what forms ask for while somebody types."""

from datetime import timedelta

import html5lib
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from catalogue.database import db, utc_now, writing
from catalogue.editing import drafts
from catalogue.editing.models import FormDraft
from catalogue.editing.register_views import REGISTERS
from catalogue.people.models import (
    Division,
    Person,
)
from catalogue.records.models.claims import Claim
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.reference_data import CLAIMS, DIVISIONS
from tests.editing.conftest import Store
from tests.editing.pages import controls, problems, send
from tests.support.accounts import account, signed_in

NEW = ["/records/new", *(f"/records/new/{name}" for name in KINDS), "/benefits/new"]
KEPT = ["/registers", *(f"/registers/{table}{rest}" for table in REGISTERS for rest in ("", "/new"))]
FORMS = [
    *NEW,
    *KEPT,
    "/records/XM-2001-001/edit",
    "/records/JL-2002-001/edit",
    "/benefits/XY-2002-001/edit",
    "/my-work",
]


def keep(client: FlaskClient, page: str, address: str, **typed: str) -> dict[str, object]:
    """Send what a script would while somebody types."""
    content = {**controls(page), **typed, "form-address": address, "form-title": typed.get("title", "")}
    answer = client.post("/editing/drafts", data=content)
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def test_what_is_typed_is_offered_again_and_gone_once_it_is_saved(store: Store) -> None:
    client = signed_in(store.app, "contributor", "typist")
    address = "/records/new/paper"
    page = client.get(address).text
    first = keep(client, page, address, title="写了一半 <i>", abstract="半")
    assert keep(client, page, address, title="写了一半 <i>", abstract="一半")["id"] == first["id"]
    assert "写了一半 &lt;i&gt;" in client.get(address).text
    assert "写了一半 &lt;i&gt;" in client.get("/my-work").text
    again = client.get(f"{address}?draft={first['id']}").text
    assert (controls(again)["abstract"], controls(again)["form-token"]) == ("一半", controls(page)["form-token"])
    # It belongs to its account alone.
    other = signed_in(store.app, "contributor", "stranger")
    assert "写了一半" not in other.get(f"{address}?draft={first['id']}").text
    assert "写了一半" not in other.get("/my-work").text
    other.post(f"/my-work/forms/{first['id']}/discard")
    assert send(client, address, again, date="2004", code="LW-K-1").status_code == 303
    assert "写了一半" not in client.get(address).text


def test_a_kept_change_knows_at_which_revision_it_was_begun(store: Store, reviewer: FlaskClient) -> None:
    store.project("XM-K-1", title="题名")
    address = "/records/XM-K-1/edit"
    kept = keep(reviewer, reviewer.get(address).text, address, title="我的")
    send(signed_in(store.app, "reviewer", "colleague"), address, title="他的")
    page = reviewer.get(f"{address}?draft={kept['id']}").text
    assert controls(page)["title"] == "我的"
    assert send(reviewer, address, page).status_code == 409
    reviewer.post(f"/my-work/forms/{kept['id']}/discard", data={"to": "form"})
    assert reviewer.get("/my-work").text.count(address) == 0


def test_forms_are_kept_in_bounds(store: Store) -> None:
    somebody = account(store.app, "contributor", "hoarder")
    client = signed_in(store.app, "contributor", "hoarder")
    with store.app.app_context(), writing(db.session()) as session:
        for number in range(drafts.MOST + 5):
            drafts.keep(session, somebody.id, "/records/new/paper", str(number), "", {"title": "x"}, 0)
        session.execute(update(FormDraft).where(FormDraft.token == "44").values(updated_at=utc_now() - timedelta(91)))
    mine = select(func.count()).select_from(FormDraft).where(FormDraft.account_id == somebody.id)
    assert store.all(mine) == [drafts.MOST]
    page = client.get("/records/new/paper").text
    keep(client, page, "/records/new/paper", title="新的")
    assert store.all(mine) == [drafts.MOST]
    assert store.all(select(FormDraft.id).where(FormDraft.token == "44")) == []
    for wrong in (
        {"abstract": "字" * 100_000},
        {"form-address": "//evil.example/"},
        {"form-address": ""},
        {"base": "x"},
    ):
        content = {**controls(page), "form-address": "/records/new/paper", **wrong}
        assert client.post("/editing/drafts", data=content).status_code == 400
    reader = signed_in(store.app, "reader")
    assert reader.post("/editing/drafts", data={"form-address": "/x"}).status_code == 403
    client.sends_tokens = False  # type: ignore[attr-defined]
    assert client.post("/editing/drafts", data={"form-address": "/x"}).status_code == 400


def test_my_work_lists_drafts_by_state_with_what_came_back_and_proposals(store: Store) -> None:
    client = signed_in(store.app, "contributor", "worker")
    for number, action in ((1, "save"), (2, "submit"), (3, "submit")):
        entry = {"title": f"我的条目{'甲乙丙'[number - 1]}", "date": "2001", "code": f"LW-M-{number}"}
        send(client, "/records/new/paper", action=action, **entry)
    store.move("reviewer", "LW-M-3", "return", "请补充 <b>页码</b>")
    send(client, "/records/XM-2001-001/edit", abstract="提议的摘要")
    page = client.get("/my-work").text
    for said in ("我的条目甲", "我的条目乙", "请补充 &lt;b&gt;页码&lt;/b&gt;", "测试reviewer", "电解槽扩容试验"):
        assert said in page
    assert page.index("我的条目丙") < page.index("我的条目甲") < page.index("我的条目乙")
    assert "我的条目" not in signed_in(store.app, "contributor", "stranger").get("/my-work").text

    assert signed_in(store.app, "contributor", "stranger").post("/my-work/record/LW-M-1/discard").status_code == 404
    assert client.post("/my-work/record/LW-M-1/discard").status_code == 303
    assert store.texts("LW-M-1")["review_state"] == "withdrawn"
    assert client.post("/my-work/record/LW-M-2/discard").status_code == 409  # it is under review
    assert client.get("/records/LW-M-1/edit").status_code == 403


def test_registers_are_kept_by_the_same_form(store: Store, reviewer: FlaskClient) -> None:
    answer = send(reviewer, "/registers/divisions/new", code="rectifier", name="整流<学部>", aliases="整流所、供电所")
    assert "done=saved" in answer.headers["Location"]
    assert "整流&lt;学部&gt;" in reviewer.get(answer.headers["Location"]).text
    assert store.texts("rectifier", DIVISIONS)["aliases"] == "供电所;整流所"
    (number,) = store.all(select(Division.id).where(Division.code == "rectifier"))
    address = f"/registers/divisions/{number}/edit"
    page, late = reviewer.get(address).text, reviewer.get(address).text
    assert 'name="code"' not in page
    send(reviewer, address, page, name="整流学部", predecessor="carbon", valid_from="2002年1月1日")
    found = store.texts("rectifier", DIVISIONS)
    assert (found["name"], found["predecessor"], found["valid_from"]) == ("整流学部", "carbon", "2002-01-01")
    assert send(reviewer, address, late, name="别名").status_code == 409
    taken = send(reviewer, "/registers/divisions/new", code="rectifier", name="又一个")
    assert "代码" in problems(taken.text) or "编号" in problems(taken.text)

    made = send(reviewer, "/registers/scheme_grades/new", scheme="prov", grade="first", from_year="1985")
    assert made.status_code == 303
    assert (
        send(reviewer, "/registers/scheme_grades/new", scheme="prov", grade="first", from_year="1985").status_code
        == 400
    )
    assert send(reviewer, "/registers/people/new", staff_number="", name="无号").status_code == 400


def test_claims_are_published_when_saved_and_withdrawn_with_a_reason(store: Store, reviewer: FlaskClient) -> None:
    entry = {"code": "DW-1", "measure": "awards_all", "value": "36", "as_of": "2006-12-31"}
    assert send(reviewer, "/registers/claims/new", **entry).status_code == 303
    assert store.texts("DW-1", CLAIMS)["review_state"] == "published"
    (number,) = store.all(select(Claim.id).where(Claim.code == "DW-1"))
    assert send(reviewer, f"/registers/claims/{number}/edit", value="37").status_code == 303
    assert store.texts("DW-1", CLAIMS)["value"] == "37"
    assert reviewer.post(f"/registers/claims/{number}/remove").status_code == 400
    assert reviewer.post(f"/registers/claims/{number}/remove", data={"note": "重复"}).status_code == 303
    assert store.texts("DW-1", CLAIMS)["review_state"] == "withdrawn"


def test_a_row_is_taken_out_unless_it_is_needed(store: Store, reviewer: FlaskClient) -> None:
    store.put("people", staff_number="Z9", name="多余")
    numbers = dict(store.all(select(Person.staff_number, Person.id)))
    needed = reviewer.post(f"/registers/people/{numbers['A1001']}/remove")
    assert needed.status_code == 400
    assert "XM-2001-001" in needed.text
    assert reviewer.post(f"/registers/people/{numbers['Z9']}/remove").status_code == 303
    assert store.all(select(Person.id).where(Person.staff_number == "Z9")) == []
    assert "A1001" in reviewer.get("/registers/people?q=zhangsan").text
    assert "A1001" not in reviewer.get("/registers/people?q=lisi").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("people?q=zhangsan", ["张三(A1001)"]),
        ("people?q=zs", ["张三(A1001)"]),
        ("people?q=zhangs", ["张三(A1001)"]),
        ("people?q=zhs", ["张三(A1001)"]),
        ("people?q=lsi", ["李四(A1002)"]),
        ("people?q=hangs", []),
        ("people?q=a1002", ["李四(A1002)"]),
        ("people?q=王五", ["王五(A1003)", "王五(A1004)"]),
        ("people?q=", []),
        ("divisions?q=电解", ["铝冶炼学部"]),
        ("divisions?q=lvye", ["铝冶炼学部"]),
        ("divisions?q=tansu", ["炭素学部"]),
        ("records?q=kuorong&kind=project&way=out:awarded", ["JL-2002-001 电解槽扩容"]),
        ("records?q=xm-2001", ["XM-2001-001 电解槽扩容试验"]),
        ("records?q=djc&kind=award&way=in:awarded", ["XM-2001-001 电解槽扩容试验"]),
    ],
)
def test_things_to_pick(contributor: FlaskClient, query: str, found: list[str]) -> None:
    answer = contributor.get(f"/editing/{query}")
    assert [pick["value"] for pick in answer.json["picks"]] == found  # type: ignore[index]


def test_what_one_may_not_see_is_not_to_pick(store: Store, contributor: FlaskClient, reviewer: FlaskClient) -> None:
    store.project("XM-SEC-1", title="绝密试验台", confidentiality="restricted", restricted_to="role:reviewer")
    assert reviewer.get("/editing/records?q=绝密试验").json["picks"]  # type: ignore[index]
    for query in ("绝密试验", "XM-SEC"):
        assert contributor.get(f"/editing/records?q={query}").json == {"picks": []}
    answer = send(
        contributor,
        "/records/new/paper",
        title="偷看",
        date="2001",
        **{"link-1-way": "in:reported_in", "link-1-record": "XM-SEC-1"},
    )
    assert answer.status_code == 400
    assert "绝密" not in answer.text
    assert signed_in(store.app, "reader").get("/editing/people?q=zs").status_code == 403


@pytest.mark.parametrize(
    ("query", "number", "kind", "remarks", "wrong"),
    [
        ("q=ZL 2005 1 0136354.X", "200510136354.X", "invention", 0, False),
        ("q=200510136354&type=design&filed=2004-01-01", "200510136354.X", "invention", 2, False),
        ("q=200510136354.1", "200510136354.X", "", 1, True),
        ("q=20051", "", "", 1, True),
        ("q=", "", "", 0, False),
    ],
)
def test_what_a_number_says(
    contributor: FlaskClient, query: str, number: str, kind: str, remarks: int, wrong: bool
) -> None:
    said = contributor.get(f"/editing/number?{query}").json
    assert said is not None
    assert (said["number"], said["type"], len(said["remarks"]), said["is_wrong"]) == (number, kind, remarks, wrong)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_form_is_well_formed(store: Store, reviewer: FlaskClient, language: str) -> None:
    addresses = list(FORMS)
    pages = [reviewer.get(address, headers={"Accept-Language": language}).text for address in FORMS]
    for name in ("patent", "award"):
        pages.append(send(reviewer, f"/records/new/{name}", date="x", people="无此人").text)
        addresses.append(f"{name} with problems")
    store.project("XM-V-1", title="题名", abstract="一\n二") if language == "zh" else None
    page = reviewer.get("/records/XM-V-1/edit").text
    colleague = signed_in(store.app, "reviewer", "colleague")
    send(colleague, "/records/XM-V-1/edit", title=f"他的{language}")
    pages.append(send(reviewer, "/records/XM-V-1/edit", page, title="我的").text)
    addresses.append("conflict")
    for address, text in zip(addresses, pages, strict=True):
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
        assert not [each for each in tree.iter() if "style" in each.attrib], address
