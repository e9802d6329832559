"""Codes for rows that come without one, as clerks' sheets do: that of the record which a row surely means, else the
next free one of its kind and year."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.database import utc_now
from catalogue.exchange.duplicates import fold
from catalogue.records.benefits import Benefit
from catalogue.records.entities import Entity
from catalogue.records.kinds import Kind
from catalogue.records.models import Record
from catalogue.records.registers import BENEFITS

BENEFIT_PREFIX = "XY"
_DIGITS = 3


class Coder:
    """Finds and gives codes within one run; what the run itself brought is never taken for what a row means."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._given: set[str] = set()
        self._last: dict[str, int] = {}

    def find(self, entity: Entity, texts: Mapping[str, str]) -> str:
        """The code of the one stored thing that the row says: the same number and title, or the same title in the same
        year; of a ledger line, the same amount of the same year and records. Empty where there is none, or more."""
        if isinstance(entity, Kind):
            return self._record(entity, texts)
        return self._benefit(texts) if entity is BENEFITS else ""

    def give(self, entity: Entity, texts: Mapping[str, str]) -> str:
        """The next free code; empty for what has codes of other kinds, which only people give."""
        prefix = entity.prefix if isinstance(entity, Kind) else BENEFIT_PREFIX if entity is BENEFITS else ""
        year = (texts.get("date") or texts.get("year") or texts.get("started") or "")[:4]
        if not prefix:
            return ""
        if not year.isdecimal():
            year = str(utc_now().year)
        stem = f"{prefix}-{year}-"
        model: Any = Record if isinstance(entity, Kind) else Benefit
        if stem not in self._last:
            self._last[stem] = self._highest(model, stem)
        self._last[stem] += 1
        code = f"{stem}{self._last[stem]:0{_DIGITS}}"
        self._given.add(code)
        return code

    def take_back(self, code: str) -> None:
        """A code that was given last and is not used after all."""
        stem, _dash, number = code.rpartition("-")
        if code in self._given and self._last.get(f"{stem}-") == int(number):
            self._last[f"{stem}-"] -= 1
            self._given.discard(code)

    def _highest(self, model: Any, stem: str) -> int:
        codes = self._session.scalars(select(model.code).where(func.substr(model.code, 1, len(stem)) == stem))
        numbers = [code[len(stem) :] for code in codes]
        return max((int(number) for number in numbers if number.isdecimal()), default=0)

    def _record(self, kind: Kind, texts: Mapping[str, str]) -> str:
        title, year = fold(texts.get("title", "")), texts.get("date", "")[:4]
        known = self._by_number(kind, texts)
        if known is not None:
            return known.code if fold(known.title) == title and known.code not in self._given else ""
        if any(texts.get(name) and kind.field(name).required for name in kind.numbers):
            return ""  # it has a number of its own, which no stored one has
        found = self._session.scalars(
            select(kind.model).where(kind.model.title == texts.get("title", "").strip(), kind.model.title != "")
        )
        scheme = texts.get("scheme", "")
        codes = [
            record.code
            for record in found
            if record.code not in self._given
            and (str(record.date.year) if record.date else "") == year
            and (not scheme or scheme in (record.scheme.code, record.scheme.name))
        ]
        return codes[0] if len(codes) == 1 else ""

    def _by_number(self, kind: Kind, texts: Mapping[str, str]) -> Any | None:
        for name in kind.numbers:
            column = getattr(kind.model, name)
            if not texts.get(name) or kind.name == "award":
                continue  # certificates are numbered by each scheme for itself
            try:
                value = kind.field(name).parse(texts[name])
            except ValueError:
                continue
            found = self._session.scalar(select(kind.model).where(column == value))
            if found is not None:
                return found
        return None

    def _benefit(self, texts: Mapping[str, str]) -> str:
        said = {}
        for field in BENEFITS.fields:
            if texts.get(field.name):
                try:
                    said[field.name] = field.parse(texts[field.name])
                except ValueError:
                    return ""
        wanted = [getattr(Benefit, name) == said[name] for name in ("year", "kind", "amount") if name in said]
        if len(wanted) < 3:
            return ""
        lines = self._session.scalars(select(Benefit).where(*wanted)).all()
        codes = [
            line.code
            for line in lines
            if line.code not in self._given
            and all(
                BENEFITS.field(name).parse(BENEFITS.field(name).text(line)) == value for name, value in said.items()
            )
        ]
        return codes[0] if codes else ""
