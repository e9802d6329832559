"""Did you mean: for a word that nothing has, one that the catalogue has and that is near in characters or in sound.

The vocabulary is what stands in titles and keywords: any stretch of them as long as the word. So 电介槽 gives 电解槽
without any dictionary, and what is offered is always there to be found. A stretch that nearly always has the same
characters beside it is a piece of a longer word, and that is offered: for 戒槽 not 解槽 but 电解槽.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, takewhile
from typing import NamedTuple

from pypinyin import lazy_pinyin

from catalogue.search.text import analysis

SHORTEST, LONGEST = 2, 12
MOST_STRETCHES = 20_000
BESIDE = 3  # characters beside a stretch that may belong to it
# Of a stretch that stands so often, its neighbours tell something: the same ones so often are part of the word.
_TELLING, _NEARLY_ALWAYS = 3, 0.9


class _Stretch(NamedTuple):
    """A stretch of a line, and the characters before it (the nearest first) and after it."""

    text: str
    before: str = ""
    after: str = ""


class _Places:
    """Where one stretch stands: how often, and beside what."""

    def __init__(self) -> None:
        self.before: list[str] = []
        self.after: list[str] = []

    @property
    def whole(self) -> bool:
        """Whether it is a keyword somewhere, or stands beside different characters on either side."""
        sides = ({text[:1] for text in side} for side in (self.before, self.after))
        return "" in set(self.before) & set(self.after) or all(len(neighbours) > 1 for neighbours in sides)

    def longer(self, text: str) -> str:
        """The word of which the stretch is a piece, or the stretch."""
        return _always(self.before)[::-1] + text + _always(self.after)


def nearest(word: str, lines: Iterable[str]) -> str:
    """The stretch of the lines (folded) nearest to a word, or nothing. Sound counts more than characters do, and of
    equally near ones the most frequent."""
    folded = analysis.fold(word).strip()
    if not SHORTEST <= len(folded) <= LONGEST:
        return ""
    if all(map(analysis.is_han, folded)):
        stretches, distance = _one_character_off(folded, lines), 1
    elif folded.isascii() and folded.isalpha() and len(folded) > 3:
        stretches, distance = _latin_words(lines), 2 if len(folded) > 6 else 1
    else:
        return ""
    places: defaultdict[str, _Places] = defaultdict(_Places)
    for stretch in islice(stretches, MOST_STRETCHES):
        places[stretch.text].before.append(stretch.before)
        places[stretch.text].after.append(stretch.after)
    places.pop(folded, None)
    sound = lazy_pinyin(folded)
    near = [other for other in places if _edits(folded, other, distance) <= distance]
    if not near:
        return ""

    def nearness(other: str) -> tuple[bool, int, bool, int, str]:
        standing = places[other]
        return lazy_pinyin(other) == sound, -_edits(folded, other, 9), standing.whole, len(standing.before), other

    best = max(near, key=nearness)
    return best if places[best].whole else places[best].longer(best)


def _always(beside: Sequence[str]) -> str:
    """The characters that nearly always stand beside something, as many as there are."""
    if len(beside) < _TELLING:
        return ""
    found = ""
    for length in range(1, BESIDE + 1):
        text, count = Counter(each[:length] for each in beside).most_common(1)[0]
        if len(text) < length or count < _NEARLY_ALWAYS * len(beside):
            break
        found = text
    return found


def _one_character_off(word: str, lines: Iterable[str]) -> Iterator[_Stretch]:
    """Stretches of the lines that differ from the word in one character, have one more inside, or two exchanged."""
    kinds = [re.escape(word[:at]) + "[^\\W\\da-z_]" + re.escape(word[at + 1 :]) for at in range(len(word))]
    kinds += [re.escape(word[:at]) + "[^\\W\\da-z_]" + re.escape(word[at:]) for at in range(1, len(word))]
    kinds += [
        re.escape(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
        for at in range(len(word) - 1)
        if word[at] != word[at + 1]
    ]
    if len(word) > SHORTEST + 1:
        kinds += [re.escape(word[:at] + word[at + 1 :]) for at in range(len(word))]
    pattern = re.compile("|".join(kinds))
    for line in lines:
        for match in pattern.finditer(line):
            start, end = match.span()
            before = _chinese(line[max(start - BESIDE, 0) : start][::-1])
            yield _Stretch(match.group(), before, _chinese(line[end : end + BESIDE]))


def _chinese(text: str) -> str:
    """The Chinese characters with which a text begins."""
    return "".join(takewhile(analysis.is_han, text))


def _latin_words(lines: Iterable[str]) -> Iterator[_Stretch]:
    for line in lines:
        yield from map(_Stretch, re.findall(r"[a-z]{4,}", line))


def _edits(one: str, other: str, most: int) -> int:
    """How many characters have to be changed, added, left out or exchanged with their neighbour; more than `most` is
    not counted exactly."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, character in enumerate(one, 1):
        earlier, before, row = before, row, [at]
        for place, compared in enumerate(other, 1):
            cost = min(before[place] + 1, row[place - 1] + 1, before[place - 1] + (character != compared))
            exchanged = at > 1 and place > 1 and character == other[place - 2] and one[at - 2] == compared
            row.append(min(cost, earlier[place - 2] + 1) if exchanged else cost)
    return row[-1]
