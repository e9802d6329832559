"""Reading the arguments of an address: every function gives a checked value or raises InvalidInput with a sentence."""

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import gettext as _

from catalogue.errors import InvalidInput

FIRST_YEAR, LAST_YEAR = 1900, 2200
_LONGEST_SHOWN = 40  # of what somebody typed, in a message


def read_year(args: Mapping[str, str], name: str) -> int | None:
    """A year between 1900 and 2200; None where the argument is absent or empty."""
    text = args.get(name, "").strip()
    if not text:
        return None
    if not _is_number(text) or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise InvalidInput(_("“%(text)s” is not a year such as 2006.", text=text[:_LONGEST_SHOWN]), name)
    return int(text)


def read_number(args: Mapping[str, str], name: str, default: int, least: int = 1, most: int | None = None) -> int:
    """A whole number from `least` to `most` (None: as large as it likes); `default` where it is absent or empty."""
    text = args.get(name, "").strip()
    if not text:
        return default
    if not _is_number(text) or int(text) < least:
        raise InvalidInput(
            _(
                "“%(text)s” cannot be used for “%(name)s”: a number from %(least)s on is wanted.",
                text=text[:_LONGEST_SHOWN],
                name=name,
                least=least,
            ),
            name,
        )
    if most is not None and int(text) > most:
        raise InvalidInput(
            _("“%(text)s” is too much for “%(name)s”: it is at most %(most)s.", text=text, name=name, most=most), name
        )
    return int(text)


def read_choice(args: Mapping[str, str], name: str, choices: Collection[Any], default: str = "") -> str:
    """One of `choices`; `default` where the argument is absent or empty."""
    text = args.get(name, "").strip()
    if not text:
        return default
    if text not in choices:
        raise InvalidInput(
            _(
                "“%(text)s” is unknown here; “%(name)s” is one of: %(choices)s.",
                text=text[:_LONGEST_SHOWN],
                name=name,
                choices=", ".join(map(str, choices)),
            ),
            name,
        )
    return text


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9
