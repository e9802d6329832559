"""Who may bring what by a file: contributors try, reviewers apply, two pairs of eyes for what counts, and no plan tells
of what its reader may not see."""

import io
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from catalogue.accounts.models import Account
from catalogue.database import db
from catalogue.records.history.models import ImportBatch, Revision
from catalogue.records.models.records import Record
from catalogue.records.numbers import check_character
from tests.security.world import same_for_all
from tests.support.accounts import signed_in
from tests.support.catalogues import empty_catalogue, project, put

PROJECTS = "编号,项目名称,完成时间,项目状态"
AWARDS = "编号,成果名称,授奖时间,奖励名称,等级"


@pytest.fixture
def contributor(tmp_path: Path) -> FlaskClient:
    client = signed_in(empty_catalogue(tmp_path), "contributor")
    _put(client, "award_schemes", code="S", name="省科学技术奖", level="provincial_ministerial")
    return client


def _put(client: FlaskClient, table: str, **texts: str) -> None:
    with client.application.app_context():
        put(table, **texts)


def _project(client: FlaskClient, code: str, **texts: str) -> None:
    with client.application.app_context():
        project(code, **texts)


def _as(client: FlaskClient, role: str, login: str = "") -> FlaskClient:
    return signed_in(client.application, role, login)


def _upload(client: FlaskClient, *lines: str, kind: str = "projects") -> str:
    content = "\n".join(lines).encode()
    answer = client.post("/imports", data={"file": (io.BytesIO(content), "表.csv"), "kind": kind})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def _number(client: FlaskClient) -> str:
    """Of the last import."""
    with client.application.app_context():
        return next(iter(db.session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())))).number


def _codes(client: FlaskClient) -> list[str]:
    with client.application.app_context():
        return list(db.session.scalars(select(Record.code).order_by(Record.code)))


def _award(title: str = "铸轧技术") -> tuple[str, str]:
    return "title,date,scheme,grade", f"{title},2005,S,second"


def test_a_contributor_tries_and_a_reviewer_applies(contributor: FlaskClient) -> None:
    place = _upload(contributor, PROJECTS, ",阳极焙烧试验,2004-05,completed")
    page = contributor.get(place).text
    assert "阳极焙烧试验" in page
    assert 'name="rows"' not in page, "no button that would be refused"
    assert contributor.post(f"{place}/apply", data={"rows": "all"}).status_code == 403
    assert _codes(contributor) == []
    reviewer = _as(contributor, "reviewer")
    assert "测试contributor" in reviewer.get(place).text, "the plan was made for other eyes"
    assert reviewer.post(f"{place}/apply", data={"rows": "all"}).status_code == 409
    assert _codes(contributor) == []
    reviewer.post(f"{place}/plan")
    receipt = reviewer.post(f"{place}/apply", data={"rows": "all"}, follow_redirects=True)
    assert re.search(r"DR-\d{4}-0001", receipt.text)
    assert len(_codes(contributor)) == 1
    with contributor.application.app_context():
        names = {account.id: account.login for account in db.session.scalars(select(Account))}
        batch, record = db.session.scalars(select(ImportBatch)).one(), db.session.scalars(select(Record)).one()
        assert names[batch.uploader_id or 0] == names[record.owner_id or 0] == "contributor"
        assert names[batch.applied_by_id or 0] == "reviewer"
        assert db.session.scalars(select(Revision.account_id)).all()[-1] == batch.applied_by_id
        number = batch.number
    assert number in contributor.get("/imports").text
    assert contributor.post(f"/imports/{number}/undo").status_code == 403
    assert reviewer.post(f"/imports/{number}/undo").status_code == 303
    assert _codes(contributor) == []


def test_contributors_see_their_own_imports_only(contributor: FlaskClient) -> None:
    place = _upload(contributor, PROJECTS, ",阳极焙烧试验,2004-05,completed")
    other, missing = _as(contributor, "contributor", "other"), "/imports/none"
    token = place.rpartition("/")[2]
    assert token not in other.get("/imports").text
    assert token in _as(contributor, "reviewer").get("/imports").text
    for part in ("", "/marked.xlsx"):
        answer = other.get(f"{place}{part}")
        assert answer.status_code == 404
        assert same_for_all(answer.text.replace(token, "none")) == same_for_all(other.get(f"{missing}{part}").text)
    assert other.post(f"{place}/plan").status_code == 404
    assert "阳极焙烧试验" in contributor.get(place).text


