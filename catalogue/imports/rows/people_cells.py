"""The people of a row: names in one or several columns, and perhaps a column for their staff numbers."""

import re
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from catalogue.imports.resolver import Lookups
from catalogue.imports.rows.cell_errors import CellError
from catalogue.records.schema.fields import SEPARATOR, split
from catalogue.records.schema.value_readers import NamedPerson, read_people

Cells = Mapping[str, Sequence[tuple[int, str]]]


def people_of_row(cells: Cells, lookups: Lookups) -> str:
    """The people that a row names, the first one first, in text form. Raises ValueError for who is not known."""
    named = [
        each
        for feed in ("people.first", "people")
        for _place, cell in cells.get(feed, ())
        for each in read_people(cell)
    ]
    numbers = _staff_numbers(cells, named, lookups)
    parts: dict[str, str] = {}
    for place, each in enumerate(named):
        number = numbers.get(place) if not each.hint else None
        person = f"{each.name}({number})" if number else lookups.person(each)
        parts.setdefault(person, f"{person}/{each.role}" if each.role else person)
    return SEPARATOR.join(parts.values())


def _staff_numbers(cells: Cells, named: Sequence[NamedPerson], lookups: Lookups) -> dict[int, str]:
    """The numbers in the column of staff numbers by the places of the names that they belong to: one after the other
    where there are as many as names, else (often it is the leader's alone) by the register. Saving checks them.

    Raises CellError for the number of somebody whom the row does not name.
    """
    if "people.staff" not in cells:
        return {}
    column, cell = cells["people.staff"][0]
    numbers = split(re.sub("[、,，/\n]", ";", cell))
    if len(numbers) == len(named):
        return dict(enumerate(numbers))
    found: dict[int, str] = {}
    for number in numbers:
        known = [
            place
            for place, each in enumerate(named)
            if place not in found and (each.hint == number or number in lookups.staff_numbers(each.name))
        ]
        if not known:
            raise CellError(
                column, cell, _("nobody in this row has the staff number %(number)s; correct it", number=number)
            )
        found[known[0]] = number
    return found
