"""The marked-up copy of a workbook: the rows as they were read, at their places, with a note on every cell that cannot
be used and on every cell that changes something."""

import io
from collections import defaultdict
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from catalogue.formatting import xml_text
from catalogue.imports.labels import FOUND_BY, OUTCOMES, code_of
from catalogue.imports.plan import Plan, PlannedRow, Source
from catalogue.palette import colour

_LONGEST_CELL = 32_767
_LONGEST_NAME = 31
_COLOURS = {"invalid": "heat-3", "changed": "mark", "duplicate": "blue-wash"}  # by name, of the palette
Done = tuple[Source, PlannedRow]
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'"))


def marked_copy(sources: Sequence[Source], plan: Plan) -> bytes:
    """A workbook with a sheet for each table."""
    # What one row of a table does, its own entry first, then what it brings beside.
    by_table: dict[int, dict[int, list[Done]]] = defaultdict(lambda: defaultdict(list))
    for row in plan.rows:
        source = sources[row.source]
        by_table[id(source.table)][row.number].append((source, row))
    file = io.BytesIO()
    with Workbook(file, {"constant_memory": True}) as book:
        formats = {
            outcome: book.add_format({"bg_color": colour(name), "num_format": "@"})
            for outcome, name in _COLOURS.items()
        }
        head = book.add_format({"bold": True, "bg_color": colour("wash"), "bottom": 1})
        names: set[str] = set()
        for source in sources:
            if not source.is_beside:
                rows = by_table[id(source.table)]
                _write(book.add_worksheet(_name(source, names)), source, rows, formats, head)
    return file.getvalue()


def _name(source: Source, taken: set[str]) -> str:
    """A name as sheets can have it, each once."""
    plain = (source.table.sheet or source.table.file).translate(_NOT_IN_NAMES)[:_LONGEST_NAME] or "1"
    name, again = plain, 2
    while name.lower() in taken:
        name, again = f"{plain[: _LONGEST_NAME - 4]} {again}", again + 1
    taken.add(name.lower())
    return name


def _write(
    sheet: Worksheet, source: Source, rows: Mapping[int, list[Done]], formats: dict[str, Format], head: Format
) -> None:
    table = source.table
    top = max(1, table.heading_row)
    last = len(table.headings)
    sheet.set_column(0, last, 18)
    for place, heading in enumerate((*table.headings, _("Import: result"))):
        sheet.write_string(top - 1, place, _cell(heading), head)
    for row in table.rows:
        done = rows.get(row.number, [])
        # Rows of JSON lines begin at 1, where the headings stand here.
        number = row.number - 1 if table.heading_row else row.number
        notes: dict[int, tuple[str, str]] = {}
        for each, planned in done:
            for place, note in _notes(each, planned).items():
                notes[place] = (planned.outcome, "\n".join(filter(None, (notes.get(place, ("", ""))[1], note))))
        for place, text in enumerate(row.cells):
            if place in notes:
                outcome, note = notes[place]
                sheet.write_string(number, place, _cell(text), formats[outcome])
                sheet.write_comment(number, place, note, {"x_scale": 2, "y_scale": 1.5})
            elif text:
                sheet.write_string(number, place, _cell(text))
        if done:
            result = "\n".join(_result(planned) for _source, planned in done)
            sheet.write_string(number, last, _cell(result), formats.get(_worst(done)))


def _worst(done: Sequence[Done]) -> str:
    """The outcome that most wants somebody to look."""
    outcomes = [planned.outcome for _source, planned in done]
    return next((word for word in ("invalid", "duplicate", "changed") if word in outcomes), outcomes[0])


def _notes(source: Source, row: PlannedRow) -> dict[int, str]:
    """What is to be said at which column."""
    notes: dict[int, str] = {}
    for problem in row.problems:
        if problem.column is not None:
            notes[problem.column] = "\n".join(filter(None, (notes.get(problem.column), problem.message)))
    if row.outcome == "changed":
        fields = source.layout.fields
        for name, (old, _new) in row.changes.items():
            if name in fields:
                notes[fields.index(name)] = _("Until now: %(old)s", old=old[:500] or _("(empty)"))
    return notes


def _result(row: PlannedRow) -> str:
    parts = [str(OUTCOMES.label(row.outcome)), code_of(row)]
    parts += [f"{problem.heading}: {problem.message}" for problem in row.problems]
    parts += [f"{each.code} {each.title} ({FOUND_BY.label(each.by)})" for each in row.candidates]
    return " · ".join(filter(None, parts))


def _cell(text: str) -> str:
    return xml_text(text)[:_LONGEST_CELL]
