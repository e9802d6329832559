"""A small catalogue to enter items into, and browsers without scripts that fill its forms."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select, select

from catalogue.database import db
from catalogue.records.models.records import Record
from catalogue.records.models.transitions import find_transition
from catalogue.records.operations import Work, move
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.kinds import KINDS
from tests.support.accounts import actor, signed_in
from tests.support.catalogues import empty_catalogue, project, put, writing


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


class Store:
    """What is stored, read and written outside of requests: each time in a context and a session of its own."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def put(self, table: str, **texts: str) -> None:
        with self.app.app_context():
            put(table, **texts)

    def project(self, code: str, **texts: str) -> None:
        with self.app.app_context():
            project(code, **texts)

    def all(self, query: Select[Any]) -> list[Any]:
        """The rows of a query; of one column its values."""
        with self.app.app_context():
            rows = db.session.execute(query).all()
            return [row[0] if len(row) == 1 else tuple(row) for row in rows]

    def texts(self, code: str, entity: Entity | None = None) -> dict[str, str]:
        """The text forms of a record, or of the item of another entity."""
        with self.app.app_context():
            model: Any = entity.model if entity else Record
            item = db.session.scalars(select(model).where(model.code == code)).one()
            return (entity or KINDS[item.kind]).texts(item)

    def move(self, role: str, code: str, name: str, note: str = "") -> None:
        """Take a record to another state of review."""
        somebody = actor(self.app, role)
        with self.app.app_context(), writing():
            item = db.session.scalars(select(Record).where(Record.code == code)).one()
            work = Work(db.session, somebody, "review", note)
            move(work, KINDS[item.kind], item, find_transition(name, item.review_state))


@pytest.fixture
def store(site: Flask) -> Store:
    return Store(site)


@pytest.fixture
def contributor(site: Flask) -> FlaskClient:
    return signed_in(site, "contributor")


@pytest.fixture
def reviewer(site: Flask) -> FlaskClient:
    return signed_in(site, "reviewer")
