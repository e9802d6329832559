"""How much a record resembles a text, and why. Knows nothing of any engine.

The text is taken as the terms that the index knows (`analysis`: pairs of characters, words, numbers). A term weighs
what it tells: its inverse document frequency as in `ranking.rarity`, times 1 + ln of how often the text has it. The
score of a record is the part of the text's whole weight whose terms the record has: 1 means that it has every term,
0.2 that a fifth of what the text says, by weight, stands in the record too.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from catalogue.search.text import analysis

MOST_CHARACTERS = 20_000
MOST_PASSAGES = 8
LONGEST_PASSAGE = 40
# Characters that mostly join words rather than being part of one: a pair that has one tells little.
FUNCTION_CHARACTERS = frozenset("的了与和及或在是其等为以于并对将由从到使被把而且但因所之这该此也都就有")
FUNCTION_SHARE = 0.2
_JOINING = "".join(FUNCTION_CHARACTERS)


def frequencies(text: str) -> Counter[str]:
    """The terms of a text and how often it has them; those of its first line, the title, count twice."""
    text = text[:MOST_CHARACTERS]
    counts = Counter(analysis.terms(text))
    counts.update(analysis.terms(text.lstrip().partition("\n")[0]))
    return counts


def weight(term: str, frequency: int, rarity: float) -> float:
    """What a term weighs that the text has so often."""
    share = 1.0 if FUNCTION_CHARACTERS.isdisjoint(term) else FUNCTION_SHARE
    return share * rarity * (1 + math.log(frequency))


@dataclass(frozen=True)
class Passage:
    """A stretch of the text that a record has, as terms of it, and their weight."""

    text: str
    terms: tuple[str, ...]
    weight: float


def runs(text: str) -> list[str]:
    """The text (folded) in runs of Chinese characters, of which each is script throughout, and words and numbers."""
    found = ("".join(run) for kind, run in groupby(analysis.fold(text[:MOST_CHARACTERS]), _kind) if kind)
    return list(dict.fromkeys(found))


def _kind(character: str) -> str:
    if analysis.is_han(character):
        return "han"
    return "word" if character.isalnum() or character in ".," else ""


def shared_passages(text: Sequence[str], common: Collection[str], weights: Mapping[str, float]) -> list[Passage]:
    """The stretches of a text (its `runs`) all of whose terms are among the common ones, the weightiest first. A term
    counts for one stretch only, the weightiest that has it."""
    found = dict(stretch for run in text for stretch in _stretches(run, common))

    def weight_of(terms: Collection[str]) -> float:
        return sum(weights.get(term, 0.0) for term in terms)

    claimed: set[str] = set()
    passages = []
    for stretch, terms in sorted(found.items(), key=lambda each: -weight_of(set(each[1]))):
        own = [term for term in dict.fromkeys(terms) if term not in claimed]
        if worth := weight_of(own):
            claimed.update(own)
            passages.append(Passage(stretch, tuple(dict.fromkeys(terms)), worth))
    return sorted(passages, key=lambda passage: -passage.weight)


def _stretches(run: str, common: Collection[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The longest stretches of a run whose terms are all common."""
    if not analysis.is_han(run[0]):
        terms = tuple(analysis.terms(run))
        if terms and all(term in common for term in terms):
            yield run.strip(".,"), terms
        return
    start = 0
    for end in range(1, len(run) + 1):
        if end == len(run) or run[end - 1 : end + 1] not in common or end - start >= LONGEST_PASSAGE:
            yield from _plain(run[start:end])
            start = end


def _plain(stretch: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A stretch without the joining characters around it, if there is something left to tell."""
    stretch = stretch.strip(_JOINING)
    if len(stretch) > 1:
        yield stretch, tuple(stretch[at : at + 2] for at in range(len(stretch) - 1))
