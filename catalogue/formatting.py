"""Values as pages show them: numbers with grouping, money in 万元, names and days in the reader's language."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from flask import Flask
from flask_babel import get_locale, to_user_timezone

TEN_THOUSAND = 10_000
_MOST_PLACES = 6


class Named(Protocol):
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


def in_chinese() -> bool:
    """Whether the reader reads Chinese; so too outside of requests."""
    locale = get_locale()
    return locale is None or locale.language == "zh"


def local_name(thing: Named) -> str:
    """The name of a division or an award scheme in the reader's language, the Chinese one where there is no other."""
    return str(thing.name if in_chinese() or not thing.name_en else thing.name_en)


def local_day(instant: datetime) -> str:
    """The day of an instant in the site's time zone, in ISO form."""
    return to_user_timezone(instant).date().isoformat()


def local_minute(instant: datetime) -> str:
    """An instant to the minute in the site's time zone: 2026-11-23 15:04."""
    return to_user_timezone(instant).strftime("%Y-%m-%d %H:%M")


def init_app(app: Flask) -> None:
    """Make these known to templates."""
    for filter_ in (number, wan, local_name, local_day, local_minute):
        app.jinja_env.filters[filter_.__name__] = filter_
