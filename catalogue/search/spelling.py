"""Did you mean: for a word that nothing has, one that the catalogue has and that is near in characters or in sound.

The vocabulary is what stands in titles and keywords: any stretch of them as long as the word. So 电介槽 gives 电解槽
without any dictionary, and what is offered is always there to be found.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from pypinyin import lazy_pinyin

from . import analysis

SHORTEST, LONGEST = 2, 12
MOST_STRETCHES = 20_000


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
    counts = Counter(islice(stretches, MOST_STRETCHES))
    counts.pop(folded, None)
    sound = lazy_pinyin(folded)
    near = [other for other in counts if _edits(folded, other, distance) <= distance]
    if not near:
        return ""
    return max(near, key=lambda other: (lazy_pinyin(other) == sound, -_edits(folded, other, 9), counts[other], other))


def _one_character_off(word: str, lines: Iterable[str]) -> Iterator[str]:
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
        yield from pattern.findall(line)


def _latin_words(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield from re.findall(r"[a-z]{4,}", line)


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
