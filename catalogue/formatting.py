"""Values as pages show them: numbers with grouping, money in 万元, names and days in the reader's language."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from flask import Flask
from flask_babel import force_locale, get_locale, to_user_timezone

LANGUAGES = ("zh", "en")  # of what is kept for good
TEN_THOUSAND = 10_000
_MOST_PLACES = 6
# What XML 1.0 has no way to write, not even as a reference.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
# A spreadsheet drops the zeros before such a number, and the digits after the fifteenth.
_NOT_A_QUANTITY = re.compile(r"0\d[\d.]*|\d{12}[\d.]*")

T = TypeVar("T")


class HasNames(Protocol):
    """Something with a Chinese and perhaps an English name."""

    name: Any
    name_en: Any


def number(value: Decimal | int) -> str:
    """A number with its thousands grouped and as many decimal places as it has: 48,317; 5,436.8."""
    if isinstance(value, int):
        return f"{value:,}"
    text = f"{value:,.{_MOST_PLACES}f}"
    return text.rstrip("0").rstrip(".")


def wan(yuan: Decimal | int, places: int = 0) -> str:
    """An amount in yuan as 万元: as many decimal places as it has, in a column of amounts at least `places`."""
    text = number(Decimal(yuan) / TEN_THOUSAND)
    missing = places - len(text.partition(".")[2])
    if missing <= 0:
        return text
    return f"{text}{'' if '.' in text else '.'}{'0' * missing}"


def csv_cell(text: str) -> str:
    """A text for CSV, with an apostrophe before what a spreadsheet would take for a formula or spoil as a number."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) or _NOT_A_QUANTITY.fullmatch(text) else text


def guarded(text: str) -> str:
    """A text for CSV that a spreadsheet neither takes for a formula nor spoils as a number; see `unguarded`."""
    return f"'{text}" if text.startswith("'") else csv_cell(text)


def unguarded(text: str) -> str:
    """The text again that `guarded` wrote."""
    rest = text[1:]
    return rest if text.startswith("'") and (rest.startswith("'") or csv_cell(rest) != rest) else text


def xml_text(text: str) -> str:
    """A text without the characters that XML forbids: a file with one of them cannot be read at all."""
    return _NOT_XML.sub("", text)


def in_chinese() -> bool:
    """Whether the reader reads Chinese; so too outside of requests."""
    locale = get_locale()
    return locale is None or locale.language == "zh"


def in_each_language(make: Callable[[], T]) -> dict[str, T]:
    """What a function gives in each language of the site."""
    made = {}
    for language in LANGUAGES:
        with force_locale(language):
            made[language] = make()
    return made


def local_name(item: HasNames) -> str:
    """The name of a division or an award scheme in the reader's language, the Chinese one where there is no other."""
    return str(item.name if in_chinese() or not item.name_en else item.name_en)


def local_day(instant: datetime) -> str:
    """The day of an instant in the site's time zone, in ISO form."""
    return to_user_timezone(instant).date().isoformat()


def local_minute(instant: datetime) -> str:
    """An instant to the minute in the site's time zone: 2026-11-23 15:04."""
    return to_user_timezone(instant).strftime("%Y-%m-%d %H:%M")


def init_app(app: Flask) -> None:
    """Make these known to templates."""
    for filter_ in (number, wan, local_name, local_day, local_minute, xml_text):
        app.jinja_env.filters[filter_.__name__] = filter_
