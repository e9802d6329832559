"""Nothing tells of what the asker may not see: not its words, not its numbers, not a count."""

import io
import itertools
import json
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask import template_rendered
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from catalogue.accounts.permissions import ANONYMOUS, Actor
from catalogue.config import current_settings
from catalogue.database import db, writing
from catalogue.records.models.records import Record
from catalogue.records.queries import visible_to
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.reference_data import ENTITIES
from catalogue.search.current import current_index
from catalogue.search.interface import FACETS, SORTS
from catalogue.tallies.issued import reports
from catalogue.tallies.subjects import SUBJECTS
from tests.security.world import ASKERS, DAY, PREFIXES, TABLES, Thing, World, same_for_all, sees
from tests.support.accounts import actor

pytestmark = pytest.mark.slow
_MARK = re.compile(r"zq[a-h]{4}|5550\d{3}|6302005Y0\d{3}|77000\d{3}", re.IGNORECASE)
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[, ](?=\d)")
_RECORDS = tuple(PREFIXES)


def texts_of(answer: TestResponse) -> Iterator[str]:
    """What an answer says, unpacked where it is a package: the address asked for is not in it."""
    if answer.data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as package:
            for name in package.namelist():
                yield package.read(name).decode("utf-8", "replace")
    else:
        yield answer.data.decode("utf-8", "replace")
        if answer.is_json:
            yield json.dumps(answer.json, ensure_ascii=False)
    yield str(answer.headers)


def marks_in(answer: TestResponse) -> set[str]:
    """The marks of items that an answer has."""
    return {
        mark[0].lower() if mark[0][0] in "zZ" else mark[0]
        for text in texts_of(answer)
        for mark in _MARK.finditer(_BETWEEN_DIGITS.sub("", text))
    }


def addresses() -> Iterator[str]:
    """Every page, file and feed that lists, counts or suggests something, in every cut."""
    yield from ("/", "/api", "/claims", "/checks", "/benefits", "/tallies", "/reports/issued", "/search/help")
    yield from (
        "/patents/overview",
        "/patents/fees",
        "/patents/fees?as_of=2007-06-01",
        "/patents/fees.ics?as_of=2006-12-01",
    )
    yield from (
        "/reports/summary",
        "/reports/summary?year_from=2005",
        "/reports/summary.docx",
        "/reports/check",
        "/prior-work",
    )
    yield from ("/api/v1/records?per_page=100", "/api/v1/records?kind=patent", "/api/v1/benefits?per_page=100")
    yield from ("/export.xlsx", "/export.jsonl", "/api/v1/summary", "/api/v1/claims", "/search.atom")
    for table in _RECORDS:
        yield from (f"/{table}?sort={sort}" for sort in ("newest", "oldest", "title", "code"))
        yield f"/{table}?year_from=2005&year_to=2005"
    yield from (
        "/awards?scheme=S&grade=second",
        "/projects?status=completed&major=yes",
        "/patents?patent_type=invention",
    )
    for words in ("", "电解槽", "节能 电流效率", "zqwwww", "dianjiecao", "电介槽", "20051555"):
        yield f"/search?q={quote(words)}&per_page=100"
        yield f"/api/v1/search?q={quote(words)}&limit=100"
        yield f"/api/v1/suggest?q={quote(words)}&limit=20"
    yield from (f"/search?q=电解槽&sort={sort}&per_page=100" for sort in SORTS)
    yield from (f"/search?q=电解槽&{facet}=none&per_page=100" for facet in FACETS)
    yield from (
        f"/api/v1/suggest?q={typed}&limit=20" for typed in ("zq", "zqa", "zqaa", "zqb", "XM-zq", "CN10555", "2005SR555")
    )
    yield from ("/search.xlsx?q=电解槽", "/search.csv?q=电解槽", "/search.xlsx?sort=benefit")
    for name, subject in SUBJECTS.items():
        for dimension in subject.dimensions:
            yield f"/tallies/{name}?rows={dimension}&columns=none&empty=yes"
            yield f"/tallies/{name}/records?{dimension}=none"
            yield f"/api/v1/tally?subject={name}&rows={dimension}&columns=none"
        for measure in subject.measures:
            yield f"/api/v1/tally?subject={name}&measure={measure}"
        yield f"/tallies/{name}/records"
        yield from (f"/tallies/{name}.{ending}" for ending in ("xlsx", "docx", "csv", "json", "svg"))
        if subject.is_searchable:
            yield f"/tallies/{name}?q=电解槽"
    yield from (
        "/tallies/awards?rows=division&columns=person",
        "/tallies/awards.png",
        "/tallies/papers?rows=keyword&columns=year",
    )
    yield from (f"/checks?rule={rule}" for rule in ("award_alone", "under_shared", "no_standing"))


