"""Numbers as reports write them: 156, 5,436.8万, 三十多, 百余, 近200, 3～5, over 48,000, each with what it claims.

The text is folded already (see `tokens.fold`): plain digits, small letters, simplified characters.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

# What a number claims: itself; at least itself; about it; a little less; less; nothing that could be checked.
Qualifier = Literal["exact", "at_least", "about", "nearly", "below", "vague"]


@dataclass(frozen=True)
class Numeral:
    """A number in a text. `step` is what its last written digit is worth: 0.1万 for 4.8万."""

    value: Decimal
    qualifier: Qualifier
    start: int
    end: int
    step: Decimal = Decimal(1)
    upper: Decimal | None = None  # the other end of a range
    yuan: bool = False  # 人民币, CNY and the like stand before it

    def times(self, factor: int) -> "Numeral":
        """The same number in a smaller unit."""
        upper = None if self.upper is None else self.upper * factor
        return replace(self, value=self.value * factor, step=self.step * factor, upper=upper)


_BEFORE: dict[Qualifier, tuple[str, ...]] = {
    "at_least": ("超过", "超出", "突破", "多于", "大于", "高于", "至少", "不少于", "不低于", "超", "逾",
                 "more than", "at least", "over", "above", "exceeding"),
    "about": ("大约", "约为", "约", "about", "around", "approximately", "some"),
    "nearly": ("将近", "接近", "近", "nearly", "almost", "close to"),
    "below": ("不足", "不到", "不满", "少于", "低于", "less than", "fewer than", "under", "below"),
}  # fmt: skip
_AFTER: dict[str, Qualifier] = {"多": "at_least", "余": "at_least", "来": "about"}
# What may stand behind the measure word.
QUALIFIERS_AFTER: dict[str, Qualifier] = {
    "以上": "at_least",
    "左右": "about",
    "上下": "about",
    "以下": "below",
    "以内": "below",
}
_SCALES = {
    "": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8,
    "万亿": 10**12, "thousand": 10**3, "million": 10**6, "billion": 10**9,
}  # fmt: skip
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

# Bounded, so that no text takes long to read.
_ARABIC = r"(?:\d{1,3}(?:,\d{3}){1,6}(?!\d)|\d{1,20})(?:\.\d{1,10})?"
_HAN = "[零〇一二两三四五六七八九十百千万亿]{1,20}"
_SCALE = "(?:{})".format("|".join(sorted(filter(None, _SCALES), key=len, reverse=True)))
_WORD = r"(?<![a-z])(?:{})(?![a-z])".format("|".join(_WORDS))
# A Chinese number is one only where something is counted with it: 一项, not 一定.
MEASURES = ("万元", "亿元", "千元", "人次", "项", "件", "个", "条", "篇", "份", "人", "名", "次", "元", "期", "场",
            "位", "台", "家", "年", "月", "天", "吨", "种")  # fmt: skip
_COUNTED = r"(?=\s*(?:{}))".format("|".join(MEASURES))
# 不超过 is not 超过: a negation before a word turns it round, so the word is not taken.
_PREFIX = r"(?:(?<![不未没非])(?P<before>{}|上(?=[百千万]))\s*)?".format(
    "|".join(
        rf"{word}(?![a-z])" if word.isascii() else word
        for word in sorted((word for words in _BEFORE.values() for word in words), key=len, reverse=True)
    )
)
_CURRENCY = r"(?P<yuan>(?:人民币|cny|rmb|[¥￥])\s*)?"
_SUFFIX = "[多余来]"
NUMERAL = re.compile(
    _PREFIX
    + _CURRENCY
    + rf"(?:(?P<vague>[数几][十百千万亿]{{1,3}}|十几|几{_COUNTED})"
    + rf"|(?P<arabic>{_ARABIC})(?:\s*[~\-—–至到]{{1,3}}\s*(?P<arabic_to>{_ARABIC}))?(?:\s*(?P<more>{_SUFFIX}))?"
    + rf"(?:\s*(?P<scale>{_SCALE})(?![a-z]))?(?P<more_after>{_SUFFIX})?"
    + rf"|(?P<word>{_WORD})"
    # 万元 is a unit; 近万元 is a number.
    + rf"|(?(before)|(?![百千万亿]{_COUNTED}))(?P<han>{_HAN})(?:[~\-—–至到](?P<han_to>{_HAN}))?(?P<han_more>{_SUFFIX})?"
    + rf"(?P<han_scale>[万亿])?(?P<han_more_after>{_SUFFIX})?{_COUNTED})"
)
_SECTION = re.compile(
    "(?:(?P<thousand>[一二两三四五六七八九])千)?(?P<zero>零)?(?:(?P<hundred>[一二两三四五六七八九])百)?"
    "(?P<zero_after>零)?(?:(?P<ten>[一二三四五六七八九])?(?P<tens>十))?(?P<one>[一二两三四五六七八九])?"
)


def chinese_value(text: str) -> int | None:
    """The value of a Chinese number; None where it has no one value (三五, 一百五)."""
    if text in ("百", "千", "万", "亿"):
        return _SCALES[text]
    for scale in ("亿", "万"):
        left, found, right = text.rpartition(scale)
        if found:
            high, low = chinese_value(left), chinese_value(right.lstrip("零")) if right else 0
            return None if high is None or low is None or low >= _SCALES[scale] else high * _SCALES[scale] + low
    return _section_value(text)


def _section_value(text: str) -> int | None:
    if text in ("零", "〇"):
        return 0
    match = _SECTION.fullmatch(text)
    if not text or match is None:
        return None
    higher = match["thousand"] or match["hundred"]
    if match["one"] and higher and not match["tens"] and not (match["zero"] or match["zero_after"]):
        return None  # 一百五 is 150 to some and 105 to others
    digit = {name: _DIGITS[match[name]] if match[name] else 0 for name in ("thousand", "hundred", "ten", "one")}
    tens = 10 * (digit["ten"] or 1) if match["tens"] else 0
    return digit["thousand"] * 1000 + digit["hundred"] * 100 + tens + digit["one"]


def read_numeral(match: re.Match[str]) -> Numeral:
    """The number that `NUMERAL` found."""
    start, end = match.span()
    if match["vague"]:
        return Numeral(Decimal(0), "vague", start, end)
    before = match["before"]
    prefix: Qualifier = "at_least" if before == "上" else _qualifier_before(before)
    more = match["more"] or match["more_after"] or match["han_more"] or match["han_more_after"]
    suffix: Qualifier = _AFTER[more] if more else "exact"
    qualifier = prefix if suffix == "exact" else suffix
    if prefix not in ("exact", qualifier):
        qualifier = "vague"  # 近百余 says two items
    value, upper, step = _values(match)
    if value is None or ((match["arabic_to"] or match["han_to"]) and upper is None):
        return Numeral(Decimal(0), "vague", start, end)
    if upper is not None and (upper <= value or qualifier != "exact"):
        return Numeral(value, "vague", start, end)
    return Numeral(value, qualifier, start, end, step, upper, yuan=bool(match["yuan"]))


def _qualifier_before(word: str | None) -> Qualifier:
    return next((qualifier for qualifier, words in _BEFORE.items() if word in words), "exact")


def _values(match: re.Match[str]) -> tuple[Decimal | None, Decimal | None, Decimal]:
    """Value, upper end of a range, and the worth of the last digit."""
    if match["word"]:
        return Decimal(_WORDS.index(match["word"]) + 1), None, Decimal(1)
    if match["arabic"]:
        factor = _SCALES[match["scale"] or ""]
        value = Decimal(match["arabic"].replace(",", ""))
        upper = Decimal(match["arabic_to"].replace(",", "")) * factor if match["arabic_to"] else None
        exponent = value.as_tuple().exponent
        return value * factor, upper, Decimal(1).scaleb(int(exponent)) * factor
    factor = _SCALES[match["han_scale"] or ""]
    found, found_to = chinese_value(match["han"]), chinese_value(match["han_to"]) if match["han_to"] else None
    return (
        None if found is None else Decimal(found * factor),
        None if found_to is None else Decimal(found_to * factor),
        Decimal(factor),
    )
