"""Codes for rows that come without one, as clerks' sheets do: that of the stored item which a row means, else the next
free one of its kind and year."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import COMMAND_LINE, Actor
from catalogue.database import utc_now
from catalogue.records.models.benefits import Benefit, BenefitShare
from catalogue.records.models.records import Award, Record
from catalogue.records.models.schemes import AwardScheme
from catalogue.records.operations import KeyTaken, SaveOutcome, Work, save
from catalogue.records.queries import visible_to
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.fields import split
from catalogue.records.schema.kinds import Kind

_TRIES = 20  # each is lost to somebody else who has stored a new item of the kind and year
_Key = tuple[object, ...]


def next_code(session: Session, kind: Entity, year: int, taken: Iterable[str]) -> str:
    """The next free code of a kind in a year, such as XM-2004-012; `taken` are codes given away and not yet stored."""
    prefix = f"{kind.prefix}-{year}-"
    column = kind.model.code
    stored = session.scalars(select(column).where(column.like(f"{prefix}%")))
    serials = [int(code[len(prefix) :]) for code in (*stored, *taken) if re.fullmatch(f"{prefix}\\d+", code)]
    return f"{prefix}{max(serials, default=0) + 1:03d}"


class RowCodes:
    """Finds and gives codes within one run. What is stored is read once for each kind, before the first row of it is
    saved: what rows bring is never taken for what later rows mean, nor is what `actor` may not see."""

    def __init__(
        self, session: Session, actor: Actor = COMMAND_LINE, typed_codes: frozenset[str] = frozenset()
    ) -> None:
        self._session = session
        self._actor = actor
        self._typed = typed_codes  # by other rows of the same file: they are given to none
        self._last: dict[tuple[str, int], str] = {}
        self._seen: Counter[_Key] = Counter()
        self._known: dict[str, Mapping[_Key, list[str]]] = {}
        self.given: set[str] = set()  # under which nothing was stored when they were given

    def find(self, entity: Entity, texts: Mapping[str, str]) -> str | None:
        """The code of the stored item that a row means: by number, else by exact title and year (benefits: by year,
        kind, amount and records). The second row that says the same means the second such item."""
        known = self._index(entity)
        for name in getattr(entity, "numbers", ()):
            if texts.get(name):
                found = known.get((name, _parsed(entity, name, texts[name]), *_scope(texts, name)))
                if found:
                    return found[0]
        key = _key(entity, texts)
        same = known.get(key, [])
        place = self._seen[entity.name, *key]
        self._seen[entity.name, *key] += 1
        return same[place] if place < len(same) else None

    def new(self, entity: Entity, texts: Mapping[str, str]) -> str:
        """A code of the row's year (or of this year) that neither a stored item nor an earlier row has."""
        place = (entity.name, _year_of(texts))
        if place in self._last:
            prefix, _dash, serial = self._last[place].rpartition("-")
            code = f"{prefix}-{int(serial) + 1:03d}"
        else:
            code = next_code(self._session, entity, place[1], {*self._typed, *self.given})
        self._last[place] = code
        self.given.add(code)
        return code

    def another(self, entity: Entity, texts: Mapping[str, str]) -> str:
        """A code in place of one that somebody else has taken since it was given: what is stored is read again."""
        self._last.pop((entity.name, _year_of(texts)), None)
        return self.new(entity, texts)

    def _index(self, entity: Entity) -> Mapping[_Key, list[str]]:
        if entity.name not in self._known:
            index: defaultdict[_Key, list[str]] = defaultdict(list)
            find = partial(_of_records, kind=entity) if isinstance(entity, Kind) else _of_benefits
            stored = find(self._session, self._actor)
            for code, keys in stored:
                for key in keys:
                    index[key].append(code)
            self._known[entity.name] = dict(index)
        return self._known[entity.name]


def save_new(work: Work, entity: Entity, texts: Mapping[str, str], codes: RowCodes) -> SaveOutcome:
    """Make something new under the code of its texts, which `codes` gave, or another where somebody else has taken that
    one meanwhile (PostgreSQL lets many write at once). It never becomes a change of what has the code."""
    for tries_left in reversed(range(_TRIES)):
        try:
            return save(work, entity, texts, is_new=True)
        except KeyTaken:
            if not tries_left:
                raise
            texts = {**texts, "code": codes.another(entity, texts)}
    raise AssertionError


def _year_of(texts: Mapping[str, str]) -> int:
    """The year of a row for its code: its own, else this year."""
    said = (texts.get("date") or texts.get("year") or texts.get("started") or "")[:4]
    return int(said) if said.isdigit() else utc_now().year


def _of_records(session: Session, actor: Actor, kind: Kind) -> Iterator[tuple[str, list[_Key]]]:
    """The codes of all records of a kind, each with the keys by which rows mean it."""
    columns = [getattr(kind.model, name) for name in kind.numbers]
    query = select(kind.model.code, kind.model.title, kind.model.date_to, *columns).where(visible_to(actor))
    query = query.order_by(kind.model.code)
    if kind.model is Award:
        query = query.add_columns(AwardScheme.code.label("scheme")).join(Award.scheme)
    for row in session.execute(query).mappings():
        scope = (row["scheme"],) if "scheme" in row else ()
        keys: list[_Key] = [
            (name, row[name], *(scope if name == "certificate_number" else ())) for name in kind.numbers if row[name]
        ]
        year = row["date_to"].year if row["date_to"] else None
        yield row["code"], [*keys, (row["title"], year, *scope, *_identity(row.get("application_number")))]


def _of_benefits(session: Session, actor: Actor) -> Iterator[tuple[str, list[_Key]]]:
    records: defaultdict[int, list[str]] = defaultdict(list)
    shares = select(BenefitShare.benefit_id, Record.code).join(BenefitShare.record)
    for benefit_id, code in session.execute(shares):
        records[benefit_id].append(code)
    query = select(Benefit.id, Benefit.code, Benefit.year, Benefit.kind, Benefit.amount, Benefit.unit)
    for row in session.execute(query.where(visible_to(actor, Benefit)).order_by(Benefit.code)):
        shared = ";".join(sorted(records[row.id]))
        yield row.code, [(str(row.year), row.kind, f"{row.amount:.2f}", row.unit, shared)]


def _scope(texts: Mapping[str, str], name: str) -> tuple[str, ...]:
    return (texts["scheme"],) if name == "certificate_number" and texts.get("scheme") else ()


def _parsed(entity: Entity, name: str, text: str) -> Any:
    try:
        return str(entity.field(name).parse(text))
    except ValueError:
        return text


def _identity(number: str | None) -> tuple[str, ...]:
    """Two patents may have one title in one year: their numbers tell them apart."""
    return (number,) if number else ()


def _key(entity: Entity, texts: Mapping[str, str]) -> _Key:
    if entity.model is Benefit:
        records = ";".join(sorted(part.split()[0] for part in split(texts.get("records", ""))))
        amount = f"{float(texts.get('amount') or 0):.2f}"
        return (texts.get("year"), texts.get("kind"), amount, texts.get("unit", "CNY"), records)
    year = int(texts["date"][:4]) if texts.get("date") else None
    scope = (texts["scheme"],) if texts.get("scheme") else ()
    number = texts.get("application_number")
    return (
        texts.get("title", ""),
        year,
        *scope,
        *_identity(_parsed(entity, "application_number", number) if number else None),
    )
