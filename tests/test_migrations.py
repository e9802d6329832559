"""Migrations lead to exactly what the models say, and back."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, inspect, text

from catalogue.accounts.permissions import ANONYMOUS
from catalogue.database import Base, db, writing
from catalogue.records.models.site_facts import reporting_day
from catalogue.records.schema.name_table import find_clashes
from catalogue.tallies.crosstab import count
from catalogue.tallies.spec import Selection
from catalogue.tallies.subjects import SUBJECTS
from tests.support.catalogues import demo_catalogue, empty_catalogue, put


def test_head_equals_the_models(tmp_path: Path) -> None:
    with empty_catalogue(tmp_path).app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        inspector = inspect(connection)
        for table in Base.metadata.tables.values():
            named = {check["name"] for check in inspector.get_check_constraints(table.name)}
            modelled = {str(each.name) for each in table.constraints if isinstance(each, CheckConstraint)}
            assert named == modelled, table.name


@pytest.mark.slow
def test_down_and_up_again_over_data(tmp_path: Path) -> None:
    app = demo_catalogue(tmp_path)
    with app.app_context():
        whole = Selection(SUBJECTS["awards"], reporting_day(db.session, None))
        assert count(db.session, ANONYMOUS, whole).value == 36
        db.session.remove()
        downgrade(revision="base")
        assert inspect(db.engine).get_table_names() == ["alembic_version"]
        upgrade()
        assert set(inspect(db.engine).get_table_names()) >= set(Base.metadata.tables)


def test_aliases_of_earlier_versions_stay_as_they_are(tmp_path: Path) -> None:
    def aliases(columns: str) -> list[tuple[object, ...]]:
        query = f"SELECT {columns} FROM division_alias JOIN division ON division_id = division.id"
        return [tuple(row) for row in db.session.execute(text(f"{query} ORDER BY division_alias.name, division_id"))]

    with empty_catalogue(tmp_path).app_context():
        put("divisions", code="works", name="铝厂", aliases="公司 [..2002-06-30]")
        put("divisions", code="stock", name="股份公司", aliases="公司 [2002-07-01..];电解厂")
        db.session.remove()
        downgrade(revision="0012")
        assert aliases("division.code, division_alias.name") == [("stock", "公司"), ("stock", "电解厂")]
        with writing(db.session):  # what was let in then
            db.session.execute(text("INSERT INTO division_alias SELECT '铝厂', id FROM division WHERE code = 'stock'"))
        db.session.remove()
        upgrade()
        assert aliases("division.code, division_alias.name, division_alias.valid_from, division_alias.valid_to") == [
            ("stock", "公司", None, None),
            ("stock", "电解厂", None, None),
            ("stock", "铝厂", None, None),
        ]
        assert [each.text for each in find_clashes(db.session())] == ["铝厂"]
