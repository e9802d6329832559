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
    QueryWord,
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
class Term:
    """One item wished for: a word in some role, or values (of kind, year or number) that need no word."""

    role: Role
    word: QueryWord
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Node:
    """Several items: `all` of them, `any` of them, or `none` of them."""

    join: Literal["all", "any", "none"]
    parts: tuple["Term | Node", ...]


Criterion = Term | Node


@dataclass(frozen=True)
class ParsedQuery:
    """A query as understood: plain words, strict wishes, and what was not used. `plain` is the text of the words."""

    words: tuple[QueryWord, ...] = ()
    strict: tuple[Criterion, ...] = ()
    plain: str = ""
    ignored: tuple[str, ...] = ()

    @property
    def ranked(self) -> tuple[QueryWord, ...]:
        """All words that a record is the better for having."""
        return (*self.words, *(leaf.word for leaf in required_terms(self.strict) if leaf.word.typed))

    def without_quotes(self, synonyms: Synonyms) -> "ParsedQuery":
        """The same query with its phrases as plain words."""
        texts = [w.word.typed for w in self.strict if isinstance(w, Term) and w.role == "phrase"]
        loose = (word for text in texts for word in _Reading(text, "", synonyms, "").asked.words)
        strict = tuple(w for w in self.strict if not (isinstance(w, Term) and w.role == "phrase"))
        words = tuple({analysis.fold(word.typed): word for word in (*self.words, *loose)}.values())
        return replace(self, words=words, strict=strict, plain=" ".join(word.typed for word in words))

    @property
    def understood(self) -> tuple[tuple[str, str], ...]:
        """The query in pairs of a role (or `without`, `either`, `together`) and a text, in its order of strictness."""
        words = tuple(("prefix" if word.typed.endswith("*") else "word", word.typed) for word in self.words)
        return (*words, *(_explained(criterion) for criterion in self.strict))


def required_terms(criteria: tuple[Criterion, ...]) -> Iterator[Term]:
    """The leaves that are wished for, not excluded."""
    for criterion in criteria:
        if isinstance(criterion, Term):
            yield criterion
        elif criterion.join != "none":
            yield from required_terms(criterion.parts)


def written(criterion: Criterion, inside: bool = False) -> str:
    """A wish as it could be typed."""
    if isinstance(criterion, Term):
        text = (
            ",".join(criterion.values)
            if criterion.role in ("kind", "number")
            else "..".join(criterion.values) or criterion.word.typed
        )
        if criterion.role == "phrase":
            return f'"{text}"'
        return text if criterion.role in ("word", "prefix") else f"{criterion.role}:{text}"
    if criterion.join == "none":
        return "-" + written(criterion.parts[0], inside=True)
    text = (" OR " if criterion.join == "any" else " ").join(written(part, inside=True) for part in criterion.parts)
    return f"({text})" if inside else text


def _explained(criterion: Criterion) -> tuple[str, str]:
    if isinstance(criterion, Term):
        return criterion.role, written(criterion) if criterion.role in ("word", "prefix", "phrase") else written(
            criterion
        ).partition(":")[2]
    if criterion.join == "none":
        return "without", written(criterion.parts[0])
    return "either" if criterion.join == "any" else "together", written(criterion)


def parse_query(text: str, synonyms: Synonyms) -> ParsedQuery:
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
        self.asked = _parsed(self._open[0].criteria, text, tuple(self._ignored))

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
                group.either = bool(group.criteria)
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
        word = QueryWord(
            value[:LONGEST_WORD], () if role == "phrase" else self._synonyms.alternatives(value[:LONGEST_WORD])
        )
        singles = self._singles + sum(map(is_single, word.terms))
        terms = self._terms + len(word.terms)
        if not word.terms or self._count == MOST_WORDS or singles > MOST_SINGLE_CHARACTERS or terms > MOST_TERMS:
            self._ignore(typed)
            return
        self._count, self._singles, self._terms = self._count + 1, singles, terms
        self._open[-1].add(Term(role, word))
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
            self._open[-1].add(Term("prefix", QueryWord(value[:LONGEST_WORD] + "*")))

    def _field(self, role: Role, value: str, typed: str) -> None:
        value = value.strip('"“”„＂「」')
        if role == "year":
            value = unicodedata.normalize("NFKC", value)
            match = _YEARS.fullmatch(value)
            if match and (match[1] or match[2]):
                last = match[2] or ("" if match.end(1) != len(value) else match[1])
                self._value(Term("year", QueryWord(""), (match[1] or "", last)))
                return
        elif role == "kind":
            if value.lower() in KIND_NAMES:
                self._value(Term("kind", QueryWord(""), (KIND_NAMES[value.lower()],)))
                return
        elif role == "number":
            if any(character.isalnum() for character in value):
                self._value(Term("number", QueryWord(""), (value[:LONGEST_WORD],)))
                return
        else:
            self._leaf(role, value, typed)
            return
        self._ignore(typed)

    def _value(self, leaf: Term) -> None:
        if self._count == MOST_WORDS:
            self._ignore(written(leaf))
            return
        self._count += 1
        self._open[-1].add(leaf)

    def _close(self) -> None:
        criteria = self._open.pop().criteria
        if criteria:
            self._open[-1].add(criteria[0] if len(criteria) == 1 else Node("all", tuple(criteria)))


def _parsed(criteria: Iterable[Criterion], text: str, ignored: tuple[str, ...]) -> ParsedQuery:
    words: dict[str, QueryWord] = {}
    strict: list[Criterion] = []
    for criterion in _flat(criteria):
        if isinstance(criterion, Term) and criterion.role in ("word", "prefix"):
            words.setdefault(analysis.fold(criterion.word.typed), criterion.word)
        else:
            strict.append(criterion)
    plain = " ".join(word.typed for word in words.values()) if strict else text
    return ParsedQuery(tuple(words.values()), tuple(strict), plain, ignored)


def _flat(criteria: Iterable[Criterion]) -> Iterator[Criterion]:
    """The wishes, without parentheses that say nothing, such as those of 阳极（炭块）."""
    for criterion in criteria:
        if isinstance(criterion, Node) and criterion.join == "all":
            yield from _flat(criterion.parts)
        else:
            yield criterion


class _Group:
    """Wishes between two parentheses, or of the whole query."""

    def __init__(self) -> None:
        self.criteria: list[Criterion] = []
        self.either = self.without = False

    def add(self, criterion: Criterion) -> None:
        """One more, joined to the last or denied, as the signs before it say."""
        if self.without:
            criterion = Node("none", (criterion,))
        if self.either and self.criteria:
            last = self.criteria.pop()
            earlier = last.parts if isinstance(last, Node) and last.join == "any" else (last,)
            criterion = Node("any", (*earlier, criterion))
        self.criteria.append(criterion)
        self.either = self.without = False
