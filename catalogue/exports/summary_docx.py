"""The paragraph (通报稿) as a Word document: every number a link, the figures beside what was published."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalogue.exports.docx_report import Link, WordDocument
from catalogue.records.models.claims import Claim
from catalogue.tallies.crosstab import Figure
from catalogue.tallies.paragraph.published_figures import FIGURES
from catalogue.tallies.paragraph.summary import ParagraphPart
from catalogue.tallies.presentation import describe_published
from catalogue.tallies.serializers import show_number

_WIDTHS = (0.36, 0.22, 0.42)


@dataclass(frozen=True)
class SummaryFile:
    """The paragraph of a day, the figures in it and what was published of that day, by key."""

    session: Session
    as_of: date
    paragraph: Sequence[ParagraphPart]
    figures: Mapping[str, Figure]
    claims: Mapping[str, Claim]
    made: Sequence[tuple[str, str]]
    evidence_url: Callable[[Figure], str]


def _value(figure: Figure) -> str:
    measured = figure.selection.measured
    value = show_number(measured, figure.value)
    return value + _("(%(unit)s)", unit=measured.unit_text) if measured.unit_text else value


def write_summary_docx(file: SummaryFile, out: BinaryIO) -> None:
    """The document."""
    report = WordDocument(_("Summary as of %(day)s", day=file.as_of))
    report.add_paragraph(
        Link(segment.text, file.evidence_url(segment.figure)) if segment.figure else segment.text
        for segment in file.paragraph
    )
    report.add_heading(_("The figures"))
    report.add_table(
        [_("What is counted"), _("By the records"), _("Published")],
        [
            [
                describe_published(key, figure),
                _value(figure),
                file.claims[key].statement if key in file.claims else "",
            ]
            for key, figure in file.figures.items()
            if key in FIGURES and (figure.value or key in file.claims)
        ],
        _WIDTHS,
        words={0, 2},
    )
    report.add_facts([(_("As of"), file.as_of.isoformat()), *file.made])
    report.save(out)
