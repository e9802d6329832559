"""The query language: what a typed query asks for.

A query is a row of wishes, all of them wanted. A plain word is wished softly: where few records have all words, those
with most of them are found too. Whatever is written with a sign is meant strictly and decides which records come into
question at all:

    "预焙电解槽"            just so, side by side              -炭素   NOT 炭素       without
    炭素 OR 石墨            either (binds before the spaces)   (阳极 焙烧) OR 石墨化   together
    title: person: division: number: kind: year:2002..2006    in that field only
    electro*                words that begin so (after two characters); Chinese words need no star

Everything else is text: no input is an error. What cannot be used is kept to be told. A long or many-sentence text is
no query in this language but a text to search with, whatever signs it has.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from catalogue.records.schema.kinds import KINDS
from catalogue.search.text import analysis
from catalogue.search.text.ranking import (
    LONGEST_TEXT,
    LONGEST_WORD,
    MOST_SINGLE_CHARACTERS,
    MOST_TERMS,
    MOST_WORDS,
    Word,
    is_single,
)
from catalogue.search.text.synonyms import Synonyms

LONGEST_EXPRESSION = 1_000
DEEPEST = 8
SHORTEST_PREFIX = 2
MOST_PREFIXES = 4  # each stands for dozens of words

Role = Literal["word", "phrase", "prefix", "title", "person", "division", "number", "kind", "year"]
FIELDS: Mapping[str, Role] = {
    **dict.fromkeys(("title", "标题", "题名"), "title"),
    **dict.fromkeys(("person", "人员", "完成人"), "person"),
    **dict.fromkeys(("division", "单位", "学部"), "division"),
    **dict.fromkeys(("number", "编号"), "number"),
    **dict.fromkeys(("kind", "种类", "类别"), "kind"),
    **dict.fromkeys(("year", "年份"), "year"),
}
# What is written after `kind:`, in small letters.
KIND_NAMES: Mapping[str, str] = {
    word.lower(): name for name, kind in KINDS.items() for word in (name, str(kind.label), *kind.names)
}

# As long as what they stand for, so that places stay the same.
_SIGNS = str.maketrans(
    {"（": "(", "）": ")", "：": ":", "＊": "*", "－": "-", "｜": "|", **dict.fromkeys("“”„＂「」『』", '"')}
)
_NAMES = "|".join(sorted(FIELDS, key=len, reverse=True))
_VALUE = r'"[^"]*"|[^\s()"]+'
_TOKEN = re.compile(
    rf"""
    (?P<open>\() | (?P<close>\))
    | (?P<operator>(?<![^\s()])(?:OR|AND|NOT|\|)(?![^\s()]))
    | (?P<minus>(?<![^\s(])-(?=[^\s)-]))
    | (?P<field>(?<![^\s("-])(?:{_NAMES})):(?P<value>{_VALUE})?
    | "(?P<phrase>[^"]*)"
    | (?P<prefix>[^\s()"*:]+)\*(?=[\s)]|$)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_YEARS = re.compile(r"(\d{4})?(?:(?:\.\.+|-|–|—|~|～|至|到)(\d{4})?)?")


@dataclass(frozen=True)
class Leaf:
    """One thing wished for: a word in some role, or values (of kind, year or number) that need no word."""

    role: Role
    word: Word
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Node:
    """Several things: `all` of them, `any` of them, or `none` of them."""

    join: Literal["all", "any", "none"]
    parts: tuple["Leaf | Node", ...]


Wish = Leaf | Node


@dataclass(frozen=True)
class Asked:
    """A query as understood: plain words, strict wishes, and what was not used. `plain` is the text of the words."""

    words: tuple[Word, ...] = ()
    strict: tuple[Wish, ...] = ()
    plain: str = ""
    ignored: tuple[str, ...] = ()

    @property
    def ranked(self) -> tuple[Word, ...]:
        """All words that a record is the better for having."""
        return (*self.words, *(leaf.word for leaf in wanted_leaves(self.strict) if leaf.word.typed))

    def without_quotes(self, synonyms: Synonyms) -> "Asked":
        """The same query with its phrases as plain words."""
        texts = [w.word.typed for w in self.strict if isinstance(w, Leaf) and w.role == "phrase"]
        loose = (word for text in texts for word in _Reading(text, "", synonyms, "").asked.words)
        strict = tuple(w for w in self.strict if not (isinstance(w, Leaf) and w.role == "phrase"))
        words = tuple({analysis.fold(word.typed): word for word in (*self.words, *loose)}.values())
        return replace(self, words=words, strict=strict, plain=" ".join(word.typed for word in words))

    @property
    def understood(self) -> tuple[tuple[str, str], ...]:
        """The query in pairs of a role (or `without`, `either`, `together`) and a text, in its order of strictness."""
        words = tuple(("prefix" if word.typed.endswith("*") else "word", word.typed) for word in self.words)
        return (*words, *(_told(wish) for wish in self.strict))


def wanted_leaves(wishes: tuple[Wish, ...]) -> Iterator[Leaf]:
    """The leaves that are wished for, not excluded."""
    for wish in wishes:
        if isinstance(wish, Leaf):
            yield wish
        elif wish.join != "none":
            yield from wanted_leaves(wish.parts)


def written(wish: Wish, inside: bool = False) -> str:
    """A wish as it could be typed."""
    if isinstance(wish, Leaf):
        text = ",".join(wish.values) if wish.role in ("kind", "number") else "..".join(wish.values) or wish.word.typed
        if wish.role == "phrase":
            return f'"{text}"'
        return text if wish.role in ("word", "prefix") else f"{wish.role}:{text}"
    if wish.join == "none":
        return "-" + written(wish.parts[0], inside=True)
    text = (" OR " if wish.join == "any" else " ").join(written(part, inside=True) for part in wish.parts)
    return f"({text})" if inside else text


def _told(wish: Wish) -> tuple[str, str]:
    if isinstance(wish, Leaf):
        return wish.role, written(wish) if wish.role in ("word", "prefix", "phrase") else written(wish).partition(":")[
            2
        ]
    if wish.join == "none":
        return "without", written(wish.parts[0])
    return "either" if wish.join == "any" else "together", written(wish)


def understand(text: str, synonyms: Synonyms) -> Asked:
    """What a query asks for."""
    signs = text[:LONGEST_TEXT].translate(_SIGNS)
    expression = len(text) <= LONGEST_EXPRESSION and "。" not in text and "\n" not in text.strip()
    return _Reading(text[:LONGEST_TEXT], signs if expression else "", synonyms, text[LONGEST_TEXT:]).asked


class _Reading:
    """One pass over a query from left to right. `signs` is the text with plain signs, empty if it has none to heed."""

    def __init__(self, text: str, signs: str, synonyms: Synonyms, rest: str) -> None:
        self._text, self._synonyms = text, synonyms
        self._ignored: list[str] = []
        self._count = self._singles = self._terms = self._prefixes = 0
        self._typed: set[str] = set()
        # A group under way: its wishes so far; whether the next one is an alternative of the last; whether it is not.
        self._open: list[_Group] = [_Group()]
        done = 0
        for match in _TOKEN.finditer(signs):
            self._plain(done, match.start())
            self._sign(match)
            done = match.end()
        self._plain(done, len(text))
        while len(self._open) > 1:
            self._close()
        if rest:
            self._ignored.append(rest)
        self.asked = _asked(self._open[0].wishes, text, tuple(self._ignored))

    def _sign(self, match: "re.Match[str]") -> None:
        group = self._open[-1]
        start, end = match.span()
        if match["open"]:
            if len(self._open) <= DEEPEST:
                self._open.append(_Group())
        elif match["close"]:
            if len(self._open) > 1:
                self._close()
        elif match["operator"]:
            sign = match["operator"]
            if sign in ("OR", "|"):
                group.either = bool(group.wishes)
            elif sign == "NOT":
                group.without = True
            elif sign != "AND":
                self._plain(start, end)  # the English words `or`, `not`, `and`
        elif match["minus"]:
            group.without = True
        elif match["field"]:
            value = match["value"] or ""
            place = match.start("value")
            self._field(FIELDS[match["field"].lower()], self._text[place : place + len(value)], self._text[start:end])
        elif match["prefix"]:
            self._prefix(self._text[start : end - 1], self._text[start:end])
        else:
            self._leaf("phrase", self._text[start + 1 : end - 1], self._text[start:end])

    def _plain(self, start: int, end: int) -> None:
        for typed in analysis.words(self._text[start:end]):
            folded = analysis.fold(typed)
            group = self._open[-1]
            once = len(self._open) == 1 and not group.either and not group.without
            if not (once and folded in self._typed):
                self._leaf("word", typed, typed)
            if once:
                self._typed.add(folded)

    def _leaf(self, role: Role, value: str, typed: str) -> None:
        """A leaf with a word, if there is still room for one."""
        word = Word(value[:LONGEST_WORD], () if role == "phrase" else self._synonyms.alternatives(value[:LONGEST_WORD]))
        singles = self._singles + sum(map(is_single, word.terms))
        terms = self._terms + len(word.terms)
        if not word.terms or self._count == MOST_WORDS or singles > MOST_SINGLE_CHARACTERS or terms > MOST_TERMS:
            self._ignore(typed)
            return
        self._count, self._singles, self._terms = self._count + 1, singles, terms
        self._open[-1].add(Leaf(role, word))
        if len(value) > LONGEST_WORD:
            self._ignored.append(value[LONGEST_WORD:])

    def _ignore(self, typed: str) -> None:
        if typed.strip():
            self._ignored.append(typed)
        self._open[-1].without = self._open[-1].either = False

    def _prefix(self, value: str, typed: str) -> None:
        folded = analysis.fold(value)
        if not folded or analysis.is_han(folded[-1]):
            self._leaf("word", value, typed)  # any Chinese word is found inside longer ones
        elif (
            len(folded) < SHORTEST_PREFIX
            or not folded.isalnum()
            or any(map(analysis.is_han, folded))
            or self._prefixes == MOST_PREFIXES
            or self._count == MOST_WORDS
        ):
            self._ignore(typed)
        else:
            self._count += 1
            self._prefixes += 1
            self._open[-1].add(Leaf("prefix", Word(value[:LONGEST_WORD] + "*")))

    def _field(self, role: Role, value: str, typed: str) -> None:
        value = value.strip('"“”„＂「」')
        if role == "year":
            value = unicodedata.normalize("NFKC", value)
            match = _YEARS.fullmatch(value)
            if match and (match[1] or match[2]):
                last = match[2] or ("" if match.end(1) != len(value) else match[1])
                self._value(Leaf("year", Word(""), (match[1] or "", last)))
                return
        elif role == "kind":
            if value.lower() in KIND_NAMES:
                self._value(Leaf("kind", Word(""), (KIND_NAMES[value.lower()],)))
                return
        elif role == "number":
            if any(character.isalnum() for character in value):
                self._value(Leaf("number", Word(""), (value[:LONGEST_WORD],)))
                return
        else:
            self._leaf(role, value, typed)
            return
        self._ignore(typed)

    def _value(self, leaf: Leaf) -> None:
        if self._count == MOST_WORDS:
            self._ignore(written(leaf))
            return
        self._count += 1
        self._open[-1].add(leaf)

    def _close(self) -> None:
        wishes = self._open.pop().wishes
        if wishes:
            self._open[-1].add(wishes[0] if len(wishes) == 1 else Node("all", tuple(wishes)))


def _asked(wishes: Iterable[Wish], text: str, ignored: tuple[str, ...]) -> Asked:
    words: dict[str, Word] = {}
    strict: list[Wish] = []
    for wish in _flat(wishes):
        if isinstance(wish, Leaf) and wish.role in ("word", "prefix"):
            words.setdefault(analysis.fold(wish.word.typed), wish.word)
        else:
            strict.append(wish)
    plain = " ".join(word.typed for word in words.values()) if strict else text
    return Asked(tuple(words.values()), tuple(strict), plain, ignored)


def _flat(wishes: Iterable[Wish]) -> Iterator[Wish]:
    """The wishes, without parentheses that say nothing, such as those of 阳极（炭块）."""
    for wish in wishes:
        if isinstance(wish, Node) and wish.join == "all":
            yield from _flat(wish.parts)
        else:
            yield wish


class _Group:
    """Wishes between two parentheses, or of the whole query."""

    def __init__(self) -> None:
        self.wishes: list[Wish] = []
        self.either = self.without = False

    def add(self, wish: Wish) -> None:
        """One more, joined to the last or denied, as the signs before it say."""
        if self.without:
            wish = Node("none", (wish,))
        if self.either and self.wishes:
            last = self.wishes.pop()
            earlier = last.parts if isinstance(last, Node) and last.join == "any" else (last,)
            wish = Node("any", (*earlier, wish))
        self.wishes.append(wish)
        self.either = self.without = False
