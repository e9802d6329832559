"""Numbers with what they count: `160kA` is 160千安, and `8.5万吨` is 85000吨 and 8.5 万 t.

Works on folded text. Each quantity has one term, made of its number written out and of one name of its unit. Units are
brought together by name only (千安 is kA), never by calculation: 0.16MA is another way to put it, which nobody types.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)*(?!\d)|\d+(?:\.\d+)*"
_TIMES = {"万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_LONGEST_NUMBER = 20

# The name in terms → the other names, all folded. A single character is a name only where it cannot well begin another
# word: 安 (安全, 安装), 度 (angle, heat or kWh), 升 (升高) and 分 are not here.
_UNITS: dict[str, tuple[str, ...]] = {
    "a": ("安培",),
    "ka": ("千安培", "千安"),
    "v": ("伏特", "伏(?!安)"),
    "mv": ("毫伏",),
    "kv": ("千伏(?!安)",),
    "kva": ("千伏安",),
    "mva": ("兆伏安",),
    "w": ("瓦(?!时|小时)",),
    "kw": ("千瓦(?!时|小时)",),
    "mw": ("兆瓦(?!时|小时)",),
    "kwh": ("kw h", "千瓦小时", "千瓦时"),
    "t": ("吨",),
    "kg": ("公斤", "千克"),
    "g": ("克(?!服)",),
    "mg": ("毫克",),
    "mm": ("毫米",),
    "cm": ("厘米",),
    "m": ("米(?!粉)",),
    "km": ("公里", "千米"),
    "μm": ("um", "微米"),
    "m2": ("平方米",),
    "m3": ("立方米",),
    "ml": ("毫升",),
    "mpa": ("兆帕",),
    "kpa": ("千帕",),
    "pa": ("帕(?!金)",),
    "kn": ("千牛",),
    "hz": ("赫兹",),
    "h": ("小时",),
    "min": ("分钟",),
    "°c": ("摄氏度",),
    "元": (),
}
_NO_LETTER_AFTER = r"(?![a-zα-ω\d])"


def _spelling(name: str) -> str:
    return name + (_NO_LETTER_AFTER if name[-1].isascii() and name[-1].isalnum() else "")


def _one_of(names: list[str]) -> str:
    return "|".join(_spelling(name) for name in sorted(names, key=lambda name: (-len(name), name)))


_NAMES = {re.sub(r"\(\?!.*\)", "", name): unit for unit, names in _UNITS.items() for name in (unit, *names)}
_ANY_UNIT = _one_of([name for unit, names in _UNITS.items() for name in (unit, *names)])
# Those whose terms do not follow from the letters alone, as they do for 160kA.
_UNEVEN_UNIT = _one_of([*(name for names in _UNITS.values() for name in names), "m2", "m3", "°c", "元"])
# 3,5000 and 1.2.3万 are no numbers to calculate with, A356 is a name.
_START = rf"(?<![\da-zα-ω])(?<!\d[.,])(?P<number>(?>{NUMBER}))[ -]?"
_MULTIPLE = rf"(?P<times>{'|'.join(sorted(_TIMES, key=len, reverse=True))})(?:[ -]?(?P<unit>{_ANY_UNIT}))?"
UNEVEN = re.compile(rf"{_START}(?:{_MULTIPLE}|(?P<only>{_UNEVEN_UNIT}))")
# As `UNEVEN`, and 160kA too.
ANY = re.compile(rf"{_START}(?:{_MULTIPLE}|(?P<only>{_ANY_UNIT}))")
UNNAMED = re.sub(r"\?P<\w+>", "?:", ANY.pattern)


class Quantity(NamedTuple):
    """A number and what it counts (perhaps nothing), and its place in the folded text."""

    number: str
    unit: str
    start: int
    end: int

    @property
    def term(self) -> str:
        """The one term that all its ways of writing share."""
        return self.number + self.unit


def quantities(folded: str, pattern: re.Pattern[str] = UNEVEN) -> Iterator[Quantity]:
    """The quantities of a text whose terms its letters do not give; with `ANY`, all quantities."""
    for match in pattern.finditer(folded):
        number = match["number"].replace(",", "")
        if match["times"]:
            if number.count(".") > 1 or len(number) > _LONGEST_NUMBER:
                continue
            number = _plain(Decimal(number) * _TIMES[match["times"]])
        name = match["unit"] or match["only"]
        yield Quantity(number, _NAMES[name] if name else "", *match.span())


def _plain(number: Decimal) -> str:
    """The number without powers of ten and closing zeros. (`normalize` would round to 28 digits.)"""
    written = format(number, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def spellings(quantity: Quantity) -> str:
    """A regular expression for all ways in which folded text may write a quantity."""
    number = quantity.number
    whole, point, part = number.partition(".")
    numbers = [re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",?", whole) + re.escape(point + part)]
    if number.count(".") < 2 and len(number) <= _LONGEST_NUMBER:
        for name, times in _TIMES.items():
            multiple = _plain(Decimal(number) / times)
            if len(multiple) <= len(number):  # nobody writes 160 as 0.016万
                numbers.append(rf"{re.escape(multiple)}{'0*' if '.' in multiple else '(?:[.]0+)?'}[ -]?{name}")
    tail = (
        rf"[ -]?(?:{_one_of([quantity.unit, *_UNITS[quantity.unit]])})"
        if quantity.unit
        else r"(?!\d|\.\d|,\d{3}(?!\d))"
    )
    return rf"(?<!\d)(?<!\d\.)(?:{'|'.join(numbers)}){tail}"
