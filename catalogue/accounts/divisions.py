"""Divisions as accounts know them: by the table's columns, since records build on accounts and not the reverse."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.database import Base
from catalogue.errors import InvalidInput
from catalogue.formatting import local_name


def _table() -> Any:
    return Base.metadata.tables["division"]


def division_names(session: Session) -> dict[str, str]:
    """The divisions that there are today: code → name in the reader's language."""
    table = _table()
    rows = session.execute(select(table.c.code, table.c.name, table.c.name_en).order_by(table.c.id))
    return {row.code: local_name(row) for row in rows}


def division_id(session: Session, code: str) -> int | None:
    """The division with a code; None for no code. Raises InvalidInput where there is no such division."""
    if not code:
        return None
    table = _table()
    found: int | None = session.scalar(select(table.c.id).where(table.c.code == code))
    if found is None:
        raise InvalidInput(_("There is no division “%(code)s”.", code=code), "division")
    return found


def division_code(session: Session, id_: int | None) -> str:
    """The code of a division; empty for none."""
    table = _table()
    return session.scalar(select(table.c.code).where(table.c.id == id_)) or ""


def division_name(session: Session, id_: int | None) -> str:
    """The name of a division in the reader's language; empty for none."""
    table = _table()
    row = session.execute(select(table.c.name, table.c.name_en).where(table.c.id == id_)).first()
    return local_name(row) if row else ""
