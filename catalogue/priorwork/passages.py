"""The passages that two texts share, marked on both sides.

A text is cut into units: each Chinese character, each run of Latin letters, each number. Shared is every stretch of at
least four units that stands in both texts, and every Latin word or number of at least four characters, whole.

The stretches are found by their windows of four units. Each shared stretch consists of shared windows, and each shared
window lies in a shared stretch: together they cover exactly what the longest common stretches cover. So a draft is cut
into windows once and each record's windows are looked up in it, in one pass over either text, and what a suffix
automaton would mark is marked without building one.

Texts are compared as they are folded for the index: traditional characters, width and case make no difference, nor do
spaces and line breaks. Punctuation between two Chinese characters does.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from catalogue.search.text.analysis import HAN, fold_with_offsets
from catalogue.search.text.highlight import ELLIPSIS, Segments

WINDOW = 4
SHORTEST_WORD = 4
AROUND = 30  # characters of a draft that are shown before and after what is marked
_UNIT = re.compile(rf"[{HAN}]|\d+(?:[.,]\d+)*|[^\W\d_{HAN}]+")
_WORD = re.compile(rf"[^\W_{HAN}]+(?:[.,]\d+)*")
_BETWEEN, _SIGN = "\0", "\1"
# A stretch that consists of nothing else says nothing about what a text is about.
_FUNCTION_WORDS = re.compile(
    "(?:本项目|该项目|本课题|本研究|该技术|本技术|本文|进一步|基础上|通过|采用|利用|使用|进行|实现|提出|介绍|分析|研究|表明|结果|可以|能够"
    "|具有|取得|达到|以及|并且|而且|同时|其中|因此|由于|对于|关于|根据|为了|从而|不仅|还是|或者|主要|有效|方面|问题|情况|方法|过程|存在"
    "|一种|一个|一定|各种|目前|所以|[的了和与及在对为是有以于由从到将被把等并或也都而且但因所之这该此其就中上下后前时本各可使])+"
)

Span = tuple[int, int]


@dataclass(frozen=True)
class _Cut:
    """A text in units: what each is when folded, where it stands in the text, and the window that begins with it.
    `words` are the longer Latin words and numbers, with their places."""

    text: str
    units: Sequence[str]
    places: Sequence[Span]
    windows: Sequence[str]
    words: Sequence[tuple[str, Span]]


@dataclass(frozen=True)
class Shared:
    """What a draft and one record share: each text of the record in pieces, marked; and so the draft."""

    texts: tuple[Segments, ...]
    draft: Segments

    @property
    def is_empty(self) -> bool:
        """Whether nothing is marked."""
        return not any(marked for _text, marked in self.draft)


class DraftPassages:
    """A text that records are compared with, cut up once."""

    def __init__(self, text: str) -> None:
        self._cut = _cut(text)
        self._starts: defaultdict[str, list[int]] = defaultdict(list)
        for number, window in enumerate(self._cut.windows):
            self._starts[window].append(number)
        self._words: defaultdict[str, list[Span]] = defaultdict(list)
        for word, place in self._cut.words:
            self._words[word].append(place)

    def shared_with(self, *texts: str) -> Shared:
        """What it shares with the texts of one record."""
        windows: set[str] = set()
        words: set[str] = set()
        marked = []
        for text in texts:
            cut = _cut(text)
            starts = [number for number, window in enumerate(cut.windows) if window in self._starts]
            places = [place for word, place in cut.words if word in self._words]
            marked.append(_segments(text, [*_stretches(cut, starts), *places]))
            windows.update(cut.windows[number] for number in starts)
            words.update(word for word, _place in cut.words if word in self._words)
        starts = sorted(number for window in windows for number in self._starts[window])
        places = [place for word in words for place in self._words[word]]
        return Shared(tuple(marked), _segments(self._cut.text, [*_stretches(self._cut, starts), *places]))


def excerpts(segments: Segments) -> Segments:
    """The pieces with whatever is far from any mark left out, an ellipsis in its place."""
    short: Segments = []
    for number, (text, marked) in enumerate(segments):
        head = AROUND if number else 0
        tail = AROUND if number < len(segments) - 1 else 0
        if marked or len(text) <= head + tail + len(ELLIPSIS):
            short.append((text, marked))
        else:
            short.append((text[:head] + ELLIPSIS + (text[-tail:] if tail else ""), False))
    return short


def _cut(text: str) -> _Cut:
    folded, offsets = fold_with_offsets(text)

    def places_of(spans: list[Span]) -> list[Span]:
        return spans if offsets is None else [(offsets[start], offsets[end - 1] + 1) for start, end in spans]

    spans = [match.span() for match in _UNIT.finditer(folded)]
    units = [folded[start:end] for start, end in spans]
    places = places_of(spans)
    # Each unit with what divides it from the one before. Written for speed: a draft has many thousands of units.
    joined = [_BETWEEN + unit for unit in units]
    for number, ((_, end), (start, _)) in enumerate(pairwise(places), 1):
        if end < start and _is_han(units[number - 1]) and _is_han(units[number]) and text[end:start].strip():
            joined[number] = _SIGN + units[number]
    windows = list(map("".join, zip(units, *(joined[at:] for at in range(1, WINDOW)), strict=False)))
    found = [match.span() for match in _WORD.finditer(folded) if match.end() - match.start() >= SHORTEST_WORD]
    words = [(folded[start:end], place) for (start, end), place in zip(found, places_of(found), strict=True)]
    return _Cut(text, units, places, windows, words)


def _is_han(unit: str) -> bool:
    return len(unit) == 1 and not unit.isascii() and not unit.isdigit()


def _stretches(cut: _Cut, starts: Iterable[int]) -> Iterator[Span]:
    """The places of the stretches that windows beginning at these units (ascending) cover."""
    runs: list[list[int]] = []
    for start in starts:
        if runs and start <= runs[-1][1]:
            runs[-1][1] = start + WINDOW
        else:
            runs.append([start, start + WINDOW])
    for first, end in runs:
        if not _FUNCTION_WORDS.fullmatch("".join(cut.units[first:end])):
            yield cut.places[first][0], cut.places[end - 1][1]


def _segments(text: str, places: Iterable[Span]) -> Segments:
    segments: Segments = []
    done = marked_to = 0
    for start, end in sorted(places):
        if end <= marked_to:
            continue
        if start > marked_to:
            segments += [(text[done:marked_to], True), (text[marked_to:start], False)]
            done = start
        marked_to = end
    segments += [(text[done:marked_to], True), (text[marked_to:], False)]
    return [segment for segment in segments if segment[0]]
