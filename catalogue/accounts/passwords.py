"""Passwords: kept as Argon2id hashes, and what a new one must be."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

_HASHER = PasswordHasher()  # Argon2id with the library's own parameters, which follow RFC 9106


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
