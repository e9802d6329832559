"""Finding items by what people call them: divisions, people and award schemes by name, records by code.

The order in which names are tried is that of `name_table`. A name that means two items is never decided: it is an
error that names both and says how to write the one that is meant.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from catalogue.people.models import (
    Division,
    Person,
)
from catalogue.records.models.partial_dates import PartialDate
from catalogue.records.models.records import Record
from catalogue.records.models.schemes import AwardScheme
from catalogue.records.schema.dated_names import DatedName
from catalogue.records.schema.name_table import NameTable, division_names, fold_name, scheme_names

_TABLES = {Division: division_names, AwardScheme: scheme_names}


class AmbiguousName(ValueError):
    """A name that means several items at the time in question."""


@dataclass(frozen=True)
class _Colleague:
    """Somebody of the register of people, as a list of those with one name shows them."""

    staff_number: str
    division_id: int | None
    division: str


class Resolver:
    """Look-ups within one piece of work. What was found once is remembered: keep it no longer than a transaction.

    Every method raises ValueError with a sentence when nothing is found. `on` is the date in question: that of the
    record in which the name stands, where it has one, else today. Of a year or a month any day counts, so that a name
    that passed from one division to another within it is ambiguous.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._tables: dict[type[Any], NameTable] = {}
        self._named: dict[tuple[type[Any], int], Any] = {}
        self._people: dict[str, Person] = {}
        self._colleagues: Mapping[str, list[_Colleague]] | None = None
        self._expected: dict[tuple[type[Any], str], Any] = {}

    def division(self, name: str, on: PartialDate | None = None) -> Division:
        """A division by name, code or alias."""
        found: Division = self._by_name(Division, name, on)
        return found

    def divisions_called(self, name: str, on: PartialDate | None = None) -> list[Division]:
        """The divisions that a name may mean: none, one, or several."""
        return [self._thing(Division, id_) for id_ in self._table(Division).find(name, on or _today())]

    def divisions_ever_called(self, name: str) -> list[Division]:
        """The divisions that a name may mean, at whatever time: for reading, where nothing is stored under them."""
        ids = dict.fromkeys(each.id for each in self._table(Division).at_other_times(name))
        return [self._thing(Division, id_) for id_ in ids]

    def is_division(self, name: str) -> bool:
        """Whether a text as a whole is the name of a division, at whatever time."""
        return bool(self._table(Division).at_other_times(name))

    def scheme(self, name: str) -> AwardScheme:
        """An award scheme by name or code."""
        found: AwardScheme = self._by_name(AwardScheme, name, None)
        return found

    def is_scheme(self, name: str) -> bool:
        """Whether a text as a whole is the name or the code of an award scheme."""
        return bool(self._table(AwardScheme).at_other_times(name))

    def spelling(self, item: Division | AwardScheme) -> str:
        """How to write a division or a scheme so that nothing else is meant: as text forms do, where that will do."""
        usual = item.name if isinstance(item, Division) else item.code
        table = self._table(type(item))
        return usual if not table.others(DatedName(usual), item.code) else table.unmistakable(item.id) or usual

    def check_new_name(self, model: type[Any], dated: DatedName, code: str, *, is_alias: bool = False) -> None:
        """Raise ValueError where the name, new to the item with this code, is at the same time that of another."""
        table = self._table(model)
        others = table.others(dated, code)
        if not others:
            return
        items = _(", ").join(dict.fromkeys(table.title(each.id) for each in others))
        if is_alias and all(each.sort == "alias" for each in others):
            raise ValueError(
                _(
                    "“%(name)s” is at the same time a name of %(items)s; write when it was whose: %(example)s",
                    name=dated,
                    items=items,
                    example=f"{dated.name} [..2001-12-31]",
                )
            )
        raise ValueError(
            _("“%(name)s” is a name of %(items)s; write another, or change that one first", name=dated, items=items)
        )

    def forget_names(self) -> None:
        """Read the names of divisions, schemes and people again when they are next asked for."""
        self._tables.clear()
        self._named.clear()
        self._people.clear()
        self._colleagues = None

    def _table(self, model: type[Any]) -> NameTable:
        if model not in self._tables:
            with self.session.no_autoflush:
                self._tables[model] = _TABLES[model](self.session)
        return self._tables[model]

    def _thing(self, model: type[Any], id_: int) -> Any:
        if (model, id_) not in self._named:
            self._named[model, id_] = self.session.get_one(model, id_)
        return self._named[model, id_]

    def _by_name(self, model: type[Any], name: str, on: PartialDate | None) -> Any:
        table, on = self._table(model), on or _today()
        found = table.find(name, on)
        if len(found) == 1:
            return self._thing(model, found[0])
        if found:
            raise AmbiguousName(_ambiguous(table, name, found))
        if known := table.at_other_times(name):
            items = _(", ").join(f"{table.title(each.id)} [{each.dated.days}]" for each in known)
            raise ValueError(
                _(
                    "“%(name)s” was a name of %(items)s, and not on %(date)s; write the present name or the code",
                    name=name,
                    items=items,
                    date=on,
                )
            )
        raise ValueError(_unknown(model, table, name))

    def person(self, staff_number: str) -> Person:
        """A person by staff number."""
        if staff_number not in self._people:
            found = self.session.scalar(select(Person).where(Person.staff_number == staff_number))
            if found is None:
                raise ValueError(
                    _("there is nobody with staff number %(number)s; add them to the people first", number=staff_number)
                )
            self._people[staff_number] = found
        return self._people[staff_number]

    def staff_number(self, name: str, hint: str = "", on: PartialDate | None = None) -> str:
        """The staff number of a person by name; `hint` is a staff number, or a division that tells those of one name
        apart. A number that nobody of this name has is given back: whoever uses it says whose it is."""
        known = self._called(name)
        if any(each.staff_number == hint for each in known) or re.search(r"\d", hint):
            return hint
        if hint:
            homes = self._table(Division).find(hint, on or _today())
            known = [each for each in known if each.division_id in homes] or known
        if not known:
            raise ValueError(_("nobody is called %(name)s; add the person with a staff number first", name=name))
        if len(known) > 1:
            people = ", ".join(f"{name}({each.staff_number}) {each.division}".strip() for each in known)
            raise AmbiguousName(
                _("several people have this name: %(people)s; write the staff number too", people=people)
            )
        return known[0].staff_number

    def staff_numbers(self, name: str) -> list[str]:
        """The staff numbers of everybody of this name."""
        return [each.staff_number for each in self._called(name)]

    def _called(self, name: str) -> list[_Colleague]:
        if self._colleagues is None:
            found: dict[str, list[_Colleague]] = {}
            query = select(Person.name, Person.staff_number, Person.division_id, Division.name.label("division"))
            for row in self.session.execute(query.outerjoin(Person.division).order_by(Person.id)):
                found.setdefault(row.name, []).append(_Colleague(row.staff_number, row.division_id, row.division or ""))
            self._colleagues = found
        return self._colleagues.get(name, [])

    def record(self, code: str) -> Record:
        """A record by code."""
        found: Record | None = self.find(Record, "code", code)
        if found is None:
            raise ValueError(_("there is no record %(code)s", code=code))
        return found

    def find(self, model: type[Any], column: str, value: str) -> Any | None:
        """The item of which a unique column has this value, or None."""
        if (model, value) in self._expected:
            return self._expected[model, value]
        return self.session.scalar(select(model).where(getattr(model, column) == value))

    def expect(self, model: type[Any], column: str, values: Iterable[str], *, whole: bool = True) -> None:
        """Find many at once, `whole` with all that belongs to them: `find` then asks the database for none of them.
        They are remembered until `forget_all`, each until it is made or removed (`forget`)."""
        wanted = [value for value in dict.fromkeys(values) if value]
        base = inspect(model).base_mapper.class_
        key = getattr(base, column)
        taken = set(self.session.scalars(select(key).where(key.in_(wanted))))
        self._expected.update(((base, value), None) for value in wanted if value not in taken)
        if taken:
            query = select(model).where(getattr(model, column).in_(taken)).options(*(_parts(model) if whole else ()))
            self._expected.update(((base, getattr(item, column)), item) for item in self.session.scalars(query))

    def forget(self, item: Any, value: str) -> None:
        """Let the database say what is there now."""
        self._expected.pop((inspect(type(item)).base_mapper.class_, value), None)

    def forget_all(self) -> None:
        """Let go of what was expected."""
        self._expected.clear()


