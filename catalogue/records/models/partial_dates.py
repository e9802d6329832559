"""Dates of which only the year or the month may be known."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Self

_FORM = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@dataclass(frozen=True, order=True)
class PartialDate:
    """A day, a month or a year, kept as the first and the last day that it may mean.

    What lies wholly on or before an as-of date is certain by then: compare `last` with it.
    """

    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2002``, ``2002-12`` or ``2002-12-20``; ValueError says what was expected."""
        match = _FORM.fullmatch(text.strip())
        if match is None:
            raise ValueError("a date is written 2002, 2002-12 or 2002-12-20")
        month, day = (int(part) if part else None for part in match.groups()[1:])
        try:
            # 0 is no month and no day: it is not the same as none.
            first = date(int(match[1]), 1 if month is None else month, 1 if day is None else day)
        except ValueError:
            raise ValueError(f"there is no day {text.strip()}") from None
        if day:
            return cls(first, first)
        last_month = month or 12
        return cls(first, date(first.year, last_month, calendar.monthrange(first.year, last_month)[1]))

    @property
    def year(self) -> int:
        return self.last.year

    def __str__(self) -> str:
        """ISO form, to the precision known."""
        if self.first == self.last:
            return self.first.isoformat()
        if self.first.month == self.last.month:
            return self.first.strftime("%Y-%m")
        return f"{self.first.year:04d}"
