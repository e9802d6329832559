"""What differs between two texts or two lists, as pieces that are the same, gone, or new."""

import difflib
import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

Mark = Literal["same", "old", "new"]

# A Chinese character is a word by itself here; letters and digits belong together.
_WORDS = re.compile(r"[A-Za-z0-9_.%]+|\s+|.", re.DOTALL)
_SENTENCES = re.compile(r"[^。；！？;\n]*[。；！？;\n]|[^。；！？;\n]+")
_MOST_COMPARED = 400_000  # pairs of words: half a second at the worst
_SHORT = 1  # so few words that stay between two changes are told as changed with them


class Piece(NamedTuple):
    """A part of what is compared."""

    mark: Mark
    text: str


def prose(old: str, new: str) -> tuple[Piece, ...]:
    """Two texts as one, word by word. Where both are so long and so different that it would take too long, sentence by
    sentence, and at worst as a whole."""
    first, second = _WORDS.findall(old), _WORDS.findall(new)
    if _is_short(first, second):
        return _joined(_compare(first, second, calm=True))
    first, second = _SENTENCES.findall(old), _SENTENCES.findall(new)
    if not _is_short(first, second):
        return _joined([("old", [old]), ("new", [new])])
    pieces: list[Piece] = []
    pending = {"old": "", "new": ""}
    for mark, parts in [*_compare(first, second), ("same", [])]:
        if mark != "same":
            pending[mark] += "".join(parts)
            continue
        pieces += _block(pending["old"], pending["new"])
        pending = {"old": "", "new": ""}
        pieces.append(Piece("same", "".join(parts)))
    return tuple(piece for piece in pieces if piece.text)


def items(old: Sequence[str], new: Sequence[str]) -> tuple[Piece, ...]:
    """Two lists as one, in their order: what changes its place goes from the one and comes to the other."""
    if not _is_short(old, new):
        compared: list[tuple[Mark, Sequence[str]]] = [("old", old), ("new", new)]
    else:
        compared = _compare(old, new)
    return tuple(Piece(mark, each) for mark, parts in compared for each in parts)


def _is_short(first: Sequence[str], second: Sequence[str]) -> bool:
    ahead, behind = _ends(first, second)
    return (len(first) - ahead - behind) * (len(second) - ahead - behind) <= _MOST_COMPARED


def _ends(first: Sequence[str], second: Sequence[str]) -> tuple[int, int]:
    """How many are the same from the beginning, and from the end."""
    shorter = min(len(first), len(second))
    ahead = next((place for place in range(shorter) if first[place] != second[place]), shorter)
    left = shorter - ahead
    behind = next((place for place in range(left) if first[-1 - place] != second[-1 - place]), left)
    return ahead, behind


def _block(old: str, new: str) -> list[Piece]:
    first, second = _WORDS.findall(old), _WORDS.findall(new)
    if _is_short(first, second):
        return list(_joined(_compare(first, second, calm=True)))
    return [Piece("old", old), Piece("new", new)]


def _compare(first: Sequence[str], second: Sequence[str], *, calm: bool = False) -> list[tuple[Mark, Sequence[str]]]:
    """The parts in their order; `calm`: what hardly stays the same between two changes counts as changed."""
    ahead, behind = _ends(first, second)
    one, other = first[ahead : len(first) - behind], second[ahead : len(second) - behind]
    found: list[tuple[Mark, Sequence[str]]] = [("same", first[:ahead])]
    old: list[str] = []
    new: list[str] = []
    steps = difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    for place, (step, start, end, start_new, end_new) in enumerate(steps):
        if step == "equal" and not (calm and 0 < place < len(steps) - 1 and end - start <= _SHORT):
            found += [("old", old), ("new", new), ("same", one[start:end])]
            old, new = [], []
            continue
        old += one[start:end]
        new += other[start_new:end_new]
    return [*found, ("old", old), ("new", new), ("same", first[len(first) - behind :])]


def _joined(compared: Sequence[tuple[Mark, Sequence[str]]]) -> tuple[Piece, ...]:
    return tuple(Piece(mark, "".join(parts)) for mark, parts in compared if parts)
