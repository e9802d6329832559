"""One row by its layout: the texts that `operations.save` takes, and what could not be understood.

An unknown person is a problem that says to add them, never a new person: a person without a division or with a mistyped
number would be one more name in the register. An empty cell says nothing and changes nothing.
"""

import re
from collections.abc import Callable

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalogue.imports.columns.layouts import (
    CellProblem,
    ColumnLayout,
    Part,
    dates_of,
)
from catalogue.imports.resolver import Lookups
from catalogue.imports.rows.amount_cells import amount_of_row
from catalogue.imports.rows.cell_errors import CellError, contradiction
from catalogue.imports.rows.date_cells import has_parts, read_date_cells
from catalogue.imports.rows.identifier_cells import issue_of, number_of, registration_in, volume_in
from catalogue.imports.rows.inferred_values import complete
from catalogue.imports.rows.money_cells import parts_of
from catalogue.imports.rows.people_cells import people_of_row
from catalogue.imports.rows.secondary_rows import cell_of, read_link, row_code, says_nothing
from catalogue.imports.tables.sheets import Row
from catalogue.records.models.code_lists import LEVELS
from catalogue.records.schema.code_matching import choose
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.fields import SEPARATOR, split
from catalogue.records.schema.reference_data import BENEFITS
from catalogue.records.schema.typed_values import Typed
from catalogue.records.schema.value_readers import (
    is_nothing,
    narrow,
    read_date,
    read_list,
    read_period,
    read_published_in,
    read_yes_no,
    unambiguous,
    year_of_issue,
    year_written,
)

_SHARE = re.compile(r"(.+?)[\s(（]*(\d+(?:\.\d+)?)\s*[%％][)）]?")
_FORMULA_ERROR = re.compile(r"#(?:N/A|[A-Z]+[A-Z/0-9]*[!?])")
_DATED_STATUS = re.compile(
    r"((?:19|20)\d\d(?:年(?:\d{1,2}月(?:\d{1,2}日)?)?|[.\-/]\d{1,2}))[,，、\s]*"
    r"(已?(?:完成|竣工|投产|结题|通过|鉴定|验收).*)"
)
_ELSEWHERE = ("links", "benefit")  # what `beside` reads


def interpret(
    session: Session, layout: ColumnLayout, row: Row, lookups: Lookups | None = None
) -> tuple[dict[str, str], list[CellProblem]]:
    """The texts that `operations.save` takes, and what could not be understood. Give one `Lookups` for all rows of a
    file: it remembers what was looked up and which new codes were given. Neither texts nor problems: the row says
    nothing of what the layout reads."""
    if layout.entity is None:
        return {}, []
    lookups = lookups or Lookups(session)
    if layout.part and layout.part.owner:
        read = _ledger_line if layout.entity is BENEFITS else read_link
        return read(layout, layout.part, row, lookups)
    reading = _Reading(layout.entity, layout, row, lookups)
    if reading.is_empty_part():
        return {}, []
    reading.run()
    return reading.texts, reading.problems


def _ledger_line(
    layout: ColumnLayout, part: Part, row: Row, lookups: Lookups
) -> tuple[dict[str, str], list[CellProblem]]:
    """One amount in the row of a record: a line of the ledger that is wholly that record's, of the year that is said
    for it, else of the record's own."""
    cell = cell_of(part, row)
    if says_nothing(cell) or part.nth >= len(parts_of(cell)):
        return {}, []
    reading = _Reading(BENEFITS, layout, row, lookups)
    try:
        code = row_code(part, row, lookups)
    except ValueError as error:
        return {}, [CellProblem(part.column, "records", cell, str(error))]
    reading.texts.update(records=f"{code} 100%", **lookups.year_of(code))
    reading.run()
    if "year" not in reading.texts and not reading.problems:
        message = _("of which year? Write it in a column 效益年度, or give the entry its date")
        return {}, [CellProblem(part.column, "year", cell, message)]
    return reading.texts, reading.problems


