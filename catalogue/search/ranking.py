"""What a query's words are, and how well a text that has them answers it. Knows nothing of any engine.

The engine ranks by how often the terms of the words occur (BM25, the title counted twice). Two things it cannot see
are judged here, for the best few only: whether a word stands in the text as it was typed or only in scattered pairs of
characters, and what share of its characters the text has at all. Measured on 997 known-item queries (see
`tests/benchmarks/relevance.py`) the first alone brings 0.972 to 0.973, both together 0.977.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from . import analysis

MOST_WORDS = 64
LONGEST_WORD = 64
MOST_TERMS = 200
# A single character means looking into every text; a query of dozens of them is nothing to search for.
MOST_SINGLE_CHARACTERS = 4
LONGEST_TEXT = 10_000

# BM25's usual constants. Lengths are measured against a fixed length rather than the average of the moment, so that
# the weight of a term in a text never changes and can be kept with the segment it was read from.
SATURATION = 1.2
LENGTH_SHARE = 0.75
USUAL_LENGTH = 240

TITLE_BONUS = 0.1  # for a word in the title: little, because the title has been counted twice already
NEAR_BONUS = 0.05  # for all words within one short stretch of text
NEAR = 40
APPEARANCE_SHARE = 0.5  # of the best score


@dataclass(frozen=True)
class Word:
    """One word of a query, as typed."""

    typed: str

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """The terms that a text must have to have the word."""
        return tuple(analysis.wanted_terms(self.typed))

    @cached_property
    def weight(self) -> float:
        """The weight of each term, such that a word of many terms does not drown a short one beside it."""
        return len(self.terms) ** -0.5

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds the word standing in folded text."""
        return re.compile(analysis.standing(self.typed))

    @cached_property
    def characters(self) -> frozenset[str]:
        """Its different Chinese characters, folded."""
        return frozenset(filter(analysis.is_han, analysis.fold(self.typed)))


def words_of(text: str) -> tuple[tuple[Word, ...], tuple[str, ...]]:
    """The words of a query that will be used, and what of it will not, as typed."""
    used: list[Word] = []
    ignored: list[str] = []
    singles = terms = 0
    for typed in analysis.words(text[:LONGEST_TEXT]):
        word = Word(typed[:LONGEST_WORD])
        singles += sum(map(is_single, word.terms))
        terms += len(word.terms)
        if len(used) == MOST_WORDS or not word.terms or singles > MOST_SINGLE_CHARACTERS or terms > MOST_TERMS:
            ignored.append(typed)
            continue
        used.append(word)
        if len(typed) > LONGEST_WORD:
            ignored.append(typed[LONGEST_WORD:])
    if len(text) > LONGEST_TEXT:
        ignored.append(text[LONGEST_TEXT:])
    return tuple(used), tuple(ignored)


def is_single(term: str) -> bool:
    """Whether a term is a single Chinese character, which is to be looked for in the texts themselves."""
    return len(term) == 1 and analysis.is_han(term)


def impact(frequency: float, length: float) -> float:
    """What a term that occurs so often in a text of so many terms adds to the score, before its rarity."""
    norm = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length / USUAL_LENGTH)
    return frequency * (SATURATION + 1) / (frequency + norm)


def rarity(having: int, total: int) -> float:
    """The weight of a term that `having` of `total` texts have (BM25's inverse document frequency)."""
    return math.log(1 + (total - having + 0.5) / (having + 0.5)) if having <= total else 0.0


def missing_words(words: Sequence[Word], title: str, rest: str) -> tuple[str, ...]:
    """The words, as typed, that a text (folded) lacks by the same rule by which the index finds it."""
    both = f"{title}\n{rest}"
    present = set(analysis.terms(both))
    return tuple(
        word.typed
        for word in words
        if not all(term in present or (is_single(term) and term in both) for term in word.terms)
    )


def appearance(words: Sequence[Word], title: str, rest: str) -> float:
    """How well the words appear in a text (folded), from 0 to a little above 2."""
    total = 0.0
    places: list[int] = []
    both = f"{title}\n{rest}"
    for word in words:
        match = word.pattern.search(both)
        if match:
            total += 2 + (TITLE_BONUS if match.start() < len(title) else 0)
            places.append(match.start())
        elif word.characters:
            total += sum(character in both for character in word.characters) / len(word.characters)
    near = len(words) > 1 and len(places) == len(words) and max(places) - min(places) <= NEAR
    return total / len(words) + (NEAR_BONUS if near else 0)
