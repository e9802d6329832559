"""What a form suggests while somebody types: people, divisions and records to pick from, and what a number says."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.permissions import Actor
from catalogue.errors import IndexUnavailable
from catalogue.formatting import local_name
from catalogue.people.models import (
    Division,
    Person,
)
from catalogue.records import presentation
from catalogue.records.models.code_lists import PATENT_TYPES
from catalogue.records.models.records import Record
from catalogue.records.numbers import NumberError, parse_application
from catalogue.records.queries import by_ids, named_divisions, named_people, visible_to
from catalogue.records.schema.resolver import Resolver
from catalogue.records.schema.value_readers import narrow
from catalogue.search.interface import SearchIndex
from catalogue.search.text import pinyin

MOST = 8
_SHORTEST_CODE = 4
T = TypeVar("T")


@dataclass(frozen=True)
class Pick:
    """Something to pick: what is put into the form, how it is shown, and what is said beside it."""

    value: str
    text: str
    note: str = ""


@lru_cache(maxsize=50_000)
def _sounds(name: str) -> bytes:
    return pinyin.sounds([name]).encode()


def _fit(names: Iterable[str], typed: str, key: str) -> int:
    """How well what was typed fits one of the names: 0 not at all."""
    best = 0
    for name in names:
        folded = narrow(name).lower()
        if folded == typed:
            return 6
        best = max(best, 5 if folded.startswith(typed) else 4 if typed in folded else 0)
        if key and not best:
            sounded, wanted = _sounds(name), key.encode()
            best = pinyin.closeness(sounded, wanted) or (2 if pinyin.spells(sounded, wanted) else 0)
    return best


def _best(items: Sequence[T], names_of: Callable[[T], Iterable[str]], text: str) -> list[T]:
    """Those whose names fit what was typed, best first."""
    typed, key = narrow(text).lower(), pinyin.key(text)
    if not typed:
        return []
    fitting = [(fit, place) for place, each in enumerate(items) if (fit := _fit(names_of(each), typed, key))]
    return [items[place] for _fit_, place in sorted(fitting, key=lambda each: (-each[0], each[1]))[:MOST]]


def find_people(session: Session, actor: Actor, text: str) -> list[Pick]:
    """People by name, beginning of the staff number, or pinyin: of the whole register for whoever keeps it, else those
    whose names tell of nothing hidden."""
    home = Person.division_id == Division.id
    query = select(Person.name, Person.staff_number, Division.name.label("division"))
    if actor.may("keep_registers"):
        query = query.outerjoin(Division, home)
    else:
        named = named_divisions(actor).with_only_columns(Division.id).order_by(None)
        query = query.outerjoin(Division, and_(home, Division.id.in_(named))).where(named_people(actor))
    rows: Sequence[Any] = session.execute(query.order_by(Person.name, Person.id)).all()
    found = _best(rows, lambda row: (row.name, row.staff_number), text)
    return [
        Pick(f"{row.name}({row.staff_number})", row.name, f"{row.staff_number} {row.division or ''}".strip())
        for row in found
    ]


def find_divisions(session: Session, actor: Actor, text: str) -> list[Pick]:
    """Divisions by name, code, alias or pinyin, of those that `find_people` chooses among in the same way."""
    whole = select(Division).order_by(Division.id)
    query = whole if actor.may("keep_registers") else named_divisions(actor)
    divisions = session.scalars(query.options(selectinload(Division.aliases))).all()

    def names(division: Division) -> list[str]:
        aliases = [alias.name for alias in division.aliases]
        return [division.name, division.code, *aliases, *([division.name_en] if division.name_en else [])]

    references = Resolver(session)
    return [Pick(references.spelling(each), local_name(each), each.code) for each in _best(divisions, names, text)]


def find_records(
    session: Session, actor: Actor, index: SearchIndex, text: str, kinds: Sequence[str] = ()
) -> list[Pick]:
    """Records that the actor may see, by the beginning of the code, by title, number or pinyin; of some kinds, where
    these are named."""
    text = text.strip()
    by_code = []
    if len(text) >= _SHORTEST_CODE:
        begins = func.upper(func.substr(Record.code, 1, len(text))) == text.upper()
        query = select(Record.id).where(begins, visible_to(actor)).order_by(Record.code)
        by_code = list(session.scalars((query.where(Record.kind.in_(kinds)) if kinds else query).limit(MOST)))
    try:
        suggested = [each.id for each in index.suggest(text, actor.access, 4 * MOST) if each.id is not None]
    except IndexUnavailable:
        suggested = []
    records = by_ids(session, actor, list(dict.fromkeys((*by_code, *suggested))))
    chosen = [record for record in records if not kinds or record.kind in kinds][:MOST]
    return [
        Pick(f"{record.code} {record.title}", record.title, f"{record.code} {presentation.badge(record).text}")
        for record in chosen
    ]


@dataclass(frozen=True)
class NumberSays:
    """What an application number says: as it is stored (with the right check character where `is_wrong`), its type and
    year, the two in words, and what is to be asked about what stands beside it."""

    number: str = ""
    type: str = ""
    year: str = ""
    words: str = ""
    remarks: tuple[str, ...] = ()
    is_wrong: bool = False


def read_number(text: str, patent_type: str = "", filed: str = "") -> NumberSays:
    """Read an application number against the type and the filing date that stand beside it."""
    if not text.strip():
        return NumberSays()
    try:
        number = parse_application(text)
    except NumberError as error:
        return NumberSays(_mended(text, error), remarks=(_refusal(error),), is_wrong=True)
    remarks = []
    if patent_type and patent_type != number.patent_type:
        remarks.append(
            _(
                "By its number this is: %(read)s; chosen is: %(typed)s.",
                read=PATENT_TYPES.label(number.patent_type),
                typed=PATENT_TYPES.label(patent_type),
            )
        )
    year = str(number.filing_year)
    if filed[:4].isdecimal() and filed[:4] != year:
        remarks.append(_("By its number it was filed in %(read)s; entered is %(typed)s.", read=year, typed=filed[:4]))
    words = _("%(type)s, filed in %(year)s", type=PATENT_TYPES.label(number.patent_type), year=year)
    return NumberSays(str(number), number.patent_type, year, words, tuple(remarks))


def _mended(text: str, error: NumberError) -> str:
    """The number with the right check character, where that alone is wrong."""
    digits = "".join(character for character in narrow(text) if character.isdigit() or character in "xX")[:-1]
    return f"{digits}.{error.expected}" if error.expected else ""


def _refusal(error: NumberError) -> str:
    if error.expected:
        return _("The check character is wrong; the right one is %(expected)s.", expected=error.expected)
    if error.reason == "year":
        return _("No application of that year has such a number.")
    if error.reason == "type":
        return _("Its type digit must be 1, 2, 3, 8 or 9.")
    return _("An application number has 8 or 12 digits, a point and a check character.")
