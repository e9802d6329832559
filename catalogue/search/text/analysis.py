"""The one analysis of text, used for indexing, for queries and for highlighting: what matched is what is marked.

Folding goes character by character, never by context, so that a word folds the same in a query as in the
middle of a sentence, and so that every place in the folded text is a place in the original:

* compatibility forms (full-width, ㎏, Kangxi radicals as PDFs carry them) become plain characters: Unicode NFKC;
* accents and zero-width characters go, letters are case-folded, control characters become spaces;
* traditional characters become simplified ones (a table from OpenCC: see `simplified`).

A text is cut into units: each Chinese character, each run of letters, each number (`160kA` has two: `160`, `ka`).
The terms of a text are its pairs of neighbouring units, and single units where a pair would not do:

* for Chinese, the pairs, and a character that stands alone. (All characters would be two thirds more entries; whoever
  asks for a single one, which is rare, has to look into the texts.)
* for letters and numbers, each unit and each pair. A unit of measurement may stand off its number by a space or
  a hyphen: `160kA`, `160 kA` and `１６０ｋＡ` have the same terms. English plurals lose their ending; a comma
  that groups thousands is no part of its number.
* for a number with its unit or its 万, in whatever way they are written, one term more: see `quantities`.

Punctuation is no part of any term.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import add
from typing import NamedTuple

from catalogue.search.text.quantities import (
    ANY,
    NUMBER,
    UNNAMED,
    Quantity,
    quantities,
    spellings,
)
from catalogue.search.text.simplified import simplified

# Changes whenever the terms of some text change: an index made by another version is of no use.
VERSION = f"2-unicode{unicodedata.unidata_version}"

# The characters of Chinese script, for a class of a regular expression.
HAN = "㐀-䶿一-鿿豈-﫿\U00020000-\U0003347f々〇"
_LETTERS = rf"[^\W\d_{HAN}]+"
_RUN = re.compile(rf"(?P<han>[{HAN}]+)|(?P<latin>(?:{NUMBER}|{_LETTERS})+)")
_PIECE = re.compile(rf"{NUMBER}|{_LETTERS}")
_HAN_ONE = re.compile(f"[{HAN}]")
# A unit may stand off its number: 8.5 万 t is one word.
_WORD = re.compile(rf"(?:{UNNAMED}|[{HAN}]|{NUMBER}|{_LETTERS})+")
_NO_LETTER = rf"(?<![^\W\d_{HAN}]){{}}(?![^\W\d_{HAN}])"
_NO_DIGIT = r"(?<!\d)(?<!\d\.){}(?!\d|\.\d|,\d{{3}}(?!\d))"

# Simplified radicals of the CJK Radicals Supplement that PDFs use for the characters themselves. NFKC leaves
# them alone; the pairs are those of Unicode's EquivalentUnifiedIdeograph.txt.
_RADICALS = dict(
    zip(
        "⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰",
        "民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙",
        strict=True,
    )
)


class _Piece(NamedTuple):
    """A run of letters or a number, as a term, and its place in the folded text."""

    term: str
    start: int
    end: int


class _Folding(dict[int, str]):
    """A table for `str.translate` that works out each character when it is first met."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()  # characters that fold to none or to several

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(folded) != 1:
            self.uneven.add(chr(code))  # before the entry: another thread that finds the entry finds this too
        self[code] = folded
        return folded


