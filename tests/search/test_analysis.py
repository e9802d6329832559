"""The analysis: what is the same to a reader is the same to the index, and every place is a place in the original."""

import re
from itertools import product

import pytest

from catalogue.search.text import analysis
from tests.support.timing import quickest


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


SAME_QUANTITIES = [
    ("160kA", "160 kA", "160千安", "１６０　ｋＡ", "160 千安", "160-kA"),
    ("8.5万吨", "85000吨", "8.5 万 t", "85,000 t", "8.50万吨", "8.5萬噸", "85000t"),
    ("120万元", "1200000元", "1,200,000元"),
    ("1.2亿千瓦时", "12000万kWh", "120000000 kW·h"),
    ("960℃", "960 ℃", "960摄氏度", "960°C"),
    ("200m³", "200 m3", "200立方米", "200㎥"),
    ("3μm", "3 µm", "3微米", "3um"),
    ("10千克", "10kg", "10公斤", "10㎏"),
    ("2.3万", "23000", "2.3 万"),
]


@pytest.mark.parametrize("group", SAME_QUANTITIES)
@pytest.mark.parametrize(("before", "after"), [("", ""), ("为", "预焙槽"), ("共 ", "，每年")])
def test_a_quantity_is_found_and_marked_however_it_is_written(group: tuple[str, ...], before: str, after: str) -> None:
    for typed, written in product(group, group):
        text = before + written + after
        assert set(analysis.wanted_terms(typed)) <= set(analysis.terms(text)), (typed, written)
        assert analysis.words(typed) == [typed]
        folded, offsets = analysis.fold_with_offsets(text)
        match = re.search(analysis.standing(typed), folded)
        assert match, (typed, written)
        start, end = match.span()
        assert (text[start:end] if offsets is None else text[offsets[start] : offsets[end - 1] + 1]) == written


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("160kA", "1160千安"),
        ("160kA", "160安全帽"),
        ("160kA", "160千伏"),
        ("160kA", "160000安培"),  # names are brought together, nothing is calculated
        ("8.5万吨", "85万吨"),
        ("8.5万吨", "8.5吨"),
        ("85000吨", "85000台"),
        ("5000吨", "1.5000吨"),
        ("160kV", "160千伏安"),
        ("5kW", "5千瓦时"),
    ],
)
def test_another_quantity_is_another(typed: str, written: str) -> None:
    assert not set(analysis.wanted_terms(typed)) <= set(analysis.terms(written))
    assert not re.search(analysis.standing(typed), analysis.fold(written))


def test_quantities_within_longer_words() -> None:
    for text, word in (
        ("160 kA预焙槽", "160千安预焙槽"),
        ("年产85000t电解铝", "8.5万吨电解铝"),
        ("年产8.5万吨电解铝", "85000t 电解铝"),
    ):
        for each in analysis.words(word):
            assert set(analysis.wanted_terms(each)) <= set(analysis.terms(text)), each
            assert re.search(analysis.standing(each), analysis.fold(text))
    assert analysis.words("预焙槽 160 kA 8.5 万 t 扩容") == ["预焙槽", "160 kA", "8.5 万 t", "扩容"]


def test_numbers_without_end_take_no_time() -> None:
    for text in ("1" + ",111" * 9_000, "1." * 9_000, "1万" * 9_000, "9" * 40_000 + "万吨", "1 a " * 9_000):
        for analyse in (analysis.terms, analysis.words):
            assert quickest(lambda text=text, analyse=analyse: analyse(text), tries=2) < 1  # type: ignore[misc]
        assert analysis.standing(text[:64])
