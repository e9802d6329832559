"""Fields for numbers with rules of their own: patent application, publication and grant numbers, registrations."""

import re
import unicodedata
from typing import Any

from flask_babel import gettext as _

from catalogue.records.numbers import NumberError, parse_application, parse_publication
from catalogue.records.schema.fields import Field

# Region or ministry, year, Y, serial (科技成果登记号).
_ACHIEVEMENT = re.compile(r"\d{3}\d{4}Y\d{4}")
_COPYRIGHT = re.compile(r"\d{4}SRE?\d{5,7}")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(" ", "").upper()


def _read_application(text: str) -> str:
    try:
        return str(parse_application(text))
    except NumberError as error:
        if error.expected:
            raise ValueError(
                _(
                    "%(text)s has a wrong check character; the right one is %(expected)s",
                    text=text,
                    expected=error.expected,
                )
            ) from None
        raise ValueError(_("a patent application number of 8 or 12 digits, such as 200510136354.X")) from None


def _read_publication(text: str) -> str:
    try:
        return str(parse_publication(text))
    except NumberError:
        raise ValueError(_("a publication number, such as CN1234567A")) from None


def _matching(pattern: re.Pattern[str], example: str) -> Any:
    def read(text: str) -> str:
        number = _plain(text)
        if not pattern.fullmatch(number):
            raise ValueError(_("a number such as %(example)s", example=example))
        return number

    return read


def application_number(name: str, label: Any) -> Field:
    """A patent application number in any form that people type; kept as digits, a point and the check character."""
    return Field(
        name,
        label,
        read=_read_application,
        required=True,
        say=lambda text: parse_application(text).display(granted=False),
    )


def publication_number(name: str, label: Any) -> Field:
    """The number of a published application or of a grant."""
    return Field(name, label, read=_read_publication)


def achievement_number(name: str, label: Any) -> Field:
    """The registration number of an achievement."""
    return Field(name, label, read=_matching(_ACHIEVEMENT, "6302002Y0017"))


def copyright_number(name: str, label: Any) -> Field:
    """The registration number of a software copyright."""
    return Field(name, label, read=_matching(_COPYRIGHT, "2005SR01234"), required=True)
