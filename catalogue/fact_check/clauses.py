"""Tokens as sentences and clauses: a clause holds one figure, or none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalogue.fact_check.tokens import Token

_SENTENCE_ENDS = frozenset("。!?！？.…")


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
    """Clauses up to a full stop or the end of a line. `opens_line` and `gap` say where it stands; one that ends in a
    colon announces what follows, and a line without any sign at its end may be its heading."""

    clauses: tuple[Clause, ...]
    opens_line: bool
    ends_line: bool
    gap: bool  # an empty line follows
    question: bool
    announces: bool
    heading: bool


def sentences(tokens: Sequence[Token]) -> Iterator[Sentence]:
    """The sentences of a text, in order."""
    gathered: list[Token] = []
    opens_line = True
    for place, token in enumerate(tokens):
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        if token.role == "line":
            blank = token.text.count("\n") > 1
            if gathered:
                yield _sentence(gathered, "", opens_line, ends_line=True, gap=blank)
            gathered, opens_line = [], True
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
    heading = not sign and last not in {",", ";", "、", ":"}
    return Sentence(tuple(clauses(tokens)), opens_line, ends_line, gap, sign in {"?", "？"}, last == ":", heading)


def clauses(tokens: Sequence[Token]) -> Iterator[Clause]:
    """The clauses of a sentence: cut at commas, at 、 and brackets where a figure ends, and between figures."""
    gathered: list[Token] = []
    bracketed = False
    holds_number = _brackets_with_numbers(tokens)
    for place, token in enumerate(tokens):
        if token.role != "mark":
            gathered.append(token)
            continue
        if token.text == "(":
            cut = place in holds_number
        elif token.text == ")":
            cut = bracketed
        elif token.text == "、":
            cut = _has_number(gathered)
            if not cut:
                gathered.append(token)  # 国家级、省部级: what it joins is not understood
        elif token.text == ":":
            cut = _names_something(tokens, place + 1)
        else:
            cut = True
        if cut:
            yield from _pieces(gathered, bracketed)
            gathered, bracketed = [], token.text == "(" or (bracketed and token.text != ")")
    yield from _pieces(gathered, bracketed)


def _brackets_with_numbers(tokens: Sequence[Token]) -> set[int]:
    """The places of the opening brackets that have a number before the next closing one."""
    found: set[int] = set()
    number_ahead = False
    for place in range(len(tokens) - 1, -1, -1):
        token = tokens[place]
        if token.text == ")":
            number_ahead = False
        elif token.role == "number":
            number_ahead = True
        elif token.text == "(" and number_ahead:
            found.add(place)
    return found


def _has_number(tokens: Sequence[Token]) -> bool:
    return any(token.role == "number" for token in tokens)


def _names_something(tokens: Sequence[Token], start: int) -> bool:
    """Whether what follows a colon has a head of its own before its first comma."""
    for place in range(start, len(tokens)):
        token = tokens[place]
        if token.role == "mark":
            return False
        if token.features and ("subject" in token.features or "grade" in token.features):
            return True
    return False


def _pieces(tokens: Sequence[Token], bracketed: bool) -> Iterator[Clause]:
    """三等奖1项四等奖5项 are two figures, each behind what it counts: cut behind each figure and its unit."""
    numbers = [place for place, token in enumerate(tokens) if token.role == "number"]
    named = bool(numbers) and any(
        token.features and {"subject", "grade"} & set(token.features) for token in tokens[: numbers[0]]
    )
    start = 0
    for number in numbers[:-1] if named else ():  # what stands behind the last figure belongs to it
        end = number + 1
        while end < len(tokens) and tokens[end].role in {"measure", "unit", "after"}:
            end += 1
        yield Clause(tuple(tokens[start:end]), bracketed)
        start = end
    if tokens[start:]:
        yield Clause(tuple(tokens[start:]), bracketed)
