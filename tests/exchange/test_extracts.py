"""What a search, a list or a figure shows comes as a file, and in again without a change; nothing else is in it."""

import json
import re
from html import unescape
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from catalogue.database import db
from catalogue.imports.batches import sources_of
from catalogue.imports.execution import carry_out
from tests.support.catalogues import empty_catalogue, project, put, work

ADDRESSES = {
    "/search/records": "q=电解槽&year_from=1995",
    "/projects": "category=renovation&sort=title",
    "/awards": "scheme=province-stp",
    "/benefits": "kind=cost_saving&year_from=2000",
    "/tallies/patents/records": "as_of=2006-12-31&patent_type=invention",
    "/tallies/benefits/records": "as_of=2006-12-31&kind=new_profit",
}
CASES = list(product(ADDRESSES, ("xlsx", "csv", "jsonl")))


@pytest.mark.parametrize(("place", "form"), CASES)
def test_an_extract_comes_in_again_without_a_change(client: FlaskClient, trial: Session, place: str, form: str) -> None:
    answer = client.get(f"{place}.{form}?{ADDRESSES[place]}")
    assert answer.status_code == 200
    plan = carry_out(work("import"), sources_of(trial, answer.data, f"extract.{form}", {}))
    assert set(plan.counts) == {"unchanged"}
    assert plan.counts["unchanged"] > 3


def test_an_extract_is_the_list_and_its_links(client: FlaskClient) -> None:
    page = unescape(client.get("/awards?scheme=province-stp&sort=code").text)
    address = re.search(r'href="(/awards\.jsonl[^"]+)"', page)
    assert address
    items = [json.loads(line) for line in client.get(address[1]).text.splitlines()]
    awards = [each["code"] for each in items if each["table"] == "awards"]
    assert awards == sorted(awards)
    assert {each["scheme"] for each in items if each["table"] == "awards"} == {"province-stp"}
    links = [each for each in items if each["table"] == "links"]
    assert links
    assert all({each["source"], each["target"]} & set(awards) for each in links)


def test_pages_lead_to_their_extracts(client: FlaskClient) -> None:
    for page, address in (
        ("/search?q=阳极", "/search/records.xlsx"),
        ("/benefits?kind=cost_saving", "/benefits.csv"),
        ("/tallies/awards/records?as_of=2006-12-31", "/tallies/awards/records.jsonl"),
    ):
        links = [unescape(link) for link in re.findall(r'href="([^"]+)"', client.get(page).text)]
        (found,) = [link for link in links if link.startswith(address)]
        assert client.get(found).status_code == 200


def test_an_extract_shows_what_the_asker_may_see(tmp_path) -> None:
    app: Flask = empty_catalogue(tmp_path)
    with app.app_context():
        project("XM-1", title="=甲试验")
        project("XM-2", confidentiality="restricted")
        project("XM-3")
        for target in ("XM-2", "XM-3"):
            put("links", source="XM-1", target=target, relation="continued_by")
        db.session.rollback()
        text = app.test_client().get("/projects.csv").text
        assert "XM-1" in text and "XM-3" in text
        assert "XM-2" not in text
        assert "'=甲试验" in text
        nothing = app.test_client().get("/search/records.csv?q=没有这样的词")
        assert nothing.status_code == 200
        assert "XM-" not in nothing.text
