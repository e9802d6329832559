"""Record pages: what they show, what they refuse, what they never show, and how many queries they take."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from catalogue.database import db
from catalogue.records.schema.kinds import KINDS_BY_TABLE
from catalogue.resources import STATIC_FOLDER
from tests.support.catalogues import empty_catalogue, project, put

BAD = ["-1", "0", "x", "1000000000", "1e3", "９", " ", "%00", "9" * 400, "'", "<b>"]


@contextmanager
def queries(app: Flask) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "ROLLBACK")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("table", list(KINDS_BY_TABLE))
@pytest.mark.parametrize("sort", ["", "newest", "oldest", "title", "code"])
def test_every_kind_has_a_list(client: FlaskClient, table: str, sort: str) -> None:
    answer = client.get(f"/{table}?sort={sort}")
    assert answer.status_code == 200
    assert '<table class="record-table">' in answer.text


@pytest.mark.parametrize("argument", ["page", "year_from", "year_to", "sort", "status", "division", "major"])
@pytest.mark.parametrize("value", BAD)
@pytest.mark.parametrize("path", ["/projects", "/benefits"])
def test_bad_arguments_are_refused_in_words(client: FlaskClient, path: str, argument: str, value: str) -> None:
    answer = client.get(f"{path}?{argument}={value}")
    assert answer.status_code in {200, 400, 404}
    assert "<h1" in answer.text


@pytest.mark.parametrize("code", ["XM-0000-000", "..%2F..%2Fetc%2Fpasswd", "%00", "a" * 5000, "<script>", "%ED%A0%80"])
def test_an_unknown_code_is_not_found(client: FlaskClient, code: str) -> None:
    answer = client.get(f"/records/{code}")
    assert answer.status_code in {400, 404}
    assert "<script>" not in answer.text


def test_a_code_in_other_letters_leads_to_the_record(client: FlaskClient) -> None:
    answer = client.get("/records/xm-2002-011")
    assert answer.status_code == 301
    assert answer.headers["Location"].endswith("/records/XM-2002-011")


def test_a_record_shows_its_chain_benefits_and_links(client: FlaskClient) -> None:
    page = client.get("/records/XM-2002-011").text
    for text in ("160kA预焙电解槽扩容试验", "国际先进", "ZL 02 2 38415.4", "本条所占", "237", "后续项目", "苏建业"):
        assert text in page
    award = client.get("/records/JL-2003-004").text
    assert "160kA" in award or "stage-missing" in award


def test_what_an_award_counts_as_is_told_with_its_basis(client: FlaskClient) -> None:
    page = client.get("/records/JL-1993-001").text
    assert "省部级" in page
    assert "总公司存续期间" in page


def test_a_list_can_be_narrowed(client: FlaskClient) -> None:
    everything = client.get("/awards").text
    narrowed = client.get("/awards?scheme=national-stp&grade=second").text
    assert "共 1 条" in narrowed
    assert "共 36 条" in everything
    assert "共 156 条" in client.get("/projects?major=yes&status=completed").text
    assert "共 0 条" not in client.get("/patents?year_from=1900&year_to=1901").text


def test_the_ledger_adds_only_what_is_counted(client: FlaskClient) -> None:
    assert "5,436.8" in client.get("/benefits").text
    assert client.get("/benefits?kind=new_tax").status_code == 200


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A catalogue with one record that everybody may see, and others that nobody may."""
    app = empty_catalogue(tmp_path_factory.mktemp("guarded"))
    with app.app_context():
        project("XM-1", title="可见的电解槽试验")
        project("XM-2", title="未发布的电解槽试验", review_state="draft")
        project("XM-3", title="受限的电解槽试验", confidentiality="restricted")
        put("links", source="XM-1", target="XM-2", relation="continued_by")
        put("benefits", code="XY-1", year="2001", kind="new_profit", amount="1000", records="XM-1 50%;XM-3 50%")
        put(
            "benefits", code="XY-2", year="2001", kind="new_profit", amount="7770", records="XM-1", review_state="draft"
        )
    return app


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/projects",
        "/search",
        "/search?q=电解槽",
        "/api/v1/search?q=电解槽",
        "/benefits",
        "/records/XM-1",
        "/patterns",
    ],
)
def test_what_is_not_open_appears_nowhere(guarded: Flask, address: str) -> None:
    text = guarded.test_client().get(address).text
    assert "未发布的" not in text
    assert "受限的" not in text
    assert "XM-2" not in text
    assert "XM-3" not in text
    assert "0.777" not in text


def test_what_is_not_open_is_not_counted(guarded: Flask) -> None:
    client = guarded.test_client()
    assert "共 1 条" in client.get("/projects").text
    answer = client.get("/api/v1/search?q=电解槽").json
    assert answer is not None
    assert answer["total"] == 1
    assert [value["count"] for value in answer["facets"]["kind"]] == [1]
    for code in ("XM-2", "XM-3", "xm-2"):
        assert client.get(f"/records/{code}").status_code == 404


@pytest.mark.parametrize("path", ["/projects", "/awards", "/patents", "/papers", "/benefits"])
def test_a_list_takes_as_many_queries_for_many_records_as_for_few(app: Flask, path: str) -> None:
    client = app.test_client()
    client.get(path)
    with queries(app) as few:
        client.get(f"{path}?year_from=2006&year_to=2006")
    with queries(app) as many:
        client.get(path)
    assert len(many) <= len(few) + 1  # a page without records need not load what belongs to them
    assert len(many) <= 16


@pytest.mark.parametrize("code", ["XM-2002-011", "JL-2003-004", "ZL-2004-003", "LW-1990-001", "JY-1990-001"])
def test_a_record_page_takes_a_bounded_number_of_queries(app: Flask, code: str) -> None:
    with queries(app) as seen:
        assert app.test_client().get(f"/records/{code}").status_code == 200
    assert len(seen) <= 49


def test_the_package_needs_no_network() -> None:
    for file in STATIC_FOLDER.rglob("*.css"):
        if "vendor" not in file.parts:
            assert "http" not in file.read_text(encoding="utf-8")
