"""The rules of the field but for those of patents, each a query for what breaks it.

Breaking one is a warning to the clerk, never a refusal.

What a rule needs to know (grades and standings by year, caps, kind codes by date) is data or a table here. A rule's
query yields the id of the item and up to two texts: what was found, and what would have been expected; `explain`
makes a sentence of them. `patent_rules` has the rules of patents, `checks` runs them all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, not_, or_, select

from catalogue.records.models.benefits import Benefit, BenefitShare
from catalogue.records.models.code_lists import GRADES
from catalogue.records.models.participation import Contribution
from catalogue.records.models.records import (
    Achievement,
    Award,
    Project,
    RecordLink,
)
from catalogue.records.models.schemes import AwardScheme, SchemeGrade, SchemeLevelPeriod
from catalogue.records.queries import year_of
from catalogue.records.schema.value_fields import write_amount

DIGITS = tuple("0123456789")
Query = Select[*tuple[Any, ...]]
NOTHING = literal("")


@dataclass(frozen=True)
class Rule:
    """A rule about the items of one model. `breaking` selects id, found and expected; a `notice` asks for a look
    where a warning asks for a correction."""

    name: str
    label: Any
    model: type[Any]
    breaking: Callable[[], Query]
    explain: Callable[[str, str], str]
    remedy: Any
    notice: bool = False


def covers(row: Any, year: ColumnElement[int]) -> ColumnElement[bool]:
    """SQL: a row with `from_year` and `to_year` covers the year; an empty end is open."""
    return and_(or_(row.from_year.is_(None), row.from_year <= year), or_(row.to_year.is_(None), year <= row.to_year))


# Awards

_AWARD_YEAR = year_of(Award.date_to)
_YEAR_TEXT = cast(_AWARD_YEAR, String)


def _scheme_has(model: type[Any], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(model.id).where(model.scheme_id == Award.scheme_id, *conditions).correlate(Award).exists()


def _awards(found: Any, expected: Any) -> Query:
    return select(Award.id, found, expected).join(AwardScheme, AwardScheme.id == Award.scheme_id)


def _grade_not_conferred() -> Query:
    in_year = _scheme_has(SchemeGrade, covers(SchemeGrade, _AWARD_YEAR))
    graded = _scheme_has(SchemeGrade, SchemeGrade.grade == Award.grade, covers(SchemeGrade, _AWARD_YEAR))
    return _awards(Award.grade, _YEAR_TEXT).where(in_year, not_(graded))


def _outside_life() -> Query:
    in_year = _scheme_has(SchemeGrade, covers(SchemeGrade, _AWARD_YEAR))
    return _awards(AwardScheme.name, _YEAR_TEXT).where(_scheme_has(SchemeGrade), not_(in_year))


def _too_many_people() -> Query:
    honoured = select(Contribution.record_id, func.count().label("people")).group_by(Contribution.record_id).subquery()
    grade = and_(
        SchemeGrade.scheme_id == Award.scheme_id, SchemeGrade.grade == Award.grade, covers(SchemeGrade, _AWARD_YEAR)
    )
    return (
        _awards(cast(honoured.c.people, String), cast(SchemeGrade.people_cap, String))
        .join(honoured, honoured.c.record_id == Award.id)
        .join(SchemeGrade, grade)
        .where(honoured.c.people > SchemeGrade.people_cap)
    )


def _no_standing() -> Query:
    stands = _scheme_has(SchemeLevelPeriod, covers(SchemeLevelPeriod, _AWARD_YEAR))
    # Where the question arises at all: an industry's award, or a scheme that counted as something in other years.
    asked = or_(AwardScheme.level == "industry", _scheme_has(SchemeLevelPeriod))
    return _awards(AwardScheme.name, _YEAR_TEXT).where(not_(stands), asked)


def _award_alone() -> Query:
    is_end = or_(RecordLink.target_id == Award.id, RecordLink.source_id == Award.id)
    linked = select(RecordLink.source_id).where(is_end).correlate(Award).exists()
    return select(Award.id, NOTHING, NOTHING).where(not_(linked))


# The ledger, achievements, projects

_SHARED = (
    select(func.coalesce(func.sum(BenefitShare.percent), 0))
    .where(BenefitShare.benefit_id == Benefit.id)
    .correlate(Benefit)
    .scalar_subquery()
)
_HUNDREDTHS = cast(_SHARED, String)  # of percent, as stored


def _percent(hundredths: str) -> str:
    return write_amount(Decimal(hundredths) / 100)


def _over_shared() -> Query:
    return select(Benefit.id, _HUNDREDTHS, NOTHING).where(_SHARED > 100)


def _under_shared() -> Query:
    return select(Benefit.id, _HUNDREDTHS, NOTHING).where(_SHARED < 100)


def _unverified() -> Query:
    return select(Benefit.id, Benefit.verifier, Benefit.basis).where(or_(Benefit.verifier == "", Benefit.basis == ""))


def _without_digits(text: Any) -> ColumnElement[str]:
    rest: ColumnElement[str] = text
    for digit in DIGITS:
        rest = func.replace(rest, digit, "")
    return rest


def _registration_shape() -> Query:
    number = Achievement.registration_number
    fits = and_(func.length(number) == 12, func.substr(number, 8, 1) == "Y", _without_digits(number) == "Y")
    return select(Achievement.id, number, NOTHING).where(number.is_not(None), not_(fits))


def _completed_without_date() -> Query:
    return select(Project.id, NOTHING, NOTHING).where(Project.status == "completed", Project.date_to.is_(None))


# Sentences


def _unverified_words(verifier: str, basis: str) -> str:
    if not verifier and not basis:
        return _("It has neither a verifier nor a basis.")
    return _("It has no basis.") if verifier else _("It has no verifier.")


RULES = (
    Rule(
        "grade_not_conferred",
        _l("Grade that the scheme did not confer that year"),
        Award,
        _grade_not_conferred,
        lambda grade, year: _("In %(year)s the scheme conferred no “%(grade)s”.", year=year, grade=GRADES.label(grade)),
        _l("Compare the certificate; correct the grade or the date, or the grades of the scheme."),
    ),
    Rule(
        "outside_life",
        _l("Award dated outside the life of its scheme"),
        Award,
        _outside_life,
        lambda scheme, year: _("“%(scheme)s” conferred nothing in %(year)s.", scheme=scheme, year=year),
        _l("Correct the date or the scheme, or add the grades that the scheme conferred that year."),
    ),
    Rule(
        "too_many_people",
        _l("More people honoured than the scheme allows"),
        Award,
        _too_many_people,
        lambda people, cap: _(
            "%(people)s people are named; the grade honours at most %(cap)s.", people=people, cap=cap
        ),
        _l("Compare the list of people on the certificate; others may be named in the project."),
    ),
    Rule(
        "no_standing",
        _l("Award whose scheme has no standing that year"),
        Award,
        _no_standing,
        lambda scheme, year: _(
            "Nothing says what “%(scheme)s” counted as in %(year)s; it counts as its own level.",
            scheme=scheme,
            year=year,
        ),
        _l("Enter what the scheme counts as that year with its basis, even if that is its own level."),
        notice=True,
    ),
    Rule(
        "award_alone",
        _l("Award that is linked to nothing"),
        Award,
        _award_alone,
        lambda _found, _expected: _("No achievement, project, patent or paper leads to it."),
        _l("Link it with what it was conferred for."),
        notice=True,
    ),
    Rule(
        "registration_shape",
        _l("Registration number of another form"),
        Achievement,
        _registration_shape,
        lambda number, _expected: _("%(number)s is not three digits, the year, Y and four digits.", number=number),
        _l("Compare the registration certificate, such as 6302002Y0017."),
    ),
    Rule(
        "completed_without_date",
        _l("Completed project without a date"),
        Project,
        _completed_without_date,
        lambda _found, _expected: _("It counts in no tally as long as nothing says when it was completed."),
        _l("Enter the day, the month or at least the year of completion."),
    ),
    Rule(
        "over_shared",
        _l("Ledger line shared out beyond 100 %"),
        Benefit,
        _over_shared,
        lambda shared, _expected: _("Its shares add up to %(percent)s %%.", percent=_percent(shared)),
        _l("Correct the shares."),
    ),
    Rule(
        "under_shared",
        _l("Ledger line not shared out in full"),
        Benefit,
        _under_shared,
        lambda shared, _expected: _("Its shares add up to %(percent)s %%.", percent=_percent(shared)),
        _l("Name the other records that brought it, or raise the shares to 100 %."),
        notice=True,
    ),
    Rule(
        "unverified",
        _l("Ledger line without a verifier or a basis"),
        Benefit,
        _unverified,
        _unverified_words,
        _l("Enter who verified the amount, and how it was worked out."),
    ),
)
