"""Fixtures for all tests: the demonstration catalogue, built once a run and copied for each worker."""

import os
import shutil
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from filelock import FileLock
from flask import Flask
from flask.templating import Environment
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright
from sqlalchemy.orm import Session

from catalogue import database
from catalogue.accounts import passwords
from catalogue.app import create_app
from catalogue.attachments import checks
from catalogue.config import load
from catalogue.database import db
from catalogue.documents import text_extraction
from catalogue.imports.tables import sheets
from catalogue.search.whoosh import boolean_filter
from tests.support.accounts import Browser, signed_in
from tests.support.catalogues import demo_catalogue
from tests.support.prepared import Prepared, prepare
from tests.support.timing import PATIENCE
from tests.support.tools import CHROMIUM, missing

Flask.test_client_class = Browser

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
              "--disable-component-update", "--disable-sync"]  # fmt: skip

# A busy machine is no fault of an example; fixtures that the examples of a test share are not changed by them.
settings.register_profile(
    "tests", deadline=None, suppress_health_check=(HealthCheck.too_slow, HealthCheck.function_scoped_fixture)
)
settings.load_profile("tests")

# What the person at the keyboard has set is not what the tests are about.
for name in [name for name in os.environ if name.startswith("CATALOGUE_")]:
    del os.environ[name]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of this run, common to its workers."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(shared: Path) -> None:
    """Let the many applications of a run compile each template once; the first page of each took 0.15 s without."""
    folder = shared / "templates"
    folder.mkdir(exist_ok=True)
    compiled = FileSystemBytecodeCache(str(folder))
    Flask.jinja_environment = partial(Environment, bytecode_cache=compiled)  # type: ignore[assignment]


_SITE_HASHER = passwords._HASHER


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> None:
    """Hash passwords at the least cost: it is great on purpose, and most tests only sign in."""
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def distant_limits() -> Iterator[None]:
    """Put off the limits that go by the clock: on a busy machine they would end what is at work. Tests of a limit set
    it themselves. The limit of a search goes by the processor."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (checks, sheets, text_extraction):
            patch.setattr(module, "LIMIT_SECONDS", PATIENCE)
        patch.setattr(database, "_PATIENCE_MS", int(PATIENCE * 1000))
        patch.setattr(boolean_filter, "monotonic", time.thread_time)
        yield


@pytest.fixture
def site_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords as the site does."""
    monkeypatch.setattr(passwords, "_HASHER", _SITE_HASHER)


@pytest.fixture(scope="session")
def demo_folder(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demonstration data, this worker's own; read only by custom."""
    original = shared / "demo-original"
    with FileLock(shared / "demo.lock"):
        if not original.exists():
            building = shared / "demo-building"
            app = demo_catalogue(building)
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
            building.rename(original)
    own = tmp_path_factory.mktemp("demo") / "data"
    shutil.copytree(original, own)
    return own


@pytest.fixture(scope="session")
def app(demo_folder: Path) -> Flask:
    """The site over the demonstration data."""
    return create_app(load({}, data=demo_folder))


@pytest.fixture(scope="session")
def prepared(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The demonstration data with work under way; read only by custom."""
    return prepare(demo_folder, tmp_path_factory.mktemp("prepared") / "data")


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A database session over the demonstration data."""
    with app.app_context():
        yield db.session()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A reader's browser, without JavaScript."""
    return app.test_client()


@pytest.fixture
def reviewer(app: Flask) -> FlaskClient:
    """The browser of somebody who may review, over the demonstration data."""
    return signed_in(app, "reviewer")


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """A real browser: one for each worker, since Playwright runs once in a process."""
    if not CHROMIUM:
        missing("Chromium is missing (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        yield browser
        browser.close()
