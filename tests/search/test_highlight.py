"""Highlighting: what was found is what is marked, in the text as it was written."""

import random
from itertools import pairwise

import pytest

from catalogue.search.text import analysis
from catalogue.search.text.highlight import ELLIPSIS, highlight, snippet
from tests.support.timing import quickest


def marked(text: str, *words: str) -> list[str]:
    return [fragment for fragment, is_marked in highlight(text, words) if is_marked]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("预焙槽的焙槽与预焙", ["预焙槽"], ["预焙槽"]),  # whole where it stands, and then nothing else
        ("160kA预焙电解槽扩容试验", ["预焙槽扩容"], ["预焙", "槽扩容"]),  # pairs where it does not
        ("預焙槽擴容", ["预焙槽"], ["預焙槽"]),
        ("电流１６０　ｋＡ时", ["160kA"], ["１６０　ｋＡ"]),
        ("重㎏数", ["kg"], ["㎏"]),
        ("电\u200b解槽", ["电解"], ["电\u200b解"]),
        ("共9,050吨", ["9050"], ["9,050"]),
        ("Anodes and anode", ["anode"], ["Anodes", "anode"]),
        ("kaolin kA", ["ka"], ["kA"]),
        ("铝电解，铝", ["铝"], ["铝", "铝"]),
        ("预焙槽扩容", ["预焙槽", "槽扩容"], ["预焙槽扩容"]),  # overlapping marks are one
        ("<b>电解</b>", ["电解"], ["电解"]),
        ("电解", [], []),
        ("电解", ["*", "", "，"], []),
        ("", ["电解"], []),
        ("槽" * 5, ["槽槽"], ["槽" * 5]),
    ],
)
def test_marks(text: str, words: list[str], expected: list[str]) -> None:
    assert marked(text, *words) == expected


@pytest.mark.slow
def test_the_pieces_are_the_text_again() -> None:
    chance = random.Random(3)
    letters = "预焙电解槽扩容160kA ，。㎏é\u200b\ufeff預電ｋＡ"
    for _ in range(400):
        text = "".join(chance.choice(letters) for _ in range(chance.randint(0, 30)))
        words = ["".join(chance.choice(letters) for _ in range(chance.randint(0, 4))) for _ in range(3)]
        segments = highlight(text, words)
        assert "".join(fragment for fragment, _ in segments) == text
        assert all(fragment for fragment, _ in segments)
        assert all(a[1] != b[1] for a, b in pairwise(segments))


@pytest.mark.slow
def test_what_the_index_matches_is_marked() -> None:
    chance = random.Random(5)
    letters = "预焙电解槽扩容160kA ，预電"
    for _ in range(400):
        text = "".join(chance.choice(letters) for _ in range(chance.randint(1, 20)))
        present = set(analysis.terms(text))
        for word in analysis.words(text):
            matched = set(analysis.wanted_terms(word)) <= present
            assert matched
            assert marked(text, word), (text, word)
        for other in ("预焙", "槽扩", "160ka", "60"):
            assert bool(marked(text, other)) == (set(analysis.wanted_terms(other)) <= present), (text, other)


def test_limit() -> None:
    assert highlight("预焙槽扩容试验", ["扩容"], limit=4) == [("预焙槽", False), ("扩", True), (ELLIPSIS, False)]
    assert highlight("预焙槽", ["焙"], limit=3) == [("预", False), ("焙", True), ("槽", False)]


TEXT = "第一句讲氧化铝输送与烟气净化。" * 10 + "第二句讲预焙槽的扩容。" + "第三句讲阴极炭块。" * 20 + "最后扩容。"


def test_a_snippet_shows_most_of_the_words() -> None:
    segments = snippet(TEXT, ["预焙槽", "扩容"], length=40)
    assert {fragment for fragment, is_marked in segments if is_marked} == {"预焙槽", "扩容"}
    assert segments[0] == segments[-1] == (ELLIPSIS, False)
    assert 40 <= len("".join(fragment for fragment, _ in segments)) <= 40 + 2 * len(ELLIPSIS)
    assert segments[1][0].startswith("第二句")  # begins with a clause


def test_a_snippet_without_any_word_is_the_beginning() -> None:
    assert snippet(TEXT, ["量子"], length=15) == [(TEXT[:15], False), (ELLIPSIS, False)]


def test_a_snippet_at_the_end_has_no_ellipsis_after_it() -> None:
    segments = snippet(TEXT, ["最后"], length=30)
    assert segments[0] == (ELLIPSIS, False)
    assert "".join(fragment for fragment, _ in segments).endswith("最后扩容。")


def test_a_short_text_is_its_own_snippet() -> None:
    assert snippet("预焙槽扩容", ["扩容"]) == [("预焙槽", False), ("扩容", True)]


def test_hostile_words() -> None:
    for words in (
        ["(", "[", "\\", ".*", "a{9999}", "\x00", "\ud800"],
        ["预" * 5_000],
        ["a" * 5_000],
        ["甲乙"] * 500,
        ["1" * 9_999, "1,111" * 2_000],
    ):
        assert "".join(fragment for fragment, _ in highlight(TEXT, words)) == TEXT
        assert snippet(TEXT, words)


def test_a_page_of_twenty_is_marked_in_time() -> None:
    words = ["预焙槽", "扩容", "160kA", "阴极炭"]

    def mark_twenty() -> None:
        for _ in range(20):
            highlight("160kA预焙电解槽扩容试验", words)
            snippet(TEXT, words)

    assert quickest(mark_twenty) < 0.025
