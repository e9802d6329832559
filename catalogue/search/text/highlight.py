"""Marking in a text what a query found in it, by the same analysis that found it.

A word that stands in the text as it was typed is marked there, whole, and nowhere else; only of a word that does not
stand are the pairs of characters marked by which the text was found. So 预焙槽 never leaves stray marks beside the
places where it stands, and still shows why 预焙电解槽 was found. Of a word given in several forms (a tuple, the typed
one first) all are marked that stand. The result is plain text in pieces: escaping is the template's business.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from catalogue.search.text import analysis
from catalogue.search.text.ranking import LONGEST_WORD, MOST_WORDS

ELLIPSIS = "……"
# A snippet may begin so much earlier than the window that was chosen, to begin with a clause.
LEAD = 15
_CLAUSE_END = re.compile(r"[。，；：！？、,;:!?\n]")

Segments = list[tuple[str, bool]]
Sought = Iterable[str | tuple[str, ...]]


class _Sought(NamedTuple):
    """A word to be marked: a literal, where folded text can be compared as it is, or else a pattern; and its parts."""

    literal: str
    pattern: re.Pattern[str] | None
    parts: tuple["_Sought", ...]

    def places(self, folded: str) -> Iterator[tuple[int, int]]:
        if self.pattern is not None:
            yield from (match.span() for match in self.pattern.finditer(folded))
            return
        start = folded.find(self.literal)
        while start >= 0:
            yield start, start + len(self.literal)
            start = folded.find(self.literal, start + 1)


class _Mark(NamedTuple):
    """A stretch of the text to be marked, and for which of the words; `whole` if that stands there as typed."""

    start: int
    end: int
    word: int
    whole: bool


def highlight(text: str, words: Sought, limit: int | None = None) -> Segments:
    """The text in pieces, each with whether it is to be marked; joined they are the text again.

    With `limit`, no more than so many characters, and an ellipsis after them.
    """
    marks = _marks(text, tuple(words))
    if limit is None or len(text) <= limit:
        return _segments(text, marks, 0, len(text))
    return [*_segments(text, marks, 0, limit), (ELLIPSIS, False)]


def snippet(text: str, words: Sought, length: int = 120) -> Segments:
    """The stretch of about `length` characters that shows most of the words, in pieces as `highlight` gives them.

    An ellipsis stands where something was left out. A text without any of the words gives its beginning.
    """
    if len(text) <= length:
        return highlight(text, words)
    marks = _marks(text, tuple(words))
    start = _best_start(text, marks, length)
    end = min(start + length, len(text))
    segments = _segments(text, marks, start, end)
    return [*([(ELLIPSIS, False)] if start else []), *segments, *([(ELLIPSIS, False)] if end < len(text) else [])]


def not_standing(texts: Iterable[str], words: Sought) -> tuple[str | tuple[str, ...], ...]:
    """Those of the words that stand in none of the texts, in no form."""
    folded = [analysis.fold(text) for text in texts]
    return tuple(
        word
        for word in words
        if (sought := _sought((word,)))
        and not any(next(form.places(text), None) for form in sought[0] for text in folded)
    )


def passage(text: str, words: Sought, length: int = 120) -> Segments:
    """Of a long text the stretch around the first of the words that stands in it, as `snippet` gives it; nothing where
    none of them stands."""
    folded, offsets = analysis.fold_with_offsets(text)
    words = tuple(words)
    places = (next(form.places(folded), None) for forms in _sought(words) for form in forms)
    first = next((place[0] for place in places if place), None)
    if first is None:
        return []
    start = max((first if offsets is None else offsets[first]) - 2 * LEAD, 0)
    shown = snippet(text[start : start + 10 * length], words, length)
    return [(ELLIPSIS, False), *shown] if start and shown[0] != (ELLIPSIS, False) else shown


@lru_cache(maxsize=256)
def _sought(words: tuple[str | tuple[str, ...], ...]) -> tuple[tuple[_Sought, ...], ...]:
    forms = ((word,) if isinstance(word, str) else word for word in words[:MOST_WORDS])
    usable = (tuple(text for text in texts if analysis.wanted_terms(text[:LONGEST_WORD])) for texts in forms)
    return tuple(tuple(map(_sought_word, texts)) for texts in usable if texts)


def _sought_word(word: str) -> _Sought:
    word = word[:LONGEST_WORD]
    terms = analysis.wanted_terms(word)
    parts = tuple(_sought_word(term) for term in terms) if len(terms) > 1 else ()
    pattern, folded = analysis.standing(word), analysis.fold(word)
    return _Sought(folded, None, parts) if pattern == folded else _Sought("", re.compile(pattern), parts)


def _marks(text: str, words: tuple[str | tuple[str, ...], ...]) -> list[_Mark]:
    """What is to be marked, by place in the original text; marks may overlap."""
    folded, offsets = analysis.fold_with_offsets(text)
    marks: list[_Mark] = []
    for number, forms in enumerate(_sought(words)):
        found = [_Mark(*place, number, True) for form in forms for place in form.places(folded)]
        if not found:
            found = [_Mark(*place, number, False) for part in forms[0].parts for place in part.places(folded)]
        marks += found
    if offsets is not None:
        marks = [mark._replace(start=offsets[mark.start], end=offsets[mark.end - 1] + 1) for mark in marks]
    marks.sort()
    return marks


def _segments(text: str, marks: list[_Mark], start: int, end: int) -> Segments:
    spans: list[list[int]] = []
    for mark in marks:
        first, last = max(mark.start, start), min(mark.end, end)
        if first >= last:
            continue
        if spans and first <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], last)
        else:
            spans.append([first, last])
    segments: Segments = []
    done = start
    for first, last in spans:
        segments += [(text[done:first], False), (text[first:last], True)]
        done = last
    segments.append((text[done:end], False))
    return [segment for segment in segments if segment[0]]


def _best_start(text: str, marks: list[_Mark], length: int) -> int:
    best, best_worth = 0, (0, 0)
    for place, first in enumerate(marks):
        words: set[tuple[int, bool]] = set()
        covered = 0
        for mark in marks[place : place + MOST_WORDS]:
            if mark.end > first.start + length - LEAD:
                break
            words.add((mark.word, mark.whole))
            covered += mark.end - mark.start
        worth = sum(3 if whole else 1 for _, whole in words), covered
        if worth > best_worth:
            best, best_worth = first.start, worth
    ends = [match.end() for match in _CLAUSE_END.finditer(text, max(best - LEAD, 0), best)]
    return min(ends[-1] if ends else max(best - LEAD, 0), len(text) - length)
