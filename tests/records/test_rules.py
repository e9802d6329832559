"""Every rule has something that breaks it and something that keeps it; a breach never stops anybody from saving."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import ANONYMOUS, COMMAND_LINE
from catalogue.database import db, writing
from catalogue.records.checks import RULES, CheckState, find_groups, warnings_of
from catalogue.records.models.records import Record
from catalogue.records.numbers import check_character
from tests.records.test_views import queries
from tests.support.catalogues import empty_catalogue, project, put


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rules")


@pytest.fixture(scope="module")
def built(folder: Path) -> Flask:
    app = empty_catalogue(folder)
    with app.app_context():
        put("divisions", code="smelting", name="铝冶炼学部")
        put("divisions", code="carbon", name="炭素学部")
        for number in range(1, 5):
            put("people", staff_number=f"A{number}", name=f"张{number}")
        put("award_schemes", code="nat", name="国家奖", level="national")
        put("scheme_grades", scheme="nat", grade="first", from_year="1985", people_cap="3")
        put("scheme_grades", scheme="nat", grade="third", from_year="1985", to_year="1999", people_cap="3")
        put("award_schemes", code="ind", name="行业奖", level="industry")
        put("scheme_standings", scheme="ind", counts_as="industry", from_year="2001", to_year="2005")
        project("XM-0", divisions="铝冶炼学部")
    return app


@pytest.fixture
def ruled(built: Flask) -> Iterator[Flask]:
    with built.app_context():
        yield built


def broken() -> dict[str, set[str]]:
    """The codes of what breaks each rule."""
    return {
        group.rule.name: {breach.code for breach in group.breaches}
        for group in find_groups(db.session(), COMMAND_LINE, CheckState(), None)
    }


def award(code: str, *, linked: bool = True, **texts: str) -> None:
    put("awards", **{"code": code, "title": "奖", "date": "1995", "scheme": "nat", "grade": "first", **texts})
    if linked:
        put("links", source="XM-0", target=code, relation="awarded")


_serial = iter(range(1, 1000))


def patent(code: str, events: str = "", **texts: str) -> None:
    digits = texts.pop("digits", "") or f"20051{next(_serial):07}"
    put(
        "patents",
        **{
            "code": code,
            "title": "一种方法",
            "date": "2005-03-15",
            "patent_type": "invention",
            "application_number": f"{digits}.{check_character(digits)}",
            "events": f"filed 2005-03-15{events}",
            **texts,
        },
    )


def line(code: str, **texts: str) -> None:
    put(
        "benefits",
        **{
            "code": code,
            "year": "2002",
            "kind": "new_profit",
            "amount": "1000",
            "basis": "核算",
            "verifier": "财务处",
            "records": "XM-0",
            **texts,
        },
    )


def people(number: int) -> str:
    return ";".join(f"张{each}(A{each})" for each in range(1, number + 1))


GOOD, BAD = "good", "bad"
CASES = {
    "grade_not_conferred": (
        award,
        [{"grade": "third", "date": "1999"}, {"date": "2005"}],
        [{"grade": "third", "date": "2000"}, {"grade": "second"}],
    ),
    "outside_life": (award, [{"date": "1985"}], [{"date": "1984-12"}]),
    "too_many_people": (award, [{"people": people(3)}], [{"people": people(4)}]),
    "no_standing": (
        award,
        [{"scheme": "ind", "date": "2005"}, {"scheme": "nat", "date": "2006"}],
        [{"scheme": "ind", "date": "2006"}, {"scheme": "ind", "date": "2000"}],
    ),
    "award_alone": (award, [{}], [{"linked": False}]),
    "before_filing": (
        patent,
        [{"events": ";granted 2005-03-15"}],
        [{"events": ";granted 2005-03-14"}],
    ),
    "missing_event": (
        patent,
        [{"events": ";granted 2006-01-01;lapsed 2006-01-01;restored 2007-01-01"}],
        [{"events": ";lapsed 2006-01-01"}, {"events": ";granted 2006-01-01;restored 2007-01-01"}],
    ),
    "happened_twice": (
        patent,
        [{"events": ";granted 2006-01-01;lapsed 2008-01-01;restored 2008-06-01;lapsed 2010-01-01"}],
        [{"events": ";granted 2006-01-01;granted 2006-01-01"}, {"events": ";granted 2006-01-01;granted 2006-02-01"}],
    ),
    "after_the_end": (
        patent,
        [
            {"events": ";granted 2006-01-01;lapsed 2008-01-01;fee_paid 2008-05-01;restored 2008-06-01"},
            {"events": ";published 2006-01-01;examination 2006-03-01;granted 2008-01-01;fee_paid 2008-02-01"},
        ],
        [
            {"events": ";granted 2006-01-01;lapsed 2008-01-01;fee_paid 2008-05-01"},
            {"events": ";withdrawn 2006-01-01;granted 2007-01-01"},
        ],
    ),
    "examined_without_need": (
        patent,
        [{"events": ";examination 2006-01-01"}],
        [{"patent_type": "utility_model", "digits": "200520000001", "events": ";examination 2006-01-01"}],
    ),
    "wrong_type_digit": (
        patent,
        [
            {"digits": "200580000001"},
            {"digits": "03130001", "date": "2003-03-15"},
            {"digits": "200530000001", "patent_type": "design"},
            {"digits": "200590000001", "patent_type": "utility_model"},
        ],
        [
            {"digits": "200520000002"},
            {"digits": "03230001", "date": "2003-03-15"},
            {"digits": "200510009999", "patent_type": "design"},
        ],
    ),
    "wrong_filing_year": (
        patent,
        [{"digits": "03130002", "date": "2003-03-15"}, {"digits": "85100001", "date": "1985-04-01"}],
        [{"digits": "200410000001"}, {"digits": "02130003", "date": "2003-03-15"}],
    ),
    "wrong_grant_code": (
        patent,
        [
            {"events": ";granted 2009-12-30", "grant_number": "CN1000001C"},
            {"events": ";granted 2011-01-05", "grant_number": "CN101000001B"},
            {"events": ";granted 2010-03-03", "grant_number": "CN1000002C"},
            {"events": ";granted 2010-05-05", "grant_number": "CN101000003B"},
            {"events": ";granted 2009-12-30", "grant_number": "CN1000004C1"},
            {"events": ";granted 2009-12-30", "grant_number": "CN1000005"},
            {"digits": "86100001", "date": "1986-04-01", "grant_number": "CN1000006B"},
            {"digits": "200520000003", "patent_type": "utility_model", "grant_number": "CN2000001Y"},
        ],
        [
            {"events": ";granted 2009-12-30", "grant_number": "CN101000007B"},
            {"events": ";granted 2011-01-05", "grant_number": "CN1000008C"},
            {"events": ";granted 2009-12-30", "grant_number": "CN1000009Y"},
            {"events": ";granted 2009-12-30", "grant_number": "CN1000010A"},
        ],
    ),
    "wrong_publication_code": (
        patent,
        [{"publication_number": "CN1700001A"}, {"publication_number": "CN1700002"}],
        [{"publication_number": "CN1700003C"}],
    ),
    "over_shared": (line, [{"records": "XM-0 100%"}], []),
    "under_shared": (line, [{"records": "XM-0 100%"}], [{"records": "XM-0 99.99%"}, {"records": ""}]),
    "unverified": (line, [{}], [{"verifier": ""}, {"basis": ""}]),
    "registration_shape": (None, [], []),
    "completed_without_date": (
        project,
        [{"date": "2001"}, {"date": "", "status": "under_way"}],
        [{"date": ""}],
    ),
}


def test_every_rule_has_a_case() -> None:
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize("name", [name for name, (save, _good, _bad) in CASES.items() if save])
def test_what_breaks_a_rule_is_told_and_what_keeps_it_is_not(ruled: Flask, name: str) -> None:
    save, good, bad = CASES[name]
    for word, cases in ((GOOD, good), (BAD, bad)):
        for place, texts in enumerate(cases):
            save(f"{word}-{name}-{place}", **texts)
    told = {code for code in broken().get(name, set()) if code.split("-")[1:2] == [name]}
    assert told == {f"{BAD}-{name}-{place}" for place in range(len(bad))}


def test_what_no_form_lets_in_is_told_too(ruled: Flask) -> None:
    line("XY-over")
    project("XM-second")
    for place, number in enumerate(("6302002Y0017", "6302002Y0018", "6302002Y0019")):
        put("achievements", code=f"CG-{place}", title="成果", date="2002", level="company", registration_number=number)
    with writing(db.session()):
        db.session.execute(
            text(
                "INSERT INTO benefit_share (benefit_id, record_id, percent) SELECT benefit.id, record.id, 2550"
                " FROM benefit, record WHERE benefit.code = 'XY-over' AND record.code = 'XM-second'"
            )
        )
        for old, new in (("6302002Y0018", "6302002X0018"), ("6302002Y0019", "63A2002Y0019")):
            db.session.execute(
                text("UPDATE achievement SET registration_number = :new WHERE registration_number = :old"),
                {"old": old, "new": new},
            )
    told = broken()
    assert told["over_shared"] == {"XY-over"}
    assert told["registration_shape"] == {"CG-1", "CG-2"}
    group = next(
        group
        for group in find_groups(db.session(), COMMAND_LINE, CheckState(rule="over_shared"), None)
        if group.rule.name == "over_shared"
    )
    assert "125.5" in group.breaches[0].message


def test_overlapping_kinds_of_one_record_and_year_are_no_breach(ruled: Flask) -> None:
    for kind in ("new_profit", "new_tax", "new_output_value"):
        line(f"XY-lap-{kind}", kind=kind, year="2003")
    assert not {code for codes in broken().values() for code in codes if code.startswith("XY-lap")}


def test_the_list_can_be_narrowed_and_cut(ruled: Flask) -> None:
    for place in range(4):
        project(f"XM-cut-{place}", date="", divisions="炭素学部;铝冶炼学部")
    state = CheckState(rule="completed_without_date", division="carbon")
    (group,) = find_groups(db.session(), COMMAND_LINE, state, limit=2, offset=1)
    assert group.count == 4
    assert [breach.code for breach in group.breaches] == ["XM-cut-1", "XM-cut-2"]
    others = find_groups(db.session(), COMMAND_LINE, CheckState(state.rule, "smelting"), None)
    assert not {breach.code for group in others for breach in group.breaches if breach.code.startswith("XM-cut")}
    line("XY-division", records="XM-cut-0 50%")
    (group,) = find_groups(db.session(), COMMAND_LINE, CheckState("under_shared", "carbon"), None)
    assert [breach.code for breach in group.breaches] == ["XY-division"]


def test_what_is_not_open_is_told_to_nobody_else(ruled: Flask) -> None:
    for code, access in (
        ("open", {}),
        ("restricted", {"confidentiality": "restricted"}),
        ("draft", {"review_state": "draft"}),
    ):
        project(f"XM-{code}", title=f"题名{code}", date="", **access)
        line(f"XY-{code}", verifier="", **access)
    for actor, expected in ((ANONYMOUS, {"open"}), (COMMAND_LINE, {"open", "restricted", "draft"})):
        groups = find_groups(db.session(), actor, CheckState(), None)
        codes = {breach.code for group in groups for breach in group.breaches}
        assert {code for code in ("open", "restricted", "draft") if f"XM-{code}" in codes} == expected
        assert {code for code in ("open", "restricted", "draft") if f"XY-{code}" in codes} == expected
    client = ruled.test_client()
    for address in ("/checks", "/checks?rule=completed_without_date", "/checks?rule=unverified"):
        page = client.get(address).text
        assert "restricted" not in page
        assert "draft" not in page


def test_a_record_page_has_its_own_warnings_only(ruled: Flask) -> None:
    project("XM-lone", date="")
    client = ruled.test_client()
    assert "已完成项目缺完成时间" in client.get("/records/XM-lone").text
    assert "own-warnings" not in client.get("/records/XM-0").text
    record = db.session.scalars(select(Record).where(Record.code == "XM-lone")).one()
    assert [breach.rule.name for breach in warnings_of(db.session(), ANONYMOUS, record)] == ["completed_without_date"]


def test_all_is_well_in_an_empty_catalogue(tmp_path: Path) -> None:
    page = empty_catalogue(tmp_path).test_client().get("/checks", headers={"Accept-Language": "en"})
    assert "All is well" in page.text
    assert f"{len(RULES)} rules were checked" in page.text


@pytest.mark.parametrize("address", ["/checks?rule=colour", "/checks?division=x", "/checks?rule=no_standing&page=99"])
def test_what_cannot_be_is_refused_in_words(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code in {400, 404}


def test_the_page_takes_as_many_queries_however_many_breaches_there_are(ruled: Flask) -> None:
    client = ruled.test_client()
    client.get("/checks")
    with queries(ruled) as first:
        client.get("/checks")
    for place in range(12):
        project(f"XM-many-{place}", date="")
    with queries(ruled) as second:
        page = client.get("/checks").text
    assert len(second) == len(first) <= 8
    assert "rule=completed_without_date" in page  # the way to all of them


def test_the_demonstration_keeps_every_rule_but_for_notices(session: Session) -> None:
    groups = find_groups(session, COMMAND_LINE, CheckState(), None)
    assert [(group.rule.name, group.count) for group in groups] == [("no_standing", 4)]
    assert all(group.rule.notice for group in groups)