def about(item: Thing) -> Iterator[str]:
    """Addresses that name an item, its people or its division, and must tell nothing of it."""
    mark = next(word for word in item.words if word.startswith("zq"))
    almost = f"{mark[:-1]}w"
    yield f"/search?q={almost}"
    yield f"/search?q={almost[:-1]}"
    yield f"/api/v1/suggest?q={almost[:-1]}"
    if item.table in ("projects", "awards", "papers"):
        yield f"/tallies/{item.table}?person=A-{mark}&rows=year"
        yield f"/tallies/{item.table}/records?any_division=D-{mark}"
        yield f"/search?division=D-{mark}"


# Who sees more or less of the same kind as another gets every third address only: the crawl takes its time.
@pytest.mark.parametrize(
    ("asker", "step"), [("anonymous", 1), ("of the division", 2), ("reviewer", 2), ("reader", 3), ("owner", 3)]
)
def test_no_answer_has_a_mark_of_what_the_asker_may_not_see(world: World, asker: str, step: int) -> None:
    browser, hidden = world.browser(asker), world.hidden_words(asker)
    found: set[str] = set()
    told: dict[str, list[str]] = {}
    for address in itertools.islice(addresses(), 0, None, step):
        answer = browser.get(address)
        assert answer.status_code in (200, 400), f"{address}: {answer.status_code}"
        marks = marks_in(answer)
        if marks & hidden:
            told[address] = sorted(marks & hidden)[:5]
        found |= marks
    assert not told
    seen = {word for item in world.of(asker) if item.code != "XM-PLAIN" for word in item.words}
    assert len(found) > 0.6 * len(seen), "the crawl is worth nothing if it does not even see what is open"


def forms() -> Iterator[str]:
    """What whoever writes opens and is helped with while typing."""
    yield from ("/my-work", "/records/new", "/benefits/new", *(f"/records/new/{kind}" for kind in KINDS))
    for typed in ("zq", "zqa", "zqb", "A-zq", "D-zq", "XM-zq", "电解槽", "A", "D"):
        yield from (f"/editing/{what}?q={quote(typed)}" for what in ("people", "divisions", "records"))
        yield f"/editing/records?q={quote(typed)}&kind=project"
    yield from ("/editing/number?q=CN10555", "/editing/number?q=2005SR555")
    yield from ("/imports", "/account", "/account/tokens")


@pytest.mark.parametrize("asker", ["owner", "reviewer"])
def test_forms_and_what_they_suggest_tell_nothing_of_what_is_hidden(world: World, asker: str) -> None:
    browser, hidden = world.browser(asker), world.hidden_words(asker)
    addresses = list(forms())
    for item in world.of(asker, *_RECORDS)[::4]:
        addresses += [f"/records/{item.code}/edit", f"/records/{item.code}/attachments"]
        addresses += [f"/records/{item.code}/history/1", f"/records/{item.code}/history/1/compare"]
    addresses += [f"/benefits/{item.code}/edit" for item in world.of(asker, "benefits")]
    if asker == "reviewer":
        addresses += ["/registers", "/registers/yearly_counts", "/registers/claims"]
    told = {}
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code < 500, address
        if asker == "reviewer" and address.startswith(("/editing/people", "/editing/divisions")):
            continue  # the registers are theirs to keep, whole
        if marks := marks_in(answer) & hidden:
            told[address] = sorted(marks)[:5]
    assert not told


