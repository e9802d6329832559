"""A trial on the demonstration catalogue: what it stores is gone after the test."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from catalogue.database import WRITE_OPTION, db
from catalogue.imports import jobs


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests wait for what they start, however busy the machine is."""
    monkeypatch.setattr(jobs, "PATIENCE", 120)


@pytest.fixture
def trial(app: Flask) -> Iterator[Session]:
    """The demonstration catalogue, in a transaction that is rolled back."""
    with app.app_context():
        session = db.session()
        session.rollback()
        session.connection(execution_options={WRITE_OPTION: True})
        yield session
        session.rollback()
