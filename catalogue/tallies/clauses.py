"""Tokens as sentences and clauses: a clause holds one figure, or none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalogue.tallies.tokens import Token

_SENTENCE_ENDS = frozenset("。!?！？.…")
_WRAPPED = 20  # a line of so many characters that ends without a sign goes on in the next


@dataclass(frozen=True)
class Clause:
    """What stands between two commas; `bracketed` clauses explain the figure before them."""

    tokens: tuple[Token, ...]
    bracketed: bool = False

    @property
    def numbers(self) -> list[Token]:
        return [token for token in self.tokens if token.role == "number"]


@dataclass(frozen=True)
class Sentence:
    """Clauses up to a full stop or the end of a line. `opens_line` and `gap` say where it stands; a sentence that
    ends in a colon, or a line without any sign at its end, introduces what follows."""

    clauses: tuple[Clause, ...]
    opens_line: bool
    ends_line: bool
    gap: bool  # an empty line follows
    question: bool
    introduces: bool


def sentences(tokens: Sequence[Token]) -> Iterator[Sentence]:
    """The sentences of a text, in order."""
    gathered: list[Token] = []
    opens_line, line_start = True, 0
    for place, token in enumerate(tokens):
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        if token.role == "line":
            before = tokens[place - 1] if place else None
            blank = token.text.count("\n") > 1
            if gathered and not blank and before and before.role != "mark" and token.start - line_start >= _WRAPPED:
                line_start = token.end
                continue
            if gathered:
                yield _sentence(gathered, "", opens_line, ends_line=True, gap=blank)
            gathered, opens_line, line_start = [], True, token.end
        elif token.role == "mark" and token.text[0] in _SENTENCE_ENDS:
            ends_line = following is None or following.role == "line"
            gap = following is not None and following.role == "line" and following.text.count("\n") > 1
            if gathered:
                yield _sentence(gathered, token.text, opens_line, ends_line=ends_line, gap=gap)
            gathered, opens_line = [], False
        else:
            gathered.append(token)
    if gathered:
        yield _sentence(gathered, "", opens_line, ends_line=True, gap=True)


def _sentence(tokens: list[Token], sign: str, opens_line: bool, *, ends_line: bool, gap: bool) -> Sentence:
    last = tokens[-1].text
    introduces = last == ":" or (not sign and last not in {",", ";", "、"})
    return Sentence(tuple(clauses(tokens)), opens_line, ends_line, gap, sign in {"?", "？"}, introduces)


def clauses(tokens: Sequence[Token]) -> Iterator[Clause]:
    """The clauses of a sentence: cut at commas, at 、 and brackets where a figure ends, and between figures."""
    gathered: list[Token] = []
    bracketed = False
    for place, token in enumerate(tokens):
        if token.role != "mark":
            gathered.append(token)
            continue
        inside = tokens[place + 1 : _closing(tokens, place)] if token.text == "(" else ()
        if token.text == "(":
            cut = any(each.role == "number" for each in inside)
        elif token.text == ")":
            cut = bracketed
        elif token.text == "、":
            cut = _has_number(gathered)
            if not cut:
                gathered.append(token)  # 国家级、省部级: what it joins is not understood
        elif token.text == ":":
            cut = _names_something(tokens[place + 1 :])
        else:
            cut = True
        if cut:
            yield from _pieces(gathered, bracketed)
            gathered, bracketed = [], token.text == "(" or (bracketed and token.text != ")")
    yield from _pieces(gathered, bracketed)


def _closing(tokens: Sequence[Token], opening: int) -> int:
    return next((place for place in range(opening, len(tokens)) if tokens[place].text == ")"), len(tokens))


def _has_number(tokens: Sequence[Token]) -> bool:
    return any(token.role == "number" for token in tokens)


def _names_something(tokens: Sequence[Token]) -> bool:
    """Whether what follows a colon has a head of its own before its first comma."""
    for token in tokens:
        if token.role == "mark":
            return False
        if token.features and ("subject" in token.features or "grade" in token.features):
            return True
    return False


def _pieces(tokens: Sequence[Token], bracketed: bool) -> Iterator[Clause]:
    """三等奖1项四等奖5项 are two figures, each behind what it counts: cut behind each figure and its unit."""
    first = next((place for place, token in enumerate(tokens) if token.role == "number"), len(tokens))
    named = any(token.features and {"subject", "grade"} & set(token.features) for token in tokens[:first])
    numbers = sum(token.role == "number" for token in tokens)
    start = 0
    if named and numbers > 1:
        for place, token in enumerate(tokens):
            before = tokens[place - 1].role if place else ""
            ended = before in {"measure", "unit", "after"} or (before == "number" and token.role != "measure")
            if ended and token.role not in {"measure", "after", "unit"} and _has_number(tokens[start:place]):
                if not _has_number(tokens[place:]):
                    break  # what stands behind the last figure belongs to it
                yield Clause(tuple(tokens[start:place]), bracketed)
                start = place
    if tokens[start:]:
        yield Clause(tuple(tokens[start:]), bracketed)
