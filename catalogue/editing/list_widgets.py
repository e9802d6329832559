"""Widgets of lists: one entry a line, so that they can be typed without any script; with scripts the lines become
rows. A line of theirs is what `show` writes, or whatever a clerk would write instead.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from flask_babel import gettext as _

from catalogue.editing.form_context import FormContext
from catalogue.editing.widgets import Raw, Texts, Widget, by_word
from catalogue.records.models.code_lists import (
    PATENT_EVENTS,
    ROLES,
)
from catalogue.records.schema.fields import SEPARATOR, clean, split
from catalogue.records.schema.value_fields import write_amount
from catalogue.records.schema.value_readers import (
    NamedPerson,
    read_date,
    read_list,
    read_people,
)

_WHOLE_PERSON = re.compile(r"([^()（）/]+)[(（]([^()（）/]+)[)）](?:/(\w+))?")
_SHARE = re.compile(r"(?P<record>.+?)\s+(?P<percent>\d+(?:\.\d+)?)\s*[%％](?:\s.*)?")
S = TypeVar("S")
T = TypeVar("T")


def _each(parts: Sequence[S], read: Callable[[S], T]) -> list[T]:
    """What each part is read as. Raises ValueError with everything that cannot be read."""
    done, problems = [], []
    for part in parts:
        try:
            done.append(read(part))
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ValueError("; ".join(problems))
    return done


def _lines(text: str) -> list[str]:
    return [part for line in clean(text).splitlines() for part in split(line)]


@dataclass(frozen=True)
class LinesWidget(Widget):
    """A list that stands in the form one entry a line."""

    shape: str = "lines"
    size: str = "whole"

    def show(self, texts: Texts, reading: FormContext) -> dict[str, str]:
        return {self.name: "\n".join(split(texts.get(self.name, "")))}


@dataclass(frozen=True)
class PeopleWidget(LinesWidget):
    """People in rank order, by name with or without the staff number; a role that is not the usual one after a
    slash."""

    shape: str = "people"
    usual: tuple[str, str] = ("contributor", "contributor")  # the role of the first, and that of all others

    def show(self, texts: Texts, reading: FormContext) -> dict[str, str]:
        lines = []
        for part in split(texts.get(self.name, "")):
            person, slash, role = part.partition("/")
            lines.append(f"{person}{slash}{ROLES.label(role) if role else ''}")
        return {self.name: "\n".join(lines)}

    def read(self, raw: Raw, reading: FormContext) -> dict[str, str]:
        roles = by_word(ROLES.labels.items)
        named = [each for part in _lines(raw[self.name]) for each in _named(part, roles)]
        people = _each(named, lambda each: _identified(each, reading))
        self._check(people, reading)
        parts = []
        for rank, person in enumerate(people, 1):
            usual = self.usual[0] if rank == 1 else self.usual[1]
            role = f"/{person.role}" if person.role and person.role != usual else ""
            parts.append(f"{person.name}({person.hint}){role}")
        self.field.parse(SEPARATOR.join(parts))  # two of one number
        return {self.name: SEPARATOR.join(parts)}

    def _check(self, people: list[NamedPerson], reading: FormContext) -> None:
        """That every staff number is that person's; unknown ones are newcomers where these are to be added."""
        known = reading.names_by_number([person.hint for person in people])
        problems = []
        for person in people:
            name = known.get(person.hint)
            if name is None and reading.adds_people:
                reading.newcomers[person.hint] = person.name
            elif name is None:
                problems.append(_("there is nobody with staff number %(number)s", number=person.hint))
            elif name != person.name:
                problems.append(
                    _(
                        "staff number %(number)s belongs to %(known)s, not to %(name)s",
                        number=person.hint,
                        known=name,
                        name=person.name,
                    )
                )
        if problems:
            raise ValueError("; ".join(problems))


def _named(part: str, roles: dict[str, str]) -> Iterator[NamedPerson]:
    """The people of one part of a line: usually one, several where there are signs between the names."""
    before, slash, word = part.rpartition("/")
    role = roles.get(word.strip(), "") if slash else ""
    text = before.strip() if role else part
    if match := _WHOLE_PERSON.fullmatch(text):
        yield NamedPerson(match[1].strip(), match[2].strip(), role)
        return
    for person in read_people(text):
        yield NamedPerson(person.name, person.hint, role or person.role)


