"""A program of its own that takes the text out of one Word file or PDF: file on stdin, JSON on stdout.

What people upload is hostile until proven otherwise, and the libraries that read it are large. So it is read in a
process that may use little time and memory, and whose end, however sudden, is one sentence to the reader. It is run by
its path and imports nothing of the catalogue: it starts five times as fast, and knows neither settings nor database.

The answer is ``{"text": …}``, for a PDF ``{"pages": […]}``, or ``{"problem": …}`` with one of the words of `texts`.
"""

import io
import json
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

MOST_MEMORY = 400 * 1024 * 1024
MOST_SECONDS = 4  # of the processor
MOST_UNPACKED = 64 * 1024 * 1024  # of a Word file without its pictures
MOST_CHARACTERS = 1_000_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# What was deleted or moved away, and the twin that old programs show instead of a text box.
_LEFT_OUT = {f"{_W}del", f"{_W}moveFrom", _FALLBACK}
_SPACES = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


class _Problem(Exception):
    """The file cannot be read, for the reason that the word names."""


def docx_text(content: bytes) -> str:
    """The paragraphs of a Word file in document order, those in tables and text boxes among them, one a line."""
    from docx import Document  # a PDF does without it

    _check_size(content)
    try:
        body = Document(io.BytesIO(content)).element.body
    except ValueError:  # a package, but no Word document
        raise _Problem("other_package") from None
    if body.getroottree().docinfo.internalDTD is not None:  # no Word file has entities
        raise _Problem("damaged")
    return "\n".join(_up_to(MOST_CHARACTERS, _paragraphs(body)))


def _check_size(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        # Pictures are packed already; they grow little, and text is not what they hold.
        if sum(each.file_size for each in package.infolist()) > MOST_UNPACKED + 4 * len(content):
            raise _Problem("too_large")
        if any(each.flag_bits & 1 for each in package.infolist()):
            raise _Problem("encrypted")


def _paragraphs(body: Any) -> Iterator[str]:
    """By the elements themselves: python-docx passes over tracked insertions, content controls and text boxes."""
    from lxml import etree

    open_paragraphs: list[list[str]] = []
    walk = etree.iterwalk(body, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            if element.tag == f"{_W}p":
                yield "".join(open_paragraphs.pop())
        elif element.tag in _LEFT_OUT:
            walk.skip_subtree()
        elif element.tag == f"{_W}p":
            open_paragraphs.append([])
        elif open_paragraphs:
            written = (element.text or "") if element.tag == f"{_W}t" else _SPACES.get(element.tag, "")
            open_paragraphs[-1].append(written)


def pdf_pages(content: bytes) -> list[str]:
    """The text of each page of a PDF."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise _Problem("encrypted" if "password" in str(error).lower() else "damaged") from None
    pages = list(_up_to(MOST_CHARACTERS, _pages(document)))
    if not any(page.strip() for page in pages):
        raise _Problem("no_text" if len(document) else "damaged")
    return pages


def _pages(document: Any) -> Iterator[str]:
    for number in range(len(document)):
        page = document[number]
        text = page.get_textpage()
        yield text.get_text_bounded()
        text.close()
        page.close()


def _up_to(most: int, texts: Iterator[str]) -> Iterator[str]:
    for text in texts:
        yield text[:most]
        most -= len(text)
        if most <= 0:
            return


def answer(kind: str, content: bytes) -> dict[str, Any]:
    """What stands in the file, or what is the matter with it."""
    try:
        return {"pages": pdf_pages(content)} if kind == "pdf" else {"text": docx_text(content)}
    except _Problem as problem:
        return {"problem": str(problem)}
    except MemoryError:
        return {"problem": "too_large"}
    except Exception:  # whatever a library says of a broken file
        return {"problem": "damaged"}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(answer(sys.argv[1], sys.stdin.buffer.read())))
