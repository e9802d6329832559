"""Names that hold for a time: written with their days in brackets, ``电解学部 [1988-03-01..2001-12-31]``.

Either end may be left open (``[..2001-12-31]``, ``[2002-07-01..]``), and a name without brackets holds at all times.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from flask_babel import gettext as _

from catalogue.records.models.partial_dates import PartialDate

_FORM = re.compile(
    r"(?P<name>.*?)\s*[\[［【]\s*(?P<first>\d{4}[\d-]*)?\s*(?:\.\.+|…|～|~|至)\s*(?P<last>\d{4}[\d-]*)?\s*[\]］】]"
)
_LONGEST = 100  # characters of the name


@dataclass(frozen=True, order=True)
class DatedName:
    """A name with the first and the last day on which it holds; None is open."""

    name: str
    valid_from: date | None = None
    valid_to: date | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a name with or without its days; a year or a month alone means the whole of it. Raises ValueError."""
        match = _FORM.fullmatch(text.strip())
        # Brackets without a day may belong to a name of earlier versions.
        if match is None or not (match["first"] or match["last"]):
            return cls(_checked(text.strip()))
        first, last = (_read(match[end]) if match[end] else None for end in ("first", "last"))
        dated = cls(_checked(match["name"]), first.first if first else None, last.last if last else None)
        if dated.valid_from and dated.valid_to and dated.valid_from > dated.valid_to:
            raise ValueError(_("“%(text)s” ends before it begins", text=text))
        return dated

    @property
    def days(self) -> str:
        """The days in text form; empty for all times."""
        if self.valid_from is None and self.valid_to is None:
            return ""
        return f"{self.valid_from or ''}..{self.valid_to or ''}"

    def __str__(self) -> str:
        return f"{self.name} [{self.days}]" if self.days else self.name

    def overlaps(self, valid_from: date | None, valid_to: date | None) -> bool:
        """Whether the name holds on one of these days at least."""
        return (self.valid_from or date.min) <= (valid_to or date.max) and (valid_from or date.min) <= (
            self.valid_to or date.max
        )


def _checked(name: str) -> str:
    if not name:
        raise ValueError(_("the name before the brackets is missing"))
    if len(name) > _LONGEST:
        raise ValueError(_("at most %(number)s characters fit here", number=_LONGEST))
    return name


def _read(text: str) -> PartialDate:
    try:
        return PartialDate.parse(text)
    except ValueError:
        raise ValueError(
            _("the days of a name are written “%(example)s”", example="电解学部 [1988-03-01..2001-12-31]")
        ) from None
