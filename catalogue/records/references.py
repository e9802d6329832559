"""Finding things by what people call them: codes, staff numbers, division names and aliases."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.records.models import Record
from catalogue.records.people import Division, DivisionAlias, Person
from catalogue.records.schemes import AwardScheme


class References:
    """Look-ups within one piece of work. What was found once is remembered: keep it no longer than a transaction.

    Every method raises ValueError with a sentence when nothing is found.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._divisions: dict[str, Division] = {}
        self._people: dict[str, Person] = {}
        self._schemes: dict[str, AwardScheme] = {}

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
        found = self.session.scalar(select(Record).where(Record.code == code))
        if found is None:
            raise ValueError(_("there is no record %(code)s", code=code))
        return found