@pytest.mark.parametrize("asker", ["anonymous", "of the division", "reviewer"])
def test_record_pages_tell_nothing_of_hidden_neighbours(world: World, asker: str) -> None:
    browser, hidden = world.browser(asker), world.hidden_words(asker)
    for item in world.of(asker, *_RECORDS)[::2]:
        answer = browser.get(f"/records/{item.code}")
        assert answer.status_code == 200
        assert not marks_in(answer) & hidden, item.code
        assert not marks_in(browser.get(f"/api/v1/records/{item.code}")) & hidden, item.code
        assert not marks_in(browser.get(f"/records/{item.code}/history")) & hidden, item.code
    if asker == "reviewer":
        for page in range(1, 9):
            assert not marks_in(browser.get(f"/review?page={page}")) & hidden
    for item in world.of(asker, "benefits"):
        assert not marks_in(browser.get(f"/benefits/{item.code}/history")) & hidden, item.code
        assert not marks_in(browser.get(f"/api/v1/benefits/{item.code}")) & hidden, item.code


def _hidden(world: World, asker: str, each: int) -> list[Thing]:
    """Every so many-th of what somebody does not see."""
    return [item for item in world.items if not sees(asker, item)][::each]


@pytest.mark.parametrize("asker", ["anonymous", "reader", "owner", "reviewer"])
def test_what_is_asked_for_by_name_is_not_told_either(world: World, asker: str) -> None:
    browser = world.browser(asker)
    for item in _hidden(world, asker, 9):
        mark = next(word for word in item.words if word.startswith("zq"))
        for address in about(item):
            said = browser.get(address).text.replace(f"D-{mark}", "").replace(f"A-{mark}", "")
            assert mark not in said, address


@pytest.mark.parametrize("asker", ["anonymous", "reader", "owner", "reviewer"])
def test_the_pages_of_hidden_and_of_missing_records_are_the_same(world: World, asker: str) -> None:
    browser = world.browser(asker)
    browser.get("/")  # the first page brings the cookie of forms
    for item in _hidden(world, asker, 7):
        if item.table not in _RECORDS:
            continue
        for code in (item.code, item.code.lower()):
            missing = f"{code[:-1]}w"
            answer, other = browser.get(f"/records/{code}"), browser.get(f"/records/{missing}")
            assert answer.status_code == other.status_code == 404
            assert same_for_all(answer.text.replace(code, "…")) == same_for_all(other.text.replace(missing, "…"))
            assert set(answer.headers.keys()) == set(other.headers.keys())
            answer, other = browser.get(f"/api/v1/records/{code}"), browser.get(f"/api/v1/records/{missing}")
            assert answer.status_code == other.status_code == 404
            assert answer.text.replace(code, "…") == other.text.replace(missing, "…")
            answer, other = browser.get(f"/records/{code}/history"), browser.get(f"/records/{missing}/history")
            assert answer.status_code == other.status_code == 404
            assert same_for_all(answer.text.replace(code, "…")) == same_for_all(other.text.replace(missing, "…"))


def _actor(world: World, asker: str) -> Actor:
    who = ASKERS[asker]
    return actor(world.app, *who) if who else ANONYMOUS


@pytest.mark.parametrize("asker", ASKERS)
def test_counts_are_those_of_what_the_asker_sees(world: World, asker: str) -> None:
    browser = world.browser(asker)
    totals: list[int] = []

    def remember(_sender: object, context: dict[str, object], **_: object) -> None:
        if "paging" in context:
            totals.append(context["paging"].total)  # type: ignore[attr-defined]

    with template_rendered.connected_to(remember, world.app):
        for table in (*_RECORDS, "benefits"):
            browser.get(f"/{table}")
            assert totals.pop() == len(world.of(asker, table)), table
    everything = browser.get("/api/v1/search?limit=1").json
    assert everything and everything["total"] == len(world.of(asker, *_RECORDS))
    kinds = {value["code"]: value["count"] for value in everything["facets"]["kind"]}
    assert {f"{kind}s": count for kind, count in kinds.items()} == {
        table: len(world.of(asker, table)) for table in _RECORDS
    }
    assert everything["facets"]["division"] == [] or all(each["count"] for each in everything["facets"]["division"])
    for name in SUBJECTS:
        published = [item for item in world.of(asker, name) if item.state == "published"]
        tally = browser.get(f"/api/v1/tally?subject={name}").json
        assert tally
        entries = sum(each["total"]["entries"] for each in tally["row_headings"])
        assert entries == len(published), name
    shared_out = browser.get("/api/v1/tally?subject=benefits&rows=division&columns=none").json
    assert shared_out
    lines = [item for item in world.of(asker, "benefits") if item.state == "published"]
    assert sum(each["total"]["entries"] for each in shared_out["row_headings"]) == len(lines)
    for table in TABLES:
        assert len(browser.get(f"/export.jsonl?kind={table}").text.splitlines()) == len(world.of(asker, table)), table
    who = _actor(world, asker)
    with world.app.app_context():
        for table in TABLES:
            model = ENTITIES[table].model
            shown = visible_to(who, Record if issubclass(model, Record) else model)
            assert db.session.scalar(select(func.count(model.id)).where(shown)) == len(world.of(asker, table)), table


