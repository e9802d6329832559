"""The query language: what is understood, and what it finds."""

import random
import sys

import pytest

from catalogue.search.interface import IndexChange, Query
from catalogue.search.query_language import ParsedQuery, parse_query
from catalogue.search.text.synonyms import Synonyms
from catalogue.search.whoosh.index import WhooshIndex
from tests.support.timing import computing_less_than

from .contract import DOCUMENTS, INSIDERS, document


def understood(text: str) -> ParsedQuery:
    return parse_query(text, Synonyms({}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("预焙槽 扩容", "word:预焙槽 word:扩容"),
        ("预焙槽 AND 扩容", "word:预焙槽 word:扩容"),
        ('"预焙电解槽" 扩容', 'word:扩容 phrase:"预焙电解槽"'),
        ("“预焙电解槽”", 'phrase:"预焙电解槽"'),
        ("电解 -扩容", "word:电解 without:扩容"),
        ("电解 －扩容", "word:电解 without:扩容"),
        ("电解 NOT 扩容", "word:电解 without:扩容"),
        ('电解 -"扩容 试验"', 'word:电解 without:"扩容 试验"'),
        ("炭素 OR 石墨 检测", "word:检测 either:炭素 OR 石墨"),
        ("炭素 | 石墨 OR 沥青", "either:炭素 OR 石墨 OR 沥青"),
        ("（阳极 焙烧） OR 石墨化", "either:(阳极 焙烧) OR 石墨化"),
        ("阳极 -(焙烧 OR 煅烧)", "word:阳极 without:焙烧 OR 煅烧"),
        ("标题：扩容 人员：王一平", "title:扩容 person:王一平"),
        ("TITLE:扩容", "title:扩容"),
        ('division:"电解 一厂"', "division:电解 一厂"),
        ("year:2002..2006", "year:2002..2006"),
        ("year:2002", "year:2002..2002"),
        ("年份：2002－2006", "year:2002..2006"),
        ("year:2002..", "year:2002.."),
        ("year:..2006", "year:..2006"),
        ("kind:专利 种类：award", "kind:patent kind:award"),
        ("number:ZL201020643383.1", "number:ZL201020643383.1"),
        ("electro*", "prefix:electro*"),
        ("电解*", "word:电解"),
        ("阳极（炭块）", "word:阳极 word:炭块"),
        ("改革(Gradually-Advanced reform)", "word:改革 word:Gradually word:Advanced word:reform"),
        ("Al-5Ti-1B α-Al2O3", "word:Al word:5Ti word:1B word:α word:Al2O3"),
        ("foo:bar", "word:foo word:bar"),
        ("this or that and not", "word:this word:or word:that word:and word:not"),
        ("8.5 万 t 扩容", "word:8.5 万 t word:扩容"),
        ("没有成对的\"引号 (括号", "word:没有成对的 word:引号 word:括号"),
        ("OR 扩容 OR", "word:扩容"),
        ("- -- ( ) \"\" * | :", ""),
        ("第一句。第二句 -5 OR title:x", "word:第一句 word:第二句 word:5 word:OR word:title word:x"),  # a text
    ],
)  # fmt: skip
def test_understood(text: str, expected: str) -> None:
    assert " ".join(f"{role}:{part}" for role, part in understood(text).understood) == expected


@pytest.mark.parametrize(
    ("text", "ignored"),
    [
        ("title: 扩容", ("title:",)),
        ("year:soon kind:什么", ("year:soon", "kind:什么")),
        ("a* 扩容", ("a*",)),
        ("*a*", ("a*",)),
        ("number:- 扩容", ("number:-",)),
        ("预焙槽", ()),
    ],
)
def test_what_cannot_be_used_is_told(text: str, ignored: tuple[str, ...]) -> None:
    assert understood(text).ignored == ignored


def test_bounded() -> None:
    asked = understood(" ".join(f'"w{n}" -v{n} title:u{n}' for n in range(45)))
    assert len(asked.strict) == 64
    assert len(asked.ignored) == 135 - 64
    deep = understood("(" * 400 + "扩容" + ")" * 400)
    assert [word.typed for word in deep.words] == ["扩容"]


def test_no_input_is_an_error() -> None:
    chance = random.Random(13)
    pieces = [
        "(",
        ")",
        '"',
        "“",
        "-",
        "OR",
        "NOT",
        "title:",
        "year:",
        "20",
        "..",
        "*",
        "槽",
        "阳极",
        " ",
        " ",
        "a",
        "：",
        "\x00",
        "|",
    ]
    for _ in range(3_000):
        text = "".join(chance.choice(pieces) for _ in range(chance.randint(1, 25)))
        asked = understood(text)
        assert all(part for _role, part in asked.understood)
        assert len(asked.ranked) <= 64


