"""The figures that the company publishes, as data: what each counts, and how it is written in a report."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.records.models.code_lists import GRADES
from catalogue.tallies.crosstab import Figure, breakdown
from catalogue.tallies.measures import Number
from catalogue.tallies.spec import Selection
from catalogue.tallies.subjects import SUBJECTS

# How a figure is written: to the last digit, or as a floor of two digits that says “at least” (多, 余).
Style = Literal["exact", "floor_duo", "floor_yu"]


@dataclass(frozen=True)
class PublishedFigure:
    """What a published figure counts: a subject and the values it is narrowed by."""

    key: str
    label: Any
    subject: str
    values: tuple[tuple[str, str], ...] = ()
    style: Style = "exact"

    def selection(self, as_of: date, year_from: int | None = None, year_to: int | None = None) -> Selection:
        """The selection behind the figure on a day."""
        return Selection(SUBJECTS[self.subject], as_of, year_from, year_to, self.values)


def _award(key: str, label: Any, level: str, grade: str) -> PublishedFigure:
    return PublishedFigure(key, label, "awards", (("level", level), ("grade", grade)))


AWARD_LEVELS = {"national": "national", "provincial": "provincial_ministerial"}

_FIGURES = (
    PublishedFigure(
        "projects_major",
        _l("Major projects completed"),
        "projects",
        (("major", "yes"), ("status", "completed")),
        "floor_duo",
    ),
    *(
        _award(f"award_{short}_{grade}", label, level, grade)
        for short, level in AWARD_LEVELS.items()
        for grade, label in GRADES.labels.items()
    ),
    PublishedFigure(
        "achievements_provincial",
        _l("Provincial and ministerial achievements"),
        "achievements",
        (("level", "provincial_ministerial"),),
    ),
    PublishedFigure("inventions_filed", _l("Inventions filed"), "patents", (("patent_type", "invention"),)),
    PublishedFigure("patents_granted", _l("Patents granted"), "patents", (("granted", "yes"),)),
    PublishedFigure(
        "inventions_granted", _l("Inventions granted"), "patents", (("granted", "yes"), ("patent_type", "invention"))
    ),
    PublishedFigure(
        "utility_models_granted",
        _l("Utility models granted"),
        "patents",
        (("granted", "yes"), ("patent_type", "utility_model")),
    ),
    PublishedFigure(
        "designs_granted", _l("Designs granted"), "patents", (("granted", "yes"), ("patent_type", "design"))
    ),
    PublishedFigure("copyrights", _l("Software copyrights"), "copyrights"),
    PublishedFigure("proposals", _l("Rationalisation proposals"), "yearly_counts", style="floor_yu"),
    PublishedFigure("proposals_major", _l("Major proposals"), "proposals", (("major", "yes"),), "floor_yu"),
    PublishedFigure("benefit_counted", _l("Economic benefit"), "benefits", style="floor_duo"),
)
FIGURES: Mapping[str, PublishedFigure] = {figure.key: figure for figure in _FIGURES}


@dataclass(frozen=True)
class Counted:
    """A published figure as the records give it: of the whole time or period, and of each year in it."""

    whole: Figure
    by_year: Mapping[int, Figure]

    def of_year(self, year: int) -> Figure:
        """The figure of one year; nothing where the year has nothing."""
        return self.by_year.get(year) or Figure(0, 0, self.whole.selection.narrowed("year", year))


def count_by_year(
    session: Session, actor: Actor, as_of: date, year_from: int | None = None, year_to: int | None = None
) -> dict[str, Counted]:
    """Every published figure as the records give it, by key. Each item has one year, so that the years add up."""
    counted: dict[str, Counted] = {}
    for subject in dict.fromkeys(figure.subject for figure in FIGURES.values()):
        of_subject = {key: figure for key, figure in FIGURES.items() if figure.subject == subject}
        names = dict.fromkeys(name for figure in of_subject.values() for name, _value in figure.values)
        whole = Selection(SUBJECTS[subject], as_of, year_from, year_to)
        rows = breakdown(session, actor, whole, [*names, "year"])
        for key, figure in of_subject.items():
            selection = figure.selection(as_of, year_from, year_to)
            by_year: dict[int, Figure] = {}
            for values, amount, entry_count in rows:
                if all(values[name] == value for name, value in figure.values):
                    year = int(values["year"] or 0)
                    before = by_year.get(year) or Figure(0, 0, selection.narrowed("year", year))
                    by_year[year] = Figure(before.value + amount, before.entry_count + entry_count, before.selection)
            total = sum((each.value for each in by_year.values()), selection.measured.read(0))
            counted[key] = Counted(
                Figure(total, sum(each.entry_count for each in by_year.values()), selection), by_year
            )
    return {key: counted[key] for key in FIGURES}


def count_figures(
    session: Session, actor: Actor, as_of: date, year_from: int | None = None, year_to: int | None = None
) -> dict[str, Figure]:
    """Every published figure of the whole time or period, by key."""
    counted = count_by_year(session, actor, as_of, year_from, year_to)
    return {key: each.whole for key, each in counted.items()}


def floor_two_digits(value: Number) -> tuple[Decimal, bool]:
    """The value cut down to its first two digits, and whether anything was cut off.

    “150多” stands for 156, “4.8万余” for 48,317, “5400多万” for 5,436.8万: the digits shown are a floor.
    """
    number = Decimal(value)
    if number <= 0:
        return number, False
    unit = Decimal(10) ** (number.adjusted() - 1)
    if unit < 1:
        unit = Decimal(1)
    floor = number // unit * unit
    return floor, floor != number


def plain(number: Decimal) -> str:
    """A decimal without exponent or trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_SUFFIX = {"floor_duo": "多", "floor_yu": "余"}
_WAN = 10_000


def chinese_text(figure: PublishedFigure, value: Number, unit: str) -> str:
    """The figure as a Chinese report writes it: ``150多项``, ``4.8万余条``, ``5400多万元``, ``34项``.

    Sums of money are in yuan and written in 万元; counts of ten thousand and more are written in 万.
    """
    money = SUBJECTS[figure.subject].unit == "yuan"
    number = Decimal(value) / _WAN if money else Decimal(value)
    if figure.style == "exact":
        return f"{plain(number)}万{unit}" if money else f"{plain(number)}{unit}"
    floor, more = floor_two_digits(number)
    suffix = _SUFFIX[figure.style] if more else ""
    if money:
        return f"{plain(floor)}{suffix}万{unit}"
    if floor >= _WAN:
        return f"{plain(floor / _WAN)}万{suffix}{unit}"
    return f"{plain(floor)}{suffix}{unit}"


def english_text(figure: PublishedFigure, value: Number) -> str:
    """The figure as an English report writes it: ``over 150``, ``over 48,000``, ``over CNY 54 million``, ``34``."""
    money = SUBJECTS[figure.subject].unit == "yuan"
    floor, more = (Decimal(value), False) if figure.style == "exact" else floor_two_digits(value)
    over = "over " if more else ""
    if money:
        return f"{over}CNY {plain(floor / 1_000_000)} million"
    return f"{over}{plain(floor) if floor < 1000 else format(int(floor), ',')}"


def grades_of(short_level: str) -> Iterator[tuple[str, PublishedFigure]]:
    """Grade and figure of each award figure of a level (`national`, `provincial`), highest grade first."""
    for grade in GRADES:
        yield grade, FIGURES[f"award_{short_level}_{grade}"]
