"""What is particular about rows with numbers: two of them in a cell or two columns for one, and of patents the events
that follow from dates, and the legal status."""

import re
from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from catalogue.records.models.code_lists import PATENT_EVENTS
from catalogue.records.numbers import parse_application
from catalogue.records.schema.fields import Field, split
from catalogue.records.schema.value_readers import narrow

_GRANT_CODES = re.compile(r"CN\d+[BCUYSD]\d?")
_REGISTRATION = re.compile(r"\d{4}SRE?\d{5,7}")
_CERTIFICATE = re.compile(r"软著登字第\s*\w+?\s*号")
_VOLUME = re.compile(r"(\d+)\s*卷")
_YEAR_FIRST = re.compile(r"((?:19|20)\d\d年)\s*(.*)")
_LONGEST = 200  # characters of a cell with numbers
_TERMS = {"invention": 20, "utility_model": 10, "design": 10}
# What a column 法律状态 may say, with the event that must be known for it; those of pending patents need none.
_STATUSES = (
    (r"未授权|未缴费公开|申请|受理|公开|公布|实审|审查|审中|在审|待审|初审|pending|filed|published", ""),
    (r"无效|invalid", "invalidated"),
    (r"失效|终止|届满|放弃|未缴|过期|lapsed|expired|ceased", "lapsed"),
    (r"驳回|reject|refused", "rejected"),
    (r"撤回|视撤|withdrawn", "withdrawn"),
    (r"授权|有效|维持|生效|granted|in\s*force|active|valid", "granted"),
)


def number_of(field: Field, cells: Sequence[str]) -> str:
    """The application number that stands in one column or several. Raises ValueError where they say different ones."""
    numbers = list(dict.fromkeys(str(field.parse(narrow(cell)) or "") for cell in cells))
    if len(numbers) > 1:
        raise ValueError(_("these columns say different numbers: %(numbers)s", numbers=", ".join(numbers)))
    return numbers[0]


def registration_in(cell: str) -> tuple[str, str]:
    """The registration number and the certificate number of a software copyright out of one cell; the cell as it is
    where it does not hold both."""
    plain = narrow(cell[:_LONGEST])
    numbers = _REGISTRATION.findall(plain.replace(" ", "").upper())
    certificate = _CERTIFICATE.search(plain)
    if len(numbers) == 1 and certificate:
        return numbers[0], certificate[0]
    return cell, ""


def volume_in(issue: str) -> str:
    """The number of the volume that an issue such as 2004年第12卷第3期 names; empty where it names none."""
    match = _VOLUME.search(narrow(issue))
    return match[1] if match else ""


def issue_of(volume: str, number: str) -> str:
    """Volume and issue of a journal, out of two columns of which either may be empty: 12(3), 2004年第12卷第3期. A lone
    volume is called one: a bare number would be an issue."""
    if not volume or volume_in(number):
        return number
    plain_volume, plain_number = narrow(volume), narrow(number)
    if plain_volume.isdecimal() and plain_number.isdecimal():
        return f"{plain_volume}({plain_number})"
    words = f"第{plain_volume}卷" if plain_volume.isdecimal() else volume
    if plain_number.isdecimal():
        return f"{words}第{plain_number}期" if words.endswith("卷") else f"{words}({plain_number})"
    if match := _YEAR_FIRST.fullmatch(number):
        return f"{match[1]}{words}{match[2]}"
    return f"{words}{number}" if words.endswith("卷") else f"{words} {number}".strip()


def finish_patent(texts: dict[str, str]) -> None:
    """Add what follows from the numbers: the type, and a number with the code of a grant is that of the grant."""
    number = texts.get("application_number")
    if number and "patent_type" not in texts:
        texts["patent_type"] = parse_application(number).patent_type
    if _GRANT_CODES.fullmatch(texts.get("publication_number", "")) and not texts.get("grant_number"):
        texts["grant_number"] = texts.pop("publication_number")


def missing_event(status: str, texts: dict[str, str]) -> str:
    """What is to be said of a stated legal status that the known events do not bear out; empty where they do."""
    plain = narrow(status).lower()
    wanted = next((event for pattern, event in _STATUSES if re.search(pattern, plain)), None)
    if wanted is None:
        return _("this legal status is not known here; write 授权, 失效, 驳回, 撤回, 无效 or 审查中")
    known = {event.split(" ")[0] for event in split(texts.get("events", ""))}
    if not wanted or wanted in known or (wanted == "lapsed" and _term_is_over(texts)):
        return ""
    return _(
        "the legal status follows from events, and the day of “%(event)s” is missing; add a column for it",
        event=PATENT_EVENTS.label(wanted),
    )


def _term_is_over(texts: dict[str, str]) -> bool:
    years = _TERMS.get(texts.get("patent_type", ""))
    filed = texts.get("date", "")[:4]
    return bool(years and filed.isdigit() and int(filed) + years <= date.today().year)
