"""Labels of charts: the round values of an axis, how wide texts are, and which of them have room."""

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal

from catalogue.formatting import number

NARROW = 230  # pixels that a plot surely has on a phone
CHARACTER = 7.5  # pixels of a digit
_GAP = 8  # pixels between two labels
_CJK_CHARACTER = 13.5  # pixels of a Chinese one
_LETTER = 7.4  # pixels of a Latin one, on average


def ticks(lowest: float, highest: float, whole: bool) -> list[float]:
    """Round values that reach from `lowest` (zero or less) to `highest` (zero or more), with zero among them."""
    if lowest == highest:
        return [0, 1]
    rough = (highest - lowest) / (3 if lowest >= 0 or highest <= 0 else 5)
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    if whole:
        step = max(1, math.ceil(step))
    return [step * place for place in range(math.floor(lowest / step), math.ceil(highest / step) + 1)]


def text_width(text: str) -> float:
    """About how many pixels a text takes."""
    return sum(_CJK_CHARACTER if ord(character) > 0x2E7F else _LETTER for character in text)


def cut(text: str, room: float) -> str:
    """As much of a text as has room; what is cut off is still said by the marks."""
    if text_width(text) <= room:
        return text
    while text and text_width(text) > room - _CJK_CHARACTER:
        text = text[:-1]
    return text.rstrip() + "…"


def _first_line(text: str, room: float) -> str:
    """The beginning of a text that has room; Chinese breaks anywhere, other texts between words."""
    end = len(text)
    while text_width(text[:end]) > room:
        end -= 1
    space = text.rfind(" ", 0, end + 1)
    return text[: space if space > 0 else end]


def wrapped(text: str, room: float) -> list[str]:
    """A text in as many lines as it takes."""
    lines = []
    while text_width(text) > room:
        line = _first_line(text, room) or text[:1]
        lines.append(line.rstrip())
        text = text[len(line) :].strip()
    return [*lines, text]


def wrapped_in_two(text: str, room: float) -> list[str]:
    """A text in one line or two; two lines of the same length look best."""
    if text_width(text) <= room:
        return [text]
    line = _first_line(text, room)
    if " " not in text[: len(line) + 1]:
        line = text[: min(len(line), (len(text) + 1) // 2)]
    return [line.rstrip(), cut(text[len(line) :].strip(), room)]


def with_room(
    texts: Sequence[str], room: int, *, small: bool = False, all_or_none: bool = False
) -> Iterator[tuple[int, bool]]:
    """Which labels have room side by side: their places, each with whether it takes a wide screen. The last one, the
    newest year, is always among them. With `all_or_none`, no label is left out alone."""
    each = max((len(text) for text in texts), default=0) * CHARACTER + _GAP
    wide = math.ceil(len(texts) * each / (NARROW if small else room)) or 1
    # A multiple, so that what a wide screen shows includes what a narrow one does, and never crowds it.
    narrow = math.ceil(len(texts) * each / NARROW / wide) * wide
    if all_or_none and wide > 1:
        return
    for place in range(len(texts)):
        from_last = len(texts) - 1 - place
        if from_last % wide == 0:
            yield place, narrow > 1 if all_or_none else bool(from_last % narrow)


def short(value: float) -> str:
    """A number short enough to stand on a column; the exact one is in the mark's text."""
    return number(Decimal(str(round(value, 1 if abs(value) < 10 else 0))))
