"""What the columns of a sheet mean: a layout says the field that each feeds, and `interpret` reads a row by it.

An unknown person is a problem that says to add them, never a new person: a person without a division or with a mistyped
number would be one more name in the register. An empty cell says nothing and changes nothing.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalogue.exchange.choices import choose
from catalogue.exchange.headings import field_of, kinds_hinted, normalise, unit_in
from catalogue.exchange.lookups import Lookups
from catalogue.exchange.sheets import Row, Table
from catalogue.exchange.values import (
    narrow,
    read_date,
    read_list,
    read_money,
    read_people,
    read_period,
    read_unit,
    read_yes_no,
)
from catalogue.records.entities import Entity
from catalogue.records.fields import SEPARATOR, split, write_amount
from catalogue.records.kinds import KINDS_BY_TABLE
from catalogue.records.numbers import NumberError, parse_application
from catalogue.records.registers import BENEFITS, ENTITIES

_SEVERAL = ("people", "divisions", "keywords")  # fields that several columns may feed
_DATES = ("date", "started", "verified_on", "valid_from", "valid_to", "as_of")
_YEARS = ("year", "from_year", "to_year")
_GUESSED = (*KINDS_BY_TABLE, "benefits", "people", "divisions", "links", "yearly_counts")
_TELLING = {
    "patents": ("application_number",), "awards": ("grade", "scheme"), "copyrights": ("registration_number",),
    "benefits": ("amount",), "people": ("staff_number", "name"), "divisions": ("code", "name"),
    "links": ("source", "target"), "yearly_counts": ("count", "measure"),
}  # fmt: skip
_UNIT_OF_TITLE = re.compile(r"(?:金额)?单位\s*[:：]\s*([^\s)）]*[元郎煤])")
_SHARE = re.compile(r"(.+?)[\s(（]*(\d+(?:\.\d+)?)\s*[%％][)）]?")


@dataclass(frozen=True)
class Layout:
    """The entity that rows are of, the field that each column feeds (None: not used), and fixed values; `units` are the
    units that the headings say."""

    entity: Entity | None
    fields: tuple[str | None, ...]
    extra: Mapping[str, str] = field(default_factory=dict)
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class CellProblem:
    """What could not be understood: the column (from 0), its field, what was read, what is wrong and what to do."""

    column: int
    field: str
    read: str
    message: str


def signature(table: Table) -> str:
    """Of the headings (and the kind of the rows), under which a corrected layout is remembered."""
    text = "\x1f".join([table.kind or "", *map(normalise, table.headings)])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def recognise(
    session: Session, table: Table, table_name: str | None = None, remembered: Sequence[Layout] = ()
) -> Layout:
    """The layout of a table: a remembered one that fits, else by headings, names of sheet and file, and content."""
    for layout in remembered:
        if len(layout.fields) == len(table.headings) and (not table_name or layout.entity is ENTITIES.get(table_name)):
            return layout
    units = tuple(map(unit_in, table.headings))
    name = table_name or table.kind or _best_table(table)
    if name is None or name not in ENTITIES:
        return Layout(None, (None,) * len(table.headings), {}, units)
    fields = _by_content(name, table, _by_heading(name, table))
    return Layout(ENTITIES[name], tuple(fields), _extra(table, fields, units), units)


def _by_heading(name: str, table: Table) -> list[str | None]:
    """The field of each column; where two mean the same, the surer one has it."""
    found = [field_of(name, heading) for heading in table.headings]
    fields: list[str | None] = [None] * len(found)
    taken: set[str] = set()
    for place in sorted(range(len(found)), key=lambda place: (-found[place][1], place)):
        wanted = found[place][0]
        if wanted and (wanted not in taken or wanted in _SEVERAL):
            if wanted.startswith("amount") and any(each.startswith("amount") for each in taken):
                continue
            fields[place] = wanted
            taken.add(wanted)
    return fields


def _best_table(table: Table) -> str | None:
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


def _score(name: str, table: Table) -> float:
    common = {"title", "abstract", "keywords", "date", "divisions", "people", "people.first", "people.staff", "code"}
    score = 0.0
    found = set()
    for heading in table.headings:
        meant, sure = field_of(name, heading)
        if meant and meant not in found:
            score += sure * (1 if meant in common else 2)
            found.add(meant.split(":")[0])
        elif heading:
            score -= 0.3
    missing = [each for each in _TELLING.get(name, ()) if each not in found]
    if name in KINDS_BY_TABLE and "title" not in found:
        score -= 3
    return score - 3 * len(missing) / max(len(_TELLING.get(name, ())), 1)


def _by_content(name: str, table: Table, fields: list[str | None]) -> list[str | None]:
    """Columns that no heading explains, by what stands in them; and a column that holds something else is let go."""
    for place, meant in enumerate(fields):
        values = [row.cells[place] for row in table.rows[:100] if row.cells[place]]
        if not values:
            continue
        if meant == "code" and normalise(table.headings[place]) != "code" and all(
            re.fullmatch(r"\d{1,4}", value) for value in values
        ):  # fmt: skip
            fields[place] = None  # numbers of rows, not of records
        if meant == "unit" and not any(map(read_unit, values)):
            fields[place] = None
        if meant is None and not normalise(table.headings[place]):
            fields[place] = _field_by_content(name, values, fields)
    return fields


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


def _extra(table: Table, fields: Sequence[str | None], units: Sequence[str]) -> dict[str, str]:
    extra = {}
    kind = next((each.partition(":")[2] for each in fields if each and each.startswith("amount:")), "")
    if kind:
        extra["kind"] = kind
    titled = _UNIT_OF_TITLE.search(table.title)
    if titled and not any(units):
        extra["unit"] = titled[1]
    return extra


def interpret(
    session: Session, layout: Layout, row: Row, lookups: Lookups | None = None
) -> tuple[dict[str, str], list[CellProblem]]:
    """The texts that `operations.save` takes, and what could not be understood. Give one `Lookups` for all rows of a
    file: it remembers what was looked up and which new codes were given."""
    if layout.entity is None:
        return {}, []
    reading = _Reading(layout.entity, layout, row, lookups or Lookups(session))
    reading.run()
    return reading.texts, reading.problems


class _Reading:
    """One row on its way to texts."""

    def __init__(self, entity: Entity, layout: Layout, row: Row, lookups: Lookups) -> None:
        self.entity, self.layout, self.lookups = entity, layout, lookups
        self.texts: dict[str, str] = {}
        self.problems: list[CellProblem] = []
        self.cells: dict[str, list[tuple[int, str]]] = {}
        for place, (name, cell) in enumerate(zip(layout.fields, row.cells, strict=False)):
            if name and cell.strip():
                self.cells.setdefault(name, []).append((place, cell.strip()))
        if self.entity is BENEFITS:
            for name in [name for name in self.cells if name.startswith("amount:")]:
                self.cells.setdefault("amount", self.cells.pop(name))

    def run(self) -> None:
        special = {"people": self._people, "divisions": self._divisions, "award": self._award, "amount": self._amount,
                   "records": self._records, "events": self._events, "period": self._period}  # fmt: skip
        names = list(dict.fromkeys(_group(name, self.entity) for name in self.cells))
        for name in names:
            place, cell = next((pairs[0] for key, pairs in self.cells.items() if _group(key, self.entity) == name))
            try:
                if name in special:
                    special[name]()
                elif name not in ("unit", "shares"):
                    self.texts[name] = self._plain(name, cell)
            except ValueError as error:
                self.problems.append(CellProblem(place, name, cell, str(error)))
        for name, value in self.layout.extra.items():
            if name != "unit" and name in {each.name for each in self.entity.fields}:
                self.texts.setdefault(name, value)
        self._finish()

    def _first(self, name: str) -> str:
        return self.cells[name][0][1] if name in self.cells else ""

    def _plain(self, name: str, cell: str) -> str:
        if cell.startswith("#") and re.fullmatch(r"#[A-Z/0-9!?]+", cell):
            raise ValueError(_("the formula in this cell gives an error; write the value itself"))
        known = self.entity.field(name)
        if known.choices:
            return choose(known, cell)
        if name == "major":
            return read_yes_no(cell)
        if name in _DATES:
            return read_date(cell)
        if name in _YEARS:
            return read_date(cell)[:4]
        if name in ("yearly_value", "value"):
            return write_amount(read_money(cell, self._heading_unit(name)).amount)
        if name == "keywords":
            return SEPARATOR.join(dict.fromkeys(word for _place, text in self.cells[name] for word in read_list(text)))
        if name in ("source", "target") and self.entity.name == "link":
            return self.lookups.record(cell)
        if name in ("division", "predecessor"):
            return self.lookups.division(cell)
        if name in ("application_number", "publication_number", "grant_number") or name == "registration_number":
            return str(known.parse(narrow(cell)) or "")
        return cell

    def _heading_unit(self, name: str) -> str:
        place = next((place for place, each in enumerate(self.layout.fields) if each and each.startswith(name)), -1)
        unit = self.layout.units[place] if 0 <= place < len(self.layout.units) else ""
        return unit or self.layout.extra.get("unit", "")

    def _people(self) -> None:
        cells = [*self.cells.get("people.first", ()), *self.cells.get("people", ())]
        named = [each for _place, cell in cells for each in read_people(cell)]
        numbers = split(self._first("people.staff").replace("、", ";").replace(",", ";").replace("，", ";"))
        parts: dict[str, str] = {}
        for place, each in enumerate(named):
            if not each.hint and len(numbers) == len(named):
                parts[numbers[place]] = f"{each.name}({numbers[place]})"
                continue
            person = self.lookups.person(each)
            parts.setdefault(person, f"{person}/{each.role}" if each.role else person)
        if parts:
            self.texts["people"] = SEPARATOR.join(parts.values())

    def _divisions(self) -> None:
        names = [name for _place, cell in self.cells["divisions"] for name in re.split(r"[;；、,，/\n]+|\s{1,}", cell)]
        self.texts["divisions"] = SEPARATOR.join(
            dict.fromkeys(self.lookups.division(name) for name in names if name.strip())
        )

    def _award(self) -> None:
        level = choose(None, self._first("award.level"), scope="level") if "award.level" in self.cells else ""
        scheme_text, grade_text = self._first("scheme"), self._first("grade")
        if not scheme_text and len(narrow(grade_text)) > 3:  # 省科技进步二等奖 under 获奖等级
            scheme_text, grade_text = grade_text, ""
        try:
            grade = choose(self.entity.field("grade"), grade_text) if grade_text else ""
        except ValueError as error:  # named here, for the scheme stands in another column
            self.problems.append(CellProblem(self.cells["grade"][0][0], "grade", grade_text, str(error)))
            grade = ""
        scheme, written = self.lookups.award(scheme_text, level) if scheme_text or level else ("", "")
        if scheme:
            self.texts["scheme"] = scheme
        if grade or written:
            self.texts["grade"] = grade or written

    def _amount(self) -> None:
        unit = self._first("unit")
        money = read_money(self._first("amount"), unit or self._heading_unit("amount"))
        self.texts.update(amount=write_amount(money.amount), unit=money.unit or "CNY")
        if money.qualifier != "exact" or "qualifier" not in self.cells:
            self.texts["qualifier"] = money.qualifier

    def _records(self) -> None:
        cell = self._first("records")
        shares = read_list(self._first("shares"))
        try:
            parts = [cell] if "%" not in narrow(cell) and self.lookups.record(cell) else read_list(cell)
        except ValueError:
            parts = split(cell.replace("、", ";")) if re.search(r"[;；、]", cell) else [cell]
        written = []
        for place, part in enumerate(parts):
            match = _SHARE.fullmatch(narrow(part))
            title, percent = (match[1], match[2]) if match else (part, "")
            if not percent and len(shares) == len(parts):
                percent = narrow(shares[place]).rstrip("%")
            code = self.lookups.record(title.strip())
            written.append(f"{code} {percent}%" if percent else f"{code} 100%")
        self.texts["records"] = SEPARATOR.join(written)

    def _events(self) -> None:
        events = [f"{name.partition('.')[2]} {read_date(pairs[0][1])}" for name, pairs in self.cells.items() if name.startswith("events.")]  # fmt: skip # noqa: E501
        self.texts["events"] = SEPARATOR.join([*split(self._first("events")), *events])

    def _period(self) -> None:
        first, last = read_period(self._first("period"))
        self.texts.update({"date": last, **({"started": first} if first else {})})

    def _finish(self) -> None:
        """Give the row its code, and a new record what clerks leave unsaid."""
        if self.entity.name == "patent":
            self._finish_patent()
        if self.entity.key != ("code",) or "code" in self.texts or self.entity.name in ("division", "award_scheme"):
            return
        if self.entity is not BENEFITS and self.entity.table not in KINDS_BY_TABLE:
            return
        code = self.lookups.codes.find(self.entity, self.texts)
        if code is None:
            code = self.lookups.codes.new(self.entity, self.texts)
            if self.entity.name == "project":
                self.texts.setdefault("status", "completed" if self.texts.get("date") else "under_way")
        elif self.entity.name == "patent" and "events" not in self.cells:
            # What a sheet says of filing and grant is added to what happened since.
            stored = split(self.lookups.events_of(code))
            said = split(self.texts.get("events", ""))
            together = dict.fromkeys([*stored, *said])
            self.texts["events"] = SEPARATOR.join(sorted(together, key=lambda event: event.split()[-1]))
        self.texts["code"] = code

    def _finish_patent(self) -> None:
        number, filed = self.texts.get("application_number"), self.texts.get("date", "")
        if number and "patent_type" not in self.texts:
            self.texts["patent_type"] = parse_application(number).patent_type
        if filed and ("events" in self.cells) is False:
            self.texts["events"] = SEPARATOR.join([f"filed {filed}", *split(self.texts.get("events", ""))])


def _group(name: str, entity: Entity) -> str:
    """The field, or the group of fields, that a column is read with."""
    if entity.name == "award" and name in ("scheme", "grade", "award.level"):
        return "award"
    return name.split(".")[0]


def targets(entity: Entity) -> list[str]:
    """Every name that a column may be given in a layout of this entity."""
    special = {
        "patent": ["events.granted", "events.published"],
        "award": ["award.level"],
        "benefit": ["shares"],
        "project": ["period"],
    }
    people = ["people.first", "people.staff"] if entity.table in KINDS_BY_TABLE else []
    return [*(each.name for each in entity.fields), *people, *special.get(entity.name, [])]
