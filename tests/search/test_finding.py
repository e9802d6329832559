"""Each of these finds what a person means by it, first or second, on the page and in the API alike."""

import re

import pytest
from flask.testing import FlaskClient

EXPANSION = {"XM-2002-011", "JL-2003-004", "CG-2003-002"}  # 160kA预焙电解槽扩容试验: project, award, achievement


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("预焙槽扩容", EXPANSION),
        ("预焙槽 扩容", EXPANSION),
        ("BPS 燃烧", {"XM-2004-005"}),
        ("节能 竞赛", {"XM-2006-011"}),
        ("160kA", EXPANSION),
        ("１６０ｋＡ", EXPANSION),
        ("160 kA", EXPANSION),
        ("預焙電解槽擴容", EXPANSION),
        # One patent in every form that people type.
        ("ZL 2005 2 0078326.2", {"ZL-2005-005"}),
        ("ZL200520078326.2", {"ZL-2005-005"}),
        ("CN200520078326.2", {"ZL-2005-005"}),
        ("200520078326.2", {"ZL-2005-005"}),
        ("200520078326", {"ZL-2005-005"}),
        ("２００５２００７８３２６．２", {"ZL-2005-005"}),
        ("zl 2005 2 0078326.2", {"ZL-2005-005"}),
        ("CN2818953Y", {"ZL-2005-005"}),
        ("CN2818953", {"ZL-2005-005"}),
        ("2818953", {"ZL-2005-005"}),
        ("xm-2002-011", {"XM-2002-011"}),
    ],
)
def test_first_or_second(client: FlaskClient, text: str, wanted: set[str]) -> None:
    hits = client.get("/api/v1/search", query_string={"q": text}).get_json()["hits"]
    assert wanted & {hit["code"] for hit in hits[:2]}
    page = client.get("/search", query_string={"q": text}).text
    assert re.findall(r'href="/records/([A-Z]{2}-\d{4}-\d{3})"', page)[: len(hits)] == [hit["code"] for hit in hits]


def test_cathode_blocks(client: FlaskClient) -> None:
    hits = client.get("/api/v1/search?q=阴极炭块").get_json()["hits"]
    assert all("阴极炭块" in hit["title"] for hit in hits[:2])


def test_people_by_name(client: FlaskClient) -> None:
    hits = client.get("/api/v1/search?q=苏建业&per_page=50").get_json()["hits"]
    assert len(hits) > 10
    for hit in hits[:2]:
        assert "苏建业" in client.get(f"/records/{hit['code']}").text
