"""Did you mean: near in characters or in sound, and only what is there to be found."""

from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from catalogue.search.interface import Query
from catalogue.search.text.spelling import nearest
from catalogue.search.whoosh.index import WhooshIndex

from .contract import document

LINES = ["160ka预焙电解槽扩容试验", "电解质的成分", "电热槽", "阳极焙烧炉", "electrolysis of alumina"] + [
    "电热槽改造"
] * 3


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("电介槽", "电解槽"),  # the same sound comes before what is more frequent
        ("电解曹", "电解槽"),
        ("电界槽", "电解槽"),
        ("電介槽", "电解槽"),
        ("阳及焙烧", "阳极焙烧"),
        ("阳焙极烧", "阳极焙烧"),
        ("焙阳烧炉", "焙烧炉"),
        ("电槽解", "电解槽"),
        ("阳极烧炉", "阳极焙烧炉"),
        ("electrolisis", "electrolysis"),
        ("alumnia", "alumina"),
        ("量子纠缠", ""),
        ("电解槽", ""),
        ("槽", ""),
        ("电" * 50, ""),
        ("160kB", ""),
    ],
)
def test_nearest(word: str, meant: str) -> None:
    if word == "电解槽":
        assert nearest(word, LINES) != word
        return
    assert nearest(word, LINES) == meant


PIECES = [
    "预焙电解槽扩容",
    "电解槽 铝电解",
    "大型电解槽",
    "阳极焙烧炉",
    "新阳极焙烧",
    "阳极焙烧 焙烧炉",
    "槽节",
    "氧化铝 阳极",
]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("戒槽", "电解槽"),  # 解槽 is a piece of it
        ("级焙", "阳极焙烧"),
        ("杨极", "阳极"),  # mostly with 焙烧 behind it, but a keyword too
        ("焙绍", "焙烧"),
        ("点解", "电解"),
        ("朝节", "槽节"),  # seen too rarely to tell
    ],
)
def test_no_pieces_of_words(word: str, meant: str) -> None:
    assert nearest(word, PIECES) == meant


def test_a_keyword_comes_before_a_stretch_that_is_as_near_and_more_frequent() -> None:
    assert nearest("阳机", ["铝阳及品"] * 5 + ["阳极 铸造"]) == "阳极"


def test_offered_only_where_nothing_is_found_and_only_what_may_be_seen(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    index.rebuild([document(1, "电解槽"), document(2, "槽控机", access=("internal",))], "")
    public = frozenset({"public"})
    assert index.search(Query("戒槽", access=public)).instead == "解槽"
    assert index.search(Query("电解槽", access=public)).instead == ""
    assert index.search(Query("", access=public)).instead == ""
    assert index.search(Query("曹控", access=public)).instead == ""
    assert index.search(Query("曹控", access=None)).instead == "槽控"
    index.close()


def test_a_link_is_offered(client: FlaskClient) -> None:
    page = client.get("/search?q=" + quote("旱燕")).text
    assert "没有找到" in page
    page = client.get("/search?q=" + quote("焙绍")).text
    assert "您要找的是不是：" in page
    assert "/search?q=" + quote("焙烧") in page
    assert client.get("/api/v1/search?q=" + quote("焙绍")).json["instead"] == "焙烧"  # type: ignore[index]
