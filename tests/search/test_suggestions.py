"""Suggestions as pages and the API give them, and similar records on a record's page."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.catalogues import empty_catalogue, project, put


def suggested(client: FlaskClient, typed: str, **arguments: Any) -> dict[str, list[dict[str, Any]]]:
    response = client.get("/api/v1/suggest", query_string={"q": typed, **arguments})
    assert response.status_code == 200
    return {group["group"]: group["suggestions"] for group in response.json["groups"]}


@pytest.mark.parametrize(
    ("typed", "group", "text"),
    [
        ("160kA预焙", "record", "160kA预焙电解槽扩容试验"),
        ("yubeidianjiec", "record", "160kA预焙电解槽扩容试验"),
        ("ZL 02 2 384", "number", "ZL 02 2 38415.4"),
        ("李占", "person", "李占奎"),
        ("碳素厂", "division", "炭素厂"),  # by an alias, under its present name
        ("yubeicao", "keyword", "预焙槽"),
    ],
)
def test_every_suggestion_leads_to_what_it_names(client: FlaskClient, typed: str, group: str, text: str) -> None:
    found = {each["text"]: each for each in suggested(client, typed)[group]}
    assert text in found
    page = client.get(found[text]["url"])
    assert page.status_code == 200
    assert text in page.get_data(as_text=True)


def test_a_number_says_how_many_records_it_leads_to(client: FlaskClient) -> None:
    for typed in ("李", "tansu", "jieneng"):
        for group in ("person", "division", "keyword"):
            for each in suggested(client, typed).get(group, []):
                if group != "keyword":  # a keyword is searched for in all the text
                    found = client.get(each["url"].replace("/search", "/api/v1/search")).json
                    assert found["total"] == each["records"], each


def test_the_number_of_suggestions_is_bounded(client: FlaskClient) -> None:
    assert len(suggested(client, "电解", limit=2)["record"]) == 2
    assert len(suggested(client, "电解", limit=10_000)["record"]) == 20
    assert client.get("/api/v1/suggest?q=x&limit=0").status_code == 400
    assert suggested(client, "") == {}
    assert suggested(client, "x" * 8_000) == {}


def test_labels_are_in_the_readers_language(client: FlaskClient) -> None:
    chinese = client.get("/api/v1/suggest?q=预焙&lang=zh").json["groups"][0]["label"]
    english = client.get("/api/v1/suggest?q=预焙&lang=en").json["groups"][0]["label"]
    assert (chinese, english) == ("题名", "Titles")


def test_hidden_records_are_not_suggested_and_do_not_count(tmp_path: Path) -> None:
    app = empty_catalogue(tmp_path)
    with app.app_context():
        put("people", staff_number="1001", name="张三")
        put("people", staff_number="1002", name="张四")
        project("XM-2001-001", people="张三(1001)", keywords="阳极")
        project(
            "XM-2001-002", title="电解槽密件", people="张四(1002)", keywords="阳极；密语", confidentiality="restricted"
        )
        project("XM-2001-003", title="电解槽草稿", keywords="阳极", review_state="draft")
    client = app.test_client()
    assert [each["text"] for each in suggested(client, "电解")["record"]] == ["电解槽试验"]
    assert [each["text"] for each in suggested(client, "zhang")["person"]] == ["张三"]
    assert suggested(client, "阳极")["keyword"][0]["records"] == 1
    assert suggested(client, "密") == {}
    assert [each["text"] for each in suggested(client, "XM-2001")["number"]] == ["XM-2001-001"]


def test_a_record_shows_what_resembles_it_and_not_what_it_is_linked_with(client: FlaskClient) -> None:
    page = client.get("/records/XM-2002-011?lang=zh").get_data(as_text=True)
    section = page.partition('class="similar"')[2]
    assert "相似条目" in section
    assert "160kA预焙槽焦粒焙烧启动工艺" in section
    assert "共有：" in section
    assert "160kA预焙电解槽扩容试验" not in section  # its own achievement and award


def test_hidden_records_are_not_similar(tmp_path: Path) -> None:
    app = empty_catalogue(tmp_path)
    text = "改进阳极组装线的浇铸磷生铁工序，降低铁碳压降"
    with app.app_context():
        project("XM-2001-001", title="阳极组装线改造", abstract=text)
        project("XM-2001-002", title="阳极组装线密件", abstract=text, confidentiality="restricted")
        project("XM-2001-003", title="阳极组装线续建", abstract=text)
    page = app.test_client().get("/records/XM-2001-001").get_data(as_text=True)
    assert "阳极组装线续建" in page
    assert "密件" not in page
