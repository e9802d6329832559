"""Fields that list several things in one cell: people in rank order, divisions, keywords, events, shares.

All are written with `;` between the parts, the first being the first in rank.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from flask_babel import gettext as _

from catalogue.people.models import DivisionAlias
from catalogue.records.models.benefits import BenefitShare
from catalogue.records.models.code_lists import (
    PATENT_EVENTS,
    ROLES,
)
from catalogue.records.models.participation import (
    Contribution,
    Participation,
)
from catalogue.records.models.records import PatentEvent, Record, RecordKeyword
from catalogue.records.schema.fields import (
    SEPARATOR,
    Field,
    read_amount,
    read_day,
    split,
    write_amount,
)
from catalogue.records.schema.resolver import References

_PERSON = re.compile(r"(?P<name>[^()（）/]+)[(（](?P<staff>[^()（）/]+)[)）](?:/(?P<role>\w+))?")
_SHARE = re.compile(r"(?P<code>\S+?)(?:\s+(?P<percent>\d+(?:\.\d+)?)\s*[%％])?")


def _unique(parts: list[Any], key: Any = lambda part: part) -> list[Any]:
    seen = [key(part) for part in parts]
    for position, value in enumerate(seen):
        if value in seen[:position]:
            raise ValueError(_("%(value)s stands here twice", value=value))
    return parts


def _replace(entity: Any, attribute: str, rows: list[Any], references: References) -> None:
    """Set a list whose rows are identified by their place: the old rows must be gone before the new ones come,
    or two people who change places would for a moment both stand on the same rank."""
    if getattr(entity, attribute):
        setattr(entity, attribute, [])
        references.session.flush()
    setattr(entity, attribute, rows)


@dataclass(frozen=True)
class ListField(Field):
    """Several things in one cell."""

    lists: ClassVar[bool] = True

    def pieces(self, text: str) -> list[str]:
        return [self.piece(part) for part in split(text)]

    def piece(self, part: str) -> str:
        """One of the things as a reader sees it."""
        return part


@dataclass(frozen=True)
class KeywordsField(ListField):
    """Keywords in the order given."""

    def parse(self, text: str) -> list[str]:
        words = _unique(split(text))
        for word in words:
            if len(word) > 100:
                raise ValueError(_("a keyword has at most %(number)s characters", number=100))
        return words

    def text(self, entity: Record) -> str:
        return SEPARATOR.join(row.keyword for row in entity.keyword_rows)

    def assign(self, entity: Record, value: list[str], references: References) -> None:
        rows = [RecordKeyword(position=place, keyword=word) for place, word in enumerate(value, 1)]
        _replace(entity, "keyword_rows", rows, references)


@dataclass(frozen=True)
class DivisionsField(ListField):
    """Divisions by name or alias, the leading one first; the text form has their names."""

    def parse(self, text: str) -> list[str]:
        return _unique(split(text))

    def text(self, entity: Record) -> str:
        return SEPARATOR.join(row.division.name for row in entity.participations)

    def assign(self, entity: Record, value: list[str], references: References) -> None:
        found = _unique([references.division(name) for name in value], key=lambda division: division.name)
        rows = [Participation(rank=rank, division=division) for rank, division in enumerate(found, 1)]
        _replace(entity, "participations", rows, references)


@dataclass(frozen=True)
class PeopleField(ListField):
    """People as ``姓名(工号)``, in rank order; a role that is not the usual one follows a slash.

    `first_role` is the usual role of rank 1, `role` that of the others.
    """

    first_role: str = "contributor"
    role: str = "contributor"

    def _usual(self, rank: int) -> str:
        return self.first_role if rank == 1 else self.role

    def parse(self, text: str) -> list[tuple[str, str, str]]:
        people = []
        for rank, part in enumerate(split(text), 1):
            match = _PERSON.fullmatch(part)
            if match is None:
                raise ValueError(_("a person is written 姓名(工号), such as 张三(A1001); this is %(part)s", part=part))
            role = match["role"] or self._usual(rank)
            if role not in ROLES:
                raise ValueError(_("a role is one of: %(codes)s", codes=", ".join(ROLES)))
            people.append((match["name"].strip(), match["staff"].strip(), role))
        return _unique(people, key=lambda person: person[1])

    def text(self, entity: Record) -> str:
        parts = []
        for row in entity.contributions:
            role = "" if row.role == self._usual(row.rank) else f"/{row.role}"
            parts.append(f"{row.person.name}({row.person.staff_number}){role}")
        return SEPARATOR.join(parts)

    def piece(self, part: str) -> str:
        person, _slash, role = part.partition("/")
        return f"{person} {ROLES.label(role)}" if role else person

    def assign(self, entity: Record, value: list[tuple[str, str, str]], references: References) -> None:
        rows = []
        for rank, (name, staff_number, role) in enumerate(value, 1):
            person = references.person(staff_number)
            # The number identifies; the name is there to catch a mistyped number.
            if person.name != name:
                raise ValueError(
                    _(
                        "staff number %(number)s belongs to %(known)s, not to %(name)s",
                        number=staff_number,
                        known=person.name,
                        name=name,
                    )
                )
            rows.append(Contribution(rank=rank, person=person, role=role))
        _replace(entity, "contributions", rows, references)


@dataclass(frozen=True)
class EventsField(ListField):
    """Patent events as ``type day`` pairs, kept in the order of their days."""

    def parse(self, text: str) -> list[tuple[str, date]]:
        events = []
        for part in split(text):
            kind, _gap, day = part.partition(" ")
            if kind not in PATENT_EVENTS:
                raise ValueError(
                    _(
                        "an event is written as “granted 2006-11-08”, with one of: %(codes)s",
                        codes=", ".join(PATENT_EVENTS),
                    )
                )
            events.append((kind, read_day(day)))
        return sorted(events, key=lambda event: event[1])

    def text(self, entity: Any) -> str:
        return SEPARATOR.join(f"{event.type} {event.on}" for event in entity.events)

    def piece(self, part: str) -> str:
        kind, _gap, day = part.partition(" ")
        return f"{PATENT_EVENTS.label(kind)} {day}"

    def assign(self, entity: Any, value: list[tuple[str, date]], references: References) -> None:
        rows = [PatentEvent(position=place, type=kind, on=on) for place, (kind, on) in enumerate(value, 1)]
        _replace(entity, "events", rows, references)


@dataclass(frozen=True)
class AliasesField(ListField):
    """Other names of a division."""

    def parse(self, text: str) -> list[str]:
        return sorted(_unique(split(text)))

    def text(self, entity: Any) -> str:
        return SEPARATOR.join(sorted(alias.name for alias in entity.aliases))

    def assign(self, entity: Any, value: list[str], references: References) -> None:
        known = {alias.name: alias for alias in entity.aliases}
        entity.aliases = [known.get(name) or DivisionAlias(name=name) for name in value]


@dataclass(frozen=True)
class SharesField(ListField):
    """Records that brought a benefit with their parts, ``XM-2002-017 60%;XM-2003-004 40%``; at most 100 % in all."""

    def parse(self, text: str) -> list[tuple[str, Decimal]]:
        shares = []
        for part in split(text):
            match = _SHARE.fullmatch(part)
            percent = read_amount(match["percent"] or "100") if match else Decimal(0)
            if match is None or not 0 < percent <= 100:
                raise ValueError(_("a share is written “XM-2002-017 60%%”; this is %(part)s", part=part))
            shares.append((match["code"], percent))
        if sum(percent for _code, percent in shares) > 100:
            raise ValueError(_("the shares of one benefit add up to at most 100 %"))
        return sorted(_unique(shares, key=lambda share: share[0]))

    def text(self, entity: Any) -> str:
        parts = sorted((share.record.code, share.percent) for share in entity.shares)
        return SEPARATOR.join(f"{code} {write_amount(percent)}%" for code, percent in parts)

    def assign(self, entity: Any, value: list[tuple[str, Decimal]], references: References) -> None:
        rows = [BenefitShare(record=references.record(code), percent=percent) for code, percent in value]
        _replace(entity, "shares", rows, references)
