"""The transaction in which records are written: sealed before its commit, followed by whatever mirrors the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask, current_app
from sqlalchemy.orm import Session

from catalogue.database import writing
from catalogue.records.history.hash_chain import seal

_KEY = "catalogue.after_commit"


def after_commit(app: Flask, follow: Callable[[], None]) -> None:
    """Call `follow` after each commit of `writing_records`. It must not raise: what is stored is stored."""
    app.extensions.setdefault(_KEY, []).append(follow)


@contextmanager
def writing_records(session: Session) -> Iterator[Session]:
    """One write transaction (see `database.writing`) of the current application whose revisions are sealed before its
    commit. After it whatever follows the database, such as the search index, is brought up to date."""
    with writing(session):
        yield session
        seal(session)
    for follow in current_app.extensions.get(_KEY, ()):
        follow()
