"""Chinese is complete: every message in code and templates is translated, and what is compiled is what is written."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

CHECKOUT = Path(__file__).parent.parent
FOLDER = CHECKOUT / "catalogue" / "translations" / "zh" / "LC_MESSAGES"
_PLACES = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with (FOLDER / "messages.po").open("rb") as file:
        return read_po(file, locale="zh")


def used() -> set[tuple[str, str | None]]:
    """Every message of code and templates with its context."""
    with (CHECKOUT / "babel.cfg").open(encoding="utf-8") as file:
        methods, _options = parse_mapping_cfg(file)
    keywords = {
        **dict.fromkeys(("_", "_l", "gettext", "lazy_gettext", "_n", "N_")),
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "lazy_pgettext": ((1, "c"), 2),
    }
    found = set()
    for folder in ("catalogue", "templates"):
        for extracted in extract_from_dir(
            CHECKOUT / folder,
            [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods],
            keywords=keywords,
            directory_filter=lambda _folder: True,  # else folders such as _macros are left out
        ):
            message, context = extracted[2], extracted[4]
            found.add((message if isinstance(message, str) else message[0], context))
    return found


def test_every_message_is_translated(chinese: Catalog) -> None:
    messages = used()
    assert len(messages) > 300
    missing = []
    for text, context in messages:
        message = chinese.get(text, context)
        strings = (
            message.string if message and isinstance(message.string, tuple) else (message.string if message else "",)
        )
        if not message or message.fuzzy or not all(strings):
            missing.append(text)
    assert missing == []


def test_translations_keep_the_places_for_values(chinese: Catalog) -> None:
    wrong = []
    for message in chinese:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = {place for text in ids for place in _PLACES.findall(text)}
        if message.id and any(set(_PLACES.findall(text)) - wanted for text in strings):
            wrong.append(message.id)
        if message.id and not set(_PLACES.findall(strings[0])) >= wanted - {"%(num)s", "%(number)s"}:
            wrong.append(message.id)
    assert wrong == []


def test_what_is_compiled_is_what_is_written(chinese: Catalog) -> None:
    fresh = BytesIO()
    write_mo(fresh, chinese)
    fresh.seek(0)
    with (FOLDER / "messages.mo").open("rb") as file:
        compiled = read_mo(file)
    again = read_mo(fresh)
    assert {str(each.id): each.string for each in compiled if each.id} == {
        str(each.id): each.string for each in again if each.id
    }


def test_no_translation_is_left_of_a_message_that_is_gone(chinese: Catalog) -> None:
    messages = used()
    left = [message.id for message in chinese if message.id and (_one(message.id), message.context) not in messages]
    assert left == [], "run `make messages`"


def _one(message: str | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]
