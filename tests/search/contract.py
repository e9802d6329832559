"""What every search index must do, whatever engine is behind it: an adapter's tests inherit this suite."""

import threading
from dataclasses import replace
from hashlib import sha256

import pytest

from catalogue.records.numbers import index_keys
from catalogue.search.interface import (
    Document,
    IndexChange,
    Query,
    SearchIndex,
)
from tests.support.timing import quickest

EVERYONE = frozenset({"public"})
INSIDERS = frozenset({"public", "internal"})


def document(id: int, title: str, **fields: object) -> Document:
    """A document that differs from any other in what the test is about, and is complete otherwise."""
    code = fields.pop("code", f"XM-2002-{id:03}")
    numbers = index_keys([str(code), *fields.pop("numbers", ())])  # type: ignore[misc, call-overload]
    made = Document(id=id, code=str(code), title=title, numbers=numbers, access=("public",))
    made = replace(made, **fields)  # type: ignore[arg-type]
    return replace(made, digest=sha256(repr(made).encode()).hexdigest()[:16])


DOCUMENTS = (
    document(
        1,
        "160kA预焙电解槽扩容试验",
        abstract="仅加大阳极，将系列电流由160 kA提高到180 kA，电流效率不降低。",
        keywords=("预焙槽", "强化电流"),
        people=("王一平",),
        year=2002,
        sort_date="2002-12-31",
        facets={"kind": ("project",), "division": ("smelter1",)},
    ),
    document(
        2,
        "阳极焙烧炉燃烧控制系统",
        code="ZL-2005-001",
        abstract="引进阳极焙烧燃烧控制技术，解决了十三个问题。",
        numbers=["ZL 2010 2 0643383.1", "CN201908138U"],
        year=2005,
        sort_date="2005-06-30",
        facets={"kind": ("patent",), "division": ("carbon",), "patent_type": ("utility_model",)},
    ),
    document(
        3,
        "阴极炭块生产技术",
        code="CG-2004-007",
        abstract="阴极炭块的石墨化与电阻率。",
        year=2004,
        sort_date="2004-03-01",
        facets={"kind": ("achievement",), "division": ("carbon", "smelter1")},
    ),
    document(
        4,
        "电解烟气净化的节能改造",
        code="ZL-2006-002",
        abstract="排烟风机变频调速，年节电二百万度。",
        numbers=["200510136354.X"],
        year=2006,
        sort_date="2006-01-15",
        facets={"kind": ("patent",), "division": ("smelter1",), "patent_type": ("invention",)},
        access=("internal",),
    ),
    document(5, "铸轧卷生产线", code="XM-1999-003", abstract="铝板带铸轧。", facets={"kind": ("project",)}),
)