def test_nobody_alone_brings_what_counts(contributor: FlaskClient) -> None:
    first, second = _as(contributor, "reviewer", "first"), _as(contributor, "reviewer", "second")
    place = _upload(first, *_award(), kind="awards")
    page = first.get(place).text
    assert "另一名审核员" in page
    assert 'name="rows"' not in page
    assert first.post(f"{place}/apply", data={"rows": "all"}).status_code == 403
    assert first.post(f"{place}/apply", data={"rows": "valid"}).status_code == 403
    assert _codes(contributor) == []
    second.post(f"{place}/plan")
    assert second.post(f"{place}/apply", data={"rows": "all"}).status_code == 303
    assert len(_codes(contributor)) == 1
    # What does not count may be brought alone, and so may an award that is only a draft.
    place = _upload(first, PROJECTS, ",阳极焙烧试验,2004-05,completed")
    first.post(f"{place}/apply", data={"rows": "all"})
    heading, row = _award("阴极技术")
    place = _upload(first, f"{heading},review_state", f"{row},draft", kind="awards")
    first.post(f"{place}/apply", data={"rows": "all"})
    assert len(_codes(contributor)) == 3


@pytest.mark.parametrize(
    ("granted", "alone"), [("filed 2004-05-10", True), ("filed 2004-05-10;granted 2006-01-04", False)]
)
def test_patents_count_once_they_are_granted(contributor: FlaskClient, granted: str, alone: bool) -> None:
    reviewer = _as(contributor, "reviewer")
    heading = "title,date,patent_type,application_number,events"
    number = f"200420010001.{check_character('200420010001')}"
    place = _upload(reviewer, heading, f"一种阳极,2004-05-10,utility_model,{number},{granted}", kind="patents")
    assert reviewer.post(f"{place}/apply", data={"rows": "all"}).status_code == (303 if alone else 403)
    assert bool(_codes(contributor)) == alone


def test_a_ledger_line_that_is_changed_counts_too(contributor: FlaskClient) -> None:
    _put(contributor, "benefits", code="XY-1", year="2004", kind="cost_saving", amount="1000")
    reviewer = _as(contributor, "reviewer")
    place = _upload(reviewer, "code,year,kind,amount", "XY-1,2004,cost_saving,2000", kind="benefits")
    assert reviewer.post(f"{place}/apply", data={"rows": "all"}).status_code == 403


def test_a_plan_tells_nothing_of_hidden_entries(contributor: FlaskClient) -> None:
    _project(contributor, "XM-1", title="保密槽型试验", date="2004", confidentiality="restricted", abstract="机密甲")
    _project(contributor, "XM-2", title="公开槽型试验", date="2004", abstract="公开乙")
    place = _upload(
        contributor, f"{PROJECTS},摘要", "XM-1,新名称,2004,completed,新", "XM-2,公开槽型试验,2004,completed,新丙"
    )
    page = contributor.get(place).text
    assert "机密甲" not in page
    assert "保密槽型试验" not in page
    assert "公开乙" in page
    assert "未向您开放" in page
    reviewer = _as(contributor, "reviewer")
    reviewer.post(f"{place}/plan")
    assert "机密甲" not in reviewer.get(place).text, "restricted to nobody: not for reviewers either"
    reviewer.post(f"{place}/apply", data={"rows": "valid"})
    with contributor.application.app_context():
        texts = dict(db.session.execute(select(Record.code, Record.abstract)).all())
    assert texts == {"XM-1": "机密甲", "XM-2": "新丙"}
    administrator = _as(contributor, "administrator")
    place = _upload(administrator, f"{PROJECTS},摘要", "XM-1,新名称,2004,completed,新")
    assert "机密甲" in administrator.get(place).text


def test_no_title_is_guessed_and_no_duplicate_told(contributor: FlaskClient) -> None:
    _project(contributor, "XM-2004-001", title="180kA预焙槽焦粒焙烧启动试验", date="2004", confidentiality="restricted")
    for title in ("180kA预焙槽焦粒焙烧启动试验", "180kA预焙槽焦粒焙烧起动试验"):
        page = contributor.get(_upload(contributor, PROJECTS, f",{title},2004,completed")).text
        assert "XM-2004-001" not in page
        assert "XM-2004-002" in page
    # A number that is taken cannot be taken again: that alone is told.
    _put(contributor, "copyrights", code="RZ-1", title="配料软件", date="2004", registration_number="2004SR00001",
        confidentiality="restricted")  # fmt: skip
    place = _upload(contributor, "title,date,registration_number", "别的软件,2004,2004SR00001", kind="copyrights")
    page = contributor.get(place).text
    assert "RZ-1" not in page
    assert "配料软件" not in page
    assert "未向您开放" in page
    choice = {"choice-0:2": "RZ-1"}
    contributor.post(f"{place}/plan", data=choice)
    page = contributor.get(place).text
    assert "配料软件" not in page


