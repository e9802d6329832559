"""Finding things by what people call them: codes, staff numbers, division names and aliases."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from catalogue.people.models import (
    Division,
    DivisionAlias,
    Person,
)
from catalogue.records.models.records import Record
from catalogue.records.models.schemes import AwardScheme


class References:
    """Look-ups within one piece of work. What was found once is remembered: keep it no longer than a transaction.

    Every method raises ValueError with a sentence when nothing is found.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._divisions: dict[str, Division] = {}
        self._people: dict[str, Person] = {}
        self._schemes: dict[str, AwardScheme] = {}
        self._expected: dict[tuple[type[Any], str], Any] = {}

    def division(self, name: str) -> Division:
        """A division by code, name or alias."""
        if name not in self._divisions:
            found = self.session.scalar(
                select(Division)
                .outerjoin(DivisionAlias)
                .where((Division.code == name) | (Division.name == name) | (DivisionAlias.name == name))
                .order_by(Division.id)
            )
            if found is None:
                raise ValueError(_("there is no division called %(name)s; add it to the divisions first", name=name))
            self._divisions[name] = found
        return self._divisions[name]

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

    def scheme(self, code: str) -> AwardScheme:
        """An award scheme by code or name."""
        if code not in self._schemes:
            found = self.session.scalar(
                select(AwardScheme).where((AwardScheme.code == code) | (AwardScheme.name == code))
            )
            if found is None:
                raise ValueError(_("there is no award scheme %(code)s; add it to the schemes first", code=code))
            self._schemes[code] = found
        return self._schemes[code]

    def record(self, code: str) -> Record:
        """A record by code."""
        found: Record | None = self.find(Record, "code", code)
        if found is None:
            raise ValueError(_("there is no record %(code)s", code=code))
        return found

    def find(self, model: type[Any], column: str, value: str) -> Any | None:
        """The thing of which a unique column has this value, or None."""
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
            self._expected.update(((base, getattr(thing, column)), thing) for thing in self.session.scalars(query))

    def forget(self, thing: Any, value: str) -> None:
        """Let the database say what is there now."""
        self._expected.pop((inspect(type(thing)).base_mapper.class_, value), None)

    def forget_all(self) -> None:
        """Let go of what was expected."""
        self._expected.clear()


def _parts(model: type[Any]) -> list[ORMOption]:
    """How to load a thing with its lists and what stands in them, in a few statements for many things."""
    options: list[ORMOption] = []
    for part in inspect(model).relationships:
        if not part.viewonly:
            load = selectinload(getattr(model, part.key))
            inner = inspect(part.mapper.class_).relationships if part.uselist else ()
            options.append(load.options(*(selectinload(each.class_attribute) for each in inner if not each.viewonly)))
    return options
