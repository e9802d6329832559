"""Whether a package is a Word document or a workbook and nothing else. Part of the program `inspection`, which runs it
by its path; it imports nothing of the catalogue.

Every part is unpacked once, piece by piece: so it is whole, and no larger than the directory says. What a document of
an office never needs is refused: macros, entities, parts that are programs or archives, and references to other files
that are followed on opening.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.parsers import expat  # nosec B405  # it stops at every DOCTYPE

MOST_ENTRIES = 3_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 300  # what is packed better holds no text
_LARGE = 1024 * 1024
_CHUNK = 256 * 1024
_MAIN = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_MAIN_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
_MACROS = re.compile(r"vbaproject|vbadata|macrosheets/|macroenabled", re.I)
_PROGRAMS = re.compile(r"\.(?:exe|dll|com|scr|bat|cmd|ps1|vbs?|js|jse|wsf|hta|html?|lnk|msi|jar|zip|7z|rar)", re.I)
_FOLLOWED = re.compile(r"(?:https?|ftp|file)://|\\\\|//", re.I)
_LINKED = "externallink"


class Problem(Exception):
    """The package is refused, for the reason that the word names."""


def check(file: BinaryIO) -> str:
    """The format of the package: docx or xlsx. Raises Problem, or whatever the library says of a broken one."""
    with zipfile.ZipFile(file) as package:
        _check_directory(package)
        names = {entry.filename for entry in package.infolist()}
        kind = next((kind for main, kind in _MAIN.items() if main in names), "")
        if not kind or "[Content_Types].xml" not in names:
            raise Problem("other_package")
        for entry in package.infolist():
            _check_part(package, entry, is_inside=False)
        types = [each.get("ContentType", "") for each in _elements(package, "[Content_Types].xml")]
        if any(_MACROS.search(each) for each in types):
            raise Problem("macros")
        if _MAIN_TYPES[kind] not in types:
            raise Problem("other_package")
    return kind


def _check_directory(package: zipfile.ZipFile) -> None:
    entries = package.infolist()
    if len(entries) > MOST_ENTRIES or sum(each.file_size for each in entries) > MOST_UNPACKED:
        raise Problem("too_large")
    if any(each.file_size > _LARGE and each.file_size > MOST_RATIO * each.compress_size for each in entries):
        raise Problem("too_large")
    if any(each.flag_bits & 1 for each in entries):
        raise Problem("encrypted")
    names = [each.filename for each in entries]
    if len({name.lower() for name in names}) < len(names):
        raise Problem("damaged")
    for name in names:
        if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name:
            raise Problem("damaged")
        if _MACROS.search(name):
            raise Problem("macros")
        if _PROGRAMS.fullmatch("." + name.rpartition(".")[2]):
            raise Problem("programs")
        if _LINKED in name.lower():
            raise Problem("linked")


def _check_part(package: zipfile.ZipFile, entry: zipfile.ZipInfo, *, is_inside: bool) -> None:
    name = entry.filename.lower()
    parser = _parser(name) if name.endswith((".xml", ".rels")) and entry.file_size else None
    with package.open(entry) as part:
        beginning = part.read(4)
        if beginning.startswith((b"PK\x03\x04", b"MZ", b"\x7fELF")) and (is_inside or "embeddings/" not in name):
            raise Problem("programs")
        is_package = beginning.startswith(b"PK\x03\x04")
        chunk, kept = beginning, []
        while chunk:
            if parser:
                parser.Parse(chunk, False)
            if is_package:
                kept.append(chunk)
            chunk = part.read(_CHUNK)
    if parser:
        parser.Parse(b"", True)
    if is_package:  # a workbook in a document, which may hold no further one
        with zipfile.ZipFile(io.BytesIO(b"".join(kept))) as inner:
            _check_directory(inner)
            for each in inner.infolist():
                _check_part(inner, each, is_inside=True)


def _parser(name: str) -> Any:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    if name.endswith(".rels"):
        parser.StartElementHandler = _check_reference
    return parser


def _refuse_doctype(*_declared: Any) -> None:
    raise Problem("entities")  # no program of an office writes one


def _check_reference(_element: str, said: dict[str, str]) -> None:
    """Links that a reader may click are harmless; what is fetched on opening is not."""
    kind = said.get("Type", "").rpartition("/")[2].lower()
    if kind == "vbaproject":
        raise Problem("macros")
    if said.get("TargetMode", "").lower() != "external" or kind == "hyperlink":
        return
    # A template on a disk of whoever wrote it is named in many documents, and is nobody's danger.
    if kind != "attachedtemplate" or _FOLLOWED.match(_without_local_disk(said.get("Target", ""))):
        raise Problem("linked")


def _without_local_disk(target: str) -> str:
    return re.sub(r"^file:///[a-z]:", "", target, flags=re.I)


def _elements(package: zipfile.ZipFile, name: str) -> Iterator[dict[str, str]]:
    found: list[dict[str, str]] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda _element, said: found.append(said)
    parser.Parse(package.read(name), True)
    return iter(found)