class _Reading:
    """One row on its way to texts."""

    def __init__(self, entity: Entity, layout: ColumnLayout, row: Row, lookups: Lookups) -> None:
        self.entity, self.layout, self.lookups = entity, layout, lookups
        self.texts: dict[str, str] = {}
        self.problems: list[CellProblem] = []
        self.cells: dict[str, list[tuple[int, str]]] = {}
        self.doubtful = row.doubtful
        self.dates = dates_of(entity)
        self.yes_no = {each.name for each in entity.fields if each.sort == "yes_no"}
        self.amounts: list[int] = []  # the columns of amounts that say something
        for place, (name, cell) in enumerate(zip(layout.fields, row.cells, strict=False)):
            if name and cell.strip() and not self._says_nothing(name, cell.strip()):
                self._take(place, name, cell.strip())

    def _says_nothing(self, name: str, cell: str) -> bool:
        """Whether a cell only says that there is nothing: a dash, or 无 where neither a text nor a no is wanted."""
        if name in self.yes_no:
            return False
        return is_nothing(cell, words=name not in ("abstract", "appraisal_level", "status"))

    def _take(self, place: int, name: str, cell: str) -> None:
        if self.entity is BENEFITS and name.split(":")[0] == "amount":
            part = self.layout.part
            if part is not None and says_nothing(cell):
                return
            self.amounts.append(place)
            if part is not None and part.column != place:
                return
            if name != "amount":
                self.texts["kind"] = name.partition(":")[2]
            name = "amount"
        self.cells.setdefault(name, []).append((place, cell))

    def is_empty_part(self) -> bool:
        """Whether this is one of several amounts of a row, and another says something while this one does not."""
        part = self.layout.part
        if part is None:
            return False
        if part.column in self.amounts:
            return part.nth >= len(parts_of(self._first("amount")))
        first = next(place for place, name in enumerate(self.layout.fields) if (name or "").startswith("amount"))
        return bool(self.amounts) or part.column != first or part.nth > 0

    def run(self) -> None:
        """Read the cells, group by group, then what a row leaves unsaid."""
        special: dict[str, Callable[[], None]] = {
            "people": self._people, "award": self._award, "amount": self._amount,
            "records": self._records, "period": self._period, "venue": self._venue, "issue": self._issue,
            "events": lambda: None,  # they take the day of filing and the type: `inferred_values` adds them
        }  # fmt: skip
        names = list(dict.fromkeys(_group(name, self.entity) for name in self.cells))
        for name in names:
            if name in ("unit", "shares", "divisions", *_ELSEWHERE):
                continue
            place, cell = next(pairs[0] for key, pairs in self.cells.items() if _group(key, self.entity) == name)
            try:
                self._refuse_formula_errors(name)
                if name in special:
                    special[name]()
                elif name in self.dates:
                    self._date(name)
                else:
                    self.texts[name] = self._of_all_columns(name)
            except CellError as error:
                self.problems.append(CellProblem(error.column, name, error.read, str(error)))
            except ValueError as error:
                self.problems.append(CellProblem(place, name, cell, str(error)))
        for name, value in self.layout.extra.items():
            if name != "unit" and name in {each.name for each in self.entity.fields}:
                self.texts.setdefault(name, value)
        self._check_amounts()
        self.problems += complete(self.layout, self.texts, self.cells, self.lookups)
        if "divisions" in self.cells:
            self._divisions_at_its_date()

    def _divisions_at_its_date(self) -> None:
        """Last of all: whom an alias means depends on the date of the record, which other cells or the code tell."""
        place, cell = self.cells["divisions"][0]
        try:
            self._refuse_formula_errors("divisions")
            self._divisions()
        except ValueError as error:
            self.problems.append(CellProblem(place, "divisions", cell, str(error)))
            self.problems.sort(key=lambda each: each.column)

    def _check_amounts(self) -> None:
        part = self.layout.part
        if self.entity is BENEFITS and part and not part.owner and not self.amounts:
            message = _("none of the amounts of this row says anything; write one, or delete the row")
            self.problems.append(CellProblem(part.column, "amount", "", message))

    def _refuse_formula_errors(self, name: str) -> None:
        for key, pairs in self.cells.items():
            if _group(key, self.entity) == name and any(_FORMULA_ERROR.fullmatch(cell) for _place, cell in pairs):
                raise ValueError(_("the formula in this cell gives an error; write the value itself"))

    def _first(self, name: str) -> str:
        return self.cells[name][0][1] if name in self.cells else ""

    def _of_all_columns(self, name: str) -> str:
        """The text of a plain field; a clerk may have given it several columns, which then say the same."""
        first, *others = self.cells[name]
        text = self._plain(name, first[1])
        for place, cell in others:
            if self._plain(name, cell) != text:
                raise contradiction(self.layout, place, cell, *first)
        return text

    def _plain(self, name: str, cell: str) -> str:
        known = self.entity.field(name)
        if name == "status" and self.entity.name == "proposal" and (answered := self._adopted(cell)):
            return answered
        if name == "status" and self.entity.name == "project":
            cell = self._without_date(cell)
        if name == "keywords":
            cell = "\n".join(text for _place, text in self.cells[name])
        if name == "application_number":
            return number_of(known, [text for _place, text in self.cells[name]])
        if name == "registration_number" and self.entity.name == "copyright":
            cell, certificate = registration_in(cell)
            if certificate:
                self._certificate(certificate)
        return known.read_typed(cell, self._typed(name))

    def _typed(self, name: str = "") -> Typed:
        return Typed(self.lookups, is_sheet=True, year=self.layout.year, unit=self._heading_unit(name))

    def _certificate(self, number: str) -> None:
        """The number of a certificate that stands beside the registration number in one cell."""
        for place, cell in self.cells.get("certificate_number", ()):
            if re.sub(r"\s", "", narrow(cell)) != re.sub(r"\s", "", number):
                other, text = self.cells["registration_number"][0]
                raise contradiction(self.layout, place, cell, other, text, other_said=number)
        self.texts.setdefault("certificate_number", number)

    def _without_date(self, cell: str) -> str:
        """The status of 2004年9月完成; its date is that of completion, where no column says one."""
        match = _DATED_STATUS.fullmatch(narrow(cell))
        if match is None or any(name.split(".")[0] in ("date", "period") for name in self.cells):
            return cell
        self.texts["date"] = read_date(match[1])
        return match[2]

    def _adopted(self, cell: str) -> str:
        """The status that yes or no under 是否采纳 means; empty for other words."""
        try:
            said = read_yes_no(cell)
        except ValueError:
            return ""
        heading = self.layout.headings[self.cells["status"][0][0]] if self.layout.headings else ""
        return ("implemented" if "实施" in heading else "adopted") if said == "yes" else "submitted"

    def _heading_unit(self, name: str) -> str:
        places = [place for place, _cell in self.cells.get(name, ())]
        units = [self.layout.units[place] for place in places if place < len(self.layout.units)]
        return next(filter(None, units), "") or self.layout.extra.get("unit", "")

    def _date(self, name: str) -> None:
        """A date in one cell or in several; a stretch of time gives both its ends."""
        if has_parts(name, self.cells):
            self.texts[name] = read_date_cells(name, self.cells, self.layout, self.doubtful)
            return
        place, cell = self.cells[name][0]
        if place in self.doubtful:
            raise ValueError(unambiguous(cell))
        try:
            self.texts[name] = read_date(cell, self.layout.year)
        except ValueError:
            first, last = read_period(cell) if name == "date" and self.entity.name == "project" else ("", "")
            if not first:
                raise
            self.texts.update(started=first, date=last)

    def _people(self) -> None:
        if people := people_of_row(self.cells, self.lookups):
            self.texts["people"] = people

    def _divisions(self) -> None:
        names = [
            name
            for _place, cell in self.cells["divisions"]
            for name in ([cell] if self.lookups.is_division(cell) else re.split(r"[;；、,，/\n]+|\s+", cell))
        ]
        names = [part for name in names for part in self._bracketed(name)]
        date = self.texts.get("date") or self.lookups.date_of(self.texts.get("code", ""))
        self.texts["divisions"] = SEPARATOR.join(
            dict.fromkeys(self.lookups.division(name, date) for name in names if name.strip())
        )

    def _bracketed(self, name: str) -> list[str]:
        """A division and, where it is one, what stands in brackets after it; （牵头） is a remark on it."""
        match = re.fullmatch(r"([^()]+)\(([^()]+)\)", narrow(name))
        if match is None or self.lookups.is_division(name):
            return [name]
        return [match[1], *([match[2]] if self.lookups.is_division(match[2]) else [])]

    def _award(self) -> None:
        stated = self._first("award.level")
        level = choose(LEVELS, stated, "level") if stated else self.layout.extra.get("award.level", "")
        scheme_text, grade_text = self._first("scheme"), self._first("grade")
        if not scheme_text and len(narrow(grade_text)) > 3:  # 省科技进步二等奖 under 获奖等级
            scheme_text, grade_text = grade_text, ""
        try:
            grade = self.entity.field("grade").read_typed(grade_text, self._typed()) if grade_text else ""
        except ValueError as error:  # named here, for the scheme stands in another column
            self.problems.append(CellProblem(self.cells["grade"][0][0], "grade", grade_text, str(error)))
            grade = ""
        scheme, written = self.lookups.award(scheme_text, level) if scheme_text or level else ("", "")
        if grade and written and grade != written:
            raise ValueError(_("the name of the award says another grade than the column of grades"))
        if scheme:
            self.texts["scheme"] = scheme
        if grade or written:
            self.texts["grade"] = grade or written
        if (year := year_written(scheme_text)) and not any(name.split(".")[0] == "date" for name in self.cells):
            self.texts["date"] = year

    def _amount(self) -> None:
        self.texts.update(amount_of_row(self.layout, self.cells))

    def _records(self) -> None:
        """The record that a line is of: by code or by title, whichever of two columns says one that there is."""
        refusal: ValueError | None = None
        found: tuple[int, str, str] | None = None
        for place, cell in self.cells["records"]:
            try:
                shares = self._shares(cell)
            except ValueError as error:
                refusal = refusal or error
                continue
            if found and found[2] != shares:
                raise contradiction(self.layout, place, cell, *found[:2])
            found = (place, cell, shares)
        if found is None and refusal:
            raise refusal
        if found:
            self.texts["records"] = found[2]

    def _shares(self, cell: str) -> str:
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
        return SEPARATOR.join(written)

    def _period(self) -> None:
        first, last = read_period(self._first("period"))
        self.texts.setdefault("date", last)
        if first:
            self.texts.setdefault("started", first)

    def _venue(self) -> None:
        """Where a paper appeared; 《轻金属》2004年第3期 in one cell says the issue and the year as well."""
        said = read_published_in(self._first("venue"))
        for name, text in said.items():
            if name == "venue" or not any(each.split(".")[0] == name for each in self.cells):
                self.texts[name] = text

    def _issue(self) -> None:
        volume, number = self._first("issue.volume"), self._first("issue")
        if volume and (said := volume_in(number)) and said not in narrow(volume):
            raise contradiction(self.layout, *self.cells["issue"][0], *self.cells["issue.volume"][0])
        self.texts["issue"] = issue_of(volume, number)
        if (year := year_of_issue(number)) and "date" not in self.cells:
            self.texts.setdefault("date", year)


def _group(name: str, entity: Entity) -> str:
    """The field, or the group of fields, that a column is read with."""
    if entity.name == "award" and name in ("scheme", "grade", "award.level"):
        return "award"
    return name.split(".")[0]
