"""Numbers in all the ways in which reports write them."""

from decimal import Decimal

import pytest

from catalogue.fact_check.numerals import NUMERAL, Numeral, Qualifier, chinese_value, read_numeral


def find_numerals(text: str) -> list[Numeral]:
    return [read_numeral(match) for match in NUMERAL.finditer(text)]


@pytest.mark.parametrize(
    ("text", "value", "qualifier"),
    [
        ("16项", 16, "exact"),
        ("5,436.8万元", 54_368_000, "exact"),
        ("48,317条", 48_317, "exact"),
        ("三项", 3, "exact"),
        ("两项", 2, "exact"),
        ("十项", 10, "exact"),
        ("十三项", 13, "exact"),
        ("一百零五项", 105, "exact"),
        ("一百五十六项", 156, "exact"),
        ("一千零五项", 1005, "exact"),
        ("五千四百三十六万元", 54_360_000, "exact"),
        ("一亿二千万元", 120_000_000, "exact"),
        ("1.2亿元", 120_000_000, "exact"),
        ("150多项", 150, "at_least"),
        ("百余项", 100, "at_least"),
        ("上百项", 100, "at_least"),
        ("三十多项", 30, "at_least"),
        ("4.8万余条", 48_000, "at_least"),
        ("5400多万元", 54_000_000, "at_least"),
        ("五千四百多万元", 54_000_000, "at_least"),
        ("20余万元", 200_000, "at_least"),
        ("超过200项", 200, "at_least"),
        ("逾200项", 200, "at_least"),
        ("突破200项", 200, "at_least"),
        ("至少200项", 200, "at_least"),
        ("约200项", 200, "about"),
        ("十来项", 10, "about"),
        ("近200项", 200, "nearly"),
        ("近百项", 100, "nearly"),
        ("接近200项", 200, "nearly"),
        ("不足200项", 200, "below"),
        ("达到200项", 200, "exact"),
        ("数十项", 0, "vague"),
        ("几百项", 0, "vague"),
        ("十几项", 0, "vague"),
        ("七八项", 0, "vague"),
        ("一百五项", 0, "vague"),
        ("近百余项", 100, "vague"),
        ("over cny 54 million", 54_000_000, "at_least"),
        ("over 48,000 proposals", 48_000, "at_least"),
        ("about 150", 150, "about"),
        ("twelve projects", 12, "exact"),
    ],
)
def test_a_number_has_its_value_and_what_it_claims(text: str, value: int, qualifier: Qualifier) -> None:
    (found,) = find_numerals(text)
    assert (found.value, found.qualifier) == (Decimal(value), qualifier)


@pytest.mark.parametrize(("text", "low", "high"), [("3~5项", 3, 5), ("三至五项", 3, 5), ("10—12项", 10, 12)])
def test_a_range_has_two_ends(text: str, low: int, high: int) -> None:
    (found,) = find_numerals(text)
    assert (found.value, found.upper) == (low, high)


@pytest.mark.parametrize("text", ["一定", "统一思想", "百花齐放", "万众一心", "经济效益(万元)", "someone"])
def test_words_that_only_hold_a_number_are_none(text: str) -> None:
    assert find_numerals(text) == []


@pytest.mark.parametrize(("text", "step"), [("4.83万条", 100), ("4.8万条", 1000), ("156项", 1), ("5437万元", 10_000)])
def test_the_last_digit_says_how_exact_a_number_is(text: str, step: int) -> None:
    (found,) = find_numerals(text)
    assert found.step == step


@pytest.mark.parametrize("number", [1, 9, 10, 11, 19, 20, 99, 100, 101, 110, 156, 999, 1000, 1001, 1010, 5436, 9999])
def test_chinese_numbers_are_read_back(number: int) -> None:
    assert chinese_value(_written(number)) == number
    assert chinese_value(_written(number) + "万") == number * 10_000


def _written(number: int) -> str:
    digits, units = "零一二三四五六七八九", ["", "十", "百", "千"]
    text = ""
    for place, digit in enumerate(reversed(str(number))):
        text = (digits[int(digit)] + (units[place] if digit != "0" else "")) + text
    while "零零" in text:
        text = text.replace("零零", "零")
    return text.rstrip("零").removeprefix("一") if 10 <= number < 20 else text.rstrip("零")


def test_what_is_not_a_number_in_chinese_has_no_value() -> None:
    assert [chinese_value(text) for text in ("三五", "一百五", "十百", "")] == [None] * 4
