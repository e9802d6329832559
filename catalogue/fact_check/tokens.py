"""A text as tokens: words that the catalogue knows, numbers, periods, punctuation, and what it does not know."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import zip_longest

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.fact_check.lexicon import Features, LexiconEntry, common_words
from catalogue.fact_check.numerals import (
    NUMERAL,
    QUALIFIERS_AFTER,
    Numeral,
    read_numeral,
)
from catalogue.fact_check.periods import SPAN, Span, read_span
from catalogue.people.models import Division
from catalogue.records.models.partial_dates import PartialDate
from catalogue.records.models.schemes import AwardScheme
from catalogue.records.queries import named_divisions
from catalogue.records.schema.resolver import Resolver
from catalogue.search.text.simplified import simplified


@dataclass(frozen=True)
class Token:
    """A piece of the folded text, at the same place in the original."""

    role: str  # of the word (see `wording`), or number, span, mark, line, unknown
    text: str
    start: int
    end: int
    features: Features | None = None
    numeral: Numeral | None = None
    span: Span | None = None


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    # ⑤ is a number of a list and ² an exponent: neither is the figure that NFKC makes of it.
    if len(plain) != 1 or unicodedata.category(character) == "No":
        return character
    simple = simplified(plain) if plain > "\u2e7f" else plain.lower()
    return simple if len(simple) == 1 else plain


def fold(text: str) -> str:
    """The text with plain digits and signs, small letters, simplified characters: as long as it was."""
    return "".join(map(_fold_character, text))


_ORDINALS = "[一二三四五六七八九十百]"
_SPECIAL = re.compile(
    "|".join(
        (
            r"(?P<line>\n(?:[ \t\r]*\n)*)",
            r"(?P<space>[ \t\r\u3000]+)",
            # 一、二等奖 are two grades at once, and 二等奖以上 are several.
            r"(?P<several>[特一二三四][、,和及至~\-]?(?:等奖?)?[、,和及至~\-]?[一二三四]等奖|[特一二三四]等奖?(?:及其?)?以[上下])",
            rf"(?P<ordinal>第(?:{_ORDINALS}+|\d+))",
            # 160kA, GB/T, BPS-2, ZL200510136354: names and sizes, not figures.
            r"(?P<name>(?<![a-z\d])(?:[a-z]+[-/]?\d|\d[\d.,]{0,20}(?!(?:thousand|million|billion)\b)[a-z])[a-z\d./\-]*)",
            r"(?P<mark>[,;、:()。!?！？]|\.(?=\s|$)|…+)",
        )
    )
)
_BULLET = re.compile(rf"[ \t]*(?:\(?(?:{_ORDINALS}{{1,3}}|\d{{1,2}})(?:\)|[、.](?!\d))|[①-⑳]|[-*•·●■◆][ \t])[ \t]*")
_LONG_LINE = 20  # a line of so many characters that ends without a sign goes on in the next
_LINE_ENDS = tuple("。!?！？:;.…)")
_AFTER = re.compile("|".join(QUALIFIERS_AFTER))


class Lexicon:
    """The words of a catalogue: those that all know, its award schemes and its divisions."""

    def __init__(self, words: Mapping[str, LexiconEntry]) -> None:
        self._words = words
        ordered = sorted(words, key=len, reverse=True)
        self._pattern = re.compile("|".join(_literal(word) for word in ordered))

    def tokens(self, text: str, as_of: date) -> list[Token]:
        """The tokens of a text, spaces left out; unknown characters that stand together are one token."""
        folded, places = _unwrapped(fold(text))
        merged: list[Token] = []
        for token in self._scan(folded, as_of):
            token = replace(token, start=places[token.start], end=places[token.end - 1] + 1)
            last = merged[-1] if merged else None
            if last and token.role == last.role == "unknown" and last.end == token.start:
                merged[-1] = Token("unknown", last.text + token.text, last.start, token.end)
            else:
                merged.append(token)
        return [token for token in merged if token.role != "space"]

    def _scan(self, folded: str, as_of: date) -> Iterator[Token]:
        place, line_begins = 0, True
        while place < len(folded):
            if line_begins and (bullet := _BULLET.match(folded, place)) and bullet.end() < len(folded):
                place = bullet.end()
            token = self._token_at(folded, place, as_of)
            yield token
            line_begins, place = token.role == "line", token.end

    def _token_at(self, folded: str, place: int, as_of: date) -> Token:
        if match := SPAN.match(folded, place):
            return Token("span", match.group(), place, match.end(), span=read_span(match, as_of))
        if match := _SPECIAL.match(folded, place):
            role = {"several": "unknown", "ordinal": "unknown", "name": "unknown"}.get(
                str(match.lastgroup), str(match.lastgroup)
            )
            return Token(role, match.group(), place, match.end())
        if match := NUMERAL.match(folded, place):
            return Token("number", match.group(), place, match.end(), numeral=read_numeral(match))
        if match := self._pattern.match(folded, place):
            word = self._words[match.group()]
            return Token(word.role, match.group(), place, match.end(), word.features)
        if match := _AFTER.match(folded, place):
            return Token("after", match.group(), place, match.end())
        return Token("unknown", folded[place], place, place + 1)


def _unwrapped(text: str) -> tuple[str, list[int]]:
    """The text without the ends of lines that go on in the next, and the place of each character in `text`."""
    lines = text.splitlines(keepends=True)
    kept: list[int] = []
    start = 0
    for line, following in zip_longest(lines, lines[1:], fillvalue=""):
        words = line.rstrip()
        goes_on = words.endswith((",", "、")) or (len(words) >= _LONG_LINE and not words.endswith(_LINE_ENDS))
        begins_anew = not following.strip() or _BULLET.match(following) is not None
        kept.extend(range(start, start + len(words if goes_on and not begins_anew else line)))
        start += len(line)
    return "".join(text[place] for place in kept), kept


def _literal(word: str) -> str:
    escaped = re.escape(word)
    return rf"(?<![a-z]){escaped}(?![a-z])" if word[0].isascii() and word[0].isalpha() else escaped


def lexicon_of(session: Session, actor: Actor, as_of: date) -> Lexicon:
    """The words of this catalogue, as far as the actor may know them. A name that means two divisions on that day is no
    word: what is said of it is not understood, rather than held against the figures of one of them."""
    words = common_words()
    for code, name in session.execute(select(AwardScheme.code, AwardScheme.name)):
        for form in {name, name.replace("科学技术进步", "科技进步")}:
            words |= {
                word: LexiconEntry("feature", {"subject": "awards", "scheme": code})
                for word in (form, form.removesuffix("奖"))
            }
    references, day = Resolver(session), PartialDate(as_of, as_of)
    for division in session.scalars(named_divisions(actor).where(Division.type != "company")):
        for name in (division.name, *(alias.name for alias in division.aliases)):
            meant = references.divisions_called(name, day) or references.divisions_ever_called(name)
            if meant == [division]:
                words.setdefault(fold(name), LexiconEntry("feature", {"division": division.code}))
    return Lexicon({fold(word): entry for word, entry in words.items() if word})