def _fold_character(character: str) -> str:
    if character < "\x80":
        return character.lower() if character.isprintable() else " "
    category = unicodedata.category(character)
    if category in ("Cf", "Mn"):
        return ""
    # Everything that only divides becomes a space; so `５，１００` stays two numbers while `8．5` is one.
    if category[0] in "CZP" and character != "．":
        return " "
    plain = unicodedata.normalize("NFKD", _RADICALS.get(character, character))
    plain = unicodedata.normalize("NFKC", "".join(c for c in plain if unicodedata.category(c) != "Mn"))
    return simplified(plain.casefold())


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The text without the differences that a reader would not call a difference. Not always as long."""
    return text.translate(_FOLDING)


def fold_with_offsets(text: str) -> tuple[str, list[int] | None]:
    """The folded text, and for each of its characters the place in the original; None when all places are equal.

    The list has one entry more than the folded text has characters, so that ends can be looked up too.
    """
    folded = text.translate(_FOLDING)
    if _FOLDING.uneven.isdisjoint(text):
        return folded, None
    offsets = [place for place, character in enumerate(text) for _ in _FOLDING[ord(character)]]
    return folded, [*offsets, len(text)]


def words(text: str) -> list[str]:
    """The words of a query as typed: what stands between spaces and punctuation, each once, in order."""
    folded, offsets = fold_with_offsets(text)
    seen: dict[str, str] = {}
    for match in _WORD.finditer(folded):
        start, end = match.span()
        typed = text[start:end] if offsets is None else text[offsets[start] : offsets[end - 1] + 1]
        seen.setdefault(match.group(), typed)
    return list(seen.values())


def terms(text: str) -> list[str]:
    """All terms of a text, as often as they occur: what the index stores."""
    folded = text.translate(_FOLDING)
    found: list[str] = []
    latin: list[_Piece] = []
    for match in _RUN.finditer(folded):
        if match.lastgroup == "han":
            run = match.group()
            found += map(add, run, run[1:]) if len(run) > 1 else run
        else:
            latin += _pieces(match)
    found += [piece.term for piece in latin]
    found += _pairs(latin, folded)
    for quantity in quantities(folded):
        found += dict.fromkeys((quantity.number, quantity.term))
    return found


def wanted_terms(word: str) -> list[str]:
    """The terms that a text has if the word stands in it: pairs, which imply their units, or else the one unit.

    A single Chinese character is no term of most texts that have it: it is to be looked for in the texts themselves.
    """
    folded = fold(word)
    wanted: dict[str, None] = {}
    for quantity in reversed(list(quantities(folded, ANY))):
        wanted[quantity.term] = None
        folded = f"{folded[: quantity.start]}\n{folded[quantity.end :]}"
    for match in _RUN.finditer(folded):
        run = match.group()
        if match.lastgroup == "han":
            wanted.update(dict.fromkeys(map(add, run, run[1:]) if len(run) > 1 else run))
        else:
            pieces = _pieces(match)
            wanted.update(dict.fromkeys(_pairs(pieces, folded) if len(pieces) > 1 else [pieces[0].term]))
    return list(wanted)


def is_han(character: str) -> bool:
    """Whether a folded character is Chinese script."""
    return _HAN_ONE.match(character) is not None


def standing(word: str) -> str:
    """A regular expression that finds the word in folded text where the index would find it, written as typed."""
    folded = fold(word)
    pattern, done = "", 0
    for quantity in quantities(folded, ANY):
        pattern += _standing(folded[done : quantity.start]) + spellings(quantity)
        done = quantity.end
    return pattern + _standing(folded[done:])


def _standing(folded: str) -> str:
    pattern = ""
    previous_number = False
    for match in _RUN.finditer(folded):
        if match.lastgroup == "han":
            pattern += match.group()
            previous_number = False
            continue
        for piece in _pieces(match):
            number = piece.term[0].isdigit()
            # Only between a number and its unit may there be something.
            pattern += ("[ -]?" if previous_number and not number else "") + _piece_pattern(piece.term)
            previous_number = number
    return pattern


def _piece_pattern(term: str) -> str:
    if len(term) > 4 and term.isdigit():  # 23000 finds 2.3万 as well
        return spellings(Quantity(term, "", 0, 0))
    if term[0].isdigit():
        whole, point, rest = term.partition(".")
        return _NO_DIGIT.format(re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",?", whole) + re.escape(point + rest))
    ending = f"(?:{term[-1]}|ies)" if term.endswith("y") else f"{term[-1]}(?:e?s)?"
    return _NO_LETTER.format(re.escape(term[:-1]) + ending)


def _plain(piece: str) -> str:
    """A run of letters without its English plural ending (after Harman's S-stemmer), a number without its commas."""
    if not piece.endswith("s") or len(piece) < 4:
        return piece.replace(",", "")
    if piece.endswith("ies"):
        return piece[:-3] + "y"
    if piece.endswith(("sses", "shes", "ches", "xes")):
        return piece[:-2]
    return piece if piece.endswith(("us", "ss", "is")) else piece[:-1]


def _pieces(run: re.Match[str]) -> list[_Piece]:
    base = run.start()
    return [_Piece(_plain(m.group()), base + m.start(), base + m.end()) for m in _PIECE.finditer(run.group())]


def _pairs(pieces: Sequence[_Piece], folded: str) -> Iterator[str]:
    for first, second in pairwise(pieces):
        if first.end == second.start or (
            second.start == first.end + 1
            and folded[first.end] in " -"
            and first.term[0].isdigit()
            and not second.term[0].isdigit()
        ):
            yield first.term + second.term
