"""What every command shares: the application, the language of the terminal, and JSON."""

import json
import locale
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask import Flask
from flask_babel import Babel, force_locale

from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.app import create_app
from catalogue.config import load
from catalogue.database import db, prepare_database
from catalogue.records.operations import Work

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _language() -> str:
    """The language of the terminal: English where it says so, else Chinese."""
    name = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if (name or locale.getlocale()[0] or "").lower().startswith("en") else "zh"


@contextmanager
def application(*, migrated: bool = True, **settings: Any) -> Iterator[Flask]:
    """The application for one command, `settings` before those of the environment; with its database in shape unless
    the command sees to that itself."""
    app = create_app(load(**settings))
    with app.app_context(), force_locale(_language()):
        if migrated:
            prepare_database()
        yield app


@contextmanager
def terminal_language() -> Iterator[None]:
    """Speak the language of the terminal where there is no application: before there is one, and after it."""
    speaking = Flask("catalogue")
    Babel(speaking)
    with speaking.app_context(), force_locale(_language()):
        yield


def print_json(data: Any) -> None:
    """Print data for other programs."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def progress_reporter() -> Callable[[int, int], None]:
    """Shows how far a long command is, where somebody looks at a terminal."""
    is_seen = sys.stderr.isatty()

    def tell(done: int, total: int) -> None:
        if is_seen:
            click.echo(f"\r{done} / {total}" + ("\n" if done == total else ""), err=True, nl=False)

    return tell


def import_work(note: str) -> Work:
    """Work of the command line that imports."""
    return Work(db.session(), COMMAND_LINE, "import", note)