class SearchIndexContract:
    """Inherit this where there is a fixture `empty` with an index that was never built."""

    @pytest.fixture
    def index(self, empty: SearchIndex) -> SearchIndex:
        empty.rebuild(DOCUMENTS, "2006-12-31")
        return empty

    def ids(self, index: SearchIndex, text: str = "", **fields: object) -> list[int]:
        fields.setdefault("access", INSIDERS)
        return [hit.id for hit in index.search(Query(text, **fields)).hits]  # type: ignore[arg-type]

    # What is found

    def test_what_only_an_attachment_says_is_found_after_what_records_say(self, index: SearchIndex) -> None:
        said = "阳极焙烧炉 石墨烯衬里。" + "阳极焙烧炉燃烧。" * 500
        index.apply([IndexChange(5, replace(DOCUMENTS[4], attached=("证书.pdf", said), digest="with"))])
        assert self.ids(index, "石墨烯衬里")[0] == 5  # and after it what has a part of the word
        assert self.ids(index, '"石墨烯衬里"') == self.ids(index, "烯") == [5]
        assert self.ids(index, "证书") == [5]
        assert self.ids(index, "阳极焙烧")[:2] == [2, 5]
        assert self.ids(index, "title:阳极焙烧") == [2]
        assert index.search(Query(text="石墨烯衬里 铸轧 电解", access=INSIDERS)).hits[0].missing == ("电解",)
        index.apply([IndexChange(5, DOCUMENTS[4])])
        assert 5 not in self.ids(index, "石墨烯衬里")

    @pytest.mark.parametrize(
        ("text", "id"),
        [
            ("预焙电解槽", 1),
            ("預焙電解槽", 1),
            ("１６０ｋＡ", 1),
            ("160 KA", 1),
            ("王一平", 1),
            ("焙烧 燃烧", 2),
            ("石墨化", 3),
            ("XM-1999-003", 5),
            ("xm1999003", 5),
        ],
    )
    def test_finds_what_was_meant(self, index: SearchIndex, text: str, id: int) -> None:
        assert self.ids(index, text)[0] == id

    @pytest.mark.parametrize(
        "text",
        [
            "ZL 2010 2 0643383.1",
            "CN201020643383.1",
            "201020643383",
            "２０１０２０６４３３８３．１",
            "201020643383.7",  # a wrong check character
            "CN201908138",
            "201908138u",
            "专利ZL201020643383.1的说明",
        ],
    )
    def test_a_number_finds_its_record(self, index: SearchIndex, text: str) -> None:
        results = index.search(Query(text, access=INSIDERS))
        assert (results.match, results.hits[0].id) == ("number", 2)

    def test_a_number_comes_before_words(self, index: SearchIndex) -> None:
        assert self.ids(index, "阴极炭块 CG-2004-007")[0] == 3
        assert self.ids(index, "XM-2002-001")[0] == 1

    def test_a_single_character_is_found_inside_words(self, index: SearchIndex) -> None:
        assert set(self.ids(index, "铝")) == {5}
        assert set(self.ids(index, "块")) == {3}
        assert set(self.ids(index, "极")) == {1, 2, 3}

    def test_nothing_is_found_by_what_is_nowhere(self, index: SearchIndex) -> None:
        results = index.search(Query("量子纠缠", access=INSIDERS))
        assert (results.total, results.hits, results.match) == (0, (), "nothing")
        assert results.words == ("量子纠缠",)

    # How strictly

    def test_missing_words_are_told(self, index: SearchIndex) -> None:
        results = index.search(Query("阴极炭块 量子纠缠", access=INSIDERS))
        assert results.match == "any"
        assert (results.hits[0].id, results.hits[0].missing) == (3, ("量子纠缠",))

    def test_all_words_come_before_some(self, index: SearchIndex) -> None:
        results = index.search(Query("电解 扩容", access=INSIDERS))
        assert [hit.id for hit in results.hits] == [1, 4]
        assert [hit.missing for hit in results.hits] == [(), ("扩容",)]

    def test_a_long_word_falls_back_to_most_of_it(self, index: SearchIndex) -> None:
        results = index.search(Query("电解槽试验", access=INSIDERS))
        assert results.hits[0].id == 1
        assert results.hits[0].missing == ("电解槽试验",)

    def test_enough_with_all_words_hide_the_rest(self, index: SearchIndex) -> None:
        index.apply([IndexChange(n, document(n, f"氟化铝输送系统之{n}")) for n in range(10, 16)])
        index.apply([IndexChange(20, document(20, "氧化铝输送"))])
        results = index.search(Query("氟化铝 系统", access=INSIDERS))
        assert (results.match, results.total) == ("all", 6)
        assert not any(hit.missing for hit in results.hits)

    # In which order

    def test_the_title_counts_more_than_the_abstract(self, index: SearchIndex) -> None:
        index.apply(
            [
                IndexChange(10, document(10, "氟化盐的回收", abstract="另有残极破碎机的检修规程。")),
                IndexChange(11, document(11, "残极破碎机的检修", abstract="另有氟化盐的回收规程。")),
            ]
        )
        assert self.ids(index, "残极破碎机") == [11, 10]
        assert self.ids(index, "氟化盐") == [10, 11]

    def test_a_word_as_typed_counts_more_than_its_pieces(self, index: SearchIndex) -> None:
        index.apply(
            [
                IndexChange(10, document(10, "打壳气缸", abstract="缸体润滑。打壳机构。壳气。气缸。打壳。")),
                IndexChange(11, document(11, "气缸打壳", abstract="壳气打壳，气缸打壳，壳气，打壳。")),
            ]
        )
        assert self.ids(index, "打壳气缸") == [10, 11]

    def test_equal_ones_are_newest_first_then_by_code(self, index: SearchIndex) -> None:
        same = "槽壳散热测量"
        index.apply(
            [
                IndexChange(12, document(12, same, code="B", sort_date="2001-01-01")),
                IndexChange(11, document(11, same, code="C", sort_date="2001-01-01")),
                IndexChange(10, document(10, same, code="D", sort_date="2003-01-01")),
                IndexChange(13, document(13, same, code="A")),
            ]
        )
        assert self.ids(index, "槽壳散热") == [10, 12, 11, 13]

    def test_empty_text_gives_everything_newest_first(self, index: SearchIndex) -> None:
        results = index.search(Query(access=INSIDERS))
        assert [hit.id for hit in results.hits] == [4, 2, 3, 1, 5]
        assert (results.total, results.match) == (5, "everything")
        assert self.ids(index, "   ") == [4, 2, 3, 1, 5]

    def test_sorting(self, index: SearchIndex) -> None:
        assert self.ids(index, sort="oldest") == [1, 3, 2, 4, 5]
        assert self.ids(index, sort="title") == [1, 4, 2, 3, 5]  # 电 diàn, 阳 yáng, 阴 yīn, 铸 zhù
        assert self.ids(index, "生产", sort="newest") == [3, 5]
        assert self.ids(index, "生产", sort="oldest") == [3, 5]

    def test_pages_join_without_gap_or_overlap(self, index: SearchIndex) -> None:
        index.apply([IndexChange(n, document(n, f"整流机组谐波治理{n}")) for n in range(100, 230)])
        for text in ("", "整流机组"):
            whole = self.ids(index, text, limit=500)
            pages = [id for offset in range(0, 150, 10) for id in self.ids(index, text, limit=10, offset=offset)]
            assert pages == whole
            assert len(set(whole)) == len(whole) >= 130

    # Filters, facets, years

    def test_filters(self, index: SearchIndex) -> None:
        assert self.ids(index, filters={"kind": ("patent",)}) == [4, 2]
        assert self.ids(index, filters={"kind": ("patent", "achievement")}) == [4, 2, 3]
        assert self.ids(index, filters={"kind": ("patent",), "division": ("carbon",)}) == [2]
        assert self.ids(index, filters={"kind": ("no_such_kind",)}) == []
        assert self.ids(index, filters={"no_such_facet": ("x",)}) == []
        assert self.ids(index, filters={"kind": ()}) == [4, 2, 3, 1, 5]
        assert self.ids(index, year_from=2004, year_to=2005) == [2, 3]
        assert self.ids(index, year_from=2005) == [4, 2]
        assert self.ids(index, year_to=2003) == [1]

    def test_a_facet_shows_the_siblings_of_what_was_chosen(self, index: SearchIndex) -> None:
        results = index.search(Query(access=INSIDERS, filters={"kind": ("patent",)}))
        assert results.total == 2
        assert results.facets["kind"] == {"project": 2, "patent": 2, "achievement": 1}
        assert results.facets["division"] == {"smelter1": 1, "carbon": 1}
        assert results.facets["patent_type"] == {"utility_model": 1, "invention": 1}

    def test_year_counts_ignore_the_years_chosen(self, index: SearchIndex) -> None:
        results = index.search(Query(access=INSIDERS, year_from=2005, filters={"division": ("smelter1",)}))
        assert results.years == {2002: 1, 2004: 1, 2006: 1}
        assert results.facets["kind"] == {"patent": 1}

    def test_a_facet_promises_what_choosing_it_gives(self, index: SearchIndex) -> None:
        for text in ("", "电解 扩容", "阳极", "XM-2002-001"):
            results = index.search(Query(text, access=INSIDERS))
            for facet, counts in results.facets.items():
                for value, count in counts.items():
                    chosen = Query(text, access=INSIDERS, filters={facet: (value,)})
                    assert index.search(chosen).total == count, (text, facet, value)

    def test_no_facets_unless_asked_for(self, index: SearchIndex) -> None:
        results = index.search(Query(access=INSIDERS, with_facets=False))
        assert (results.facets, results.years, results.total) == ({}, {}, 5)

    # Who may see what

    def test_what_a_reader_may_not_see_is_nowhere(self, index: SearchIndex) -> None:
        results = index.search(Query(access=EVERYONE))
        assert (results.total, [hit.id for hit in results.hits]) == (4, [2, 3, 1, 5])
        assert results.facets["kind"] == {"project": 2, "patent": 1, "achievement": 1}
        assert 2006 not in results.years
        assert self.ids(index, "烟气净化", access=EVERYONE) == []
        assert self.ids(index, "200510136354.X", access=EVERYONE) == []
        assert self.ids(index, "200510136354.X", access=INSIDERS) == [4]

    def test_no_label_sees_nothing_and_none_sees_everything(self, index: SearchIndex) -> None:
        index.apply([IndexChange(9, document(9, "无标签", access=()))])
        assert index.search(Query(access=frozenset())).total == 0
        assert index.search(Query()).total == 0
        assert index.search(Query(access=None)).total == 6
        assert index.search(Query(access=INSIDERS)).total == 5

    def test_hidden_records_do_not_make_the_words_stricter(self, index: SearchIndex) -> None:
        index.apply([IndexChange(n, document(n, f"槽控机软件升级{n}", access=("internal",))) for n in range(30, 40)])
        index.apply([IndexChange(50, document(50, "槽控机维护"))])
        results = index.search(Query("槽控机 升级", access=EVERYONE))
        assert (results.match, [hit.id for hit in results.hits]) == ("any", [50])

    # Writing

    def test_changes_are_seen_at_once(self, index: SearchIndex) -> None:
        index.apply(
            [IndexChange(1, document(1, "槽底破损检测")), IndexChange(3, None), IndexChange(8, document(8, "槽底修补"))]
        )
        assert self.ids(index, "扩容") == []
        assert self.ids(index, "石墨化") == []
        assert set(self.ids(index, "槽底")) == {1, 8}
        assert index.search(Query(access=None)).facets["kind"] == {"project": 1, "patent": 2}

    def test_applying_twice_does_no_harm(self, index: SearchIndex) -> None:
        changes = [IndexChange(1, document(1, "槽底破损检测")), IndexChange(3, None), IndexChange(77, None)]
        index.apply(changes)
        index.apply(changes)
        assert sorted(id for id, _ in index.digests()) == [1, 2, 4, 5]
        assert self.ids(index, "破损") == [1]

    def test_the_last_change_to_a_record_counts(self, index: SearchIndex) -> None:
        index.apply([IndexChange(6, document(6, "旧名")), IndexChange(6, None), IndexChange(6, document(6, "新名"))])
        assert self.ids(index, "新名") == [6]
        assert self.ids(index, "旧") == []

    def test_removing_everything_leaves_an_index(self, index: SearchIndex) -> None:
        index.apply([IndexChange(document.id, None) for document in DOCUMENTS])
        results = index.search(Query("电解", access=None))
        assert (results.total, results.match) == (0, "nothing")
        assert index.search(Query(access=None)).facets["kind"] == {}
        status = index.status()
        assert status is not None
        assert status.documents == 0
        index.apply([IndexChange(1, DOCUMENTS[0])])
        assert self.ids(index, "扩容") == [1]

    def test_an_index_may_be_built_of_nothing(self, empty: SearchIndex) -> None:
        assert empty.rebuild([], "2006-12-31") == 0
        assert empty.search(Query("电解", access=None)).total == 0
        assert empty.search(Query(access=None)).hits == ()
        empty.apply([IndexChange(1, DOCUMENTS[0])])
        assert self.ids(empty, "扩容") == [1]

    def test_status_and_digests(self, index: SearchIndex) -> None:
        status = index.status()
        assert status is not None
        assert (status.documents, status.as_of) == (5, "2006-12-31")
        assert dict(index.digests()) == {document.id: document.digest for document in DOCUMENTS}

    def test_a_failing_rebuild_changes_nothing(self, index: SearchIndex) -> None:
        def breaking_off():  # type: ignore[no-untyped-def]
            yield document(90, "不会留下")
            raise OSError("the database went away")

        with pytest.raises(OSError, match="database"):
            index.rebuild(breaking_off(), "2007-12-31")
        with pytest.raises(ValueError, match="twice"):
            index.rebuild([document(90, "甲"), document(90, "乙")], "2007-12-31")
        status = index.status()
        assert status is not None
        assert (status.documents, status.as_of) == (5, "2006-12-31")
        index.apply([IndexChange(3, None)])
        assert self.ids(index) == [4, 2, 1, 5]

    # From many sides at once

    def test_searching_goes_on_while_writing(self, index: SearchIndex) -> None:
        errors: list[BaseException] = []
        stop = threading.Event()

        def look() -> None:
            while not stop.is_set():
                try:
                    results = index.search(Query("阳极焙烧 燃烧", access=EVERYONE))
                    assert results.hits[0].id == 2, results
                    assert results.total == sum(results.facets["kind"].values())
                except BaseException as error:
                    errors.append(error)
                    return

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            for turn in range(12):
                index.apply(
                    [
                        IndexChange(n, document(n, f"第{turn}次", facets={"kind": ("paper",)}))
                        for n in (60, 61, 70 + turn)
                    ]
                )
                index.apply([IndexChange(2, DOCUMENTS[1]), IndexChange(61, None)])
            index.rebuild(DOCUMENTS, "2007-12-31")
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert not errors, errors[0]
        assert self.ids(index) == [4, 2, 3, 1, 5]

    def test_several_writers_take_turns(self, index: SearchIndex) -> None:
        def write(first: int) -> None:
            for number in range(first, first + 5):
                index.apply([IndexChange(number, document(number, "同时写入"))])

        threads = [threading.Thread(target=write, args=(first,)) for first in (100, 200, 300)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert index.search(Query("同时写入", access=EVERYONE)).total == 15

    def test_old_entries_answer_until_the_new_are_complete(self, index: SearchIndex) -> None:
        seen: list[int] = []

        def slowly():  # type: ignore[no-untyped-def]
            for number in range(200, 203):
                seen.append(index.search(Query("扩容", access=EVERYONE)).total)
                yield document(number, "重建之后")

        assert index.rebuild(slowly(), "2007-12-31") == 3
        assert seen == [1, 1, 1]
        assert set(self.ids(index)) == {200, 201, 202}

    # Whatever is typed

    @pytest.mark.parametrize(
        "text",
        [
            "*",
            "???",
            '"',
            '"预焙',
            "(预焙 AND",
            "title:",
            "NOT OR AND",
            "[2001 TO",
            "\x00\x01\x1e\x1f",
            "，。；：“”",
            "\ud800",
            "a" * 10_000,
            "预" * 10_000,
            "电解 " * 3_000,
            "1" * 5_000,
            "1" + ",111" * 2_400 + "1",
            "1." * 5_000,
            "1 a " * 2_500,
            "ZL" * 2_000,
            " ".join(map(str, range(3_000))),
            "'; DROP TABLE record; --",
            "𠮷野家 \U0010ffff",
            "e\u0301\u200b\ufeff",
            "٣٤٥ ① ㎏ Ⅳ",
        ],
    )
    def test_anything_may_be_typed(self, index: SearchIndex, text: str) -> None:
        query = Query(text, access=EVERYONE)
        results = index.search(query)
        assert quickest(lambda: index.search(query), tries=3) < 1
        assert len(results.words) <= 64
        assert results.total >= len(results.hits)

    def test_what_cannot_be_used_is_told(self, index: SearchIndex) -> None:
        typed = [f"w{number}x" for number in range(70)]
        results = index.search(Query(" ".join(typed), access=EVERYONE))
        assert results.words == tuple(typed[:64])
        assert results.ignored == tuple(typed[64:])

    def test_odd_pages_are_empty_not_wrong(self, index: SearchIndex) -> None:
        assert self.ids(index, limit=0) == []
        assert self.ids(index, offset=10_000) == []
        assert self.ids(index, offset=-5) == [4, 2, 3, 1, 5]
        assert self.ids(index, "阳极", limit=-1) == []
        assert self.ids(index, year_from=3000, year_to=-3) == []
