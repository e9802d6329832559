"""Alembic's environment: run through the application, so that the address and the pragmas are the site's own."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy.types import TypeDecorator

import catalogue.records.schema.reference_data
import catalogue.review.models  # noqa: F401
from catalogue.database import WRITE_OPTION

database = current_app.extensions["migrate"].db


def render_plain_type(kind: str, item: Any, autogen_context: Any) -> Any:
    """Write the stored type, not ours, into migrations: they must run when our classes have long changed."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def run() -> None:
    """Migrate online, under the write lock from the start. Batch mode lets SQLite alter constraints."""
    with database.engine.connect().execution_options(**{WRITE_OPTION: True}) as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            compare_type=True,
            render_as_batch=True,
            render_item=render_plain_type,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
