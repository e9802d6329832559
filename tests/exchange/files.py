"""Files for tests, made by hand: Word packages and PDFs, good and hostile ones."""

import io
import zipfile

from docx import Document


def docx(*paragraphs: str, table: list[list[str]] | None = None) -> bytes:
    """A Word file with paragraphs and, after them, a table."""
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        grid = document.add_table(len(table), len(table[0]))
        for number, row in enumerate(table):
            for place, text in enumerate(row):
                grid.cell(number, place).text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """A package with one of its parts replaced or added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.infolist():
            if each.filename != name:
                new.writestr(each, old.read(each))
        new.writestr(name, part)
    return file.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    """One part of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name)


def pdf(*lines: str, pages: int = 1, trailer: str = "") -> bytes:
    """A PDF whose every page has these lines, each character a code of its own with its meaning in a ToUnicode map."""
    codes = {character: number for number, character in enumerate(sorted(set("".join(lines))), 1)}
    shown = " T* ".join("<" + "".join(f"{codes[c]:04X}" for c in line) + "> Tj" for line in lines)
    content = f"BT /F1 6 Tf 14 TL 40 800 Td {shown} ET"
    chars = "\n".join(f"<{n:04X}> <{c.encode('utf-16-be').hex()}>" for c, n in codes.items())
    to_unicode = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{chars}\nendbfchar endcmap end end"
    )
    kids = " ".join(f"{10 + number} 0 R" for number in range(pages))
    objects = {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        3: "<< /Type /Font /Subtype /Type0 /BaseFont /T /Encoding /Identity-H "
        "/DescendantFonts [4 0 R] /ToUnicode 5 0 R >>",
        4: "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /T /CIDSystemInfo << /Registry (Adobe) "
        "/Ordering (Identity) /Supplement 0 >> /FontDescriptor 7 0 R /DW 1000 >>",
        5: f"<< /Length {len(to_unicode)} >>\nstream\n{to_unicode}\nendstream",
        6: f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        7: "<< /Type /FontDescriptor /FontName /T /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 800 "
        "/Descent -200 /CapHeight 700 /StemV 80 >>",
    }
    page = (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
    )
    objects.update({10 + number: page for number in range(pages)})
    body = "%PDF-1.5\n" + "".join(f"{number} 0 obj\n{text}\nendobj\n" for number, text in objects.items())
    return f"{body}trailer << /Root 1 0 R /Size {10 + pages} {trailer} >>\n%%EOF\n".encode("latin-1")


ENCRYPTED_PDF = pdf(
    "secret",
    trailer="/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] "
    "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + "11" * 32 + "> /U <" + "22" * 32 + "> >>",
)
SCANNED_PDF = pdf("")