def _parts(model: type[Any]) -> list[ORMOption]:
    """How to load an item with its lists and what stands in them, in a few statements for many items."""
    options: list[ORMOption] = []
    for part in inspect(model).relationships:
        if not part.viewonly:
            load = selectinload(getattr(model, part.key))
            inner = inspect(part.mapper.class_).relationships if part.uselist else ()
            options.append(load.options(*(selectinload(each.class_attribute) for each in inner if not each.viewonly)))
    return options


def _today() -> PartialDate:
    day = date.today()
    return PartialDate(day, day)


def _ambiguous(table: NameTable, name: str, found: list[int]) -> str:
    items = _(", ").join(map(table.title, found))
    spellings = [table.unmistakable(id_) for id_ in found]
    if not all(spellings):
        return _(
            "“%(name)s” means several: %(items)s; tell their names and codes apart in the registers first",
            name=name,
            items=items,
        )
    return _(
        "“%(name)s” means several: %(items)s; write one of: %(spellings)s",
        name=name,
        items=items,
        spellings=_(", ").join(spellings),
    )


def _unknown(model: type[Any], table: NameTable, name: str) -> str:
    if model is AwardScheme:
        return _("there is no award scheme %(code)s; add it to the schemes first", code=name)
    texts = table.texts
    near = difflib.get_close_matches(fold_name(name), texts, n=1, cutoff=0.5)
    hint = _(" (did you mean %(column)s?)", column=table.name(texts[near[0]])) if near else ""
    return _("there is no division called “%(name)s”%(hint)s; correct it or add it first", name=name, hint=hint)
