"""Fields that list several items in one cell: people in rank order, divisions, keywords, events, shares.

All are written with `;` between the parts, the first being the first in rank.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from flask_babel import gettext as _

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
    MOST_CHARACTERS,
    SEPARATOR,
    Field,
    JsonNumber,
    Schema,
    clean,
    number_text,
    split,
)
from catalogue.records.schema.resolver import Resolver
from catalogue.records.schema.shown_values import PLAIN, Shown
from catalogue.records.schema.typed_values import Typed
from catalogue.records.schema.value_fields import (
    code_schema,
    day_schema,
    decimal_schema,
    read_amount,
    read_day,
    write_amount,
)
from catalogue.records.schema.value_readers import read_list

_PERSON = re.compile(r"(?P<name>[^()（）/]+)[(（](?P<staff>[^()（）/]+)[)）](?:/(?P<role>\w+))?")
_LONGEST_KEYWORD = 100
_SHARE = re.compile(r"(?P<code>\S+?)(?:\s+(?P<percent>\d+(?:\.\d+)?)\s*[%％])?")


def _unique(parts: list[Any], key: Any = lambda part: part) -> list[Any]:
    seen = [key(part) for part in parts]
    for position, value in enumerate(seen):
        if value in seen[:position]:
            raise ValueError(_("%(value)s stands here twice", value=value))
    return parts


def _replace(entity: Any, attribute: str, rows: list[Any], references: Resolver) -> None:
    """Set a list whose rows are identified by their place: the old rows must be gone before the new ones come,
    or two people who change places would for a moment both stand on the same rank."""
    if getattr(entity, attribute):
        setattr(entity, attribute, [])
        references.session.flush()
    setattr(entity, attribute, rows)


@dataclass(frozen=True)
class ListField(Field):
    """Several items in one cell; in JSON a list of texts, or where an item has parts of objects."""

    lists: ClassVar[bool] = True

    def write(self, value: Any) -> str:
        """The text form of a parsed value."""
        return SEPARATOR.join(value)

    def show(self, text: str, shown: Shown = PLAIN) -> list[str]:
        return [self.piece(part) for part in split(text)]

    def to_json(self, text: str) -> list[Any]:
        return [self.part_to_json(part, place) for place, part in enumerate(split(text), 1)]

    def part_to_json(self, part: str, place: int) -> Any:
        """One of the items, which stands at `place`, as a JSON value."""
        return part

    @property
    def json_type(self) -> str:
        return _("a list, as the schema of this interface describes it")

    def value_from_json(self, value: Any) -> str | None:
        if not isinstance(value, list):
            return None
        parts = [part if _is_text(part) else self.part_from_json(part, place) for place, part in enumerate(value, 1)]
        texts = [part for part in parts if part is not None and len(split(f"{part};.")) == 2]
        return SEPARATOR.join(texts) if len(texts) == len(value) else None

    def part_from_json(self, part: Any, place: int) -> str | None:
        """The text form of one of the items, which stands at `place`; None where it has not the right form."""
        return None

    def json_schema(self) -> Schema:
        return {"title": str(self.label), **self.value_schema()}

    def text_schema(self) -> Schema:
        return {"title": str(self.label), **self.text_value_schema()}

    def written_schema(self, *, is_optional: bool = False) -> Schema:
        """Null is the empty list; whether one is needed, the rules of the entity say."""
        return super().written_schema(is_optional=True)

    def value_schema(self) -> Schema:
        return {"type": "array", "items": self.part_schema()}

    def part_schema(self) -> Schema:
        """The schema of one of the items."""
        return {"type": "string", "minLength": 1}

    def written_part_schema(self) -> Schema:
        """The schema of one of the items as it can be sent."""
        return self.part_schema()

    def text_value_schema(self) -> Schema:
        return {"type": "string", "maxLength": MOST_CHARACTERS}

    def further_schemas(self) -> list[Schema]:
        text: Schema = {"type": "string", "minLength": 1}
        return [{"type": "array", "items": {"anyOf": [self.written_part_schema(), text]}}, self.text_value_schema()]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, JsonNumber)


def _members(part: Any, *names: str, optional: str = "") -> list[str] | None:
    """The members of a JSON object, all texts, `optional` as the empty text where it is missing; None where it is no
    such object."""
    if not isinstance(part, dict) or not set(names) - {optional} <= set(part) <= set(names):
        return None
    found = [part.get(name, "") for name in names]
    return [text.strip() for text in found] if all(map(_is_text, found)) else None


def _object_schema(properties: Schema, *, optional: str = "") -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name != optional],
        "additionalProperties": False,
    }


def read_words(text: str, typed: Typed) -> str:
    """Words with any signs between them; in a form commas part them only where no semicolon does."""
    text = clean(text)
    is_split = not typed.is_sheet and (SEPARATOR in text or "；" in text)
    return SEPARATOR.join(split(text) if is_split else read_list(text))


@dataclass(frozen=True)
class KeywordsField(ListField):
    """Keywords in the order given."""

    def read_typed(self, text: str, typed: Typed) -> str:
        return read_words(text, typed)

    def parse(self, text: str) -> list[str]:
        words = _unique(split(text))
        for word in words:
            if len(word) > _LONGEST_KEYWORD:
                raise ValueError(_("a keyword has at most %(number)s characters", number=_LONGEST_KEYWORD))
        return words

    def part_schema(self) -> Schema:
        return {"type": "string", "minLength": 1, "maxLength": _LONGEST_KEYWORD}

    def text(self, entity: Record) -> str:
        return self.write(row.keyword for row in entity.keyword_rows)

    def assign(self, entity: Record, value: list[str], references: Resolver) -> None:
        rows = [RecordKeyword(position=place, keyword=word) for place, word in enumerate(value, 1)]
        _replace(entity, "keyword_rows", rows, references)


@dataclass(frozen=True)
class DivisionsField(ListField):
    """Divisions by name, code or alias at the record's date, the leading one first; the text form has their names."""

    def parse(self, text: str) -> list[str]:
        return _unique(split(text))

    def text(self, entity: Record) -> str:
        return self.write(row.division.name for row in entity.participations)

    def assign(self, entity: Record, value: list[str], references: Resolver) -> None:
        found = _unique([references.division(name, entity.date) for name in value], key=lambda each: each.name)
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
        return self.write((row.person.name, row.person.staff_number, row.role) for row in entity.contributions)

    def write(self, value: Any) -> str:
        parts = []
        for rank, (name, staff_number, role) in enumerate(value, 1):
            parts.append(f"{name}({staff_number}){'' if role == self._usual(rank) else f'/{role}'}")
        return SEPARATOR.join(parts)

    def part_to_json(self, part: str, place: int) -> Any:
        person, _slash, role = part.partition("/")
        name, _bracket, staff_number = person.removesuffix(")").rpartition("(")
        return {"name": name, "staff_number": staff_number, "role": role or self._usual(place)}

    def part_from_json(self, part: Any, place: int) -> str | None:
        members = _members(part, "name", "staff_number", "role", optional="role")
        if members is None or any(sign in text for text in members for sign in "()（）/"):
            return None
        name, staff_number, role = members
        return f"{name}({staff_number}){f'/{role}' if role not in ('', self._usual(place)) else ''}"

    def part_schema(self) -> Schema:
        text = {"type": "string", "minLength": 1, "pattern": r"^[^()（）/;；]+$"}
        return _object_schema({"name": text, "staff_number": text, "role": code_schema(ROLES)}, optional="role")

    def piece(self, part: str) -> str:
        person, _slash, role = part.partition("/")
        return f"{person} {ROLES.label(role)}" if role else person

    def assign(self, entity: Record, value: list[tuple[str, str, str]], references: Resolver) -> None:
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

    @staticmethod
    def events_in(text: str) -> list[tuple[str, date]]:
        """The events of a text form as it is stored."""
        pairs = [part.partition(" ") for part in split(text)]
        return [(kind, date.fromisoformat(on)) for kind, _gap, on in pairs]

    def text(self, entity: Any) -> str:
        return self.write((event.type, event.on) for event in entity.events)

    def write(self, value: Any) -> str:
        return SEPARATOR.join(f"{kind} {on}" for kind, on in value)

    def part_to_json(self, part: str, place: int) -> Any:
        kind, _gap, on = part.partition(" ")
        return {"type": kind, "on": on}

    def part_from_json(self, part: Any, place: int) -> str | None:
        members = _members(part, "type", "on")
        return " ".join(members) if members else None

    def part_schema(self) -> Schema:
        return _object_schema({"type": code_schema(PATENT_EVENTS), "on": day_schema()})

    def piece(self, part: str) -> str:
        kind, _gap, day = part.partition(" ")
        return f"{PATENT_EVENTS.label(kind)} {day}"

    def assign(self, entity: Any, value: list[tuple[str, date]], references: Resolver) -> None:
        rows = [PatentEvent(position=place, type=kind, on=on) for place, (kind, on) in enumerate(value, 1)]
        _replace(entity, "events", rows, references)


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

    def show(self, text: str, shown: Shown = PLAIN) -> list[str]:
        """Never names a record that the reader may not see."""
        codes = [part.partition(" ")[0] for part in split(text)]
        seen = shown.naming.open_records(codes) if shown.naming else codes
        return [part if code in seen else _("not open to you") for part, code in zip(split(text), codes, strict=True)]

    def text(self, entity: Any) -> str:
        return self.write(sorted((share.record.code, share.percent) for share in entity.shares))

    def write(self, value: Any) -> str:
        return SEPARATOR.join(f"{code} {write_amount(percent)}%" for code, percent in value)

    def part_to_json(self, part: str, place: int) -> Any:
        code, _gap, percent = part.partition(" ")
        return {"record": code, "percent": percent.removesuffix("%")}

    def part_from_json(self, part: Any, place: int) -> str | None:
        if isinstance(part, dict) and (percent := number_text(part.get("percent"))):
            part = {**part, "percent": percent}
        members = _members(part, "record", "percent", optional="percent")
        return f"{members[0]} {members[1] or '100'}%" if members else None

    def part_schema(self) -> Schema:
        return self._schema_with(decimal_schema())

    def written_part_schema(self) -> Schema:
        return self._schema_with({"anyOf": [decimal_schema(), {"type": "number", "exclusiveMinimum": 0}]})

    def _schema_with(self, percent: Schema) -> Schema:
        percent = {**percent, "description": _("The part of the benefit, in percent; all of it if left out.")}
        return _object_schema({"record": {"type": "string", "minLength": 1}, "percent": percent}, optional="percent")

    def assign(self, entity: Any, value: list[tuple[str, Decimal]], references: Resolver) -> None:
        rows = [BenefitShare(record=references.record(code), percent=percent) for code, percent in value]
        _replace(entity, "shares", rows, references)
