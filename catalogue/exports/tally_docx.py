"""A tally as a Word document: what it counts, its chart, the table, and how it was counted."""

import math
from typing import Any, BinaryIO

from flask_babel import gettext as _

from catalogue.exports.docx_report import WordDocument
from catalogue.exports.png import png_of
from catalogue.exports.tally_export import TallyExport
from catalogue.tallies.presentation import MOST_SHOWN
from catalogue.tallies.serializers import figure_rows, heads, show_number

# Columns of figures that a page has room for upright, and on its side: counts, and sums.
_COUNTS, _SUMS = (8, 18), (6, 11)
_LABELS = {False: 0.24, True: 0.16}  # of the width that the labels of rows take; on its side


def _shortened(row: list[Any], first: int = 0) -> list[Any]:
    """As many columns or rows as the page shows, after `first` others, and the total."""
    return row if len(row) <= first + MOST_SHOWN + 1 else [*row[: first + MOST_SHOWN], row[-1]]


def write_tally_docx(file: TallyExport, out: BinaryIO) -> None:
    """The document; a table of more columns than a page has room for goes on in another one beneath."""
    measured = file.table.spec.selection.measured
    head = _shortened(heads(file.table), first=1)
    rows = [
        [
            label,
            *(show_number(measured, each.value) if each and each.entry_count else "–" for each in _shortened(figures)),
        ]
        for label, figures in _shortened(list(figure_rows(file.table)))
    ]
    upright, across = _COUNTS if measured.unit == "count" else _SUMS
    figures = len(head) - 1
    landscape = figures > upright
    report = WordDocument(file.title, landscape=landscape)
    report.add_line(file.scope, centred=True)
    if chart := file.draw(False):
        report.add_picture(png_of(chart.svg), f"{chart.description} · {file.scope}")
    # Parts of the same size, rather than a last one of one column.
    parts = math.ceil(figures / (across if landscape else upright))
    step = math.ceil(figures / parts)
    for number, start in enumerate(range(1, len(head), step), 1):
        columns = [0, *range(start, min(start + step, len(head)))]
        if parts > 1:
            report.add_caption(_("Part %(number)s of %(parts)s", number=number, parts=parts))
        labels = _LABELS[landscape]
        report.add_table(
            [head[place] for place in columns],
            [[row[place] for place in columns] for row in rows],
            [labels, *([(1 - labels) / (len(columns) - 1)] * (len(columns) - 1))],
            total_row=True,
            total_column=columns[-1] == figures,
        )
    if len(rows) <= len(file.table.rows) or figures <= len(file.table.columns):
        report.add_note(
            _(
                "Only the first %(number)s rows and columns are shown; the Excel workbook has them all.",
                number=MOST_SHOWN,
            )
        )
    for note in file.notes:
        report.add_note(str(note))
    report.add_facts(file.made)
    report.save(out)
