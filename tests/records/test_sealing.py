"""History is a chain of hashes that can only be added to."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from catalogue.database import db
from catalogue.records.history.hash_chain import check_seals
from catalogue.records.history.models import Revision
from tests.support.catalogues import filled_catalogue, project, writing

TAMPERING = {
    "UPDATE revision SET actor = 'somebody' WHERE position = 2": (2,),
    "UPDATE revision SET changes = '{}' WHERE position = 3": (3,),
    "UPDATE revision SET at = '2001-01-01 00:00:00.000000' WHERE position = 1": (1,),
    "DELETE FROM revision WHERE position = 2": (3,),
    "UPDATE revision SET hash = 'abc' WHERE position = 2": (2, 3),
    "UPDATE revision SET note = '说明' WHERE position = 4": (4,),
}


def fill(_app: Flask) -> None:
    for number in range(3):
        project(title=f"第{number}版")
    project("XM-2")


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return filled_catalogue(tmp_path, fill)


def test_every_revision_is_sealed_before_it_is_committed(app: Flask) -> None:
    with app.app_context():
        found = check_seals(db.session())
        assert (found.sealed, found.broken, found.unsealed) == (4, (), ())
        assert found.last == db.session.scalar(select(Revision.hash).order_by(Revision.position.desc()))
        assert db.session.scalars(select(Revision.position).order_by(Revision.id)).all() == [1, 2, 3, 4]


@pytest.mark.parametrize("statement", TAMPERING)
def test_the_database_refuses_to_change_history(app: Flask, statement: str) -> None:
    with app.app_context(), pytest.raises(IntegrityError, match="only added to"), writing():
        db.session.execute(text(statement))


@pytest.mark.parametrize("statement", TAMPERING)
def test_whoever_gets_round_the_database_is_found_out(app: Flask, statement: str) -> None:
    with app.app_context():
        with writing():
            for name in ("revision_kept", "revision_not_removed"):
                db.session.execute(text(f"DROP TRIGGER {name}"))
            db.session.execute(text(statement))
        assert check_seals(db.session()).broken == TAMPERING[statement]
