"""Coded values as clerks write them: codes, labels in both languages, and the words of `choices.csv`."""

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from flask_babel import force_locale
from flask_babel import gettext as _

from catalogue.code_list import CodeList
from catalogue.records.models.code_lists import BENEFIT_KINDS

_NEGATIONS = "未不非拟待没"
_BRACKETS = re.compile(r"[(\[【〔<《][^)\]】〕>》]*[)\]】〕>》]")
_NOISE = re.compile(r"[\s_\-—:：、,，。*★☆/\\|()\[\]【】<>《》“”\"'.]+")
_LONGEST_READ = 200  # of a cell that should hold a word; brackets without end in a longer one would take long


def without_signs(text: str) -> str:
    """A word as it is compared: half-width, in small letters, without blanks and signs."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text[:_LONGEST_READ]).lower())


def normalise(text: str) -> str:
    """The same without what stands in brackets (unless that is all there is)."""
    folded = unicodedata.normalize("NFKC", text[:_LONGEST_READ]).lower()
    return _NOISE.sub("", _BRACKETS.sub("", folded)) or _NOISE.sub("", folded)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    text = files("catalogue.records.schema").joinpath("choices.csv").read_text(encoding="utf-8")
    words: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(text.splitlines()):
        for word in row["words"].split(";"):
            words.setdefault(row["field"], {}).setdefault(normalise(word), row["code"])
            words[row["field"]].setdefault(f"{normalise(word)}\0{row['code']}", row["code"])
    return words


def choose(choices: CodeList, text: str, scope: str) -> str:
    """The code of a vocabulary that a text means; `scope` names the further words of `choices.csv` that count. Raises
    ValueError that lists the labels."""
    known = _names(choices, scope)
    word = normalise(text)
    if word in known:
        return known[word]
    inside = [name for name in known if len(name) > 1 and name in word]
    # Of 新增利润 and 利润 the longer counts; where two that are told apart remain, neither does.
    codes = {known[name] for name in inside if not any(name != other and name in other for other in inside)}
    if len(codes) == 1 and not any(sign in word for sign in _NEGATIONS):
        return codes.pop()
    labels = ", ".join(dict.fromkeys(str(choices.label(code)) for code in choices))
    raise ValueError(_("“%(text)s” is not known here; write one of: %(labels)s", text=text, labels=labels))


@cache
def _names(choices: CodeList, scope: str) -> Mapping[str, str]:
    """The codes by all their names, in both languages whatever that of the reader is."""
    names: dict[str, str] = {}
    for key, code in _words().get(scope, {}).items():
        if code in choices:
            names.setdefault(key.split("\0")[0], code)
    for code in choices:
        names[normalise(code)] = code
        for locale in ("zh", "en"):
            with force_locale(locale):
                names[normalise(str(choices.label(code)))] = code
    return names


_KIND_SHORTEST = 2


def benefit_kind_in(text: str) -> str:
    """The kind of benefit that a text names, such as a title or the words before an amount; empty where it names none,
    or several."""
    plain = normalise(text)
    known = {word: code for word, code in _names(BENEFIT_KINDS, "kind").items() if len(word) >= _KIND_SHORTEST}
    found = {code for word, code in known.items() if word in plain and code != "other"}
    return found.pop() if len(found) == 1 else ""
