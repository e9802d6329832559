"""A workbook to fill in, for each kind: the catalogue's own headings with notes, lists of choices, an example, a guide.

Its words are Chinese whatever the reader's language: it is a form of the office, and is read back by these words.
"""

import io

from flask_babel import force_locale
from flask_babel import gettext as _
from xlsxwriter import Workbook

from catalogue.imports.tables.grids import EXAMPLE
from catalogue.palette import colour
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.fields import Field
from catalogue.records.schema.kinds import REVIEW_FIELDS
from catalogue.records.schema.reference_data import DIVISIONS

_ROWS = 2000  # that have lists of choices
_EXAMPLES = {
    "date": "2004-04",
    "started": "2003",
    "major": "否",
    "people": "张三(A1001);李四(A1002)",
    "keywords": "电解槽;节能",
    "application_number": "201020643383.1",
    "events": "filed 2010-12-03;granted 2011-08-03",
    "yearly_value": "5.4万元",
    "amount": "540万元",
    "year": "2004",
    "records": "XM-2004-001 100%",
    "staff_number": "A1001",
    "division": "炭素厂",
    "divisions": "炭素厂;动力厂",
    "aliases": "炭素分厂;碳素厂 [..2001-12-31]",
    "valid_from": "2002-07-01",
    "valid_to": "2008-12-31",
    "predecessor": "铝厂",
    "verified_on": "2005-01",
}


def template(entity: Entity) -> bytes:
    """The template of a kind of record, of benefits, of people or of divisions."""
    out = io.BytesIO()
    with force_locale("zh"), Workbook(out) as book:
        sheet = book.add_worksheet(str(entity.label)[:31])
        head = book.add_format({"bold": True, "bg_color": colour("wash"), "bottom": 1})
        grey = book.add_format({"font_color": colour("muted"), "italic": True})
        text = book.add_format({"num_format": "@"})  # numbers keep their zeros
        sheet.freeze_panes(1, 0)
        # Review is the catalogue's own affair, and it gives the codes; divisions are referred to by theirs.
        left_out = REVIEW_FIELDS if entity is DIVISIONS else ("code", *REVIEW_FIELDS)
        fields = [each for each in entity.fields if each.name not in left_out]
        for place, field in enumerate(fields):
            sheet.set_column(place, place, 18, text)
            sheet.write_string(0, place, str(field.label), head)
            sheet.write_comment(0, place, _note(field))
            sheet.write_string(1, place, _example(field, first=place == 0), grey)
            if choices := _choices(field):
                sheet.data_validation(1, place, _ROWS, place, {"validate": "list", "source": choices})
        _write_guide(book, entity)
    return out.getvalue()


def _choices(field: Field) -> list[str]:
    if field.name == "major":
        return ["是", "否"]
    return [str(field.choices.label(code)) for code in field.choices] if field.choices else []


def _note(field: Field) -> str:
    parts = [_("Needed.") if field.required else _("May be left empty.")]
    if choices := _choices(field):
        parts.append(_("Choose from the list: %(choices)s.", choices=", ".join(choices)))
    elif field.name in _EXAMPLES:
        parts.append(_("For example: %(example)s", example=_EXAMPLES[field.name]))
    return " ".join(parts)


def _example(field: Field, *, first: bool) -> str:
    if first:
        return f"{EXAMPLE}，导入时略过）"
    choices = _choices(field)
    return choices[0] if choices else _EXAMPLES.get(field.name, "")


def _write_guide(book: Workbook, entity: Entity) -> None:
    guide = book.add_worksheet("填表说明")
    guide.set_column(0, 0, 90, book.add_format({"text_wrap": True}))
    name = str(entity.plural or entity.label)
    lines = [
        name,
        _("One row is one entry; the grey example row is left out on import."),
        _("Dates: 2004, 2004-04 or 2004-04-05, as exactly as they are known."),
        _("People: 张三(A1001);李四(A1002), in order of rank; the staff number is needed where two have one name."),
        _("Amounts: with their unit, such as 540万元; without one they are yuan."),
        _("Divisions: by name, code or alias; an alias means the division that had it at the date of the entry."),
        _("A name that held only for a time is written with its days: 电解学部 [1988-03-01..2001-12-31]."),
        _("An entry that is in the catalogue already is found by its number, or by title and year."),
    ]
    for number, line in enumerate(lines):
        guide.write_string(number, 0, line)
