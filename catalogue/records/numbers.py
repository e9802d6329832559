"""Numbers by which a record is known: of Chinese patents above all, and whatever else stands on a certificate.

Patent application numbers follow ZC 0006-2003 (国家知识产权局《专利申请号标准》): two digits of the year (until
September 2003) or four, one digit of the type, five or seven digits in sequence, a point and a check character.
`ZL` before it says that the patent was granted; `CN` that it is Chinese: neither is part of the number itself.
Publication and grant numbers follow ZC 0007-2012: `CN`, seven or nine digits, a kind code.

For searching, every number becomes one or a few *keys*; whatever form somebody types has the key of the number.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

PatentType = Literal["invention", "utility_model", "design"]
Reason = Literal["shape", "year", "type", "check"]

# Types 8 and 9 are international (PCT) applications that entered the national phase.
_TYPES: dict[str, PatentType] = {
    "1": "invention",
    "2": "utility_model",
    "3": "design",
    "8": "invention",
    "9": "utility_model",
}
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_FIRST_YEAR = 1985  # the Patent Law came into force on 1985-04-01
_LAST_SHORT_YEAR = 2003  # numbers of twelve digits since 2003-10-01

_APPLICATION = re.compile(r"(?:ZL|CN|CNZL|ZLCN)?(\d{12}|\d{8})([\dX]?)")
# Eight digits until 1989, when a publication was numbered as its application.
_PUBLICATION = re.compile(r"(?:CN)?(\d{7,9})([A-Z]\d?)?")
_PREFIX = re.compile(r"(?:ZL|CN)+(?=\d)")
_PART = re.compile(r"[A-Z0-9]+(?:[-./_—–·][A-Z0-9]+)*")

# A key shorter than this would be a year or a quantity, not a number anybody looks for.
_SHORTEST_KEY = 5
# A number may be typed with spaces inside: `ZL 2010 2 0643383.1` has four parts, `632 2005 Y 0012` too.
_MOST_PARTS = 5
_LONGEST_QUERY = 1000


class NumberError(ValueError):
    """A number that cannot be one. `reason` says why; `expected` is the right check character if that was wrong."""

    def __init__(self, message: str, reason: Reason, expected: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.expected = expected


@dataclass(frozen=True)
class ApplicationNumber:
    """A Chinese patent application number: its 8 or 12 digits and the check character that belongs to them."""

    digits: str
    check: str

    def __str__(self) -> str:
        """The form in which it is stored: `201020643383.1`."""
        return f"{self.digits}.{self.check}"

    @property
    def filing_year(self) -> int:
        return int(self.digits[:4]) if len(self.digits) == 12 else 1950 + (int(self.digits[:2]) - 50) % 100

    @property
    def type_digit(self) -> str:
        return self.digits[len(self.digits) // 3]

    @property
    def patent_type(self) -> PatentType:
        return _TYPES[self.type_digit]

    def display(self, *, granted: bool = False) -> str:
        """The form in which it is shown: `2010 2 0643383.1`, for a granted patent `ZL 2010 2 0643383.1`."""
        year = len(self.digits) // 3
        spaced = f"{self.digits[:year]} {self.digits[year]} {self.digits[year + 1 :]}.{self.check}"
        return f"ZL {spaced}" if granted else spaced


@dataclass(frozen=True)
class PublicationNumber:
    """A Chinese publication or grant number: 7 or 9 digits (8 until 1989) and the kind code, if it was given."""

    digits: str
    kind: str = ""

    def __str__(self) -> str:
        """The form in which it is stored and shown: `CN201908138U`."""
        return f"CN{self.digits}{self.kind}"


def check_character(digits: str) -> str:
    """The check character of 8 or 12 digits: their weighted sum modulo 11, ten written X (ZC 0006-2003, 5)."""
    remainder = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False)) % 11
    return "X" if remainder == 10 else str(remainder)


def parse_application(text: str) -> ApplicationNumber:
    """The application number in any form that people type, with or without its check character.

    Raises NumberError if it cannot be one; a wrong check character is told together with the right one.
    """
    match = _APPLICATION.fullmatch(_stripped(text))
    if match is None:
        raise NumberError(f"not a patent application number of 8 or 12 digits: {text!r}", "shape")
    digits, given = match.groups()
    expected = check_character(digits)
    number = ApplicationNumber(digits, expected)
    if not _year_is_possible(number):
        raise NumberError(f"{digits} would have been filed in {number.filing_year}", "year")
    if number.type_digit not in _TYPES:
        raise NumberError(f"{digits}: there is no patent type {number.type_digit}", "type")
    if given and given != expected:
        raise NumberError(f"{digits}.{given}: the check character must be {expected}", "check", expected)
    return number


def parse_publication(text: str) -> PublicationNumber:
    """The publication or grant number in any form that people type. Raises NumberError if it cannot be one."""
    match = _PUBLICATION.fullmatch(_stripped(text))
    if match is None:
        raise NumberError(f"not a publication number of 7 or 9 digits: {text!r}", "shape")
    return PublicationNumber(match[1], match[2] or "")


def index_keys(numbers: Iterable[str]) -> tuple[str, ...]:
    """The keys under which a record with these numbers is found."""
    keys: dict[str, None] = {}
    for number in numbers:
        plain = _stripped(number)
        if not plain:
            continue
        keys.update(dict.fromkeys(_keys_of(plain)))
        parts = _PART.findall(_upper(number))
        # `软著登字第0012345号` is known by its digits as well, `国科奖证字2005-J-213` by all behind the words.
        if "".join(map(_stripped, parts)) != plain:
            for part in parts:
                if len(_stripped(part)) >= _SHORTEST_KEY:
                    keys.update(dict.fromkeys(_keys_of(_stripped(part))))
    return tuple(keys)


def query_keys(text: str) -> tuple[str, ...]:
    """The keys that some part of a query may mean; a key that no record has does no harm.

    A patent with a wrong check character still has the key of its digits.
    """
    text = _upper(text[:_LONGEST_QUERY])
    keys: dict[str, None] = {}
    whole = _stripped(text)
    if any(character.isdigit() for character in whole):
        keys.update(dict.fromkeys(_keys_of(whole)))
    for typed in _typed_numbers(text):
        keys.update(dict.fromkeys(_keys_of(_stripped(typed))))
    return tuple(keys)


def wrong_check(text: str) -> tuple[str, ApplicationNumber] | None:
    """The first patent application number in a query whose check character is wrong, as typed, and the right one.

    Nine or thirteen bare digits may be anything: only a number with its point, or with ZL or CN before it, is judged.
    """
    for typed in _typed_numbers(_upper(text[:_LONGEST_QUERY])):
        if not re.search(r"\.\s*[\dX]$|^(?:ZL|CN)", typed):
            continue
        try:
            parse_application(typed)
        except NumberError as error:
            match = _APPLICATION.fullmatch(_stripped(typed))
            if error.reason == "check" and match:
                return typed, ApplicationNumber(match[1], check_character(match[1]))
    return None


def _typed_numbers(text: str) -> Iterator[str]:
    """Whatever in a text (in capitals) may be one number, with the spaces and signs inside it."""
    for stretch in re.split(r"[^A-Z0-9\s\-./_—–·]+", text):
        parts = [(match.start(), match.end()) for match in _PART.finditer(stretch)]
        for start in range(len(parts)):
            for end in range(start, min(start + _MOST_PARTS, len(parts))):
                typed = stretch[parts[start][0] : parts[end][1]]
                joined = _stripped(typed)
                if len(joined) >= _SHORTEST_KEY and any(character.isdigit() for character in joined):
                    yield typed


def key_beginnings(text: str) -> tuple[str, ...]:
    """With what the key of a number may begin that somebody is still typing; nothing where it has other signs."""
    plain = _stripped(text)
    if not plain.isascii() or not plain:
        return ()
    return tuple(dict.fromkeys((*_keys_of(plain), _PREFIX.sub("", plain), plain)))


def _upper(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper()


def _stripped(text: str) -> str:
    return "".join(character for character in _upper(text) if character.isalnum())


def _year_is_possible(number: ApplicationNumber) -> bool:
    if len(number.digits) == 12:
        return _LAST_SHORT_YEAR <= number.filing_year < 2100
    return _FIRST_YEAR <= number.filing_year <= _LAST_SHORT_YEAR


def _keys_of(plain: str) -> list[str]:
    """The keys of one number without its spaces and points. Two where nine digits have two readings."""
    keys = []
    if match := _APPLICATION.fullmatch(plain):
        keys.append(match[1])
    if match := _PUBLICATION.fullmatch(plain):
        keys.append(match[1])
    return keys or [plain]