def _identified(named: NamedPerson, reading: FormContext) -> NamedPerson:
    """The same with the staff number. Raises ValueError where nobody, or more than one, is called so."""
    name, _bracket, staff_number = reading.lookups.person(named).removesuffix(")").rpartition("(")
    return NamedPerson(name, staff_number, named.role)


@dataclass(frozen=True)
class DivisionsWidget(LinesWidget):
    """Divisions by name, code or alias, the leading one first."""

    shape: str = "divisions"

    def read(self, raw: Raw, reading: FormContext) -> dict[str, str]:
        names = _each(_lines(raw[self.name]), lambda part: _divisions(part, _date(raw), reading))
        return {self.name: SEPARATOR.join(self.field.parse(SEPARATOR.join(each for row in names for each in row)))}


def _date(raw: Raw) -> str:
    """The date that the form says the record has, as far as it can be read."""
    try:
        return read_date(raw["date"]) if raw.get("date") else ""
    except ValueError:
        return ""  # told at the date itself


def _divisions(part: str, date: str, reading: FormContext) -> list[str]:
    """The names of one division, or of several with signs between them."""
    several = read_list(part)
    if len(several) < 2 or reading.lookups.is_division(part):
        return [reading.lookups.division(part, date)]
    return [reading.lookups.division(each, date) for each in several]


@dataclass(frozen=True)
class EventsWidget(LinesWidget):
    """What happened to a patent: a word and a day a line. Where there is none, the form enters the filing."""

    shape: str = "events"
    is_required = False

    def options(self, reading: FormContext) -> list[tuple[str, str]]:
        return [(code, str(label)) for code, label in PATENT_EVENTS.labels.items()]

    def show(self, texts: Texts, reading: FormContext) -> dict[str, str]:
        parts = [part.partition(" ") for part in split(texts.get(self.name, ""))]
        return {self.name: "\n".join(f"{PATENT_EVENTS.label(kind)} {day}" for kind, _gap, day in parts)}

    def read(self, raw: Raw, reading: FormContext) -> dict[str, str]:
        words = by_word(PATENT_EVENTS.labels.items)
        events = self.field.parse(SEPARATOR.join(_each(_lines(raw[self.name]), lambda part: _event(part, words))))
        return {self.name: SEPARATOR.join(f"{kind} {day}" for kind, day in events or ())}


def _event(part: str, words: dict[str, str]) -> str:
    """An event in text form; the word first, as long as it is."""
    for word in sorted(words, key=len, reverse=True):
        if part.lower().startswith(word.lower()):
            return f"{words[word]} {read_date(part[len(word) :].strip(' :：'))}"
    raise ValueError(
        _(
            "an event is written as “%(word)s 2006-11-08”; this is %(part)s",
            word=PATENT_EVENTS.label("granted"),
            part=part,
        )
    )


@dataclass(frozen=True)
class SharesWidget(LinesWidget):
    """Records with their parts of a benefit. Of records that the actor may not see they are neither shown nor lost."""

    shape: str = "shares"

    def _parts(self, texts: Texts) -> list[tuple[str, str]]:
        parts = [part.partition(" ") for part in split(texts.get(self.name, ""))]
        return [(code, percent) for code, _gap, percent in parts]

    def show(self, texts: Texts, reading: FormContext) -> dict[str, str]:
        parts = self._parts(texts)
        titles = reading.titles([code for code, _percent in parts])
        return {
            self.name: "\n".join(f"{code} {percent} {titles[code]}" for code, percent in parts if code in titles),
        }

    def read(self, raw: Raw, reading: FormContext) -> dict[str, str]:
        # A title may hold any sign: only lines part the entries.
        lines = [line.strip() for line in clean(raw[self.name]).splitlines() if line.strip()]
        shares = _each(lines, lambda line: _share(line, reading))
        hidden = self._parts(reading.base)
        shown = reading.titles([code for code, _percent in hidden])
        shares += [f"{code} {percent}" for code, percent in hidden if code not in shown]
        parsed: list[tuple[str, Decimal]] = self.field.parse(SEPARATOR.join(shares)) or []
        return {self.name: SEPARATOR.join(f"{code} {write_amount(percent)}%" for code, percent in parsed)}


def _share(line: str, reading: FormContext) -> str:
    match = _SHARE.fullmatch(line)
    record = reading.record(match["record"] if match else line)
    return f"{record.code} {match['percent'] if match else '100'}%"
