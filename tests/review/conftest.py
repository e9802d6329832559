"""One catalogue for the tests of a module, which keep out of each other's way by their codes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.catalogues import empty_catalogue, put


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application with a division, two people and an award scheme."""
    folder: Path = tmp_path_factory.mktemp("review")
    app = empty_catalogue(folder)
    with app.app_context():
        put("divisions", code="smelting", name="铝冶炼学部")
        put("people", staff_number="A1", name="张三", division="铝冶炼学部")
        put("people", staff_number="A2", name="李四")
        put("award_schemes", code="qh", name="青海省科学技术进步奖", level="provincial_ministerial")
    yield app
