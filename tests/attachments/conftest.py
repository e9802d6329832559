"""A catalogue of its own for each file of tests: one published project, and people who may or may not write it."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from catalogue.attachments.models import Attachment
from catalogue.database import db
from catalogue.records.operations import queue_for_index
from tests.attachments.files import CODE
from tests.support.accounts import signed_in
from tests.support.catalogues import empty_catalogue, project, writing


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = empty_catalogue(tmp_path_factory.mktemp("attachments") / "data", attachment_mb=1)
    with app.app_context():
        project(CODE)
    return app


@pytest.fixture(autouse=True)
def nothing_attached(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test has attached is gone before the next."""
    yield
    if "site" in request.fixturenames:
        with request.getfixturevalue("site").app_context(), writing():
            queue_for_index(db.session(), db.session.scalars(select(Attachment.record_id)).all())
            db.session.execute(delete(Attachment))


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    """A reviewer's browser."""
    return signed_in(site, "reviewer")
