"""The text of a file: Word, PDF or plain text. What a file is, its content says; the name of an upload must agree.

Every refusal is an InvalidInput with one sentence that says what is the matter and what to do.
"""

import codecs
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from flask_babel import gettext as _

from catalogue.documents import extract_worker, sandboxed_process
from catalogue.errors import InvalidInput

ENDINGS = (".docx", ".pdf", ".txt")
LIMIT_SECONDS = 10.0  # by the clock; what it may use of processor and memory, `extract` says
MOST_CHARACTERS = extract_worker.MOST_CHARACTERS  # of a text; what follows is left away
_LONGEST_NAME = 60  # of a file, in a message

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .doc, and what Office makes of a .docx with a password
_BINARY = (b"MZ", b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_SENTENCE_END = "。！？；：….!?;:"
_LIST_ITEM = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|第[一二三四五六七八九十\d]+[章节条]|[•●■◆·-])"
)
_FULL_LINE = 0.75  # of the longest line of its page: shorter ones end a paragraph
_PDF_HYPHENS = "\x02\ufffe\u00ad"  # how PDFium and PDFs tell of a hyphen at the end of a line


def read_text(content: bytes, name: str) -> str:
    """The text of an upload, as `text_of_file` gives it. Raises InvalidInput, also where the name says otherwise."""
    # A browser may send a path, of whichever system.
    shown = PurePosixPath(name.replace("\\", "/")).name[-_LONGEST_NAME:]
    ending = PurePosixPath(shown).suffix.lower()
    if ending not in ENDINGS:
        raise InvalidInput(_problem("other_ending", shown))
    if _kind(content) not in ("", "old_office", ending.removeprefix(".")):
        raise InvalidInput(_problem("disguised", shown))
    return text_of_file(content, shown)


def text_of_file(content: bytes, shown: str) -> str:
    """The text of a file, its paragraphs kept, one a line; `shown` is what messages call it. Raises InvalidInput."""
    kind = _kind(content)
    if not kind:
        raise InvalidInput(_problem("empty", shown))
    if kind == "old_office":
        raise InvalidInput(_problem("old_office", shown))
    if kind in ("txt", "binary"):
        text = decode(content)
        if text is None:
            raise InvalidInput(_problem("no_encoding", shown))
    else:
        found = _extract(kind, content)
        if "problem" in found:
            raise InvalidInput(_problem(str(found["problem"]), shown))
        text = text_of_pages(found["pages"]) if "pages" in found else str(found["text"])
    text = tidy(text[:MOST_CHARACTERS])
    if not text:
        raise InvalidInput(_problem("no_text", shown))
    return text


def text_of_pages(pages: Iterable[str]) -> str:
    """The text of the pages of a PDF, the lines joined that were broken inside a sentence."""
    return "\n".join(map(_join_lines, pages))


def tidy(text: str) -> str:
    """The text with plain line ends and single spaces, and without control characters, radicals that only PDFs use,
    and empty lines."""
    return "\n".join(filter(None, (" ".join(line.split()) for line in plain(text).splitlines())))


def plain(text: str) -> str:
    """The text without what no page and no Word file can hold, and with characters for radicals."""
    return text.translate(_PLAIN)


class _Plain(dict[int, str]):
    """A table for `str.translate` that works out each character when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _plain_character(chr(code))
        return found


def _plain_character(character: str) -> str:
    # Only the radicals and the doublets of characters: full-width punctuation is right in Chinese.
    if "\u2e80" <= character <= "\u2fdf" or "\uf900" <= character <= "\ufaff":
        return unicodedata.normalize("NFKC", character)
    if character in "\t\n\r\f\v" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Cn"):
        return "\n" if character in "\f\v" else character
    return ""


_PLAIN = _Plain()


def _kind(content: bytes) -> str:
    if not content.strip():
        return ""
    if content.startswith(b"PK\x03\x04"):
        return "docx"
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(_OLD_OFFICE):
        return "old_office"
    return "binary" if content.startswith(_BINARY) and decode(content) is None else "txt"


def decode(content: bytes) -> str | None:
    """The text of a plain file in any encoding in which Chinese is written here; None where it is none."""
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _reads_as_text(text):
            return text
    return None


def _encodings(content: bytes) -> Iterable[str]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    if b"\x00" in content:  # else every space and line end of UTF-16 is one
        return ("utf-16-le", "utf-16-be")
    return ("utf-8-sig", "gb18030")


def _reads_as_text(text: str) -> bool:
    """Whether a sample has none of the characters that no text has, but any bytes read as text have soon."""
    sample = text[:20_000]
    strange = sum(unicodedata.category(c) in ("Cc", "Cn", "Co", "Cs") and c not in "\t\n\r\f\v\x1a" for c in sample)
    return "\x00" not in sample and strange * 100 <= len(sample)


def _extract(kind: str, content: bytes) -> dict[str, Any]:
    bounds = sandboxed_process.Bounds(extract_worker.MOST_MEMORY, extract_worker.MOST_SECONDS, LIMIT_SECONDS)
    ended = sandboxed_process.run(extract_worker.__file__, kind, source=content, bounds=bounds)
    if ended.problem:
        return {"problem": "too_slow" if ended.problem == "too_slow" else "damaged"}
    answer: dict[str, Any] = json.loads(ended.output)
    return answer


def _join_lines(page: str) -> str:
    """A page of a PDF with the lines joined that were broken inside a sentence."""
    lines = [line.strip() for line in page.splitlines()]
    full = _FULL_LINE * max(map(_width, lines), default=0)
    return "".join(_joined(lines, full))


def _width(line: str) -> int:
    """As it is printed, in halves of a Chinese character."""
    return sum(1 if character.isascii() else 2 for character in line)


def _joined(lines: list[str], full: float) -> Iterator[str]:
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line and line[-1] in _PDF_HYPHENS:
            yield line[:-1]
        elif (
            not line or not following or line[-1] in _SENTENCE_END or _width(line) < full or _LIST_ITEM.match(following)
        ):
            yield f"{line}\n"
        else:
            yield f"{line} " if line[-1].isascii() and following[0].isascii() else line


def _problem(word: str, name: str) -> str:
    """The sentence for a file that cannot be used."""
    sentences = {
        "other_ending": _(
            "“%(name)s” cannot be read: save the draft as Word (.docx), PDF or text (.txt), or paste its text.",
            name=name,
        ),
        "empty": _("“%(name)s” is empty: choose the file that holds the draft.", name=name),
        "old_office": _(
            "“%(name)s” is a Word file of the old kind (.doc) or has a password: save it as .docx without a password.",
            name=name,
        ),
        "disguised": _(
            "“%(name)s” is not what its name says: open it in its own program and save it as .docx, PDF or .txt.",
            name=name,
        ),
        "no_encoding": _(
            "“%(name)s” does not read as text: save it as plain text in UTF-8, or paste its text.", name=name
        ),
        "other_package": _("“%(name)s” is no Word document: open it in its program and save it as .docx.", name=name),
        "encrypted": _("“%(name)s” has a password: save it without one, or paste its text.", name=name),
        "too_large": _("“%(name)s” becomes too large when unpacked: paste the text itself.", name=name),
        "too_slow": _(
            "“%(name)s” takes too long to read: save a copy of the pages that matter, or paste the text.", name=name
        ),
        "no_text": _(
            "“%(name)s” holds no text, perhaps only scanned pages: use the file it was made from, or paste the text.",
            name=name,
        ),
    }
    damaged = _("“%(name)s” is damaged or incomplete: open and save it anew, or paste its text.", name=name)
    return sentences.get(word, damaged)
