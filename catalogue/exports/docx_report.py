"""Word documents in the style of Chinese reports: titles in 黑体, text in 宋体, A4, page numbers.

Tables are written as XML: a thousand cells through python-docx's own objects take seconds.
"""

import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from flask_babel import gettext as _
from markupsafe import escape

from catalogue.formatting import xml_text

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SONG, _HEI, _ROMAN = "宋体", "黑体", "Times New Roman"
_TITLE_ROOM = Mm(32)
_TWIPS = 635  # EMU in a twentieth of a point
_TEXT, _SMALL = Pt(12), Pt(10.5)  # 小四, 五号


@dataclass(frozen=True)
class Link:
    """A text that opens an address."""

    text: str
    address: str


class WordDocument:
    """A document to which parts are added from top to bottom."""

    def __init__(self, title: str, *, landscape: bool = False) -> None:
        self._document: DocumentObject = Document()
        self._document.core_properties.title = xml_text(title)
        self._document.core_properties.author = ""
        self._document.core_properties.comments = ""
        self._set_page(landscape)
        self._set_styles()
        self._add_page_number()
        heading = self._document.add_paragraph(xml_text(title), style="Title")
        heading.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def _set_page(self, landscape: bool) -> None:
        section = self._document.sections[0]
        sides = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
        section.page_width, section.page_height = sides
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.top_margin = section.bottom_margin = Mm(25)
        section.left_margin = section.right_margin = Mm(26)

    @property
    def width(self) -> Length:
        """How wide text and pictures can be."""
        section = self._document.sections[0]
        return Length((section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0))

    def _set_styles(self) -> None:
        styles = self._document.styles
        for name, chinese, size in (
            ("Normal", _SONG, _TEXT),
            ("Title", _HEI, Pt(18)),
            ("Heading 1", _HEI, Pt(14)),
            ("Caption", _HEI, _SMALL),
        ):
            style = styles[name]
            if not isinstance(style, ParagraphStyle):
                continue
            style.font.name, style.font.size = _ROMAN, size
            style.font.color.rgb = RGBColor(0, 0, 0)
            style.font.bold = name != "Normal" and chinese != _HEI
            properties = style.element.get_or_add_rPr()
            fonts = properties.get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            fonts.set(qn("w:eastAsia"), chinese)
            fonts.set(qn("w:hAnsi"), _ROMAN)
            for border in style.element.xpath("./w:pPr/w:pBdr"):
                border.getparent().remove(border)
        normal = styles["Normal"]
        if isinstance(normal, ParagraphStyle):
            normal.paragraph_format.space_after = Pt(6)

    def _add_page_number(self) -> None:
        paragraph = self._document.sections[0].footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        field = parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>')
        paragraph._p.append(field)

    def add_heading(self, text: str) -> None:
        self._document.add_paragraph(xml_text(text), style="Heading 1")

    def add_caption(self, text: str) -> None:
        """A line over a table or under a picture."""
        paragraph = self._document.add_paragraph(xml_text(text), style="Caption")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True

    def add_line(self, text: str, *, centred: bool = False) -> None:
        """A line in small type."""
        paragraph = self._document.add_paragraph()
        self._run(paragraph, text, _SMALL)
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def add_note(self, *parts: str | Link) -> None:
        """A note in small type, which may have links in it."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        self._add_parts(paragraph, parts, _SMALL)

    def add_facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Notes of a label and a text each; an address is a link."""
        for label, text in pairs:
            is_address = text.startswith(("http://", "https://"))
            self.add_note(_("%(facet)s: %(value)s", facet=label, value=""), Link(text, text) if is_address else text)

    def add_paragraph(self, parts: Iterable[str | Link]) -> None:
        """A paragraph of text: two characters indented, lines one and a half apart."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Pt(2 * _TEXT.pt)
        paragraph.paragraph_format.line_spacing = 1.5
        self._add_parts(paragraph, parts, _TEXT)

    def _add_parts(self, paragraph: Paragraph, parts: Iterable[str | Link], size: Length) -> None:
        for part in parts:
            if isinstance(part, str):
                self._run(paragraph, part, size)
                continue
            link = OxmlElement("w:hyperlink")
            relation = self._document.part.relate_to(part.address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            link.set(qn("r:id"), relation)
            paragraph._p.append(link)
            self._run(paragraph, part.text, size)
            link.append(paragraph.runs[-1]._r)

    def _run(self, paragraph: Paragraph, text: str, size: Length) -> None:
        paragraph.add_run(xml_text(text)).font.size = size

    def add_picture(self, png: bytes, described: str) -> None:
        """A picture as wide as the text, but no higher than fits under the title; `described` is for those who cannot
        see it."""
        shape = self._document.add_picture(io.BytesIO(png), width=self.width)
        section = self._document.sections[0]
        highest = (section.page_height or 0) - (section.top_margin or 0) - (section.bottom_margin or 0) - _TITLE_ROOM
        if shape.height > highest:
            shape.width, shape.height = Length(shape.width * highest // shape.height), Length(highest)
        shape._inline.docPr.set("descr", xml_text(described))
        self._document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER

    def add_table(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        shares: Sequence[float],
        *,
        words: Collection[int] = (0,),
        total_row: bool = False,
        total_column: bool = False,
    ) -> None:
        """A table. `shares` are those of the columns in the width, `words` the columns that hold words and no figures.
        The head is on every page, and no row is cut in two. Totals, the last row and column, are set off."""
        whole = int(self.width / _TWIPS)
        widths = [int(whole * share) for share in shares]
        aligned = ["left" if place in words else "right" for place in range(len(head))]
        lines = [_row(head, widths, ["center"] * len(head), _HEAD)]
        for place, row in enumerate(rows, 1):
            bold = total_row and place == len(rows)
            lines.append(_row(row, widths, aligned, _TOTAL if bold else _PLAIN, bold_last=total_column))
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        table = parse_xml(
            f"<w:tbl {nsdecls('w')}><w:tblPr><w:tblW w:w='{sum(widths)}' w:type='dxa'/><w:jc w:val='center'/>{_BORDERS}"
            f"<w:tblLayout w:type='fixed'/>{_CELL_MARGINS}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
            f"{''.join(lines)}</w:tbl>"
        )
        self._document.element.body.insert_element_before(table, "w:sectPr")
        # Two tables without a paragraph between them would be one.
        self._document.add_paragraph().paragraph_format.space_after = Pt(0)

    def save(self, out: BinaryIO) -> None:
        self._document.save(out)


# Thick above and below, thin within: so tables stand in Chinese reports.
_BORDERS = (
    "<w:tblBorders>"
    + "".join(
        f"<w:{side} w:val='single' w:sz='{size}' w:space='0' w:color='000000'/>"
        for side, size in (("top", 12), ("left", 4), ("bottom", 12), ("right", 4), ("insideH", 4), ("insideV", 4))
    )
    + "</w:tblBorders>"
)
_CELL_MARGINS = "<w:tblCellMar><w:left w:w='70' w:type='dxa'/><w:right w:w='70' w:type='dxa'/></w:tblCellMar>"


_PLAIN, _HEAD, _TOTAL = "plain", "head", "total"  # how a row looks


def _row(
    texts: Sequence[str], widths: Sequence[int], aligned: Sequence[str], look: str, *, bold_last: bool = False
) -> str:
    shade = "<w:shd w:val='clear' w:color='auto' w:fill='F2F2F2'/>" if look == _HEAD else ""
    fonts = f"<w:rFonts w:eastAsia='{_HEI}'/>" if look != _PLAIN else ""
    cells = []
    for place, (text, width, align) in enumerate(zip(texts, widths, aligned, strict=True)):
        bold = "<w:b/>" if look == _TOTAL or (bold_last and look == _PLAIN and place == len(texts) - 1) else ""
        cells.append(
            f"<w:tc><w:tcPr><w:tcW w:w='{width}' w:type='dxa'/>{shade}<w:vAlign w:val='center'/></w:tcPr>"
            f"<w:p><w:pPr><w:spacing w:before='30' w:after='30'/><w:jc w:val='{align}'/></w:pPr>"
            f"<w:r><w:rPr>{fonts}{bold}<w:sz w:val='{int(_SMALL.pt * 2)}'/></w:rPr>"
            f"<w:t xml:space='preserve'>{escape(xml_text(text))}</w:t></w:r></w:p></w:tc>"
        )
    repeated = "<w:tblHeader/>" if look == _HEAD else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{''.join(cells)}</w:tr>"
