"""Looking up titles and names by a piece of their characters or of their sound.

The texts of a segment are joined into one, so that a piece is found by one pass of C code over some megabytes rather
than by asking each text. Texts with the piece at their beginning come before those that have it inside.
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from catalogue.search.interface import Group
from catalogue.search.text import analysis, pinyin

_BETWEEN = b"\n"
SORTED_BY = pinyin.LONGEST_KEY  # letters
MOST_SORTED = 4_000  # of the texts that begin so


class Lookup:
    """Some texts (bytes, without line breaks), found again by what they contain."""

    def __init__(self, texts: Iterable[bytes]) -> None:
        parts = list(texts)
        self._starts: list[int] = []
        place = 1
        for part in parts:
            self._starts.append(place)
            place += len(part) + 1
        self._joined = _BETWEEN + _BETWEEN.join(parts) + _BETWEEN

    def beginning_with(self, piece: bytes) -> Iterator[int]:
        """The numbers of the texts that begin with a piece, in their order."""
        wanted = _BETWEEN + piece
        found = self._joined.find(wanted)
        while found >= 0:
            yield self._number(found + 1)
            found = self._joined.find(wanted, found + 1)

    def having(self, piece: bytes) -> Iterator[int]:
        """The numbers of the texts that have a piece anywhere, in their order, each once."""
        found = self._joined.find(piece)
        while found >= 0:
            number = self._number(found)
            yield number
            found = self._joined.find(piece, self._joined.index(_BETWEEN, found))

    def texts(self) -> list[str]:
        """All texts."""
        return self._joined.decode().split("\n")[1:-1]

    def text(self, number: int) -> bytes:
        """The text of a number."""
        start = self._starts[number]
        return self._joined[start : self._joined.index(_BETWEEN, start)]

    def _number(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1


class Sounds:
    """How some texts sound (as `pinyin.sounds` writes it), found again by what somebody types in Latin letters."""

    def __init__(self, sounds: Iterable[bytes]) -> None:
        self._starts = [0]
        parts: list[bytes] = []
        for sound in sounds:
            parts.append(sound)
            self._starts.append(self._starts[-1] + len(sound) + 1)
        self._joined = _BETWEEN.join(parts)
        self._lowered = self._joined.lower()
        # Where each reading begins, in the order of the readings: a look-up by their beginnings goes over none of them.
        mark = pinyin.BETWEEN.encode()
        places = array(
            "I", (match.end() for match in re.finditer(re.escape(mark) + b"(?=[^\\n" + mark + b"])", self._joined))
        )
        self._beginnings = array("I", sorted(places, key=lambda place: self._lowered[place : place + SORTED_BY]))

    def like(self, key: bytes) -> Iterator[tuple[int, int]]:
        """The numbers of the texts that sound like a key, and how well each does."""
        at = pinyin.place(self._joined, self._lowered, key)
        while at >= 0:
            number = self._number(at)
            end = self._starts[number + 1]
            yield number, pinyin.closeness(self._joined[self._starts[number] : end - 1], key)
            at = pinyin.place(self._joined, self._lowered, key, end)

    def beginning_like(self, key: bytes) -> Iterator[int]:
        """The numbers of the texts that begin to sound like a key, whose last syllable may be under way."""
        length = len(key)

        def beginning(place: int) -> bytes:
            return self._lowered[place : place + length]

        first = bisect_left(self._beginnings, key, key=beginning)
        last = bisect_right(self._beginnings, key, lo=first, key=beginning)
        yield from sorted({self._number(place) for place in self._beginnings[first : min(last, first + MOST_SORTED)]})

    def having_like(self, key: bytes) -> Iterator[int]:
        """The same for texts that sound like it from any of their syllables on."""
        at = self._lowered.find(key)
        while at >= 0:
            if self._joined[at : at + 1].islower():  # within a syllable
                at = self._lowered.find(key, at + 1)
                continue
            number = self._number(at)
            yield number
            at = self._lowered.find(key, self._starts[number + 1])

    def _number(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1


class Names:
    """The names of one group (people, divisions or keywords) in one segment, those of most documents first."""

    def __init__(self, documents: dict[str, "array[int]"]) -> None:
        self.names: Sequence[str] = sorted(documents, key=lambda name: (-len(documents[name]), name))
        self.documents = documents
        folded = [analysis.fold(name) for name in self.names]
        self.written = Lookup(name.encode() for name in folded)
        self.sounding = Sounds(pinyin.sounds([name]).encode() for name in folded)


def names_by_group(column: Iterable[bytes], between: str, within: str) -> dict[Group, Names]:
    """The names that the documents of a segment have, from its column of them."""
    documents: defaultdict[Group, defaultdict[str, array[int]]] = defaultdict(lambda: defaultdict(lambda: array("I")))
    for document, joined in enumerate(column):
        for each in filter(None, bytes(joined).decode().split(between)):
            group, _, name = each.partition(within)
            documents[group][name].append(document)  # type: ignore[index]
    return {group: Names(documents[group]) for group in ("person", "division", "keyword")}
