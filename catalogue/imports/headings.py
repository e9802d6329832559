"""What columns and sheets are called, as data: `headings.csv` and `kind_words.csv` list the names that clerks use,
`heading_patterns.csv` how they are composed.

A field may be fed by several columns, and some columns feed a part of one: `people.first` is the first of the people,
`people.staff` their staff numbers, `events.granted` the day of an event, `award.level` a hint at the scheme, `shares`
the parts of a benefit, `amount:new_profit` an amount whose heading says the kind. `links` names other entries,
`benefit.amount` is a ledger line of the row's own entry. A heading on two levels is read as 完成时间·年.
"""

import csv
import difflib
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from flask_babel import force_locale

from catalogue.records.schema.code_matching import normalise, without_signs
from catalogue.records.schema.kinds import KINDS_BY_TABLE
from catalogue.records.schema.reference_data import ENTITIES

ANY = "*"
_MONEY_UNIT = re.compile(
    r"((?:亿|千万|百万|十万|万|千)?(?:美元|美金|瑞士法郎|瑞郎|欧元|日元|元|吨标准?煤|吨煤当量|t?标准?煤|tce|千瓦时|kWh|度电"
    r"|CNY|RMB|USD|CHF|EUR|JPY|MWh)|亿|万)(?:人民币)?(?:[/／]?年)?",
    re.I,
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*(?:年|(?!\d))")
_YEAR_FIRST = re.compile(r"^(?:19|20)\d\d(?:年度?)?")
_CLOSE = 0.8
_LONGEST = 24  # characters of a heading; what is longer is prose
LEVEL = "·"  # stands between the two levels of a heading
# What says nothing without the heading above it.
DEPENDENT = frozenset((
    "年", "月", "日", "年份", "年度", "月份", "号", "等级", "级别", "时间", "日期", "名称", "金额", "数额", "单位",
    "姓名", "工号", "编号", "题目", "类别", "类型", "部门", "排名", "备注",
    "year", "month", "day", "name", "no", "number", "date", "amount",
))  # fmt: skip


def unit_in(heading: str) -> str:
    """The unit that a heading says for its numbers: 金额（万元） → 万元; empty where it says none."""
    found = _MONEY_UNIT.findall(re.sub(r"单元|元素|元件", "", unicodedata.normalize("NFKC", heading)))
    return str(found[-1]) if found else ""


def year_in(text: str) -> str:
    """The one year that a title or a heading names; empty where it names none, or several."""
    found = set(_YEAR.findall(unicodedata.normalize("NFKC", text)))
    return found.pop() if len(found) == 1 else ""


def lowest(heading: str) -> str:
    """The lower of the two levels of a heading, normalised."""
    return normalise(heading.rpartition(LEVEL)[2])


def _data(name: str) -> list[dict[str, str]]:
    text = files("catalogue.imports").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def names_of(table: str) -> Mapping[str, str]:
    """Every name of a column of a table, normalised, with the field it feeds."""
    names: dict[str, str] = {}
    rows = _data("headings.csv")
    for scope in (table, ANY):
        for row in rows:
            if row["entity"] == scope and _applies(table, row["field"]):
                for name in row["headings"].split(";"):
                    for form in (normalise(name), without_signs(name)):
                        names.setdefault(form, row["field"])
    entity = ENTITIES[table]
    for locale in ("zh", "en"):
        with force_locale(locale):
            for field in entity.fields:
                names.setdefault(normalise(str(field.label)), field.name)
    # The catalogue's own names come before all.
    names.update({normalise(field.name): field.name for field in entity.fields})
    return names


def _applies(table: str, field: str) -> bool:
    own = {each.name for each in ENTITIES[table].fields}
    if table in KINDS_BY_TABLE:
        own |= {"links", "benefit", "date"}
    return re.split(r"[.:]", field)[0] in own | {"award", "shares", "period"}


def field_of(table: str, heading: str) -> tuple[str | None, float]:
    """The field of a table that a heading means, and how surely: 1 exactly so, less where the names are close."""
    upper, level, lower = heading.rpartition(LEVEL)
    if not level:
        return _field_of(table, heading)
    tries = [lower, upper + lower, upper] if normalise(lower) not in DEPENDENT else [upper + lower, upper, lower]
    found = [_field_of(table, each) for each in tries]
    return max(found, key=lambda pair: pair[1] if pair[0] else -1)


def _field_of(table: str, heading: str) -> tuple[str | None, float]:
    names, wanted = names_of(table), normalise(heading)
    if not wanted:
        return None, 0
    for form in _forms(heading):
        if form in names:
            return names[form], 1
    if _YEAR_FIRST.fullmatch(wanted) and table == "benefits":  # a column for each year
        return "amount", 0.9
    inside = [name for name in names if len(name) >= 3 and name in wanted]
    if inside and len(wanted) <= 12:
        longest = max(inside, key=len)
        return names[longest], 0.6 * len(longest) / len(wanted) + 0.3
    for field, pattern in _patterns(table) if len(wanted) <= _LONGEST else ():
        if pattern.fullmatch(wanted):
            return field, 0.55
    near = difflib.get_close_matches(wanted, names, n=1, cutoff=_CLOSE) if 3 <= len(wanted) <= 20 else []
    return (names[near[0]], 0.6) if near else (None, 0)


@cache
def _patterns(table: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """How headings of a table are composed, for those that no list has; the first that fits decides."""
    return tuple(
        (row["field"], re.compile(row["pattern"]))
        for row in _data("heading_patterns.csv")
        if row["entity"] in (table, ANY if table in KINDS_BY_TABLE else table) and _applies(table, row["field"])
    )


def _forms(heading: str) -> list[str]:
    """The forms in which a heading may stand among the names: as it is, with what is in brackets, without its unit,
    without a year before it."""
    wanted, plain = normalise(heading), without_signs(heading)
    bare = [wanted, plain, _MONEY_UNIT.sub("", wanted), _MONEY_UNIT.sub("", plain)]
    return [form for form in (*bare, *(_YEAR_FIRST.sub("", each) for each in bare)) if form]


@cache
def all_names() -> frozenset[str]:
    """Every name of a column of any table."""
    return frozenset(name for table in ENTITIES for name in names_of(table))


def is_heading(text: str) -> bool:
    """Whether a cell reads as the heading of a column."""
    if not text or len(text) > _LONGEST or not normalise(text):
        return False
    names = all_names()
    return any(form in names or form in _UNUSED for form in _forms(text))


def is_title(heading: str) -> bool:
    """Whether a column holds the titles of records of some kind."""
    return any(field_of(table, heading) in (("title", 1), ("title", 0.55)) for table in KINDS_BY_TABLE)


def is_count(heading: str) -> bool:
    """Whether a column holds counts of items, as summaries do."""
    return lowest(heading) in _COUNTS


_COUNTS = frozenset(("数量", "件数", "项数", "篇数", "个数", "条数", "合计", "总数", "小计", "数", "count", "total"))
# Columns that sheets have and the catalogue does not keep.
_UNUSED = frozenset((
    "序号", "备注", "类型", "no", "编号", "联系电话", "电话", "成果类型", "条目类型", "月", "日", "号", "排名", "名次",
    "人数", "sn", "顺序", "月份",
))  # fmt: skip


@cache
def kind_words() -> Mapping[str, str]:
    """What kinds are called, in names of files and sheets and in columns that tell the kind of each row."""
    words = {normalise(word): row["table"] for row in _data("kind_words.csv") for word in row["words"].split(";")}
    for table, entity in ENTITIES.items():
        words[normalise(table)] = table
        for locale in ("zh", "en"):
            with force_locale(locale):
                words.setdefault(normalise(str(entity.label)), table)
    return words


def kind_named(text: str) -> str | None:
    """The table whose kind a cell names as a whole."""
    return kind_words().get(normalise(text))


def kinds_hinted(text: str) -> list[str]:
    """The tables whose words stand in the name of a file or a sheet, the one named last and longest first: a list of
    项目获奖 is one of awards."""
    text = normalise(text)
    found: dict[str, tuple[int, int]] = {}
    for word, table in kind_words().items():
        place = text.rfind(word)
        if place >= 0 and (len(word) > 1 or word == "奖"):
            found[table] = max(found.get(table, (0, 0)), (place + len(word), len(word)))
    return sorted(found, key=lambda table: found[table], reverse=True)
