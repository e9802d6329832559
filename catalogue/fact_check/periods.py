"""When a report says that something was so: 2004年, 2001—2006年, “十五”期间, 近三年, 截至2006年底, since 2004."""

import re
from dataclasses import dataclass
from datetime import date

from catalogue.fact_check.numerals import chinese_value
from catalogue.query_args import FIRST_YEAR, LAST_YEAR


@dataclass(frozen=True)
class Span:
    """The years that a figure is about, or the day by which it counts; `certain` is False for what cannot be told."""

    year_from: int | None = None
    year_to: int | None = None
    as_of: date | None = None
    certain: bool = True


_DASH = r"\s*(?:-|—|–|~|至|到)+\s*"
_YEAR = r"(?:(?<!\d)\d{4})"
_PLAN = "(?P<plan>十[一二三四五]|[六七八九十])五"
_QUOTE = "[“”\"'‘’]?"
_RELATIVE = {"今年": 0, "本年": 0, "本年度": 0, "去年": -1, "上年": -1, "上一年": -1, "前年": -2}
SPAN = re.compile(
    "|".join(
        (
            r"(?:截[至止](?:到)?|到|至|as of|by|until)?\s*"
            rf"(?P<day>{_YEAR}-\d\d?-\d\d?(?!\d)|{_YEAR}年\d\d?月\d\d?日)(?:止)?",
            rf"(?:截[至止](?:到)?|到|至)?(?P<month_end>{_YEAR}年\d\d?月)(?:底|末)(?:前|止)?",
            rf"(?P<odd>{_YEAR}年(?:\d\d?月|上半年|下半年|第?[一二三四1-4]季度|初|前|后|以前|以后|之前|之后)"
            "|上半年|下半年|第?[一二三四1-4]季度|近年来|近几年|近年|前几年|历次|\\d\\d?月份?)",
            rf"(?:从|自|from|between|during)?\s*(?P<first>{_YEAR})(?:年)?(?:{_DASH}|\s+to\s+|\s+and\s+)"
            rf"(?P<last>{_YEAR})(?!\d)(?:年)?(?:度)?(?:期间|间)?",
            rf"(?:截[至止](?:到)?|到|至)?(?P<year_end>{_YEAR})年(?:年)?(?:底|末)(?:前|止)?",
            rf"截[至止](?:到)?(?P<year_until>{_YEAR})年",
            rf"(?:by |at |as of )?the end of (?P<english_end>{_YEAR})",
            rf"(?:自|从)?(?P<since>{_YEAR})年(?:以来|至今|起)|since (?P<english_since>{_YEAR})",
            rf"(?:在|于)?(?P<year>{_YEAR})(?:年度|年)(?:间)?|in (?P<english_year>{_YEAR})(?!\d)",
            r"(?P<chinese_year>[一二][〇零一二三四五六七八九]{3})年(?:度)?(?!底|末|以|之|前|后|初|\d|[一二三四五六七八九十])",
            rf"{_QUOTE}{_PLAN}{_QUOTE}(?:计划)?(?:期间|时期)",
            r"(?:最近|过去|近)(?P<recent>\d{1,2}|[一二两三四五六七八九十]{1,2})年(?:来|间)?",
            "(?P<relative>{})".format("|".join(sorted(_RELATIVE, key=len, reverse=True))),
        )
    )
)
_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


def read_span(match: re.Match[str], as_of: date) -> Span:
    """What a match of `SPAN` means for a reader on `as_of`."""
    span = _span(match, as_of)
    years = (span.year_from, span.year_to, span.as_of.year if span.as_of else None)
    plausible = all(year is None or FIRST_YEAR <= year <= LAST_YEAR for year in years)
    in_order = span.year_from is None or span.year_to is None or span.year_from <= span.year_to
    return span if plausible and in_order else Span(certain=False)


def _span(match: re.Match[str], as_of: date) -> Span:
    if match["odd"]:
        return Span(certain=False)
    if match["day"]:
        return _day(*(int(part) for part in re.findall(r"\d+", match["day"])))
    if match["month_end"]:
        return _month_end(*(int(part) for part in re.findall(r"\d+", match["month_end"])))
    if match["first"]:
        return Span(int(match["first"]), int(match["last"]))
    if end := match["year_end"] or match["year_until"] or match["english_end"]:
        return _day(int(end), 12, 31)
    if since := match["since"] or match["english_since"]:
        return Span(int(since))
    if match["plan"]:
        first = 1966 + 5 * ((chinese_value(match["plan"]) or 0) - 3)  # the third plan began in 1966
        return Span(first, first + 4)
    if match["recent"]:
        number = int(match["recent"]) if match["recent"].isdigit() else chinese_value(match["recent"])
        return Span(as_of.year - number + 1, as_of.year) if number else Span(certain=False)
    if match["relative"]:
        year = as_of.year + _RELATIVE[match["relative"]]
        return Span(year, year)
    chinese = match["chinese_year"]
    year = int(chinese.translate(_CHINESE_DIGITS)) if chinese else int(match["year"] or match["english_year"])
    return Span(year, year)


def _day(year: int, month: int, day: int) -> Span:
    try:
        return Span(as_of=date(year, month, day))
    except ValueError:
        return Span(certain=False)


def _month_end(year: int, month: int) -> Span:
    if month == 12:
        return _day(year, 12, 31)
    try:
        return Span(as_of=date.fromordinal(date(year, month + 1, 1).toordinal() - 1))
    except ValueError:
        return Span(certain=False)
