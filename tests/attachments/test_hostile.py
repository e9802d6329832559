"""Hostile uploads: each is refused with one sentence or kept harmless, quickly and in little memory."""

import io
import re
import resource
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from catalogue.attachments import storage
from catalogue.attachments.models import Attachment
from catalogue.database import db
from catalogue.documents import sandboxed_process
from tests.attachments.files import PLACE, picture, png_of_size, send, store_of, stored, workbook
from tests.exchange.files import ENCRYPTED_PDF, docx, part_of, pdf, with_part
from tests.support.timing import computing_less_than

MOST_SECONDS = 5
MOST_MIB = 200

# Started from a small process: what a child has inherited from a large one would be counted as its own.
_MEASURE = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-I", *sys.argv[2:]])
_, status, usage = os.wait4(child.pid, 0)
open(sys.argv[1], "a").write(f"{usage.ru_maxrss}\\n")
if os.WIFSIGNALED(status):
    os.kill(os.getpid(), os.WTERMSIG(status))
sys.exit(os.waitstatus_to_exitcode(status))
"""


class Memory:
    """How much memory (MiB) was in use at most since `start`: by this process more than before, and by the one that
    opened a file."""

    def __init__(self, report: Path) -> None:
        self.report = report

    def start(self) -> None:
        self.before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def most(self) -> float:
        child = max(map(int, self.report.read_text().split()), default=0) if self.report.exists() else 0
        return (child + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - self.before) / 1024


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Memory:
    report = tmp_path / "memory"

    def run(command: list[str], **options: Any) -> Any:
        return subprocess.run([sys.executable, "-I", "-c", _MEASURE, str(report), *command[2:]], **options)

    monkeypatch.setattr(sandboxed_process, "subprocess", SimpleNamespace(**{**vars(subprocess), "run": run}))
    return Memory(report)


def _raw_pdf(page: bytes, **objects: bytes) -> bytes:
    parts = {"1": b"<< /Type /Catalog /Pages 2 0 R >>", "2": b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "3": page}
    parts |= {name.removeprefix("o"): content for name, content in objects.items()}
    body = b"".join(f"{number} 0 obj\n".encode() + content + b"\nendobj\n" for number, content in parts.items())
    return b"%PDF-1.5\n" + body + b"trailer << /Root 1 0 R /Size 99 >>\n%%EOF\n"


def _pdf_bomb() -> bytes:
    packed = zlib.compress(b"0 0 m 9 9 l S\n" * 8_000_000, 9)
    packed = zlib.compress(packed, 9)
    head = f"<< /Length {len(packed)} /Filter [/FlateDecode /FlateDecode] >>\nstream\n".encode()
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>"
    return _raw_pdf(page, o4=head + packed + b"\nendstream")


def _nested_pdf() -> bytes:
    """Thirty levels of drawings, of which each draws the next ten times."""
    forms = {}
    for number in range(10, 40):
        resources = f"/Resources << /XObject << /F {number + 1} 0 R >> >>"
        head = f"<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] {resources} /Length 60 >>\nstream\n"
        forms[f"o{number}"] = head.encode() + b"/F Do " * 10 + b"\nendstream"
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /XObject << /F 10 0 R >> >> >>"
    )
    return _raw_pdf(page, o4=b"<< /Length 6 >>\nstream\n/F Do\n\nendstream", **forms)


def _pdf_with(action: bytes) -> bytes:
    return pdf("合格证").replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction << " + action + b" >>")


def _jpeg_of_size(width: int, height: int) -> bytes:
    content = bytearray(picture("JPEG"))
    place = content.index(b"\xff\xc0") + 5
    content[place : place + 4] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return bytes(content)


def _with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "<script>alert(1)</script>"
    return picture("JPEG", exif=exif.tobytes())


def _zip(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file.getvalue()


def _docx_bomb() -> bytes:
    document = part_of(docx("x"), "word/document.xml")
    return with_part(docx("x"), "word/document.xml", document.replace(b"<w:t>x", b"<w:t>" + b"x" * 100_000_000))


def _nested_bomb() -> bytes:
    inner = _zip(**{"xl/media/a.bin": b"\0" * 60_000_000})
    return with_part(docx("x"), "word/embeddings/a.xlsx", inner)


def _zip_in_zip_in_zip() -> bytes:
    inner = _zip(**{"word/embeddings/b.docx": _zip(a=b"x")})
    return with_part(docx("x"), "word/embeddings/a.docx", inner)


def _external_entity() -> bytes:
    head, rest = part_of(docx("x"), "word/document.xml").split(b"?>", 1)
    doctype = b'?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return with_part(docx("x"), "word/document.xml", head + doctype + rest.replace(b"<w:t>x", b"<w:t>&x;"))


def _remote_template() -> bytes:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
    part = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{kind}" Target="http://evil.example/a.dotm" TargetMode="External"/></Relationships>'
    )
    return with_part(docx("x"), "word/_rels/settings.xml.rels", part.encode())


def _xlsx_that_is_xlsm() -> bytes:
    types = part_of(workbook("a"), "[Content_Types].xml")
    main = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return with_part(
        workbook("a"),
        "[Content_Types].xml",
        types.replace(main, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
    )


EXE = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(range(256)) * 20
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF_JS = b"GIF89a=1;alert(1);/*" + b"\0" * 400 + b"*/"

# What comes, under which name, and what is said of it.
REFUSED: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "program as pdf": (lambda: EXE, "证书.pdf", "not what its name says"),
    "program": (lambda: EXE, "setup.exe", "cannot be attached"),
    "html as pdf": (lambda: HTML, "a.pdf", "not what its name says"),
    "pdf behind html": (lambda: HTML + pdf("x"), "a.pdf", "not what its name says"),
    "svg with script": (lambda: SVG, "a.svg", "save it as JPEG or PNG"),
    "svg as png": (lambda: SVG, "a.png", "not what its name says"),
    "gif that is a script": (lambda: GIF_JS, "a.gif", "save it as JPEG or PNG"),
    "gif that is a script, as jpeg": (lambda: GIF_JS, "a.jpg", "not what its name says"),
    "png with a script behind it": (lambda: picture("PNG") + HTML, "a.png", "damaged"),
    "webp with a script behind it": (lambda: picture("WEBP") + HTML, "a.webp", "damaged"),
    "pdf bomb": (_pdf_bomb, "a.pdf", "too large"),
    "pdf of nested drawings": (_nested_pdf, "a.pdf", "too large"),
    "truncated pdf": (lambda: pdf("x")[:-200], "a.pdf", "damaged"),
    "pdf without pages": (lambda: _raw_pdf(b"null"), "a.pdf", "damaged"),
    "encrypted pdf": (lambda: ENCRYPTED_PDF, "a.pdf", "password"),
    "png bomb": (lambda: png_of_size(50_000, 50_000), "a.png", "too large"),
    "png that holds less than it says": (lambda: png_of_size(2_000, 2_000), "a.png", "damaged"),
    "huge jpeg": (lambda: _jpeg_of_size(65_000, 65_000), "a.jpg", "too large"),
    "truncated jpeg": (lambda: picture("JPEG", (600, 400))[:2000], "a.jpg", "damaged"),
    "truncated tiff": (lambda: picture("TIFF", (600, 400))[:-3000], "a.tif", "damaged"),
    "docx bomb": (_docx_bomb, "a.docx", "too large"),
    "nested bomb": (_nested_bomb, "a.docx", "too large"),
    "archives inside archives": (_zip_in_zip_in_zip, "a.docx", "packed inside"),
    "archive as docx": (lambda: _zip(a=b"x"), "a.docx", "no Word document"),
    "xlsx as docx": (lambda: workbook("a"), "a.docx", "not what its name says"),
    "docx with a program": (lambda: with_part(docx("x"), "word/embeddings/a.exe", EXE), "a.docx", "packed inside"),
    "parts that leave the package": (lambda: with_part(docx("x"), "../../a.xml", b"<a/>"), "a.docx", "damaged"),
    "docx with an external entity": (_external_entity, "a.docx", "entities"),
    "docx that fetches its template": (_remote_template, "a.docx", "draws on other files"),
    "docx with macros": (lambda: with_part(docx("x"), "word/vbaProject.bin", b"x"), "a.docx", "macros"),
    "docm": (lambda: docx("x"), "a.docm", "may hold macros"),
    "xlsx with macros": (_xlsx_that_is_xlsm, "a.xlsx", "holds macros"),
    "xlsm": (lambda: workbook("a"), "a.xlsm", "may hold macros"),
    "xlsx with links": (
        lambda: with_part(workbook("a"), "xl/externalLinks/externalLink1.xml", b"<a/>"),
        "a.xlsx",
        "draws on other files",
    ),
    "word file with a password": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 999, "a.docx", "password"),
    "empty": (lambda: b"", "a.pdf", "is empty"),
    "too large": (lambda: pdf("x") + b"%" * 1024 * 1024, "a.pdf", "larger than 1 MB"),
    "second ending": (lambda: pdf("x"), "a.pdf.html", "cannot be attached"),
    "name that turns its end": (lambda: EXE, "photo\u202egpj.exe", "“photogpj.exe” cannot be attached"),
    "only an ending": (lambda: pdf("x"), ".pdf", "cannot be attached"),
    "no ending": (lambda: pdf("x"), "证书", "cannot be attached"),
}

# What comes, under which name, and under which it is kept.
DEFUSED: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "pdf with a script": (lambda: _pdf_with(b"/S /JavaScript /JS (app.alert(1))"), "a.pdf", "a.pdf"),
    "pdf that starts a program": (lambda: _pdf_with(b"/S /Launch /F (cmd.exe)"), "a.pdf", "a.pdf"),
    "pdf of a huge page": (
        lambda: _raw_pdf(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1e9 1e9] >>"),
        "a.pdf",
        "a.pdf",
    ),
    "html in what a camera says": (_with_exif, "a.jpg", "a.jpg"),
    "path": (lambda: pdf("x"), "../../x.pdf", "x.pdf"),
    "nul": (lambda: pdf("x"), "a\0.exe.pdf", "a.exe.pdf"),
    "long name": (lambda: pdf("x"), "证" * 300 + ".pdf", "证" * 65 + ".pdf"),
    "name that turns its middle": (lambda: pdf("x"), "a\u202efdp.exe.pdf", "afdp.exe.pdf"),
    "device": (lambda: pdf("x"), "con.pdf", "_con.pdf"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_one_sentence(site: Flask, client: FlaskClient, memory: Memory, case: str) -> None:
    make, name, said = REFUSED[case]
    content, before = make(), stored(site)
    memory.start()
    with computing_less_than(MOST_SECONDS):
        answer = send(client, (name, content))
    assert memory.most() < MOST_MIB
    assert answer.status_code == 400
    (problem,) = re.findall(r"<li>(“.*?)</li>", answer.text)
    assert said in problem
    assert problem.count(".") - name.count(".") <= 3
    assert stored(site) == before


@pytest.mark.parametrize("case", DEFUSED)
def test_kept_and_harmless(site: Flask, client: FlaskClient, memory: Memory, case: str) -> None:
    make, name, kept = DEFUSED[case]
    content = make()
    memory.start()
    with computing_less_than(MOST_SECONDS):
        answer = send(client, (name, content))
    assert memory.most() < MOST_MIB
    assert answer.status_code == 303, answer.text
    with site.app_context():
        attachment = db.session.scalars(select(Attachment)).one()
        assert attachment.name == kept
        number, sha256 = attachment.id, attachment.sha256
    served = site.test_client().get(f"{PLACE}/{number}/{kept}")
    assert served.status_code == 200
    assert served.mimetype in ("application/pdf", "image/jpeg")
    assert served.headers["Content-Disposition"].startswith("attachment;")
    assert served.headers["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert not served.headers.getlist("Set-Cookie")
    drawn = store_of(site).preview_of(sha256)
    assert drawn.stat().st_size < 100_000
    assert b"script" not in drawn.read_bytes()


def test_many_files_at_once(site: Flask, client: FlaskClient) -> None:
    before = stored(site)
    with computing_less_than(MOST_SECONDS):
        answer = send(client, *((f"{number}.pdf", b"%PDF-") for number in range(60)))
    assert answer.status_code == 400
    assert "These are 60 files" in answer.text
    assert stored(site) == before


def test_a_full_disk_is_told(site: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "LEAST_FREE", 10**18)
    before = stored(site)
    answer = send(client, ("a.pdf", pdf("x")))
    assert answer.status_code == 400
    assert "disk is full" in answer.text
    assert stored(site) == before


def test_the_program_that_opens_files_is_told_nothing_and_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATALOGUE_SECRET_KEY", "x" * 40)
    program = tmp_path / "program.py"
    program.write_text("import os; print(sorted(os.environ))")
    assert (
        b"CATALOGUE"
        not in sandboxed_process.run(str(program), source=b"", bounds=sandboxed_process.Bounds(2**28, 5, 10)).output
    )
    program.write_text("print('begun', flush=True)\nwhile True: pass")
    ended = sandboxed_process.run(str(program), source=b"", bounds=sandboxed_process.Bounds(2**28, 5, 0.5))
    assert ended == sandboxed_process.Ended(b"begun\n", "too_slow")
