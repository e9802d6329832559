"""A report as a Word file, in the form in which Chinese offices file one: 宋体 for text, 黑体 for headings, A4."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from flask_babel import gettext as _
from flask_babel import ngettext

from catalogue.formatting import number, xml_text
from catalogue.priorwork.check import SimilarWork, score_words
from catalogue.priorwork.models import PriorWorkReport
from catalogue.priorwork.reports import findings_of
from catalogue.search.text.highlight import Segments

MIMETYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TEXT_FONT, _HEADING_FONT, _LATIN_FONT = "宋体", "黑体", "Times New Roman"
_BLACK, _GREY = RGBColor(0, 0, 0), RGBColor(0x44, 0x44, 0x44)
_LABEL_WIDTH, _VALUE_WIDTH = Cm(3.2), Cm(12.8)
# Style, size in points, bold, space before in points.
_STYLES = (
    ("Normal", 10.5, False, 0),
    ("Title", 18, True, 0),
    ("Heading 1", 14, True, 14),
    ("Heading 2", 12, True, 12),
    ("Footer", 9, False, 0),
)


def write_docx(report: PriorWorkReport, facts: Iterable[tuple[str, str]], language: str) -> bytes:
    """The report in a language. `facts` are the labelled lines of its head, the same as on its page."""
    document = Document()
    _set_page(document)
    _set_styles(document)
    title = document.add_paragraph(_("Prior-work report"), style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_table(document, facts)
    document.add_heading(_("How the check was made"), 1)
    for sentence in report.strategy["in_words"][language]:
        document.add_paragraph(xml_text(sentence))
    findings = findings_of(report)
    document.add_heading(found_heading(report), 1)
    if not findings:
        document.add_paragraph(nothing_found(report))
    for finding in findings:
        _add_finding(document, finding, language)
    document.add_page_break()  # type: ignore[no-untyped-call]
    document.add_heading(_("Annex: the text checked"), 1)
    for line in (report.title, *report.text.split("\n")):
        if line:
            document.add_paragraph(xml_text(line)).paragraph_format.first_line_indent = Pt(21)
    _add_footer(document, report)
    properties = document.core_properties
    properties.title = " ".join((_("Prior-work report"), report.number))
    properties.author = _("Achievements and Patents")
    properties.created = properties.modified = report.created_at.replace(tzinfo=None)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def found_heading(report: PriorWorkReport) -> str:
    """The heading above the list."""
    found = len(report.findings)
    return ngettext("%(num)s similar record", "%(num)s similar records", found)


def nothing_found(report: PriorWorkReport) -> str:
    """What a report says instead of a list."""
    compared = report.scope["compared"]
    return _("None of the %(number)s records in scope resembles the draft.", number=number(compared))


def term_lines(finding: SimilarWork) -> list[tuple[str, str]]:
    """Each common term of a finding, and what it says about the score."""
    return [
        (
            term.text,
            ngettext(
                "in %(number)s record, %(percent)s%% of the score",
                "in %(number)s records, %(percent)s%% of the score",
                term.records,
                number=number(term.records),
                percent=term.percent,
            ),
        )
        for term in finding.terms
    ]


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.5)


def _set_styles(document: Any) -> None:
    for name, size, bold, before in _STYLES:
        style = document.styles[name]
        _set_font(style, _TEXT_FONT if name in ("Normal", "Footer") else _HEADING_FONT)
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
        style.font.color.rgb = _BLACK
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(4)
        style.paragraph_format.line_spacing = 1.4
    rule = document.styles["Title"].element.pPr.find(qn("w:pBdr"))
    if rule is not None:  # Word's own title has a blue line beneath it
        document.styles["Title"].element.pPr.remove(rule)
    quiet = document.styles.add_style("Facts", WD_STYLE_TYPE.PARAGRAPH)
    quiet.base_style = document.styles["Normal"]
    quiet.font.size, quiet.font.color.rgb = Pt(9), _GREY


def _set_font(style: Any, chinese: str) -> None:
    """Latin and Chinese letters have fonts of their own; python-docx sets only the first."""
    style.font.name = _LATIN_FONT
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{attribute}"), None)
    fonts.set(qn("w:eastAsia"), chinese)


def _add_table(document: Any, facts: Iterable[tuple[str, str]]) -> None:
    table = document.add_table(0, 2, style="Table Grid")
    table.autofit = False
    for label, text in facts:
        row = table.add_row()
        _keep_whole(row)
        for cell, width, written in zip(row.cells, (_LABEL_WIDTH, _VALUE_WIDTH), (label, text), strict=True):
            cell.width = width
            cell.paragraphs[0].text = xml_text(written)
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
        row.cells[0].paragraphs[0].runs[0].font.bold = True


def _keep_whole(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _add_finding(document: Any, finding: SimilarWork, language: str) -> None:
    heading = document.add_heading(f"{finding.rank}. {xml_text(finding.title)}", 2)
    heading.paragraph_format.keep_with_next = True
    score = f"{finding.percent}% {score_words(finding.percent)}"
    line = [finding.code, finding.badge[language], *finding.line[language]]
    document.add_paragraph(xml_text(" · ".join([score, *line])), style="Facts")
    if finding.terms:
        terms = _("; ").join(f"{text} ({told})" for text, told in term_lines(finding))
        document.add_paragraph(xml_text(_("In common: %(terms)s", terms=terms)), style="Facts")
    if any(marked for _text, marked in finding.marked_title):
        _add_marked(document, _("Title:"), finding.marked_title)
    if finding.marked_abstract:
        _add_marked(document, _("Abstract:"), finding.marked_abstract)
    if finding.shares_passages:
        _add_marked(document, _("In the draft:"), finding.marked_draft)


def _add_marked(document: Any, label: str, pieces: Segments) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(f"{label} ").font.bold = True
    for text, marked in pieces:
        run = paragraph.add_run(xml_text(text.strip("\n") if not marked else text))
        if marked:
            run.font.bold = True
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _add_footer(document: Any, report: PriorWorkReport) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(f"{report.number}    ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
