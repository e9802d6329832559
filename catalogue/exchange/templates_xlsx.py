"""Workbooks to fill in, one for each kind."""

import io

from flask_babel import force_locale
from xlsxwriter import Workbook

from catalogue.records.registers import ENTITIES


def template(kind: str) -> bytes:
    """A workbook with the columns of a table, and lists for those that hold one of several words."""
    entity, file = ENTITIES[kind], io.BytesIO()
    with force_locale("zh"), Workbook(file) as book:
        sheet = book.add_worksheet(str(entity.label))
        head = book.add_format({"bold": True, "bg_color": "#F3F0E7", "bottom": 1})
        for place, field in enumerate(entity.fields):
            sheet.set_column(place, place, 18)
            sheet.write_string(0, place, str(field.label), head)
            if field.choices is not None:
                labels = [str(label) for label in field.choices.labels.values()]
                sheet.data_validation(1, place, 1000, place, {"validate": "list", "source": labels})
    return file.getvalue()
