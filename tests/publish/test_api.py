"""The search route of the data interface: limit and offset, links, errors as JSON."""

import pytest
from flask.testing import FlaskClient

from tests.publish.conftest import HIDDEN


def search(client: FlaskClient, query: str = "") -> dict:
    answer = client.get(f"/api/v1/search?{query}")
    assert answer.status_code == 200
    return dict(answer.json or {})


def test_a_harvester_reads_everything_by_following_links(client: FlaskClient) -> None:
    codes, address = [], "/api/v1/search?kind=patent&sort=oldest&limit=17&facets=0"
    while address:
        answer = client.get(address).json
        assert answer is not None
        assert "facets" not in answer
        assert "years" not in answer
        codes += [hit["code"] for hit in answer["hits"]]
        address = answer["links"]["next"]
    assert len(codes) == len(set(codes)) == answer["total"] == 50
    assert answer["links"]["previous"].endswith("offset=17&limit=17")


def test_limit_and_offset_cut_the_same_list_as_pages(client: FlaskClient) -> None:
    by_page = search(client, "q=电解槽&page=2")
    by_offset = search(client, "q=电解槽&limit=20&offset=20")
    assert by_offset["hits"] == by_page["hits"]
    assert (by_page["offset"], by_page["limit"], by_page["page"]) == (20, 20, 2)
    assert "page" not in by_offset
    assert by_page["links"]["next"].endswith("page=3&per_page=20")
    assert search(client, "q=电解槽&offset=20")["hits"] == by_page["hits"]


def test_past_the_end_there_is_nothing(client: FlaskClient) -> None:
    answer = search(client, "kind=patent&limit=20&offset=500")
    assert (answer["hits"], answer["total"], answer["links"]["next"]) == ([], 50, None)
    assert answer["links"]["previous"].endswith("offset=30&limit=20")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "offset=-1",
        "offset=1.5",
        "limit=5&page=1",
        "offset=0&per_page=20",
        "facets=2",
    ],
)
def test_what_cannot_be_is_refused_as_json(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/search?{query}")
    assert answer.status_code == 400
    assert answer.json is not None
    assert len(answer.json["error"]["message"]) > 5


def test_a_hit_says_what_counts_and_nothing_hidden_is_one(awkward_client: FlaskClient) -> None:
    hits = {hit["code"]: hit for hit in search(awkward_client, "limit=100")["hits"]}
    assert not set(hits) & set(HIDDEN)
    assert len(hits) == 6
    assert float(hits["XM-2001-005"]["benefit"]) == 7_534_567.89
    assert hits["XM-2001-001"]["benefit"] is None
    by_benefit = search(awkward_client, "sort=benefit&limit=2")["hits"]
    assert [hit["code"] for hit in by_benefit] == ["XM-2001-005", "XM-2001-006"]
