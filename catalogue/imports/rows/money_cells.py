"""Amounts as cells say them: with the kind of the benefit before them, and several in one cell."""

import re
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from catalogue.records.schema.code_matching import benefit_kind_in
from catalogue.records.schema.value_readers import Money, narrow, read_money

_SIGNS = re.compile(r"[;；、。\n]+|[,，](?!\d{3}(?:\D|$))")
_WORDS = re.compile(
    r"^(?:[12]\d{3}年|每年|年均|当年|年|累计|共计|共|可|实现|创造|取得|直接|间接|新增|其中|预计)*"
    r"(?:(?:[\u4e00-\u9fff/]*?(?:经济效益|效益|利润|产值|税收|利税|税金|节支|节约|成本|创汇|节汇|外汇|资金|节能|创效|费用))+)?"
    r"(?:额|总额|金额|达到|达|为|共|[:：])*"
)
_MOST_PARTS = 20


@dataclass(frozen=True)
class Amount:
    """An amount with the kind of benefit that its words say; empty where they say none."""

    money: Money
    kind: str = ""


def parts_of(text: str) -> list[str]:
    """The amounts that a cell lists; the whole cell where it is one."""
    parts = [part.strip() for part in _SIGNS.split(text) if part.strip()][:_MOST_PARTS]
    return parts if len(parts) > 1 and all(map(_is_amount, parts)) else [text]


def _is_amount(text: str) -> bool:
    try:
        read_money(_without_words(text)[1])
    except ValueError:
        return False
    return True


def _without_words(text: str) -> tuple[str, str]:
    plain = re.sub(r"\s", "", narrow(text))
    match = _WORDS.match(plain)
    end = match.end() if match else 0
    return plain[:end], plain[end:]


def read_amount(text: str, nth: int, unit: str, kind: str) -> Amount:
    """One of the amounts of a cell; `unit` is that of the heading, `kind` what the heading says. Raises ValueError
    where there is no amount, or where a kind of its own unit comes without one."""
    words, number = _without_words(parts_of(text)[nth])
    money = read_money(number or text, unit)
    said = benefit_kind_in(words) if words else ""
    kind = said or kind
    if kind == "energy_saving" and money.unit in ("", "CNY") and not _says_money(number, unit):
        money = replace(money, unit="tce")
    if kind == "foreign_exchange" and not money.unit:
        raise ValueError(_("which currency? Write it with the amount, such as 20万美元"))
    return Amount(money if money.unit else replace(money, unit="CNY"), said)


def amount_in(text: str) -> str:
    """An amount without the words before it that say its kind: 35万元 of 新增利润35万元."""
    return _without_words(text)[1] or text


def _says_money(number: str, unit: str) -> bool:
    return bool(re.search(r"元|¥|cny|rmb", narrow(f"{number} {unit}").lower()))
