"""The analysis: what is the same to a reader is the same to the index, and every place is a place in the original."""

import re

import pytest

from catalogue.search import analysis
from tests.timing import quickest


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("１６０ｋＡ", "160kA"),
        ("160 kA", "160kA"),
        ("160-KA", "160kA"),
        ("160\u3000kA", "160kA"),
        ("㎏", "kg"),
        ("預焙電解槽擴容試驗", "预焙电解槽扩容试验"),
        ("⽔⼒", "水力"),  # Kangxi radicals, as PDFs carry them
        ("⻓⻋", "长车"),
        ("电\u200b解\ufeff槽", "电解槽"),
        ("Anodes", "anode"),
        ("Batteries", "battery"),
        ("processes", "process"),
        ("9,050吨", "9050吨"),
        ("résumé", "resume"),
        ("Al₂O₃", "al2o3"),
        ("α-Al2O3", "Α-AL2O3"),
        ("电解，质", "电解 质"),
    ],
)
def test_the_same_to_a_reader(typed: str, meant: str) -> None:
    assert sorted(analysis.terms(typed)) == sorted(analysis.terms(meant))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("电解", "电介"),
        ("8.5万吨", "85万吨"),
        ("5，100", "5100"),
        ("1.5", "15"),
        ("160 kA", "1.60 kA"),
        ("gas", "ga"),
        ("status", "statu"),
    ],
)
def test_not_the_same(text: str, word: str) -> None:
    assert not set(analysis.wanted_terms(word)) <= set(analysis.terms(text))


def test_terms_are_pairs_and_what_pairs_would_miss() -> None:
    assert analysis.terms("预焙槽") == ["预焙", "焙槽"]
    assert analysis.terms("槽") == ["槽"]
    assert sorted(analysis.terms("160 kA预焙")) == sorted(["160", "ka", "160ka", "预焙"])
    assert analysis.terms("PM2.5") == ["pm", "2.5", "pm2.5"]
    assert analysis.terms("，。*？ \n") == []


def test_every_character_is_in_a_term() -> None:
    text = "预焙阳极，铝；槽电压 阴极炭块"
    assert {c for term in analysis.terms(text) for c in term} == {c for c in text if analysis.is_han(c)}


def test_number_and_unit_can_be_had_together_or_apart() -> None:
    terms = set(analysis.terms("由 160 kA 提高到180kA"))
    for word in ("160kA", "160", "kA", "180 kA".replace(" ", ""), "180"):
        assert set(analysis.wanted_terms(word)) <= terms, word
    assert not set(analysis.wanted_terms("160A")) <= terms


def test_words_are_what_stands_between_spaces_and_punctuation() -> None:
    assert analysis.words("预焙槽　扩容，160kA/节能 * ") == ["预焙槽", "扩容", "160kA", "节能"]
    assert analysis.words("ＫＡ ka 電解 电解") == ["ＫＡ", "電解"]
    assert analysis.words("唐·伊德“9,050”8.5万吨") == ["唐", "伊德", "9,050", "8.5万吨"]
    assert analysis.words("，。*“”()") == []


def test_folding_twice_changes_nothing() -> None:
    for text in ("１６０ｋＡ預焙槽㎏ Ⅳ ① ﬁ ß É İ", "臺灣鋁業、乾坤；著作　瞭解", "⽔⻓é\u200b\x00\ud800"):
        once = analysis.fold(text)
        assert analysis.fold(once) == once
        assert analysis.terms(once) == analysis.terms(text)


@pytest.mark.parametrize("text", ["㎏电解㈱槽", "e\u0301电\u200b解ﬁ槽", "160㎄", "ŉ电", "预焙槽", ""])
def test_offsets_are_places_in_the_original(text: str) -> None:
    folded, offsets = analysis.fold_with_offsets(text)
    if offsets is None:
        assert len(folded) == len(text)
        offsets = list(range(len(text) + 1))
    assert len(offsets) == len(folded) + 1
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(text)
    for place, character in enumerate(folded):
        assert character in analysis.fold(text[offsets[place]])


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("160kA", "电流160 kA时"),
        ("160KA预焙槽", "160 kA预焙槽"),
        ("9050", "共9,050吨"),
        ("9,050", "共9050吨"),
        ("anode", "Anodes are"),
        ("anodes", "an anode"),
        ("电解槽", "電解槽"),
        ("T", "T 方法"),
        ("al2o3", "Al2O3粉"),
    ],
)
def test_what_stands_is_seen_standing(word: str, text: str) -> None:
    assert re.search(analysis.standing(word), analysis.fold(text))
    assert set(analysis.wanted_terms(word)) <= set(analysis.terms(text))


@pytest.mark.parametrize(
    ("word", "text"), [("160", "1160"), ("60", "160kA"), ("ka", "kaolin"), ("5", "8.5"), ("8", "8.5")]
)
def test_parts_of_words_and_numbers_do_not_stand(word: str, text: str) -> None:
    assert not re.search(analysis.standing(word), analysis.fold(text))
    assert not set(analysis.wanted_terms(word)) <= set(analysis.terms(text))


def test_fast_enough_to_build_an_index() -> None:
    text = "采用修正的参数，建立了160 kA预焙电解槽的数学模型；结果表明控制器具有较快的响应速度。" * 8
    assert quickest(lambda: analysis.terms(text), tries=100) < 0.0015
