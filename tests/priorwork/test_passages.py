"""The passages that a draft and a record share."""

import itertools
import random

import pytest

from catalogue.priorwork.passages import DraftPassages, Shared, excerpts
from tests.support.timing import quickest


def marks(shared: Shared) -> list[str]:
    """What is marked in the record's texts."""
    return [text for pieces in shared.texts for text, marked in pieces if marked]


def shared(draft: str, record: str) -> list[str]:
    found = DraftPassages(draft).shared_with(record)
    assert "".join(text for text, _marked in found.texts[0]) == record
    assert "".join(text for text, _marked in found.draft) == draft
    assert all(a[1] != b[1] for pieces in (*found.texts, found.draft) for a, b in itertools.pairwise(pieces))
    return marks(found)


@pytest.mark.parametrize(
    ("draft", "record", "expected"),
    [
        ("加大预焙阳极尺寸", "将预焙阳极加高", ["预焙阳极"]),
        ("加大预焙阳极", "预焙槽和阳极", []),
        ("预焙電解槽擴容試驗", "预焙电解槽扩容试验", ["预焙电解槽扩容试验"]),
        ("１６０ｋＡ预焙槽", "160 kA 预焙槽", ["160 kA 预焙槽"]),
        ("用ABB公司BPS系统", "abb与BPS", []),
        ("combustion control", "Combustion of gas", ["Combustion"]),
        ("combustions", "combustion", []),
        ("2006 年", "在2006的", ["2006"]),
        ("在12006的", "2006", []),
        ("阳极、焙烧、炭块", "含阳极、焙烧、炭块", ["阳极、焙烧、炭块"]),
        ("阳极。焙烧", "阳极焙烧", []),
        ("预焙\n电解槽", "预焙电解槽", ["预焙电解槽"]),
        ("通过对该项目的研究", "通过对该项目的分析", []),
        ("通过对电解的研究", "通过对电解的分析", ["通过对电解的"]),
        ("阳极炭块阴极炭块", "阴极炭块阳极炭块", ["阴极炭块阳极炭块"]),
        ("", "预焙电解槽", []),
        ("预焙电解槽", "", []),
        ("铝", "铝", []),
        ("\ud800预焙电解\U00020000槽", "预焙电解\U00020000槽", ["预焙电解\U00020000槽"]),
    ],
)
def test_what_is_shared(draft: str, record: str, expected: list[str]) -> None:
    assert shared(draft, record) == expected


def test_the_draft_is_marked_wherever_the_passage_stands() -> None:
    found = DraftPassages("预焙電解槽大修。又说预焙电解槽，180KA。").shared_with("预焙电解槽", "电流180kA")
    assert found.draft == [
        ("预焙電解槽", True),
        ("大修。又说", False),
        ("预焙电解槽", True),
        ("，", False),
        ("180KA", True),
        ("。", False),
    ]
    assert marks(found) == ["预焙电解槽", "180kA"]


def test_marks_are_those_of_all_common_stretches() -> None:
    chance = random.Random(7)
    for _round in range(60):
        draft, record = ("".join(chance.choices("铝电解槽", k=40)) for _ in range(2))
        covered = set()
        for start in range(len(record)):
            for end in range(start + 4, len(record) + 1):
                if record[start:end] in draft:
                    covered.update(range(start, end))
        marked, at = set(), 0
        for text, is_marked in DraftPassages(draft).shared_with(record).texts[0]:
            marked.update(range(at, at + len(text)) if is_marked else ())
            at += len(text)
        assert marked == covered


def test_excerpts_leave_out_what_is_far_from_marks() -> None:
    pieces = [("甲" * 100, False), ("乙", True), ("丙" * 50, False), ("丁", True), ("戊" * 200, False)]
    assert excerpts(pieces) == [
        ("……" + "甲" * 30, False),
        ("乙", True),
        ("丙" * 50, False),
        ("丁", True),
        ("戊" * 30 + "……", False),
    ]


def test_a_long_draft_is_compared_with_fifty_records_at_once() -> None:
    chance = random.Random(1)
    characters = [chr(0x4E00 + number) for number in range(3000)]
    text = "".join(chance.choices(characters, k=20_000))
    records = [text[n * 100 : n * 100 + 60] + "".join(chance.choices(characters, k=440)) for n in range(50)]

    def compare() -> None:
        draft = DraftPassages(text)
        assert all(marks(draft.shared_with(record)) for record in records)

    assert quickest(compare, 5) < 0.3
    assert quickest(lambda: [DraftPassages("铝" * 20_000).shared_with("铝" * 500) for _ in range(2)], 3) < 0.3
