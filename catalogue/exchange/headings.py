"""What columns and sheets are called, as data: `headings.csv` and `kind_words.csv` list the names that clerks use.

A field may be fed by several columns, and some columns feed a part of one: `people.first` is the first of the people,
`people.staff` their staff numbers, `events.granted` the day of an event, `award.level` a hint at the scheme, `shares`
the parts of a benefit, `amount:new_profit` an amount whose heading says the kind.
"""

import csv
import difflib
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from flask_babel import force_locale

from catalogue.records.registers import ENTITIES

ANY = "*"
_BRACKETS = re.compile(r"[(\[【〔<《][^)\]】〕>》]*[)\]】〕>》]")
_NOISE = re.compile(r"[\s_\-—:：、,，。*★☆/\\|()\[\]【】<>《》“”\"'.]+")
_MONEY_UNIT = re.compile(
    r"(亿元|百万元|千元|万元|亿|万|元|万美元|美元|瑞士法郎|欧元|日元|吨标准?煤|tce|CNY|USD|CHF|EUR|JPY|MWh)"
)
_CLOSE = 0.8


def normalise(heading: str) -> str:
    """A heading without blanks, signs and what stands in brackets (unless it is all there is)."""
    text = unicodedata.normalize("NFKC", heading).lower()
    return _NOISE.sub("", _BRACKETS.sub("", text)) or _NOISE.sub("", text)


def unit_in(heading: str) -> str:
    """The unit that a heading says for its numbers: 金额（万元） → 万元; empty where it says none."""
    found = _MONEY_UNIT.findall(unicodedata.normalize("NFKC", heading))
    return str(found[-1]) if found else ""


def _data(name: str) -> list[dict[str, str]]:
    text = files("catalogue.exchange").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def names_of(table: str) -> Mapping[str, str]:
    """Every name of a column of a table, normalised, with the field it feeds."""
    names: dict[str, str] = {}
    rows = _data("headings.csv")
    for scope in (table, ANY):
        for row in rows:
            if row["entity"] == scope and _applies(table, row["field"]):
                for name in row["headings"].split(";"):
                    for form in (normalise(name), _NOISE.sub("", unicodedata.normalize("NFKC", name).lower())):
                        names.setdefault(form, row["field"])
    entity = ENTITIES[table]
    for locale in ("zh", "en"):
        with force_locale(locale):
            for field in entity.fields:
                names.setdefault(normalise(str(field.label)), field.name)
    # The catalogue's own names come before all.
    names.update({normalise(field.name): field.name for field in entity.fields})
    return names


def _applies(table: str, field: str) -> bool:
    own = {each.name for each in ENTITIES[table].fields}
    return re.split(r"[.:]", field)[0] in own | {"award", "shares", "period"}


def field_of(table: str, heading: str) -> tuple[str | None, float]:
    """The field of a table that a heading means, and how surely: 1 exactly so, less where the names are close."""
    names, wanted = names_of(table), normalise(heading)
    if not wanted:
        return None, 0
    if wanted in names:
        return names[wanted], 1
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", heading).lower())
    if plain in names:
        return names[plain], 1
    without_unit = _MONEY_UNIT.sub("", wanted)
    if without_unit in names:
        return names[without_unit], 1
    inside = [name for name in names if len(name) >= 3 and name in wanted]
    if inside and len(wanted) <= 12:
        longest = max(inside, key=len)
        return names[longest], 0.6 * len(longest) / len(wanted) + 0.3
    near = difflib.get_close_matches(wanted, names, n=1, cutoff=_CLOSE) if 3 <= len(wanted) <= 20 else []
    return (names[near[0]], 0.6) if near else (None, 0)


@cache
def all_names() -> frozenset[str]:
    """Every name of a column of any table."""
    return frozenset(name for table in ENTITIES for name in names_of(table))


def is_heading(text: str) -> bool:
    """Whether a cell reads as the heading of a column."""
    names, wanted = all_names(), normalise(text)
    return bool(wanted) and (wanted in names or _MONEY_UNIT.sub("", wanted) in names or wanted in _UNUSED)


# Columns that sheets have and the catalogue does not keep.
_UNUSED = frozenset({"序号", "备注", "类型", "no", "编号", "法律状态", "联系电话", "电话", "成果类型", "条目类型"})


@cache
def kind_words() -> Mapping[str, str]:
    """What kinds are called, in names of files and sheets and in columns that tell the kind of each row."""
    words = {normalise(word): row["table"] for row in _data("kind_words.csv") for word in row["words"].split(";")}
    for table, entity in ENTITIES.items():
        words[normalise(table)] = table
        for locale in ("zh", "en"):
            with force_locale(locale):
                words.setdefault(normalise(str(entity.label)), table)
    return words


def kind_named(text: str) -> str | None:
    """The table whose kind a cell names as a whole."""
    return kind_words().get(normalise(text))


def kinds_hinted(text: str) -> list[str]:
    """The tables whose words stand in the name of a file or a sheet, the one named last and longest first: a list of
    项目获奖 is one of awards."""
    text = normalise(text)
    found: dict[str, tuple[int, int]] = {}
    for word, table in kind_words().items():
        place = text.rfind(word)
        if place >= 0 and (len(word) > 1 or word == "奖"):
            found[table] = max(found.get(table, (0, 0)), (place + len(word), len(word)))
    return sorted(found, key=lambda table: found[table], reverse=True)
