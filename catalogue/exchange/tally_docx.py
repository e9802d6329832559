"""A tally as a Word document: what it counts, its chart, the table, and how it was counted."""

from typing import BinaryIO

from flask_babel import gettext as _

from catalogue.exchange.pictures import png_of
from catalogue.exchange.report import Report
from catalogue.exchange.tally_file import TallyFile
from catalogue.tallies.listing import figure_rows, heads, show_number

MOST_UPRIGHT, MOST_ACROSS = 7, 13  # columns of figures on a page upright, and on its side
_LABELS_UPRIGHT, _LABELS_ACROSS = 0.28, 0.16  # of the width that the labels of rows take


def write_tally_docx(file: TallyFile, out: BinaryIO) -> None:
    """The document; a table of more columns than a page has room for goes on in another one beneath."""
    head = heads(file.table)
    measured = file.table.spec.selection.measured
    rows = [
        [label, *(show_number(measured, figure.value) if figure and figure.things else "–" for figure in figures)]
        for label, figures in figure_rows(file.table)
    ]
    landscape = len(head) - 1 > MOST_UPRIGHT
    report = Report(file.title, landscape=landscape)
    report.add_line(file.scope, centred=True)
    picture = file.picture()
    if picture:
        report.add_picture(png_of(picture), file.title)
    step = MOST_ACROSS if landscape else MOST_UPRIGHT
    starts = range(1, len(head), step)
    for number, start in enumerate(starts, 1):
        columns = [0, *range(start, min(start + step, len(head)))]
        if len(starts) > 1:
            report.add_caption(_("Part %(number)s of %(parts)s", number=number, parts=len(starts)))
        report.add_table(
            [head[place] for place in columns],
            [[row[place] for place in columns] for row in rows],
            _LABELS_ACROSS if landscape else _LABELS_UPRIGHT,
            total_row=True,
            total_column=columns[-1] == len(head) - 1,
        )
    for note in file.notes:
        report.add_note(str(note))
    report.add_facts(file.about)
    report.save(out)
