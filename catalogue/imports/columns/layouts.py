"""What the columns of a sheet mean: a layout says the field that each feeds (`reading` reads a row by it).

A heading may feed what no field holds: `links` names other entries, `benefit.amount` a ledger line of the row's own
entry, `date.month` a part of a date. `beside` makes further layouts of those that are items of their own.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from catalogue.imports.headings import (
    field_of,
    kinds_hinted,
    lowest,
    unit_in,
    year_in,
)
from catalogue.imports.resolver import LEVEL_WORDS
from catalogue.imports.tables.sheets import SheetTable
from catalogue.records.numbers import NumberError, parse_application
from catalogue.records.schema.code_matching import benefit_kind_in, normalise
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.kinds import KINDS_BY_TABLE
from catalogue.records.schema.reference_data import ENTITIES
from catalogue.records.schema.value_readers import (
    MIXED,
    read_date,
    read_money,
    read_unit,
    read_yes_no,
)

# Fields that several columns may feed.
_SEVERAL = ("people", "divisions", "keywords", "links", "records", "application_number")
_PARTS_OF_DATES = {"年": "year", "年份": "year", "年度": "year", "year": "year", "月": "month", "月份": "month",
                   "month": "month", "日": "day", "day": "day", "号": "day"}  # fmt: skip
_PART_OF_DATE = re.compile(rf"(.*?)({'|'.join(sorted(_PARTS_OF_DATES, key=len, reverse=True))})")
_GUESSED = (*KINDS_BY_TABLE, "benefits", "people", "divisions", "links", "yearly_counts")
_TELLING = {
    "patents": ("application_number",), "awards": ("grade", "scheme"), "copyrights": ("registration_number",),
    "benefits": ("amount",), "people": ("staff_number", "name"), "divisions": ("code", "name"),
    "links": ("source", "target"), "yearly_counts": ("count", "measure"),
}  # fmt: skip
_OF_WHICH = "其中"
_MAY_BE_DIVISIONS = ("单位", "unit")
_UNIT_IN_CELL = re.compile(r"[万亿元]")
_UNIT_OF_TITLE = re.compile(r"单位\s*(?:[:：]|均?[为是])\s*(?:人民币)?\s*([^\s)）。，；,;、]*?[元郎煤])")


@dataclass(frozen=True)
class Part:
    """What rows say in one column beside their own entry, or beside other amounts: the part `nth` of the cells of
    `column`. `owner` is the kind of the rows' entries (empty in a ledger), whose codes are kept by `source`, the `id`
    of their table (see `Lookups.rows`). Where `implied`, the column is another field's: only an exact title links.
    Of several amounts in a row of a ledger all but the first are `is_further`."""

    column: int
    owner: str = ""
    source: int = 0
    nth: int = 0
    implied: bool = False
    is_further: bool = False


@dataclass(frozen=True)
class ColumnLayout:
    """The entity that rows are of, the field that each column feeds (None: not used), and fixed values; `units` and
    `years` are those that the headings say, `year` that of the title. `headings` are there for messages."""

    entity: Entity | None
    fields: tuple[str | None, ...]
    extra: Mapping[str, str] = field(default_factory=dict)
    units: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    year: str = ""
    headings: tuple[str, ...] = ()
    part: Part | None = None

    def heading(self, column: int) -> str:
        """What a column is called in messages: its heading, else its letter as spreadsheets have it."""
        heading = self.headings[column] if column < len(self.headings) else ""
        return heading or letters(column)


@dataclass(frozen=True)
class CellProblem:
    """What could not be understood: the column (from 0), its field, what was read, what is wrong and what to do."""

    column: int
    field: str
    read: str
    message: str


def letters(column: int) -> str:
    """A column (from 0) as a spreadsheet calls it: C."""
    name, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def dates_of(entity: Entity) -> frozenset[str]:
    """The fields of an entity that hold dates."""
    return frozenset(each.name for each in entity.fields if each.sort in ("date", "day"))


def signature(table: SheetTable) -> str:
    """Of the headings (and the kind of the rows), under which a corrected layout is remembered."""
    text = "\x1f".join([table.kind or "", *map(normalise, table.headings)])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def recognise(
    session: Session, table: SheetTable, table_name: str | None = None, remembered: Sequence[ColumnLayout] = ()
) -> ColumnLayout:
    """The layout of a table: a remembered one that fits, else by headings, names of sheet and file, and content."""
    for layout in remembered:
        if len(layout.fields) == len(table.headings) and (not table_name or layout.entity is ENTITIES.get(table_name)):
            return layout
    name = table_name or table.kind or _best_table(table)
    entity = ENTITIES.get(name or "")
    fields: list[str | None] = [None] * len(table.headings)
    if name and entity is not None:
        fields = _by_content(name, table, _by_heading(name, table))
    years = tuple(map(year_in, table.headings))
    year = year_in(f"{table.title} {table.sheet}")
    extra = _extra(table, entity, fields, year) if entity is not None else {}
    units = _units(table, fields, has_unit="unit" in extra or "unit" in fields)
    return ColumnLayout(entity, tuple(fields), extra, units, years, year, table.headings)


def _by_heading(name: str, table: SheetTable) -> list[str | None]:
    """The field of each column; where two mean the same, the surer one has it."""
    found = _parted_dates(ENTITIES[name], table, [field_of(name, heading) for heading in table.headings])
    if table.kind_column is not None:
        found[table.kind_column] = (None, 0)
    fields: list[str | None] = [None] * len(found)
    taken: set[str] = set()
    for place in sorted(range(len(found)), key=lambda place: (-found[place][1], place)):
        wanted = found[place][0]
        if wanted and (wanted not in taken or wanted in _SEVERAL or "amount" in wanted):
            fields[place] = wanted
            taken.add(wanted)
    _leave_out_wholes(table, fields)
    if name == "proposals" and "title" not in taken and "abstract" in taken:
        fields[fields.index("abstract")] = "title"  # 建议内容 is often all that is said
    return fields


def _leave_out_wholes(table: SheetTable, fields: list[str | None]) -> None:
    """Of amounts and, 其中, what they consist of, the whole would count the same money again."""
    if any(_OF_WHICH in heading for heading in table.headings):
        for place, meant in enumerate(fields):
            if meant in ("amount", "benefit.amount"):
                fields[place] = None


def _parted_dates(
    entity: Entity, table: SheetTable, found: list[tuple[str | None, float]]
) -> list[tuple[str | None, float]]:
    """A date in columns of its own for year, month and day: `date.year`, `date.month`, `date.day`."""
    dates, words = dates_of(entity), [_part_of_date(heading) for heading in table.headings]
    for place, (stem, word) in enumerate(words[1:], 1):
        name, _point, part = (found[place - 1][0] or "").partition(".")
        stem_before, word_before = words[place - 1]
        follows = (word, part or word_before) in (("month", "year"), ("day", "month"))
        if name in dates and follows and stem in ("", stem_before):
            found[place] = (f"{name}.{word}", 1)
            if not part:
                found[place - 1] = (f"{name}.year", 1)
    return found


def _part_of_date(heading: str) -> tuple[str, str]:
    """What stands before 年, 月 or 日 in a heading, and which of them it is: 完成月 → 完成, month."""
    match = _PART_OF_DATE.fullmatch(lowest(heading))
    return (match[1], _PARTS_OF_DATES[match[2]]) if match else ("", "")


def _best_table(table: SheetTable) -> str | None:
    stem = table.file.split("/")[-1].split(".")[0].split("-")[0]
    if stem in ENTITIES:
        return stem
    scores = {name: _score(name, table) for name in _GUESSED}
    for text, first, other in ((table.sheet, 3.0, 1.0), (table.title, 2.0, 0.5), (table.file, 1.5, 0.5)):
        for place, name in enumerate(kinds_hinted(text)):
            if name in scores:
                scores[name] += other if place else first
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= 2 else None


def _score(name: str, table: SheetTable) -> float:
    common = {"title", "abstract", "keywords", "date", "divisions", "people", "people.first", "people.staff", "code",
              "links"}  # fmt: skip
    score = 0.0
    found = set()
    for heading in table.headings:
        meant, sure = field_of(name, heading)
        if meant and meant not in found:
            score += sure * (1 if meant in common or meant.startswith("benefit.") else 2)
            found.add(meant.split(":")[0])
        elif heading:
            score -= 0.3
    missing = [each for each in _TELLING.get(name, ()) if each not in found]
    if name in KINDS_BY_TABLE and "title" not in found:
        score -= 3
    return score - 3 * len(missing) / max(len(_TELLING.get(name, ())), 1)


def _by_content(name: str, table: SheetTable, fields: list[str | None]) -> list[str | None]:
    """Columns that no heading explains, by what stands in them; and a column that holds something else is let go."""
    yes_no = {each.name for each in ENTITIES[name].fields if each.sort == "yes_no"}
    for place, meant in enumerate(fields):
        values = [row.cells[place] for row in table.rows[:100] if row.cells[place]]
        if not values:
            continue
        if meant in ("code", "links") and lowest(table.headings[place]) != "code" and _are_row_numbers(values):
            fields[place] = None  # numbers of rows, not of records
        if meant in yes_no and not _mostly(read_yes_no, values):
            fields[place] = None
        if meant == "unit" and lowest(table.headings[place]) in _MAY_BE_DIVISIONS and not any(map(read_unit, values)):
            fields[place] = None
        if meant is None and not normalise(table.headings[place]):
            fields[place] = _field_by_content(name, values, fields)
    return fields


def _are_row_numbers(values: list[str]) -> bool:
    return all(re.fullmatch(r"\d{1,4}", value) for value in values)


def _field_by_content(name: str, values: list[str], fields: Sequence[str | None]) -> str | None:
    own = {each.name for each in ENTITIES[name].fields}
    for wanted, reader in (("application_number", parse_application), ("date", read_date), ("amount", _with_unit)):
        if wanted in own and wanted not in fields and _mostly(reader, values):
            return wanted
    return None


def _with_unit(text: str) -> None:
    if not read_money(text).unit:
        raise ValueError(text)


def _mostly(reader: Callable[[str], object], values: list[str]) -> bool:
    good = 0
    for value in values:
        try:
            reader(value)
            good += 1
        except (ValueError, NumberError):
            continue
    return good * 5 >= len(values) * 4


def _units(table: SheetTable, fields: Sequence[str | None], *, has_unit: bool) -> tuple[str, ...]:
    """The unit that each heading says; `MIXED` for amounts without one where other columns, or cells, have theirs."""
    units = list(map(unit_in, table.headings))
    amounts = [
        place
        for place, name in enumerate(fields)
        if name and ("amount" in name or name == "yearly_value") and not name.endswith(":energy_saving")
    ]
    whole = next((place for place, heading in enumerate(table.headings) if _OF_WHICH in heading), 0) - 1
    if whole >= 0:  # the parts are in the unit of the whole
        units = [
            unit or (units[whole] if place > whole and place in amounts else "") for place, unit in enumerate(units)
        ]
    cells = [row.cells[place] for row in table.rows for place in amounts if not units[place]]
    if not has_unit and (any(units[place] for place in amounts) or any(map(_UNIT_IN_CELL.search, cells))):
        for place in amounts:
            units[place] = units[place] or MIXED
    return tuple(units)


def _extra(table: SheetTable, entity: Entity, fields: Sequence[str | None], year: str) -> dict[str, str]:
    """What the title says of all rows: the unit of amounts, the year, the kind of a ledger's lines."""
    extra = {}
    if titled := _UNIT_OF_TITLE.search(f"{table.title} {table.remarks}"):
        extra["unit"] = titled[1]
    if entity.name == "benefit":
        kind = benefit_kind_in(f"{table.title} {table.sheet}")
        if "kind" not in fields and kind not in ("", "energy_saving"):  # such lists are of money all the same
            extra["kind"] = kind
        if year and "year" not in fields:
            extra["year"] = year
    if entity.name in ("achievement", "award") and not _feeds(fields, "level") and "award.level" not in fields:
        titled_levels = {code for word, code in LEVEL_WORDS if word in f"{table.title} {table.sheet}"}
        if len(titled_levels) == 1:
            extra["level" if entity.name == "achievement" else "award.level"] = titled_levels.pop()
    # A list of a year holds those of that year, but not of what is known to the day or, as projects, is planned.
    dated = [each for each in entity.fields if each.name == "date" and each.required and each.sort == "date"]
    if year and dated and entity.table in KINDS_BY_TABLE and not _feeds(fields, "date"):
        extra["date"] = year
    return extra


def _feeds(fields: Sequence[str | None], name: str) -> bool:
    return any(each and each.split(".")[0] == name for each in fields)
