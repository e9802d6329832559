"""What goes wrong on disks, in folders and in databases, as one sentence for whoever typed a command.

Errors of the catalogue's own are such sentences already. The group of all commands translates the others, so that no
command has to; what it does not know is a mistake of the program, whose traceback is wanted.
"""

import errno
import os
import sqlite3
from collections.abc import Callable
from typing import Any

import click
from flask_babel import gettext as _
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from catalogue.cli.support import terminal_language
from catalogue.config import Settings, load
from catalogue.database import as_reported
from catalogue.errors import CatalogueError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_SQLITE_UNUSABLE = (sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR)
_SQLITE_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
# Of PostgreSQL, by class: no connection, not let in, no such database, shut down. A server that cannot be reached has
# no state to tell.
_NOT_REACHED = ("08", "28", "3D", "57")
_PG_DISK_FULL, _PG_READ_ONLY = "53100", "25006"


class Commands(click.Group):
    """All commands: the one place where what went wrong becomes one line."""

    def invoke(self, ctx: click.Context) -> Any:
        with terminal_language():
            try:
                return super().invoke(ctx)
            except BrokenPipeError:
                raise  # whoever reads the output has enough of it: click ends without a word
            except (OSError, sqlite3.Error, DBAPIError) as error:
                told = explained(error)
                if told is None:
                    raise
                raise told from error


def explained(error: Exception) -> CatalogueError | None:
    """What a person is told of an error of the system or of the database; None where it is a mistake of the program."""
    settings = load()
    if isinstance(error, OSError):
        return CatalogueError(_of_system(error, settings))
    if isinstance(error, OperationalError) and isinstance(told := as_reported(error), CatalogueError):
        return told
    cause = error.orig if isinstance(error, DBAPIError) else error
    sentence = _of_sqlite(cause, settings) if isinstance(cause, sqlite3.Error) else _of_postgresql(cause, settings)
    return CatalogueError(sentence) if sentence else None


def _of_system(error: OSError, settings: Settings) -> str:
    place, reason = str(error.filename or settings.data), error.strerror or str(error)
    if error.errno in _FULL:
        return _full(place)
    data = str(settings.data)
    if place == data or place.startswith(data + os.sep) or data.startswith(place + os.sep):
        return _(
            "%(place)s cannot be used (%(reason)s): let the account that runs the catalogue read and write there, or "
            "name another folder in CATALOGUE_DATA.",
            place=place,
            reason=reason,
        )
    return _(
        "%(place)s cannot be used (%(reason)s): check its name, and whether you may read and write there.",
        place=place,
        reason=reason,
    )


def _full(place: str) -> str:
    return _("The disk of %(place)s is full: free some space, and run the command again.", place=place)


def _database(settings: Settings) -> str:
    """Where the database is, without its password."""
    url = make_url(settings.sqlalchemy_url)
    return url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def _of_sqlite(error: sqlite3.Error, settings: Settings) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    sentences: dict[int, Callable[..., str]] = {
        sqlite3.SQLITE_FULL: lambda place, reason: _full(place),
        **dict.fromkeys(_SQLITE_UNUSABLE, _unusable_database),
        **dict.fromkeys(_SQLITE_DAMAGED, _damaged_database),
    }
    return sentences[code](place=_database(settings), reason=str(error)) if code in sentences else ""


def _of_postgresql(error: BaseException | None, settings: Settings) -> str:
    state = getattr(error, "sqlstate", None) or ""
    place, reason = _database(settings), next(iter(str(error).splitlines()), "")
    if state == _PG_DISK_FULL:
        return _full(place)
    if state == _PG_READ_ONLY:
        return _unusable_database(place, reason)
    if state[:2] in _NOT_REACHED or (not state and type(error).__name__ == "OperationalError"):
        return _(
            "The database %(place)s cannot be reached (%(reason)s): start it, or correct CATALOGUE_DATABASE_URL.",
            place=place,
            reason=reason,
        )
    return ""


def _unusable_database(place: str, reason: str) -> str:
    return _(
        "The database %(place)s cannot be used (%(reason)s): let the account that runs the catalogue read and write "
        "the file and its folder.",
        place=place,
        reason=reason,
    )


def _damaged_database(place: str, reason: str) -> str:
    return _(
        "The database %(place)s is damaged or no database (%(reason)s): restore your backup.",
        place=place,
        reason=reason,
    )
