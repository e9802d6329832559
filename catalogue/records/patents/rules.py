"""The rules of patents: the order of events, and what numbers say of type, year and kind (ZC 0006-2003, ZC 0007-2012).

How a rule is made stands in `rules`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal, not_, or_, select
from sqlalchemy.orm import aliased

from catalogue.records.models.code_lists import (
    PATENT_EVENTS,
    PATENT_TYPES,
)
from catalogue.records.models.records import Patent, PatentEvent
from catalogue.records.numbers import PatentType
from catalogue.records.queries import year_of
from catalogue.records.rules import DIGITS, Query, Rule

_NUMBER = Patent.application_number
_IS_SHORT = func.length(_NUMBER) == 10  # eight digits, point and check character
_TYPE_DIGIT = case((_IS_SHORT, func.substr(_NUMBER, 3, 1)), else_=func.substr(_NUMBER, 5, 1))
_TYPE_DIGITS: Mapping[PatentType, tuple[str, ...]] = {
    "invention": ("1", "8"),
    "utility_model": ("2", "9"),
    "design": ("3",),
}
_FILED_YEAR = cast(year_of(Patent.date_from), String)
# Kind codes of grants since 1993 and since 2010-04-07; before 1993 both sorts are found, as in the year of the change.
_KIND_CODES: Mapping[PatentType, tuple[str, str]] = {
    "invention": ("C", "B"),
    "utility_model": ("Y", "U"),
    "design": ("D", "S"),
}


def _kind_letter(number: Any) -> ColumnElement[str]:
    """SQL: the letter of the kind code of a publication number (`C` of CN1142327C and CN1142327C1), else empty."""
    last, before = func.substr(number, func.length(number), 1), func.substr(number, func.length(number) - 1, 1)
    return case((last.not_in(DIGITS), last), (before.not_in(DIGITS), before), else_="")


def _wrong_type_digit() -> Query:
    fits = or_(*(and_(Patent.patent_type == name, _TYPE_DIGIT.in_(digits)) for name, digits in _TYPE_DIGITS.items()))
    return select(Patent.id, _NUMBER, Patent.patent_type).where(not_(fits))


def _wrong_filing_year() -> Query:
    fits = case(
        (_IS_SHORT, func.substr(_NUMBER, 1, 2) == func.substr(_FILED_YEAR, 3, 2)),
        else_=func.substr(_NUMBER, 1, 4) == _FILED_YEAR,
    )
    return select(Patent.id, _NUMBER, cast(Patent.date_from, String)).where(not_(fits))


def _wrong_grant_code() -> Query:
    granted = (
        select(year_of(func.min(PatentEvent.on)))
        .where(PatentEvent.patent_id == Patent.id, PatentEvent.type == "granted")
        .correlate(Patent)
        .scalar_subquery()
    )
    year = func.coalesce(granted, year_of(Patent.date_from))
    letter = _kind_letter(Patent.grant_number)
    older = case({name: codes[0] for name, codes in _KIND_CODES.items()}, value=Patent.patent_type, else_="")
    newer = case({name: codes[1] for name, codes in _KIND_CODES.items()}, value=Patent.patent_type, else_="")
    fits = or_(
        letter == "",
        and_(letter == older, year <= 2010),
        and_(letter == newer, or_(year >= 2010, year < 1993)),
    )
    expected = case((year < 2010, older), else_=newer)
    return select(Patent.id, Patent.grant_number, expected).where(Patent.grant_number.is_not(None), not_(fits))


def _wrong_publication_code() -> Query:
    letter = _kind_letter(Patent.publication_number)
    wrong = (Patent.publication_number.is_not(None), letter.not_in(("", "A")))
    return select(Patent.id, Patent.publication_number, literal("A")).where(*wrong)


def _event_and(later: ColumnElement[bool], what: Any) -> Query:
    event_text = PatentEvent.type + " " + cast(PatentEvent.on, String)
    return select(Patent.id, event_text, what).join(PatentEvent, PatentEvent.patent_id == Patent.id).where(later)


def _before_filing() -> Query:
    return _event_and(PatentEvent.on < Patent.date_from, cast(Patent.date_from, String))


# What must have happened before, or on the same day, for an event to make sense.
_NEEDS = {"lapsed": ("granted",), "invalidated": ("granted",), "restored": ("lapsed", "withdrawn", "rejected")}
# What happens to a patent once.
_ONCE = ("filed", "published", "examination", "granted")
# What can no longer happen once one of these has, unless the right is restored.
_ENDED_BY = {
    "granted": ("rejected", "withdrawn"),
    "fee_paid": ("lapsed", "invalidated", "rejected", "withdrawn"),
    "published": ("granted",),
    "examination": ("granted", "rejected", "withdrawn"),
}


def _missing_event() -> Query:
    earlier = aliased(PatentEvent)

    def lacks(needed: tuple[str, ...]) -> ColumnElement[bool]:
        return not_(
            select(earlier.patent_id)
            .where(earlier.patent_id == PatentEvent.patent_id, earlier.type.in_(needed), earlier.on <= PatentEvent.on)
            .correlate(PatentEvent)
            .exists()
        )

    broken = or_(*(and_(PatentEvent.type == event, lacks(needed)) for event, needed in _NEEDS.items()))
    needed = case({event: names[0] for event, names in _NEEDS.items()}, value=PatentEvent.type, else_="")
    return _event_and(broken, needed)


def _after_the_end() -> Query:
    end, restored = aliased(PatentEvent), aliased(PatentEvent)
    revived = (
        select(restored.patent_id)
        .where(restored.patent_id == end.patent_id, restored.type == "restored", restored.on >= end.on)
        .correlate(end)
        .exists()
    )
    pairs = or_(*(and_(PatentEvent.type == event, end.type.in_(ends)) for event, ends in _ENDED_BY.items()))
    return _event_and(and_(pairs, end.on < PatentEvent.on, not_(revived)), end.type).join(
        end, end.patent_id == Patent.id
    )


def _happened_twice() -> Query:
    earlier = aliased(PatentEvent)
    same = (earlier.patent_id == PatentEvent.patent_id) & (earlier.type == PatentEvent.type)
    again = and_(PatentEvent.type.in_(_ONCE), earlier.position < PatentEvent.position)
    return _event_and(again, cast(earlier.on, String)).join(earlier, same)


def _examined_without_need() -> Query:
    return _event_and(
        and_(Patent.patent_type != "invention", PatentEvent.type.in_(("examination", "published"))), Patent.patent_type
    )


def _event_words(event: str) -> str:
    kind, _gap, day = event.partition(" ")
    return f"{PATENT_EVENTS.label(kind)} {day}"


def _events_say(sentence: Callable[[str, str], str]) -> Callable[[str, str], str]:
    return lambda event, other: sentence(_event_words(event), str(PATENT_EVENTS.label(other)))


PATENT_RULES = (
    Rule(
        "before_filing",
        _l("Event of a patent before its filing"),
        Patent,
        _before_filing,
        lambda event, filed: _(
            "“%(event)s” lies before the filing on %(filed)s.", event=_event_words(event), filed=filed
        ),
        _l("Compare the certificate and the bulletin; correct the dates."),
    ),
    Rule(
        "missing_event",
        _l("Event of a patent without the one that it follows from"),
        Patent,
        _missing_event,
        _events_say(lambda event, needed: _("“%(event)s” has no “%(needed)s” before it.", event=event, needed=needed)),
        _l("Enter the event that is missing, or correct the dates."),
    ),
    Rule(
        "after_the_end",
        _l("Event of a patent after what rules it out"),
        Patent,
        _after_the_end,
        _events_say(
            lambda event, end: _(
                "“%(event)s” comes after “%(end)s”, and no restoration is entered.", event=event, end=end
            )
        ),
        _l("Correct the dates, or enter the restoration of the right."),
    ),
    Rule(
        "happened_twice",
        _l("Event of a patent that is entered twice"),
        Patent,
        _happened_twice,
        lambda event, earlier: _(
            "“%(event)s” is entered already, on %(earlier)s.", event=_event_words(event), earlier=earlier
        ),
        _l("Compare the certificate and the bulletin; remove the event that is wrong or is there twice."),
    ),
    Rule(
        "examined_without_need",
        _l("Publication or examination of a utility model or design"),
        Patent,
        _examined_without_need,
        lambda event, patent_type: _(
            "“%(event)s” is entered, but a patent of the type “%(type)s” is granted without it.",
            event=_event_words(event),
            type=PATENT_TYPES.label(patent_type),
        ),
        _l("Correct the patent type, or remove the event."),
    ),
    Rule(
        "wrong_type_digit",
        _l("Application number of another patent type"),
        Patent,
        _wrong_type_digit,
        lambda number, patent_type: _(
            "The type digit of %(number)s does not belong to “%(type)s”.",
            number=number,
            type=PATENT_TYPES.label(patent_type),
        ),
        _l("Compare the certificate; correct the patent type or the number."),
    ),
    Rule(
        "wrong_filing_year",
        _l("Application number of another year"),
        Patent,
        _wrong_filing_year,
        lambda number, filed: _(
            "The year in %(number)s is not that of the filing on %(filed)s.", number=number, filed=filed
        ),
        _l("Compare the certificate; correct the filing date or the number."),
    ),
    Rule(
        "wrong_grant_code",
        _l("Grant number with the wrong kind code"),
        Patent,
        _wrong_grant_code,
        lambda number, code: _(
            "%(number)s should end in %(code)s, by patent type and day of grant.", number=number, code=code
        ),
        _l("Since 2010 grants end in B, U or S, from 1993 until then in C, Y or D; compare the certificate."),
    ),
    Rule(
        "wrong_publication_code",
        _l("Publication number that is not one of an application"),
        Patent,
        _wrong_publication_code,
        lambda number, code: _("%(number)s should end in %(code)s.", number=number, code=code),
        _l("The number of the grant has a field of its own; move it there."),
    ),
)