MORE = (
    document(10, "electrolysis of alumina", abstract="Electrodes and electrolyte.", people=("李二",)),
    document(
        11, "阳极的电解质渗透", abstract="扩容之后。", divisions=("电解一厂",), facets={"kind": ("paper",)}, year=1998
    ),
)


@pytest.fixture
def index(tmp_path):  # type: ignore[no-untyped-def]
    index = WhooshIndex(tmp_path)
    index.rebuild(DOCUMENTS, "2006-12-31")
    index.apply([IndexChange(each.id, each) for each in MORE])
    yield index
    index.close()


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ('"系列电流由160kA提高"', {1}),
        ('"电流系列"', {1}),  # no record has it just so: its parts are better than nothing
        ("扩容", {1, 11}),
        ("title:扩容", {1}),
        ("扩容 -电解槽", {11}),
        ("扩容 -title:扩容", {11}),
        ("-阳极", {3, 4, 5, 10}),
        ("石墨化 OR 铸轧卷", {3, 5}),
        ("(阳极 焙烧) OR 石墨化", {2, 3}),
        ("person:王一平", {1}),
        ("person:阳极", set()),
        ("division:电解一厂", {11}),
        ("division:电解", {11}),
        ("kind:patent", {2, 4}),
        ("kind:专利 kind:论文", set()),
        ("kind:专利 OR kind:论文", {2, 4, 11}),
        ("year:2004..2005", {2, 3}),
        ("year:2005..2004", {2, 3}),
        ("year:..1999", {11}),
        ("number:201020643383.7", {2}),
        ("electro*", {10}),
        ("el*", {10}),
        ("扩容 year:2002", {1}),
        ("title:阳极 OR person:李二", {2, 10, 11}),
    ],
)  # fmt: skip
def test_finds(index: WhooshIndex, text: str, ids: set[int]) -> None:
    results = index.search(Query(text, access=INSIDERS))
    assert {hit.id for hit in results.hits} == ids
    assert results.total == len(ids)


def test_a_strict_wish_holds_for_loosely_matched_words_too(index: WhooshIndex) -> None:
    results = index.search(Query("阳极 量子 -燃烧", access=INSIDERS))
    assert results.match == "any"
    assert 2 not in {hit.id for hit in results.hits}
    assert results.hits[0].missing == ("量子",)


def test_a_wish_shows_nothing_that_a_reader_may_not_see(index: WhooshIndex) -> None:
    for text in ("kind:patent", "number:200510136354.X", "-阳极", '"烟气净化"', "title:烟气净化", "year:2006"):
        assert 4 not in {hit.id for hit in index.search(Query(text, access=frozenset({"public"}))).hits}


def test_facets_keep_their_promise(index: WhooshIndex) -> None:
    for text in ("扩容 -电解槽", "-阳极", "kind:patent OR 石墨化"):
        results = index.search(Query(text, access=INSIDERS))
        for value, count in results.facets["kind"].items():
            assert index.search(Query(text, access=INSIDERS, filters={"kind": (value,)})).total == count


def test_a_search_ends_in_time_with_the_best_so_far(index: WhooshIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not index.search(Query("阳极 扩容", access=INSIDERS)).partial
    monkeypatch.setattr(sys.modules["catalogue.search.whoosh.search"], "MOST_SECONDS", -1.0)
    for text in ("阳极 扩容", '"阳极焙烧" 量子', "阳极 -焙烧", "title:阳极", "电解 OR 阳极"):
        results = index.search(Query(text, access=INSIDERS))
        assert results.partial
        assert len(results.hits) <= results.total
    assert index.search(Query("阳极 扩容", access=INSIDERS)).hits


@pytest.mark.parametrize(
    "text",
    ["(" * 500, '"' * 999, "a OR " * 199, "-x " * 300, "title:(" * 100, "((a OR b) -" * 80, "*a* " * 200, "aa* " * 240],
)
def test_hostile_expressions_are_answered_at_once(index: WhooshIndex, text: str) -> None:
    with computing_less_than(1):
        index.search(Query(text, access=INSIDERS))


def test_of_many_stars_a_few_are_used_and_the_others_are_told() -> None:
    asked = parse_query(" ".join(f"ab{letter}*" for letter in "cdefgh"), Synonyms({}))
    assert [word.typed for word in asked.words] == ["abc*", "abd*", "abe*", "abf*"]
    assert asked.ignored == ("abg*", "abh*")
