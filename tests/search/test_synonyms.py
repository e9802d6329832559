"""Synonyms: what the file may say, what it does to a word, and what becomes of lines that cannot be used."""

import logging
from pathlib import Path

import pytest

from catalogue.search.interface import Query
from catalogue.search.text.synonyms import (
    MOST_ALTERNATIVES,
    SHIPPED,
    SynonymFile,
    read,
)
from catalogue.search.whoosh.index import WhooshIndex
from tests.support.timing import computing_less_than

from .contract import DOCUMENTS, INSIDERS, document

LINES = [
    "# 电解",
    "预焙槽 / 预焙电解槽，预焙铝电解槽  # remark",
    "",
    "炭素、碳素",
    "铝电解/电解铝",
    "PLC / 可编程控制器",
    "电耗/能耗",
]


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("炭素", ("碳素",)),
        ("碳素", ("炭素",)),
        ("預焙槽", ("预焙电解槽", "预焙铝电解槽")),
        ("160kA预焙槽扩容", ("160ka预焙电解槽扩容", "160ka预焙铝电解槽扩容")),
        ("plc", ("可编程控制器",)),
        ("PLC控制", ("可编程控制器控制",)),
        ("PLCs", ()),
        ("扩容", ()),
        ("", ()),
        ("*", ()),
    ],
)
def test_alternatives(word: str, others: tuple[str, ...]) -> None:
    assert read(LINES).alternatives(word) == others


def test_the_longest_word_counts() -> None:
    synonyms = read(["电解槽/铝电解槽", "铝电解/电解铝"])
    assert synonyms.alternatives("铝电解槽") == ("电解槽",)  # never 电解铝槽
    assert synonyms.alternatives("电解槽") == ()  # whatever has 铝电解槽 has 电解槽
    assert synonyms.alternatives("铝电解技术") == ("电解铝技术",)


def test_several_parts_are_changed_one_by_one_and_together_but_not_without_end() -> None:
    synonyms = read(LINES)
    assert synonyms.alternatives("电解铝电耗") == ("铝电解电耗", "电解铝能耗", "铝电解能耗")
    with computing_less_than(1):
        assert len(synonyms.alternatives("炭素电耗铝电解预焙槽")) == MOST_ALTERNATIVES
        assert read(["电解槽/铝电解槽"]).alternatives("电解槽" * 20) == ()


@pytest.mark.parametrize(
    "bad", ["只有一个", "炭素/", "炭/碳", "，，/", "炭素/炭素", "碳素/石墨", "长" * 50 + "/短词", "??/!!"]
)
def test_a_bad_line_is_told_and_left_out(bad: str) -> None:
    synonyms = read([*LINES, bad, "极距/阳极底掌距离"])
    assert [problem.line for problem in synonyms.problems] == [len(LINES) + 1]
    assert synonyms.alternatives("极距") == ("阳极底掌距离",)
    assert synonyms.alternatives("炭素") == ("碳素",)


def test_the_file_that_comes_along_is_in_order() -> None:
    synonyms = SynonymFile(SHIPPED).current()
    assert synonyms.problems == ()
    assert len(set(synonyms.groups.values())) >= 60


def test_an_edit_counts_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    own = tmp_path / "synonyms.txt"
    index = WhooshIndex(tmp_path / "index", synonyms=SynonymFile(own, SHIPPED))
    index.rebuild(DOCUMENTS, "2006-12-31")

    def also(text: str) -> tuple[str, ...]:
        return dict(index.search(Query(text, access=INSIDERS)).also).get(text, ())

    assert also("炭素") == ("碳素",)
    with caplog.at_level(logging.WARNING):
        own.write_text("增容/扩容\n坏行\n", "utf-8-sig")
        assert index.search(Query("增容", access=INSIDERS)).hits[0].id == 1
    assert "line 2" in caplog.text
    assert also("炭素") == ()  # the copy stands in place of the original
    own.write_bytes("增产/扩容、炭素/碳素".encode("gb18030"))
    assert also("增产") == ("扩容", "炭素", "碳素")
    own.write_bytes(b"\xff\xfe\x00\x80/\x00")
    assert also("增产") == ()
    own.unlink()
    assert also("炭素") == ("碳素",)
    index.close()


def test_what_was_typed_comes_before_what_means_the_same(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    index.rebuild(
        [
            document(1, "阴极炭素制品的检测", code="B"),
            document(2, "阴极碳素制品的检测", code="A"),
            *(document(number, f"碳素生产线之{number}") for number in range(3, 9)),
        ],
        "",
    )
    for text, ids in (("炭素制品", [1, 2]), ("碳素制品", [2, 1]), ("炭素 检测", [1, 2]), ("碳素 检测", [2, 1])):
        results = index.search(Query(text, access=INSIDERS))
        assert [hit.id for hit in results.hits[:2]] == ids, text
        assert results.hits[0].score > results.hits[1].score
        assert not results.hits[1].missing
    assert index.search(Query("炭素", access=INSIDERS)).total == 8
    index.close()
