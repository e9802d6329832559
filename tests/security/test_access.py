"""The three ways of asking who may see an item say the same: of the item, in SQL, and to the index."""

from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.auth import NOBODY
from catalogue.accounts.permissions import (
    ANONYMOUS,
    COMMAND_LINE,
    CONFIDENTIALITY,
    REVIEW_STATES,
    ROLES,
    Actor,
    access_labels,
    actor_of,
    actor_with,
)
from catalogue.database import db, writing
from catalogue.records.models.claims import Claim
from catalogue.records.queries import visible_to
from tests.support.accounts import account
from tests.support.catalogues import empty_catalogue

RESTRICTIONS = (
    "",
    ";role:reader;",
    ";role:reviewer;",
    ";division:D1;",
    ";division:d1;",
    ";division:D11;",
    ";division:%;",
    ";division:_1;",
    ";division:炉_1;",
    ";role:reviewer;division:D1;",
    ";division:D2;role:contributor;",
)
DIVISIONS = ("", "D1", "d1", "D11", "1", "%", "_1", "炉_1", "D2")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return empty_catalogue(Path(tmp_path_factory.mktemp("access")))


@pytest.fixture(scope="module")
def owners(app: Flask) -> list[int]:
    return [account(app, "contributor", login).id for login in ("first", "second")]


@pytest.fixture(scope="module")
def claims(app: Flask, owners: list[int]) -> Iterator[Session]:
    with app.app_context():
        combinations = product(REVIEW_STATES, CONFIDENTIALITY, RESTRICTIONS, (None, *owners))
        with writing(db.session()) as session:
            for number, (state, level, restricted_to, owner) in enumerate(combinations):
                session.add(
                    Claim(
                        code=f"DW-{number}", measure="x", value=1, as_of=date(2006, 12, 31), review_state=state,
                        confidentiality=level, restricted_to=restricted_to, owner_id=owner,
                    )
                )  # fmt: skip
        yield db.session()


def _actors(owners: list[int]) -> Iterator[Actor]:
    yield from (ANONYMOUS, COMMAND_LINE, NOBODY)
    for role, division, account_id in product(ROLES, DIVISIONS, (owners[0], 999)):
        actor = actor_of("x", role, account_id, division)
        yield actor
        yield actor.for_audience()
        yield actor.for_audience(("public",))
        yield actor_with("x", actor.for_audience().access)
        yield actor_with("x", (label for label in actor.access if not label.startswith("owner:")))


def test_thing_sql_and_index_agree(claims: Session, owners: list[int]) -> None:
    items = {claim.code: claim for claim in claims.scalars(select(Claim))}
    labels = {code: access_labels(claim) for code, claim in items.items()}
    for actor in dict.fromkeys(_actors(owners)):
        in_sql = set(claims.scalars(select(Claim.code).where(visible_to(actor, Claim))))
        of_thing = {code for code, claim in items.items() if actor.may_see(claim)}
        in_index = {code for code, each in labels.items() if not actor.access.isdisjoint(each)}
        assert in_sql == of_thing == in_index, actor


def test_nobody_sees_nothing_and_the_command_line_everything(claims: Session) -> None:
    assert list(claims.scalars(select(Claim.code).where(visible_to(NOBODY, Claim)))) == []
    assert not NOBODY.access
    every = set(claims.scalars(select(Claim.code)))
    assert set(claims.scalars(select(Claim.code).where(visible_to(COMMAND_LINE, Claim)))) == every


def test_what_is_made_for_an_audience_shows_no_more_than_its_reader_sees(owners: list[int]) -> None:
    reader = actor_of("x", "reader", 999)
    for actor in _actors(owners):
        kept = actor.for_audience().access
        assert kept <= reader.access
        assert not any(label.startswith("owner:") or "restricted" in label for label in kept)
