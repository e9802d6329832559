"""What reading a form takes beside the form itself: who asks, what names mean, and what was noted on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.imports.resolver import Lookups
from catalogue.people.models import (
    Division,
    Person,
)
from catalogue.records.models.records import Record
from catalogue.records.queries import visible_to


@dataclass
class FormContext:
    """One reading of one form. `base` are the texts of the item as the form was opened, none of a new one.

    `adds_people` says that people with unknown staff numbers shall be added; `newcomers` are they, by staff number.
    `implied` are values that were written together with another one (an amount of “5400多万”), by field.
    """

    session: Session
    actor: Actor
    base: Mapping[str, str]
    adds_people: bool = False
    newcomers: dict[str, str] = field(default_factory=dict)
    implied: dict[str, str] = field(default_factory=dict)

    @cached_property
    def lookups(self) -> Lookups:
        """Names as clerks write them."""
        return Lookups(self.session)

    @cached_property
    def division_names(self) -> Mapping[str, str]:
        """The name of every division by its code."""
        return dict(self.session.execute(select(Division.code, Division.name)).all())

    def division_code(self, name: str) -> str:
        """The code of a division written by name, code or alias. Raises ValueError."""
        return self.lookups.references.division(name).code

    def names_by_number(self, staff_numbers: list[str]) -> Mapping[str, str]:
        """Who has these staff numbers."""
        rows = self.session.execute(
            select(Person.staff_number, Person.name).where(Person.staff_number.in_(staff_numbers))
        )
        return dict(rows.all())

    def titles(self, codes: list[str]) -> Mapping[str, str]:
        """The titles, by code, of those of the records that the actor may see."""
        rows = self.session.execute(
            select(Record.code, Record.title).where(Record.code.in_(codes), visible_to(self.actor))
        )
        return dict(rows.all())

    def record(self, text: str) -> Record:
        """The record that is written by code, by code and title, or by exact title. What the actor may not see is not
        found. Raises ValueError."""
        text = text.strip()
        words = text.split()
        for wanted in (
            Record.code == text,
            func.upper(Record.code) == text.upper(),
            Record.code == (words or [""])[0],
            Record.title == text,
        ):
            found = self.session.scalars(select(Record).where(wanted, visible_to(self.actor)).limit(4)).all()
            if len(found) == 1:
                return found[0]
            if found:
                codes = ", ".join(record.code for record in found)
                raise ValueError(_("several entries have this title: %(codes)s; write the code", codes=codes))
        raise ValueError(_("there is no entry “%(title)s”; write its code or its exact title", title=text[:100]))
