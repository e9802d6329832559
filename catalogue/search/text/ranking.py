"""What a query's words are, and how well a text that has them answers it. Knows nothing of any engine.

The engine ranks by how often the terms of the words occur (BM25, the title counted twice). Two items it cannot see
are judged here, for the best few only: whether a word stands in the text as it was typed or only in scattered pairs of
characters, and what share of its characters the text has at all. Measured on 997 known-item queries (see
`tests/benchmarks/relevance.py`) the first alone brings 0.972 to 0.973, both together 0.977.
"""

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from catalogue.search.text import analysis

MOST_WORDS = 64
LONGEST_WORD = 64
MOST_TERMS = 200
# A single character means looking into every text; a query of dozens of them is nothing to search for.
MOST_SINGLE_CHARACTERS = 3
LONGEST_TEXT = 10_000

# BM25's usual constants. Lengths are measured against a fixed length rather than the average of the moment, so that
# the weight of a term in a text never changes and can be kept with the segment it was read from.
SATURATION = 1.2
LENGTH_SHARE = 0.75
USUAL_LENGTH = 240

TITLE_BONUS = 0.1  # for a word in the title: little, because the title has been counted twice already
NEAR_BONUS = 0.05  # for all words within one short stretch of text
NEAR = 40
PROXIMITY_SHARE = 0.5  # of the best score
ATTACHED_SHARE = 0.5  # what a word counts that stands only in an attachment
SYNONYM_SHARE = 0.9  # what a word counts that stands in another form than was typed


@dataclass(frozen=True)
class WordForm:
    """One way to write a word."""

    text: str

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """The terms that a text must have to have the word in this form."""
        return tuple(analysis.wanted_terms(self.text))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds the word standing in folded text."""
        return re.compile(analysis.standing(self.text))


@dataclass(frozen=True)
class QueryWord:
    """One word of a query, as typed, and other words that mean the same."""

    typed: str
    also: tuple[str, ...] = ()

    @cached_property
    def forms(self) -> tuple[WordForm, ...]:
        """The word as typed, then the others."""
        return tuple(WordForm(text) for text in (self.typed, *self.also))

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms that a text must have to have the word as typed."""
        return self.forms[0].terms

    @cached_property
    def characters(self) -> frozenset[str]:
        """Its different Chinese characters, folded."""
        return frozenset(filter(analysis.is_han, analysis.fold(self.typed)))

    def is_in(self, present: Collection[str], text: str) -> bool:
        """Whether a text (folded) of these terms has the word by the same rule by which the index finds it."""
        return any(
            form.terms and all(term in present or (is_single(term) and term in text) for term in form.terms)
            for form in self.forms
        )


def term_weight(form: WordForm) -> float:
    """The weight of each term of a form, such that a word of many terms does not drown a short one beside it."""
    return len(form.terms) ** -0.5 if form.terms else 0.0


def is_single(term: str) -> bool:
    """Whether a term is a single Chinese character, which is to be looked for in the texts themselves."""
    return len(term) == 1 and analysis.is_han(term)


def impact(frequency: float, length: float) -> float:
    """What a term that occurs so often in a text of so many terms adds to the score, before its rarity."""
    norm = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length / USUAL_LENGTH)
    return frequency * (SATURATION + 1) / (frequency + norm)


# A term of an attachment, however long it is and however often it has it: to be found, and after what is said of the
# record itself.
ATTACHED_IMPACT = ATTACHED_SHARE * impact(1, USUAL_LENGTH)


def rarity(having: int, total: int) -> float:
    """The weight of a term that `having` of `total` texts have (BM25's inverse document frequency)."""
    return math.log(1 + (total - having + 0.5) / (having + 0.5)) if having <= total else 0.0


def missing_words(words: Sequence[QueryWord], title: str, rest: str, attached: str = "") -> tuple[str, ...]:
    """The words, as typed, that a text (folded) lacks, in any form, and that do not stand in its attachments."""
    both = f"{title}\n{rest}"
    present = set(analysis.terms(both))
    return tuple(word.typed for word in words if not word.is_in(present, both) and not _stands(word, attached))


def _stands(word: QueryWord, attached: str) -> bool:
    return bool(attached) and any(form.terms and form.pattern.search(attached) for form in word.forms)


def proximity_bonus(words: Sequence[QueryWord], title: str, rest: str, attached: str = "") -> float:
    """How well the words appear in a text (folded), from 0 to a little above 2; in its attachments they count less."""
    total = 0.0
    places: list[int] = []
    both = f"{title}\n{rest}"
    for word in words:
        for form in word.forms:
            match = form.pattern.search(both)
            if match:
                bonus = TITLE_BONUS if match.start() < len(title) else 0
                total += (2 + bonus) * (1 if form is word.forms[0] else SYNONYM_SHARE)
                places.append(match.start())
                break
        else:
            if _stands(word, attached):
                total += 2 * ATTACHED_SHARE
            elif word.characters:
                total += sum(character in both for character in word.characters) / len(word.characters)
    near = len(words) > 1 and len(places) == len(words) and max(places) - min(places) <= NEAR
    return total / len(words) + (NEAR_BONUS if near else 0) if words else 0.0
