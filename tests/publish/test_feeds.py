"""The Atom feed of a search: valid, in order of change, answered with 304 where nothing has changed."""

from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from tests.publish.conftest import FORMULA, HIDDEN
from tests.support.catalogues import project

ATOM = "{http://www.w3.org/2005/Atom}"


def feed(client: FlaskClient, query: str = "") -> etree._Element:
    """The feed, with what RFC 4287 demands checked."""
    answer = client.get(f"/search.atom?{query}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/atom+xml"
    root = etree.fromstring(answer.data)
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (only,) = element.findall(f"{ATOM}{name}")
            assert only.text
        assert str(element.findtext(f"{ATOM}id")).startswith("http://localhost/")
        changed = datetime.fromisoformat(str(element.findtext(f"{ATOM}updated")))
        assert changed.utcoffset() == timedelta(0)
        alternates = [link for link in element.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert len(alternates) == 1
    for name in root.findall(f".//{ATOM}author/{ATOM}name"):
        assert name.text
    return root


def codes(root: etree._Element) -> list[str]:
    return [str(entry.findtext(f"{ATOM}id")).rpartition("/")[2] for entry in root.findall(f"{ATOM}entry")]


def test_a_feed_lists_what_the_page_lists(client: FlaskClient) -> None:
    listed = client.get("/api/v1/search?q=预焙槽&kind=patent&limit=100").json
    assert listed is not None
    assert set(codes(feed(client, "q=预焙槽&kind=patent"))) == {hit["code"] for hit in listed["hits"]}
    assert 0 < listed["total"] <= 50
    assert len(codes(feed(client, "page=9999&per_page=100&sort=oldest"))) == 50


def test_an_entry_says_what_it_is(client: FlaskClient) -> None:
    root = feed(client, "q=XM-2002-011")
    (entry,) = root.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "160kA预焙电解槽扩容试验"
    assert len(str(entry.findtext(f"{ATOM}summary"))) > 100
    assert [name.text for name in entry.findall(f"{ATOM}author/{ATOM}name")]
    assert ("project", "科技项目") in [
        (each.get("term"), each.get("label")) for each in entry.findall(f"{ATOM}category")
    ]
    links = {str(link.get("rel")): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links["self"] == "http://localhost/search.atom?q=XM-2002-011"
    assert links["alternate"] == "http://localhost/search?q=XM-2002-011"


def test_what_changed_last_comes_first_and_only_then_the_feed_is_new(awkward: Flask) -> None:
    client = awkward.test_client()
    before = client.get("/search.atom?q=阳极")
    seen = {"If-None-Match": before.headers["ETag"]}
    assert client.get("/search.atom?q=阳极", headers=seen).status_code == 304
    since = {"If-Modified-Since": before.headers["Last-Modified"]}
    assert client.get("/search.atom?q=阳极", headers=since).status_code == 304
    with awkward.app_context():
        project("XM-2001-006", title="阳极导杆", abstract="又一次改动。")
    after = client.get("/search.atom?q=阳极", headers=seen)
    assert after.status_code == 200
    assert after.headers["ETag"] != before.headers["ETag"]
    root = feed(client, "q=阳极")
    assert codes(root)[0] == "XM-2001-006"
    changes = [str(entry.findtext(f"{ATOM}updated")) for entry in root.findall(f"{ATOM}entry")]
    assert changes[0] == root.findtext(f"{ATOM}updated") == max(changes)


def test_nothing_that_xml_forbids_and_nothing_hidden(awkward_client: FlaskClient) -> None:
    root = feed(awkward_client)
    assert not set(codes(root)) & set(HIDDEN)
    titles = [each.text for each in root.iter(f"{ATOM}title")]
    assert FORMULA in titles
    assert "阳极焙烧 <b>&amp;</b>" in titles
    assert "阳极断层记录" in [each.text for each in root.iter(f"{ATOM}summary")]
    assert codes(feed(awkward_client, "q=阳极机密 OR 阳极草稿")) == []
    assert codes(feed(awkward_client, "q=%22%EF%BF%BE%0B%22&kind=patent")) == []


def test_the_page_names_its_feed(client: FlaskClient) -> None:
    page = client.get("/search?q=阳极&kind=patent&sort=oldest").text
    address = "/search.atom?kind=patent&amp;q=%E9%98%B3%E6%9E%81"
    assert page.count(f'href="{address}"') == 2  # in the head and on the button
    assert 'type="application/atom+xml"' in page
    assert client.get("/search.atom?sort=loudness").status_code == 400
