"""Pictures and workbooks for tests of attachments, good ones; Word files and PDFs are those of the exchange."""

import io
import struct
import zlib
from collections.abc import Sequence

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse
from xlsxwriter import Workbook

from catalogue.attachments.storage import Store
from catalogue.config import current_settings

CODE = "XM-2001-001"
PLACE = f"/records/{CODE}/attachments"


def picture(format: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
    """A picture that is not all of one colour."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(file, format, **options)
    return file.getvalue()


def workbook(*cells: str, macros: bytes = b"") -> bytes:
    """A workbook with these cells in a column."""
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet("证书")
        for row, text in enumerate(cells):
            sheet.write_string(row, 0, text)
    return file.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and holds next to nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


def send(
    client: FlaskClient, *files: tuple[str, bytes], place: str = PLACE, description: str = "", language: str = "en"
) -> TestResponse:
    """Send the upload form with these files."""
    uploads = [(io.BytesIO(content), name) for name, content in files]
    return client.post(
        place, data={"description": description, "files": uploads}, headers={"Accept-Language": language}
    )


def store_of(app: Flask) -> Store:
    """Where the files of a site lie."""
    with app.app_context():
        return Store.of(current_settings().data)


def stored(app: Flask) -> Sequence[str]:
    """The files below the store, without pictures, whatever they are."""
    root = store_of(app).root
    return [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and path.suffix != ".preview"]
