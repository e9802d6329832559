"""`POST /api/v1/similar`: what resembles a text, why, and nothing that the asker may not see."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.catalogues import empty_catalogue, project

DRAFT = {
    "title": "提高预焙槽系列电流的研究",
    "text": "拟仅加大阳极尺寸，把160kA预焙电解槽的系列电流提高到180千安，并测试热平衡。",
}


def test_what_resembles_a_draft_comes_with_what_both_share(client: FlaskClient) -> None:
    answer: Any = client.post("/api/v1/similar", json={**DRAFT, "limit": 3}).json
    assert {hit["code"] for hit in answer["hits"][:2]} == {"XM-2002-011", "CG-2003-002"}
    assert len(answer["hits"]) == 3
    assert answer["compared"] == 476
    assert answer["weighed"] > 20
    assert answer["partial"] is answer["shortened"] is False
    best = answer["hits"][0]
    assert 0.2 < best["score"] <= 1
    assert "160kA" in {term["text"] for term in best["terms"]}  # as the draft writes it
    marked = [piece["text"] for piece in best["highlights"]["title"] if piece["marked"]]
    assert any("预焙电解槽" in text for text in marked)


def test_filters(client: FlaskClient) -> None:
    def kinds(**narrowed: Any) -> set[str]:
        return {hit["kind"] for hit in client.post("/api/v1/similar", json={**DRAFT, **narrowed}).json["hits"]}

    assert kinds(kind="patent") == {"patent"}
    assert kinds(kind=["patent", "paper"]) == {"patent", "paper"}
    assert len(kinds()) > 3
    years = client.post("/api/v1/similar", json={**DRAFT, "year_from": 2002, "year_to": "2003"}).json
    assert {hit["year"] for hit in years["hits"]} == {2002, 2003}


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {},
        {"title": " "},
        {"text": ["a"]},
        {"text": "阳极", "kind": "rocket"},
        {"text": "阳极", "kind": [["project"]]},
        {"text": "阳极", "limit": 0},
        {"text": "阳极", "limit": 101},
        {"text": "阳极", "year_from": "MM"},
        {"text": True},
    ],
)
def test_what_cannot_be_used_is_told(client: FlaskClient, body: Any) -> None:
    response = client.post("/api/v1/similar", json=body)
    assert response.status_code == 400
    assert response.json["error"]


def test_no_json_and_a_book(client: FlaskClient) -> None:
    assert client.post("/api/v1/similar", data="title=1").status_code == 400
    assert client.post("/api/v1/similar", data=b"{", content_type="application/json").status_code == 400
    long = client.post("/api/v1/similar", json={"text": "铝电解槽热平衡" * 10_000}).json
    assert long["shortened"] is True


def test_hidden_records_are_neither_found_nor_counted(tmp_path: Path) -> None:
    app = empty_catalogue(tmp_path)
    with app.app_context():
        project("XM-2001-001", title="阳极组装线改造")
        project("XM-2001-002", title="阳极组装线密件", confidentiality="restricted")
        project("XM-2001-003", title="阳极组装线草稿", review_state="draft")
    answer: Any = app.test_client().post("/api/v1/similar", json={"text": "阳极组装线"}).json
    assert [hit["code"] for hit in answer["hits"]] == ["XM-2001-001"]
    assert answer["compared"] == 1
    assert [term["records"] for term in answer["hits"][0]["terms"]] == [1]
