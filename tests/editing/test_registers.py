"""Registers as people read and fill them: names instead of codes, measures in words, fees in yuan."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from catalogue.records.models.claims import Claim
from catalogue.records.models.dated_rates import PatentFee
from tests.editing.conftest import Store
from tests.editing.pages import controls, send

EN = {"Accept-Language": "en"}


def test_rows_say_names_and_not_codes(reviewer: FlaskClient) -> None:
    page = reviewer.get("/registers/scheme_grades").text
    assert "<td>省科学技术进步奖</td>" in page
    assert "<td>prov</td>" not in page
    edit = re.search(r'href="(/registers/scheme_grades/\d+/edit)"', page)
    assert edit
    assert "<h1>省科学技术进步奖 · 二等奖 · 起始年份 1985</h1>" in reviewer.get(edit[1]).text
    people = reviewer.get("/registers/people").text
    assert "铝冶炼学部" in people
    assert "<h1>新增人员</h1>" in reviewer.get("/registers/people/new").text


def test_what_was_saved_is_called_by_its_name(reviewer: FlaskClient) -> None:
    answer = send(reviewer, "/registers/scheme_grades/new", scheme="prov", grade="third", from_year="1986")
    assert "省科学技术进步奖 · 三等奖 · 起始年份 1986" in reviewer.get(answer.headers["Location"]).text


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("重大科技项目", "projects_major", "重大科技项目"),
        ("National: Second prize", "award_national_second", "国家级：二等奖"),
        ("patents_granted", "patents_granted", "授权专利"),
        (" 会员人数 ", "会员人数", "会员人数"),
    ],
)
def test_what_a_published_figure_measures_is_written_in_words(
    store: Store, reviewer: FlaskClient, typed: str, kept: str, shown: str
) -> None:
    code = f"DW-{kept}"
    answer = send(reviewer, "/registers/claims/new", code=code, measure=typed, value="1200", as_of="2006-12-31")
    assert answer.status_code == 303
    assert store.all(select(Claim.measure).where(Claim.code == code)) == [kept]
    page = reviewer.get(f"/registers/claims?q={code}").text
    assert f"<td>{shown}</td>" in page
    assert '<td class="number">1,200</td>' in page
    number = store.all(select(Claim.id).where(Claim.code == code))[0]
    form = reviewer.get(f"/registers/claims/{number}/edit").text
    assert controls(form)["measure"] == shown
    assert f'<option value="{shown}">' in form or kept == shown


def test_a_fee_is_typed_in_yuan_unless_another_unit_is_chosen(store: Store, reviewer: FlaskClient) -> None:
    form = reviewer.get("/registers/patent_fees/new").text
    assert controls(form)["amount-unit"] == "元"
    assert controls(reviewer.get("/records/new/proposal").text)["yearly_value-unit"] == "万元"
    assert "Amount (yuan)" not in reviewer.get("/registers/patent_fees/new", headers=EN).text
    years = {"from_year": "1", "to_year": "3", "valid_from": "2001-03-01"}
    typed = send(reviewer, "/registers/patent_fees/new", form, patent_type="invention", amount="12000", **years)
    assert typed.status_code == 303
    [(number, amount)] = store.all(select(PatentFee.id, PatentFee.amount))
    assert amount == 12_000
    kept = controls(reviewer.get(f"/registers/patent_fees/{number}/edit").text)
    assert (kept["amount"], kept["amount-unit"]) == ("12000", "元")
