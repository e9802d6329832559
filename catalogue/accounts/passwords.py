"""Passwords: kept as Argon2id hashes, and what a new one must be."""

import re
import unicodedata
from itertools import chain

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask_babel import gettext as _

from catalogue.errors import InvalidInput

UNSET = ""  # in the place of a hash: no password fits
LEAST_CHARACTERS = 12
MOST_CHARACTERS = 200
LEAST_OWN_CHARACTERS = 6
LEAST_DIFFERENT_CHARACTERS = 4
_HASHER = PasswordHasher()  # Argon2id with the library's own parameters, which follow RFC 9106

# What is guessed first, in lower case: whole words, and runs of keys in either direction.
_COMMON = """
    password passw0rd p@ssw0rd p@ssword admin administrator root user guest test welcome letmein login master secret
    iloveyou sunshine monkey dragon football princess superman batman shadow changeme default company
    woaini woaiwo woaizuguo zhongguo beijing qinghai xining dianjielv lvye lvchang kexie mima wodemima woshishei
    aini1314 5201314 1314520 520520 1314 520 168168 112233 123321 147258369 147258 qq123456 a123456 aa123456 abc123
    asd123 qwe123 1qaz 2wsx 3edc 4rfv 5tgb 6yhn 1q2w3e4r 1q2w3e zaq1 xsw2 qazwsx qweasd
    密码 我爱你 管理员 中国 青海铝业 铝业 科协
""".split()  # noqa: SIM905 - so many words are read as a text
_ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "!@#$%^&*()")
_LEAST_RUN = 3
_YEAR = re.compile(r"(19|20)\d\d")


def _written(password: str) -> str:
    """One way to write a password: a Chinese keyboard may send its letters in full width."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """What the database keeps of a password."""
    return _HASHER.hash(_written(password))


def is_password(kept: str, password: str) -> bool:
    """Whether this is the password of which `kept` is the hash. Where there is no hash, because there is no such
    account or it has no password, it takes the same time to say no."""
    if not kept:
        _HASHER.hash(_written(password))
        return False
    try:
        return _HASHER.verify(kept, _written(password))
    except (VerifyMismatchError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's; it is made anew at the next signing in."""
    return _HASHER.check_needs_rehash(kept)


def check_new_password(password: str, again: str, *names: str) -> None:
    """Raise InvalidInput with place `password` or `again` unless this can be a new password.

    It must be long and not made of what is guessed first: common words, runs of keys, years, and `names`, such as the
    owner's login and name. Nobody is told which characters to use.
    """
    written = _written(password)
    if len(written) < LEAST_CHARACTERS:
        raise InvalidInput(
            _("A password has at least %(number)s characters; a sentence is a good one.", number=LEAST_CHARACTERS),
            "password",
        )
    if len(written) > MOST_CHARACTERS:
        raise InvalidInput(_("A password has at most %(number)s characters.", number=MOST_CHARACTERS), "password")
    own = _own_characters(written.lower(), [_written(name).lower() for name in names])
    if len(own) < LEAST_OWN_CHARACTERS or len(set(own)) < LEAST_DIFFERENT_CHARACTERS:
        raise InvalidInput(
            _(
                "This password would be guessed early: it is made of common words, runs of keys, years or your own "
                "name. Add something that only you think of."
            ),
            "password",
        )
    if _written(again) != written:
        raise InvalidInput(_("The two passwords differ. Type the same one twice."), "again")


def _own_characters(text: str, names: list[str]) -> str:
    """What is left of a password without all that is guessed first."""
    words = sorted({*_COMMON, *(part for name in names for part in (name, *name.split()) if len(part) > 1)}, key=len)
    own, at = "", 0
    while at < len(text):
        known = next((len(word) for word in reversed(words) if text.startswith(word, at)), 0)
        year = _YEAR.match(text, at)
        skipped = max(known, _run(text, at), year.end() - at if year else 0)
        own += "" if skipped else text[at]
        at += skipped or 1
    return own


def _run(text: str, at: int) -> int:
    """How many characters from here on are neighbours on a keyboard or in the alphabet, or the same; 0 for few."""
    longest = 0
    for row in chain(_ROWS, (row[::-1] for row in _ROWS), (text[at] * len(text),)):
        start = row.find(text[at])
        length = 0
        while start >= 0 and row[start : start + length + 1] == text[at : at + length + 1]:
            length += 1
            if start + length >= len(row) or at + length >= len(text):
                break
        longest = max(longest, length)
    return longest if longest >= _LEAST_RUN else 0
