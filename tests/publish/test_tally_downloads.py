"""Tallies of awkward records as files: nothing becomes a formula, nothing hidden comes out."""

import io
import zipfile

import pytest
from flask.testing import FlaskClient

from tests.exchange.test_tally_files import Book
from tests.publish.conftest import FORMULA

HIDDEN_WORDS = ("阳极机密", "阳极草稿", "XM-2001-007", "XM-2001-008", "XY-4")


def everything(data: bytes) -> str:
    """All text of a file, of every part of an archive."""
    if not data.startswith(b"PK"):
        return data.decode()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [archive.read(name) for name in archive.namelist() if not name.endswith(".png")]
    return "".join(part.decode(errors="replace") for part in parts)


@pytest.mark.parametrize("file_type", ["xlsx", "docx", "csv", "json", "svg"])
@pytest.mark.parametrize(
    "address", ["projects.{}?rows=keyword&columns=year", "benefits.{}?rows=year", "projects.{}?rows=person"]
)
def test_what_is_not_open_never_comes_out(awkward_client: FlaskClient, address: str, file_type: str) -> None:
    answer = awkward_client.get(f"/tallies/{address.format(file_type)}&as_of=2006-12-31")
    assert answer.status_code == 200
    text = everything(answer.data)
    assert not [word for word in HIDDEN_WORDS if word in text]


def test_nothing_that_is_written_becomes_a_formula(awkward_client: FlaskClient) -> None:
    book = Book(awkward_client.get("/tallies/projects.xlsx?rows=keyword&columns=none&as_of=2006-12-31").data)
    assert not book.formulas
    texts = {text for sheet in book.sheets.values() for text in sheet.values()}
    assert {FORMULA, "-1+2", "@命令", "007"} <= texts
    document = awkward_client.get("/tallies/projects.docx?rows=keyword&columns=none&as_of=2006-12-31")
    assert "@命令" in everything(document.data)
