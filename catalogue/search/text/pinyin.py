"""How Chinese text sounds, for those who type Latin letters: `dianjiecao` and `djc` for 电解槽.

Readings are written without tones, each syllable beginning with a capital, so that a search can begin and end at
syllables only: `jiecao` stands in `DianJieCao`, `anjie` does not. A character with several readings gives several
versions of the text, few of them: the usual one and those that differ in one place.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from pypinyin import Style, pinyin
from pypinyin.seg.simpleseg import seg

from catalogue.search.text import analysis

MOST_VERSIONS = 6
LONGEST = 80  # characters of a title
LONGEST_KEY = 160
BETWEEN = "\x1e"  # the readings of a text
_SYLLABLE = re.compile(rb"[A-Z]?[^A-Z]*")


def key(text: str) -> str:
    """What somebody typed, as it is looked for: letters and digits only. Empty if it has Chinese, or no letter.

    ü is v on a keyboard.
    """
    folded = analysis.fold(text.replace("ü", "v").replace("Ü", "v"))
    plain = "".join(character for character in folded if character.isalnum())
    usable = 2 <= len(plain) <= LONGEST_KEY and plain.isascii() and not plain.isdigit()
    return plain if usable else ""


def sounds(texts: Iterable[str]) -> str:
    """All that some texts (folded) sound like: their readings, and the initials of these, each between marks."""
    made = dict.fromkeys(each for text in texts for each in _sounds_of(text[:LONGEST]))
    return "".join(BETWEEN + each for each in made) + BETWEEN if made else ""


@lru_cache(maxsize=4096)  # people and divisions come again and again
def _sounds_of(text: str) -> tuple[str, ...]:
    # Of a word that the dictionary has, only its own reading; of a character, the most frequent first.
    readings = [each for word in seg(text) for each in _readings(word)]
    made: dict[str, None] = {}
    for written in zip(*_versions(readings), strict=True):
        made.update(dict.fromkeys(written))
    made.pop("", None)
    return tuple(made)


class _Part(NamedTuple):
    """A syllable with a capital, or letters and digits as they are; and what stands for it in initials."""

    whole: str
    initial: str  # in capitals, that letters may not be taken for a syllable
    syllable: str  # its initial, nothing where it is none


def _versions(readings: Sequence[tuple[_Part, ...]]) -> Iterator[list[str]]:
    """For each way to write the parts, all versions of the text: the usual one, and those that differ in one place."""
    others = [(place, other) for place, each in enumerate(readings) if len(each) > 1 for other in each[1:]]
    usual = [each[0] for each in readings]
    for way in range(len(_Part._fields)):
        parts = [part[way] for part in usual]
        versions = ["".join(parts)]
        for place, other in others[: MOST_VERSIONS - 1]:
            versions.append("".join((*parts[:place], other[way], *parts[place + 1 :])))
        yield versions


@lru_cache(maxsize=10_000)  # a word takes a hundred times as long to read as to look up
def _readings(word: str) -> tuple[tuple[_Part, ...], ...]:
    """The readings of each character of a word; what is not Chinese has one."""
    spoken = pinyin([word], style=Style.NORMAL, heteronym=True, errors=_other)
    return tuple(tuple(map(_part, dict.fromkeys(map(_syllable, each)))) for each in spoken)


def _part(text: str) -> _Part:
    if text.istitle() and text.isalpha():
        return _Part(text, text[0], text[0])
    return _Part(text, text.upper(), "")


def _other(text: str) -> str:
    """What is not Chinese: letters and digits in small letters, marked so that they are not taken for a syllable."""
    plain = "".join(character for character in text if character.isascii() and character.isalnum())
    return "\0" + plain


def _syllable(reading: str) -> str:
    return reading[1:] if reading.startswith("\0") else reading.capitalize()


def place(sounded: bytes, lowered: bytes, wanted: bytes, start: int = 0) -> int:
    """Where, from `start`, a key stands in sounds so that it begins and ends with syllables; -1 if nowhere."""
    found = lowered.find(wanted, start)
    while found >= 0:
        first, after = sounded[found : found + 1], sounded[found + len(wanted) : found + len(wanted) + 1]
        if not first.islower() and not after.islower():
            return found
        found = lowered.find(wanted, found + 1)
    return -1


def closeness(sounded: bytes, wanted: bytes) -> int:
    """How well a key fits one document's sounds: 3 as a whole, 2 from a beginning, 1 inside, 0 not at all."""
    lowered, mark = sounded.lower(), BETWEEN.encode()
    if mark + wanted + mark in lowered:
        return 3
    best, found = 0, place(sounded, lowered, wanted)
    while found >= 0:
        if sounded[found - 1 : found] == mark:
            return 2
        best, found = 1, place(sounded, lowered, wanted, found + 1)
    return best


def spells(sounded: bytes, wanted: bytes) -> bool:
    """Whether a key spells a text from its beginning as input methods read it, each syllable whole or only begun:
    `zhangw`, `zweif` and `zhwf` for 张伟芳."""
    mark, first = BETWEEN.encode(), wanted[:1]
    if mark + first not in sounded and mark + first.upper() not in sounded:
        return False
    return any(_spells(_SYLLABLE.findall(reading), wanted) for reading in sounded.split(mark))


def _spells(syllables: Iterable[bytes], wanted: bytes) -> bool:
    reached = {0}  # the places of the key that the syllables so far can have come to
    for syllable in syllables:
        begun = [syllable[:length].lower() for length in range(1, len(syllable) + 1)]
        reached = {at + len(each) for at in reached for each in begun if wanted.startswith(each, at)}
        if len(wanted) in reached:
            return True
    return False
