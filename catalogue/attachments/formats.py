"""Which files can be attached, by which endings they are known, and as what they are served."""

from collections.abc import Mapping
from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class FileFormat:
    """One kind of file. `short` stands where there is no picture of it."""

    name: str
    endings: tuple[str, ...]
    media_type: str
    short: str


# GIF and SVG are not among them: no certificate comes as one, and both are the usual dress of something else.
FORMATS: Mapping[str, FileFormat] = {
    each.name: each
    for each in (
        FileFormat("pdf", (".pdf",), "application/pdf", "PDF"),
        FileFormat(
            "docx", (".docx",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word"
        ),
        FileFormat("xlsx", (".xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel"),
        FileFormat("jpeg", (".jpg", ".jpeg"), "image/jpeg", "JPEG"),
        FileFormat("png", (".png",), "image/png", "PNG"),
        FileFormat("tiff", (".tif", ".tiff"), "image/tiff", "TIFF"),
        FileFormat("webp", (".webp",), "image/webp", "WebP"),
    )
}
ENDINGS = tuple(ending for each in FORMATS.values() for ending in each.endings)
BY_ENDING = {ending: each for each in FORMATS.values() for ending in each.endings}


def format_of(beginning: bytes) -> FileFormat | None:
    """The format that the first bytes of a file are of. A package of Office is a `docx` until it has been opened."""
    signs = (
        ("pdf", beginning.startswith(b"%PDF-")),
        ("docx", beginning.startswith(b"PK\x03\x04")),
        ("jpeg", beginning.startswith(b"\xff\xd8\xff")),
        ("png", beginning.startswith(b"\x89PNG\r\n\x1a\n")),
        ("tiff", beginning.startswith((b"II*\x00", b"MM\x00*"))),
        ("webp", beginning.startswith(b"RIFF") and beginning[8:12] == b"WEBP"),
    )
    return next((FORMATS[name] for name, holds in signs if holds), None)
