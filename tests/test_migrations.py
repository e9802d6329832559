"""Migrations lead to exactly what the models say, and back."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, inspect

from catalogue.accounts.permissions import ANONYMOUS
from catalogue.database import Base, db
from catalogue.records.models.site_facts import reporting_day
from catalogue.tallies.crosstab import count
from catalogue.tallies.spec import Selection
from catalogue.tallies.subjects import SUBJECTS
from tests.support.catalogues import demo_catalogue, empty_catalogue


def test_head_equals_the_models(tmp_path: Path) -> None:
    with empty_catalogue(tmp_path).app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        inspector = inspect(connection)
        for table in Base.metadata.tables.values():
            named = {check["name"] for check in inspector.get_check_constraints(table.name)}
            modelled = {str(each.name) for each in table.constraints if isinstance(each, CheckConstraint)}
            assert named == modelled, table.name


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
