"""What every search index must do beside searching: suggest while somebody types, and say what resembles a text."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from catalogue.search.interface import (
    IndexChange,
    Likeness,
    Query,
    SearchIndex,
)

from .contract import DOCUMENTS, EVERYONE, INSIDERS, document

PEOPLE = document(
    11,
    "阳极组装线改造",
    people=("张克文", "李占奎"),
    divisions=("炭素学部", "碳素厂"),
    keywords=("阳极组装", "预焙阳极"),
    benefit=500,
    changed=50,
    year=2003,
    sort_date="2003-01-01",
    facets={"kind": ("project",)},
)
MORE = (
    PEOPLE,
    document(12, "阳极炭块检测", people=("张克文",), keywords=("预焙阳极",), benefit=900, changed=70),
    document(13, "保密的阳极配方", people=("张三",), keywords=("配方",), access=("internal",), changed=60),
)


class AlikeContract:
    """Inherit this where there is a fixture `empty` with an index that was never built."""

    @pytest.fixture
    def index(self, empty: SearchIndex) -> SearchIndex:
        empty.rebuild(DOCUMENTS, "2006-12-31")
        empty.apply([IndexChange(each.id, each) for each in MORE])
        return empty

    @staticmethod
    def texts(index: SearchIndex, typed: str, group: str, access: frozenset[str] | None = EVERYONE) -> list[str]:
        return [each.text for each in index.suggest(typed, access) if each.group == group]

    @staticmethod
    def ids(index: SearchIndex, typed: str, group: str = "record", access: frozenset[str] | None = EVERYONE) -> list:
        return [each.id for each in index.suggest(typed, access) if each.group == group]

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("阳极", [2, 11, 12]),
            ("扩容", [1]),
            ("擴容", [1]),
            ("扩容 160", [1]),
            ("kuorong", [1]),
            ("kuoro", [1]),  # the last syllable is under way
            ("zhagangzha", []),
            ("djck", [1]),
            ("不在", []),
            ("   ", []),
            ("", []),
        ],
    )
    def test_titles_are_suggested_by_characters_and_by_pinyin(
        self, index: SearchIndex, typed: str, found: list[int]
    ) -> None:
        assert sorted(self.ids(index, typed)) == sorted(found)

    def test_titles_that_begin_so_come_first(self, index: SearchIndex) -> None:
        index.apply([IndexChange(14, document(14, "新型阳极", sort_date="2006-12-01"))])
        assert self.ids(index, "阳极") == [2, 11, 12, 14]

    def test_equal_titles_are_suggested_once(self, index: SearchIndex) -> None:
        index.apply([IndexChange(14, document(14, "阳极组装线改造", sort_date="2006-12-01"))])
        assert self.ids(index, "阳极组装") == [14]

    @pytest.mark.parametrize("typed", ["张", "張克", "zhang", "zhangk", "zkw", "克文"])
    def test_people_are_suggested(self, index: SearchIndex, typed: str) -> None:
        assert self.texts(index, typed, "person") == ["张克文"]

    def test_what_only_hidden_records_have_is_not_suggested(self, index: SearchIndex) -> None:
        assert "张三" not in self.texts(index, "zhang", "person")
        assert "张三" in self.texts(index, "zhang", "person", INSIDERS)
        assert "张三" in self.texts(index, "zhang", "person", None)
        assert self.texts(index, "配方", "keyword") == []
        assert self.ids(index, "保密") == []
        assert self.ids(index, "2005101363", "number") == []
        assert self.ids(index, "2005101363", "number", INSIDERS) == [4]

    def test_names_say_how_many_visible_records_have_them(self, index: SearchIndex) -> None:
        found = {each.text: each.records for each in index.suggest("yubei", EVERYONE) if each.group == "keyword"}
        assert found == {"预焙槽": 1, "预焙阳极": 2}
        index.apply([IndexChange(12, None)])
        found = {each.text: each.records for each in index.suggest("yubei", EVERYONE) if each.group == "keyword"}
        assert found == {"预焙槽": 1, "预焙阳极": 1}

    def test_divisions_are_suggested_by_any_of_their_names(self, index: SearchIndex) -> None:
        assert set(self.texts(index, "tansu", "division")) == {"炭素学部", "碳素厂"}

    @pytest.mark.parametrize("typed", ["ZL 2010 2 06", "201020", "cn201020643383", "XM-2002-0", "２０１０２０６４"])
    def test_numbers_are_suggested_from_their_beginning(self, index: SearchIndex, typed: str) -> None:
        assert self.ids(index, typed, "number")

    def test_no_more_than_asked_for(self, index: SearchIndex) -> None:
        assert len(self.ids(index, "阳极")) == 3
        assert sum(each.group == "record" for each in index.suggest("阳极", EVERYONE, 2)) == 2

    @pytest.mark.parametrize("typed", ["\x00", "*", "%", "a" * 5000, "\ud800", "\n", "((((", "铝" * 3000, '"', "'"])
    def test_nothing_typed_is_an_error(self, index: SearchIndex, typed: str) -> None:
        index.suggest(typed, EVERYONE)

    @staticmethod
    def similar(index: SearchIndex, text: str, **asked: object) -> Sequence[int]:
        question = replace(Likeness(text, access=EVERYONE), **asked)  # type: ignore[arg-type]
        return [hit.id for hit in index.similar(question).hits]

    def test_the_most_alike_comes_first_and_says_why(self, index: SearchIndex) -> None:
        draft = "系列電流強化的研究\n拟仅加大阳极，把160千安系列电流提高，兼顾阳极焙烧。"
        found = index.similar(Likeness(draft, access=EVERYONE))
        assert [hit.id for hit in found.hits][:2] == [1, 2]
        best = found.hits[0]
        assert 0 < found.hits[1].score < best.score < 1
        shared = {term.text: term for term in best.terms}
        assert "仅加大阳极" in shared  # as the draft writes it
        assert shared["仅加大阳极"].records == 1
        assert sum(term.share for term in best.terms) <= 1.001
        assert [term.share for term in best.terms] == sorted((term.share for term in best.terms), reverse=True)
        assert (found.compared, found.partial) == (6, False)

    def test_the_same_text_scores_one(self, index: SearchIndex) -> None:
        record = DOCUMENTS[2]
        found = index.similar(Likeness(f"{record.title}\n{record.abstract}", access=EVERYONE))
        assert found.hits[0].id == 3
        assert found.hits[0].score == pytest.approx(1, abs=0.001)

    def test_joining_words_tell_little(self, index: SearchIndex) -> None:
        index.apply([IndexChange(14, document(14, "某某", abstract="在此的前提下，其目的在于。"))])
        assert self.similar(index, "石墨化\n在此的前提下，炭块的石墨化")[0] == 3

    def test_filters_and_exclusions_hold(self, index: SearchIndex) -> None:
        text = "阳极 焙烧 炭块 电阻率 电流"
        everything = self.similar(index, text)
        assert {1, 2, 3} <= set(everything)
        assert 2 not in self.similar(index, text, without=frozenset({2}))
        assert self.similar(index, text, filters={"kind": ("patent",)}) == [2]
        assert set(self.similar(index, text, year_from=2003, year_to=2004)) == {3, 11}
        assert len(self.similar(index, text, limit=1)) == 1
        assert index.similar(Likeness(text, access=EVERYONE, filters={"kind": ("patent",)})).compared == 1

    def test_hidden_records_are_neither_found_nor_counted(self, index: SearchIndex) -> None:
        text = "排烟风机变频调速"
        assert 4 not in self.similar(index, text)
        assert self.similar(index, text, access=INSIDERS)[0] == 4
        hit = index.similar(Likeness("阳极焙烧燃烧控制技术与保密的阳极配方", access=EVERYONE)).hits[0]
        assert all(term.records <= 1 for term in hit.terms if "焙烧" in term.text)

    @pytest.mark.parametrize(
        "text",
        ["", " \n ", "，。", "铝", "\x00\ud800", "x" * 30_000, "铝电解" * 10_000, "a b " * 20_000, "1 " * 20_000],
    )
    def test_no_text_is_an_error(self, index: SearchIndex, text: str) -> None:
        index.similar(Likeness(text, access=EVERYONE))

    def test_orders_by_benefit_and_by_change(self, index: SearchIndex) -> None:
        def order(sort: str) -> list[int]:
            query = Query("", sort=sort, access=EVERYONE)  # type: ignore[arg-type]
            return [hit.id for hit in index.search(query).hits]

        assert order("benefit")[:2] == [12, 11]
        assert order("changed")[:2] == [12, 11]
        index.apply([IndexChange(11, replace(PEOPLE, changed=80, benefit=1_000, digest="new"))])
        assert order("benefit")[:2] == [11, 12]
        assert order("changed")[:2] == [11, 12]
