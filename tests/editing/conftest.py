"""A small catalogue to enter things into, and browsers without scripts that fill its forms."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts import signed_in
from tests.catalogues import empty_catalogue, project, put


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Registers with people of one name, divisions with aliases, schemes with rules, and a few records."""
    app = empty_catalogue(tmp_path_factory.mktemp("editing"))
    with app.app_context():
        put("divisions", code="smelting", name="铝冶炼学部", aliases="电解学部;电解厂")
        put("divisions", code="carbon", name="炭素学部")
        put("people", staff_number="A1001", name="张三", division="铝冶炼学部")
        put("people", staff_number="A1002", name="李四", division="炭素学部")
        put("people", staff_number="A1003", name="王五")
        put("people", staff_number="A1004", name="王五", division="炭素学部")
        put("award_schemes", code="prov", name="省科学技术进步奖", level="provincial_ministerial")
        put("scheme_grades", scheme="prov", grade="second", from_year="1985", people_cap="2")
        project("XM-2001-001", title="电解槽扩容试验", people="张三(A1001)", divisions="铝冶炼学部")
        put("awards", code="JL-2002-001", title="电解槽扩容", date="2002", scheme="prov", grade="second")
        put(
            "benefits",
            code="XY-2002-001",
            year="2002",
            kind="new_profit",
            amount="5400000",
            records="XM-2001-001 60%",
        )
    return app


@pytest.fixture
def context(site: Flask) -> Iterator[Flask]:
    with site.app_context():
        yield site


@pytest.fixture
def contributor(site: Flask) -> FlaskClient:
    return signed_in(site, "contributor")


@pytest.fixture
def reviewer(site: Flask) -> FlaskClient:
    return signed_in(site, "reviewer")
