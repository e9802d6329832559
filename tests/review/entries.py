"""Entries for tests of review and history: drafts by somebody, moves, and what stands there."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from catalogue.accounts.permissions import Actor
from catalogue.database import db
from catalogue.records.history.models import Revision
from catalogue.records.models.transitions import find_transition
from catalogue.records.operations import Work, move, save
from catalogue.records.review_lookup import REVIEWED, find_to_change
from catalogue.records.schema.reference_data import ENTITIES
from tests.support.catalogues import writing

PROJECT = {"title": "电解槽试验", "date": "2001-05", "status": "completed", "abstract": "加大阳极尺寸，提高系列电流。"}
AWARD = {"title": "电解槽试验获奖", "date": "2002", "scheme": "qh", "grade": "second"}
LINE = {"year": "2002", "kind": "new_profit", "amount": "4200000", "basis": "增产原铝。"}


def write(app: Flask, actor: Actor, table: str, code: str, channel: str = "form", **texts: str) -> None:
    """Save one row in somebody's name."""
    with app.app_context(), writing():
        save(Work(db.session, actor, channel), ENTITIES[table], {"code": code, **texts})


def take(app: Flask, actor: Actor, name: str, code: str, way: str, comment: str = "") -> None:
    """Move an item in somebody's name."""
    with app.app_context(), writing():
        entity = REVIEWED[name]
        item = find_to_change(db.session, actor, entity, code)
        move(Work(db.session, actor, "review", comment), entity, item, find_transition(way, item.review_state))


def revisions(app: Flask, code: str) -> list[Revision]:
    """The revisions of an item, the oldest first."""
    with app.app_context():
        return list(
            db.session.scalars(select(Revision).where(Revision.entity_code == code).order_by(Revision.number)).all()
        )


def state_of(app: Flask, name: str, code: str) -> str:
    """The state of review that is stored."""
    with app.app_context():
        model: Any = REVIEWED[name].model
        return str(db.session.scalar(select(model.review_state).where(model.code == code)))


def send(client: FlaskClient, page: str, button: str, **fields: str) -> Any:
    """Open a page and press a button of it (by its label), as a browser without JavaScript does."""
    text = client.get(page).text
    forms = re.findall(r"<form\b.*?</form>", text, re.DOTALL)
    for form in forms:
        for attributes, label in re.findall(r"<button\b([^>]*)>(.*?)</button>", form, re.DOTALL):
            if label.strip() != button:
                continue
            if named := re.search(r' form="([^"]*)"', attributes):
                form = next(each for each in forms if f'id="{named[1]}"' in each)
            address = re.search(r'formaction="([^"]*)"', attributes) or re.search(r'action="([^"]*)"', form)
            number = re.search(r'name="number" value="(\d+)"', form)
            assert address is not None
            return client.post(address[1], data={"number": number[1] if number else "0", **fields})
    raise AssertionError(f"no button {button!r} on {page}")