def test_a_receipt_hides_what_its_reader_may_not_see(contributor: FlaskClient) -> None:
    administrator, reviewer = _as(contributor, "administrator"), _as(contributor, "reviewer")
    heading = f"{PROJECTS},confidentiality"
    place = _upload(administrator, heading, ",保密试验,2004,completed,restricted", ",公开试验,2005,completed,public")
    administrator.post(f"{place}/apply", data={"rows": "all"})
    number = _number(contributor)
    page = reviewer.get(f"/imports/{number}").text
    assert "保密试验" not in page
    assert "公开试验" in page
    assert "保密试验" in administrator.get(f"/imports/{number}").text
    assert reviewer.post(f"/imports/{number}/undo").status_code == 403
    assert len(_codes(contributor)) == 2
    assert administrator.post(f"/imports/{number}/undo").status_code == 303
    assert _codes(contributor) == []
    assert "保密试验" not in reviewer.get(f"/imports/{number}").text


def test_shares_and_links_of_hidden_records_stay_as_they_are(contributor: FlaskClient) -> None:
    _project(contributor, "XM-1", date="2004")
    _project(contributor, "XM-2", date="2004", confidentiality="restricted")
    _put(contributor, "benefits", code="XY-1", year="2004", kind="other", amount="10", records="XM-1 60%;XM-2 40%")
    _put(contributor, "links", source="XM-1", target="XM-2", relation="continued_by")
    shares = _upload(contributor, "code,year,kind,amount,records", "XY-1,2004,other,10,XM-1 60%", kind="benefits")
    links = _upload(contributor, "source,target,relation", "XM-1,XM-2,continued_by", kind="links")
    amount = _upload(contributor, "code,year,kind,amount", "XY-1,2004,other,20", kind="benefits")
    assert "XM-2" not in contributor.get(shares).text
    assert "分摊" in contributor.get(f"{shares}?outcome=invalid").text
    assert contributor.get(f"{links}?outcome=invalid").text.count('class="import-row"') == 1
    assert contributor.get(f"{amount}?outcome=changed").text.count('class="import-row"') == 1


def test_what_rows_name_beside_their_entry_is_not_guessed(contributor: FlaskClient) -> None:
    _project(contributor, "XM-1", title="保密槽型试验", date="2004", confidentiality="restricted")
    _project(contributor, "XM-2", title="公开槽型试验", date="2004")
    heading, date = "论文题目,发表时间,来源项目", "2005-03"
    hidden = contributor.get(_upload(contributor, heading, f"论槽型,{date},保密槽型试验", kind="papers")).text
    missing = contributor.get(_upload(contributor, heading, f"论槽型,{date},没有的试验", kind="papers")).text
    for page in (hidden, missing):
        assert "XM-1" not in page
        assert page.count('class="import-row"') == 2, "the paper, and its link that cannot be used"
    assert same_for_all(hidden).count("保密槽型试验") == same_for_all(missing).count("没有的试验")
    open_page = contributor.get(_upload(contributor, heading, f"论槽型,{date},公开槽型试验", kind="papers")).text
    assert "XM-2" in open_page


def test_the_number_of_a_hidden_patent_leads_nowhere(contributor: FlaskClient) -> None:
    _put(contributor, "patents", code="ZL-1", title="保密装置", patent_type="invention", date="1995-12-20",
        application_number="95115608.X", confidentiality="restricted")  # fmt: skip
    heading = "论文题目,发表时间,相关专利"
    page = contributor.get(_upload(contributor, heading, "论槽型,2005-03,95115608.X", kind="papers")).text
    assert "ZL-1" not in page
    assert "保密装置" not in page
    administrator = _as(contributor, "administrator")
    page = administrator.get(_upload(administrator, heading, "论槽型,2005-03,95115608.X", kind="papers")).text
    assert "ZL-1" in page
