"""A small catalogue that has everything in every state and under every restriction, each item marked by words of its
own; and who sees what of it, written down here by hand and not asked of the code under test."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.database import db
from catalogue.records.numbers import check_character
from catalogue.records.operations import Work, save
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.reference_data import ENTITIES
from tests.support.accounts import account, signed_in
from tests.support.catalogues import empty_catalogue, writing

STATES = ("draft", "submitted", "returned", "published", "withdrawn")
LEVELS = ("public", "internal", "restricted-role", "restricted-division")
TABLES = (*(kind.table for kind in KINDS.values()), "benefits", "yearly_counts", "claims")
OWN_DIVISION = "D-OWN"
DAY = date(2006, 12, 31)
PREFIXES = {kind.table: kind.prefix for kind in KINDS.values()}
_COMBINATIONS = len(LEVELS) * len(STATES)
_LETTERS = "abcdefgh"

# Who asks: role, login, division. None is a stranger.
ASKERS: Mapping[str, tuple[str, str, str] | None] = {
    "anonymous": None,
    "reader": ("reader", "reader", ""),
    "of the division": ("reader", "colleague", OWN_DIVISION),
    "owner": ("contributor", "owner", ""),
    "reviewer": ("reviewer", "reviewer", ""),
    "administrator": ("administrator", "administrator", ""),
}


@dataclass(frozen=True)
class Thing:
    """An item of the catalogue: `words` stand in it and nowhere else."""

    table: str
    code: str
    state: str
    level: str
    is_owned: bool
    words: frozenset[str]


def sees(asker: str, item: Thing) -> bool:
    """Whether somebody sees an item."""
    if asker == "administrator" or (asker == "owner" and item.is_owned):
        return True
    if asker == "anonymous":
        return item.state == "published" and item.level == "public"
    if asker == "reviewer":
        return item.level != "restricted-division"
    if asker == "of the division" and item.level == "restricted-division":
        return item.state == "published"
    return item.state == "published" and item.level in ("public", "internal")


def same_for_all(text: str) -> str:
    """A page without the tokens of its forms, of which each has its own time."""
    return re.sub(r'(name="csrf_token" value=)"[^"]*"', r"\1", text)


def word(number: int) -> str:
    """The mark of a number: letters that stand in no other text, and begin like all of them."""
    letters = ""
    for _place in range(4):
        number, rest = divmod(number, len(_LETTERS))
        letters = _LETTERS[rest] + letters
    return f"zq{letters}"


@dataclass
class World:
    """The catalogue and all that is in it."""

    app: Flask
    data: Path
    items: list[Thing] = field(default_factory=list)

    def browser(self, asker: str) -> FlaskClient:
        """The browser of somebody who asks."""
        who = ASKERS[asker]
        return signed_in(self.app, *who) if who else self.app.test_client()

    def of(self, asker: str, *tables: str) -> list[Thing]:
        """What somebody sees, of these tables only where any are named."""
        return [item for item in self.items if sees(asker, item) and (not tables or item.table in tables)]

    def hidden_words(self, asker: str) -> set[str]:
        """What must stand nowhere in an answer to somebody."""
        return {each for item in self.items if not sees(asker, item) for each in item.words}


def make_world(folder: Path) -> World:
    """The catalogue in a folder of its own, indexed."""
    world = World(empty_catalogue(folder, as_of=DAY), folder)
    with world.app.app_context():
        with writing():
            work = Work(db.session(), COMMAND_LINE, "import")
            save(work, ENTITIES["divisions"], {"code": OWN_DIVISION, "name": "检测中心"})
            scheme = {"code": "S", "name": "省科学技术奖", "level": "provincial_ministerial"}
            save(work, ENTITIES["award_schemes"], scheme)
        owner = account(world.app, "contributor", "owner").id
        with writing():
            work = Work(db.session(), COMMAND_LINE, "import")
            for number, (table, level, state) in enumerate(product(TABLES, LEVELS, STATES)):
                world.items.append(_put(work, number, table, level, state, owner))
            _relate(work, world)
        with writing():
            texts = {"date": "2006-01", "status": "completed", "title": "阳极组装线改造", "keywords": "阳极;组装"}
            save(Work(db.session(), COMMAND_LINE, "import"), ENTITIES["projects"], {"code": "XM-PLAIN", **texts})
        world.items.append(Thing("projects", "XM-PLAIN", "published", "public", False, frozenset({"XM-PLAIN"})))
    return world


def _put(work: Work, number: int, table: str, level: str, state: str, owner: int) -> Thing:
    mark, place = word(number), number % _COMBINATIONS
    scopes = {"restricted-role": "role:reviewer", "restricted-division": f"division:{OWN_DIVISION}"}
    review = {
        "review_state": state,
        "confidentiality": level.partition("-")[0],
        "restricted_to": scopes.get(level, ""),
    }
    own, words = _texts(table, number, place, mark)
    if table in PREFIXES:
        division, person = f"D-{mark}", f"A-{mark}"
        save(work, ENTITIES["divisions"], {"code": division, "name": f"{mark}车间", "aliases": f"{mark}分厂"})
        save(work, ENTITIES["people"], {"staff_number": person, "name": f"{mark}某", "division": f"{mark}车间"})
        shared = {
            "code": f"{PREFIXES[table]}-{mark}",
            "title": f"{mark}电解槽节能试验",
            "abstract": f"试验{mark}：电解槽电流效率提高，阳极消耗降低。",
            "keywords": f"{mark};电解槽",
            "divisions": f"{mark}车间",
            "people": f"{mark}某({person})",
            "date": "2005-06-01",
        }
        own = {**shared, **own}
    done = save(work, ENTITIES[table], {**own, **review})
    is_owned = number % 2 == 0
    if is_owned:  # what comes by command has no owner
        done.item.owner_id = owner
        work.session.flush()
    return Thing(table, done.code, state, level, is_owned, frozenset({mark, *words}))


def _texts(table: str, number: int, place: int, mark: str) -> tuple[dict[str, str], set[str]]:
    """The fields of a table's own, and those of their values that mark the item beside its word."""
    serial = f"5550{number:03}"
    digits = f"20051{serial}"
    registration = f"6302005Y0{number:03}"
    count = f"77000{number:03}"
    level = {"level": "provincial_ministerial"}
    texts, words = {
        "projects": ({"status": "completed", "major": "yes"}, set()),
        "achievements": (
            {**level, "registration_number": registration, "appraising_body": f"{mark}厅"},
            {registration},
        ),
        "awards": (
            {"scheme": "S", "grade": "second", "certificate_number": serial, "conferring_body": f"{mark}厅"},
            {serial},
        ),
        "patents": (
            {
                "patent_type": "invention",
                "application_number": f"{digits}.{check_character(digits)}",
                "grant_number": f"CN10{serial}C",
                "applicant": f"{mark}公司",
                "events": "filed 2005-06-01;granted 2006-06-01",
            },
            {serial},
        ),
        "copyrights": ({"registration_number": f"2005SR{serial}"}, {serial}),
        "papers": ({"venue": f"{mark}学报", "honour": f"{mark}奖"}, set()),
        "proposals": ({"status": "implemented", "yearly_value": "20000"}, set()),
        "benefits": (
            {
                "code": f"XY-{mark}",
                "year": "2005",
                "kind": "new_profit",
                "amount": str(10_000_000 + number),
                "basis": f"依据{mark}",
                "verifier": f"财务{mark}",
            },
            set(),
        ),
        "yearly_counts": (
            {"measure": "proposals", "year": str(1970 + place), "count": count, "source": mark},
            {count},
        ),
        "claims": (
            {
                "code": f"DW-{mark}",
                "measure": "patents_granted",
                "value": str(number),
                "source": f"出处{mark}",
                "as_of": f"{1970 + place}-12-31",
                "statement": f"原文{mark}",
            },
            set(),
        ),
    }[table]
    return dict(texts), set(words)


def _relate(work: Work, world: World) -> None:
    """Tie items of different visibility together: links, and shares of ledger lines."""
    codes = {table: [item.code for item in world.items if item.table == table] for table in TABLES}
    for place in range(_COMBINATIONS):
        project = codes["projects"][place]
        for table, relation, step in (
            ("projects", "continued_by", 3),
            ("awards", "awarded", 5),
            ("achievements", "resulted_in", 7),
            ("patents", "protected_by", 9),
            ("papers", "reported_in", 11),
        ):
            target = codes[table][(place + step) % _COMBINATIONS]
            save(work, ENTITIES["links"], {"source": project, "target": target, "relation": relation})
        # The records behind a line are seen by others than those who see the line.
        first, second = codes["projects"][(place + 6) % _COMBINATIONS], codes["awards"][(place + 14) % _COMBINATIONS]
        share = {"code": codes["benefits"][place], "records": f"{first} 60%;{second} 40%"}
        save(work, ENTITIES["benefits"], share)
