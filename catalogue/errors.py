"""The exceptions that the catalogue raises on purpose, drawn as a tree.

::

    CatalogueError              anything a person can be told about
     ├─ ConfigError             a setting is unknown or cannot be used
     ├─ InvalidInput            what was entered cannot be used; says where and what to do
     │   └─ InvalidFields      the same for several fields at once
     ├─ CrossSiteRequest        a page of another site wants something written here
     ├─ SignInNeeded            nobody is signed in, and this takes an account
     │   └─ TokenRefused        a program came with a token that is not valid, or no longer
     ├─ Forbidden               the asker is known and may not do this
     ├─ NotFound                there is no such item, or the asker may not see it
     ├─ TooMuch                 what was sent is larger than is taken at once
     ├─ Conflict                somebody else has changed the same item since
     │   └─ Outdated            the same, told to a program with what has changed
     ├─ Busy                    somebody else is writing; the same can be tried again in a moment
     └─ IndexUnavailable        the full-text index is absent or cannot be read; it must be rebuilt

Messages are whole sentences that name the place and the remedy. `web` gives them their HTML and JSON faces.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any


class CatalogueError(Exception):
    """Base of all errors that are shown to a person; `status` is the HTTP status of its page. `details` are what a
    program is told besides, `headers` stand on the answer. `can_be_sent_again`: what was sent was not at fault, and
    should not be lost."""

    status = 500
    can_be_sent_again = False
    details: Mapping[str, Any] = MappingProxyType({})
    headers: Mapping[str, str] = MappingProxyType({})


class ConfigError(CatalogueError):
    """A setting is unknown or its value cannot be used."""


class InvalidInput(CatalogueError):
    """What was entered cannot be used. `place` names the field or column, when there is one."""

    status = 400

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        self.place = place


class InvalidFields(InvalidInput):
    """Several fields at once cannot be used; `problems` are pairs of a field's name and what is expected of it."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{place}: {message}" for place, message in problems), problems[0][0])
        self.problems = problems
        self.details = {"problems": [{"place": place, "message": message} for place, message in problems]}


class CrossSiteRequest(CatalogueError):
    """A page of another site wants something written here, in the name of whoever looks at it."""

    status = 403


class SignInNeeded(CatalogueError):
    """Nobody is signed in, and what was asked for takes an account."""

    status = 401
    can_be_sent_again = True
    headers: Mapping[str, str] = MappingProxyType({"WWW-Authenticate": 'Bearer realm="catalogue"'})


class TokenRefused(SignInNeeded):
    """A program came with a token that is not valid, or no longer: it is never taken for somebody without one."""

    headers = MappingProxyType({"WWW-Authenticate": 'Bearer realm="catalogue", error="invalid_token"'})


class Forbidden(CatalogueError):
    """The asker is known, and may not do this."""

    status = 403


class NotFound(CatalogueError):
    """There is no such item, or the asker may not see it (the two are never told apart)."""

    status = 404


class TooMuch(CatalogueError):
    """What was sent is larger than is taken at once."""

    status = 413


class Conflict(CatalogueError):
    """The item has been changed by somebody else since it was opened."""

    status = 409


class Busy(CatalogueError):
    """Somebody else is writing, for longer than one waits; the same can be tried again in a moment."""

    status = 503
    can_be_sent_again = True
    headers: Mapping[str, str] = MappingProxyType({"Retry-After": "5"})  # seconds


class Outdated(Conflict):
    """A program wants to change what has been changed since it was read. `etag` is that of now, `differs` what
    has changed: field → its text of now."""

    status = 412

    def __init__(self, message: str, etag: str, differs: Mapping[str, str]) -> None:
        super().__init__(message)
        self.headers = {"ETag": etag}
        self.details = {"differs": differs}


class IndexUnavailable(CatalogueError):
    """The full-text index is absent, damaged or of another version; rebuilding it mends this."""

    status = 503