@pytest.mark.parametrize("asker", ASKERS)
def test_similar_records_and_prior_work_know_of_nothing_hidden(world: World, asker: str) -> None:
    browser, hidden = world.browser(asker), world.hidden_words(asker)
    draft = "电解槽节能试验\n电解槽电流效率提高，阳极消耗降低。"
    answer = browser.post("/prior-work", data={"title": "电解槽节能试验", "text": draft})
    assert answer.status_code == 200
    assert not marks_in(answer) & hidden
    answer = browser.post("/api/v1/similar", json={"text": draft, "limit": 100})
    assert not marks_in(answer) & hidden
    answer = browser.post(
        "/reports/check", data={"text": "授权专利16项。累计创经济效益5400多万元。", "as_of": DAY.isoformat()}
    )
    assert not marks_in(answer) & hidden
    answer = browser.post("/api/v1/verify", json={"text": "授权专利16项。", "as_of": DAY.isoformat()})
    assert not marks_in(answer) & hidden


def test_reports_open_only_for_those_who_see_all_that_was_counted(world: World) -> None:
    issuers = [_actor(world, "reviewer").for_audience(levels) for levels in (("public",), ("public", "internal"))]
    with world.app.app_context(), writing(db.session()) as session:
        numbers = {}
        for audience, issuer in enumerate(issuers, 1):
            kept = reports.freeze(
                session,
                issuer,
                "awards",
                {"as_of": DAY.isoformat(), "rows": "keyword", "columns": "none"},
                current_index(),
                current_settings().data,
            )
            numbers[audience] = reports.issue(session, issuer, kept, f"获奖{audience}").number
    for asker in ASKERS:
        browser = world.browser(asker)
        for audience, number in numbers.items():
            is_open = audience == 1 or asker != "anonymous"
            for part in ("", "/records", "/compare?with=today"):
                answer = browser.get(f"/reports/issued/{number}{part}")
                assert answer.status_code == (200 if is_open else 404)
                missing = browser.get(f"/reports/issued/TJ-2999-0001{part}")
                if is_open:
                    assert not marks_in(answer) & world.hidden_words(asker)
                else:
                    told = same_for_all(answer.text.replace(number, ""))
                    assert told == same_for_all(missing.text.replace("TJ-2999-0001", ""))
            assert (number in browser.get("/reports/issued").text) == is_open


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/projects",
        "/search?q=电解槽",
        "/search.atom",
        "/search.xlsx",
        "/export.jsonl",
        "/api/v1/search",
        "/api/v1/suggest?q=电",
        "/tallies/awards.csv",
        "/patents/fees.ics",
        "/records/XM-PLAIN",
        "/records/NONE",
        "/tallies/nothing",
        "/imports",
    ],
)
def test_no_cache_gives_the_answer_of_one_reader_to_another(world: World, address: str) -> None:
    for asker in ("reader", "administrator"):
        answer = world.browser(asker).get(address)
        assert answer.headers["Cache-Control"] in ("private, no-store", "private, no-cache")
        assert "Cookie" in answer.headers["Vary"]
    stranger = world.browser("anonymous").get(address)
    assert "Cookie" in stranger.headers["Vary"]
    assert "no-" in stranger.headers["Cache-Control"]


def test_files_of_the_site_itself_are_cached_for_all(world: World) -> None:
    answer = world.browser("reader").get("/static/css/site.css")
    assert "private" not in answer.headers.get("Cache-Control", "")
    assert "Cookie" not in answer.headers.get("Vary", "")
