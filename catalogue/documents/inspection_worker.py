"""A program of its own that opens one uploaded file: it checks it, draws a small picture of it, and takes its text.

The file is at stdin, its format the argument. As `extract_worker`, from which the text comes, it is run by its path,
imports nothing of the catalogue, and may use little time and memory. Answers are lines of JSON on stdout, each written
as soon as it is known, so that what ends the process later takes away no more than what was still to come:
``{"format": …, "page_count": …}`` once the file is what it says it is, then perhaps ``{"preview": base64}``, then
``{"text": …}``, ``{"pages": […]}`` or ``{"unread": word}``. A file that is refused is ``{"problem": word}``.
"""

import base64
import io
import json
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

MOST_MEMORY = 200 * 1024 * 1024  # of addresses; less than 200 MiB of it is ever in use
MOST_SECONDS = 3  # of the processor
MOST_PIXELS = 36_000_000  # of a page as it is decoded: A4 at 600 dots to the inch
_PIXELS = {"jpeg": 120_000_000, "webp": 10_000_000}  # one can be decoded small, the other takes four times the memory
MOST_FRAMES = 100
MOST_TEXT = 200_000
PREVIEW = (480, 640)
_HERE = Path(__file__).parent


class Problem(Exception):
    """The file is refused, for the reason that the word names."""


def inspect(kind: str, file: BinaryIO) -> Iterator[dict[str, Any]]:
    """The answers, one after the other."""
    if kind == "pdf":
        yield from _pdf(file)
    elif kind == "docx":
        yield from _package(file)
    else:
        yield from _image(kind, file)


def _image(kind: str, file: BinaryIO) -> Iterator[dict[str, Any]]:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # judged here, for each frame
    _check_end(kind, file)
    image = Image.open(file, formats=[kind.upper()])
    frames = 1 if kind == "jpeg" else getattr(image, "n_frames", 1)
    if frames > MOST_FRAMES:
        raise Problem("too_large")
    if image.width * image.height > _PIXELS.get(kind, MOST_PIXELS):
        raise Problem("too_large")
    if kind == "jpeg":
        image.draft(image.mode, (2 * PREVIEW[0], 2 * PREVIEW[1]))
    for number in reversed(range(frames)):  # the first one last: it is the one that is drawn
        image.seek(number)
        if image.width * image.height * max(len(image.getbands()) - 2, 1) > MOST_PIXELS:
            raise Problem("too_large")
        image.load()
    yield {"format": kind, "page_count": frames if kind == "tiff" else None}
    yield {"preview": base64.b64encode(_thumbnail(image)).decode()}


def _check_end(kind: str, file: BinaryIO) -> None:
    """Whether the file ends where the image does: what follows is there for a program that takes it for another."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - 12, 0))
    end = file.read()
    file.seek(0)
    if kind == "png" and end != b"\0\0\0\0IEND\xaeB`\x82":
        raise Problem("damaged")
    if kind == "webp" and int.from_bytes(file.read(8)[4:], "little") + 8 not in (size, size - 1):
        raise Problem("damaged")
    file.seek(0)


def _thumbnail(image: Any) -> bytes:
    """A small picture, made of the pixels alone: nothing that the file says beside them comes along."""
    from PIL import Image, ImageOps

    factor = max(1, min(image.width // PREVIEW[0], image.height // PREVIEW[1]))
    if image.mode in ("1", "P", "PA"):
        image = image.resize((max(image.width // factor, 1), max(image.height // factor, 1)))
    elif factor > 1 and image.mode in ("L", "LA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr"):
        image.thumbnail((2 * PREVIEW[0], 2 * PREVIEW[1]), Image.Resampling.BOX)
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I") or image.mode == "F":  # more than 8 bits a pixel
        low, high = image.getextrema()
        spread = 255 / ((high - low) or 1)
        image = image.convert("F").point(lambda value: value * spread - low * spread).convert("L")
    if image.mode in ("LA", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    image = image.convert("RGB")
    image.thumbnail(PREVIEW)
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=82)
    return out.getvalue()


def _pdf(file: BinaryIO) -> Iterator[dict[str, Any]]:
    import pypdfium2

    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - 2048, 0))
    if b"%%EOF" not in file.read():
        raise Problem("damaged")
    file.seek(0)
    try:
        document = pypdfium2.PdfDocument(file)
        pages = len(document)
        first = document[0]
    except pypdfium2.PdfiumError as error:
        raise Problem("encrypted" if "password" in str(error).lower() else "damaged") from None
    except IndexError:
        raise Problem("damaged") from None
    yield {"format": "pdf", "page_count": pages}
    yield {"preview": base64.b64encode(_first_page(first)).decode()}
    file.seek(0)
    yield from _text(lambda extract: {"pages": _up_to(extract["pdf_pages"](file))})


def _first_page(page: Any) -> bytes:
    width, height = page.get_size()
    scale = min(PREVIEW[0] / max(width, 1), PREVIEW[1] / max(height, 1))
    if min(width, height) * scale < 1:  # a line, which is no page
        raise ValueError
    picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _package(file: BinaryIO) -> Iterator[dict[str, Any]]:
    packages = runpy.run_path(str(_HERE / "ooxml_check.py"))
    try:
        kind = packages["check"](file)
    except packages["Problem"] as problem:
        raise Problem(str(problem)) from None
    yield {"format": kind, "page_count": None}
    file.seek(0)
    if kind == "docx":
        yield from _text(lambda extract: {"text": extract["docx_text"](file.read())[:MOST_TEXT]})
    else:
        yield from _text(lambda _extract: {"text": _cells(file.read())})


def _cells(content: bytes) -> str:
    """The cells of all sheets, a line a row."""
    unpack = runpy.run_path(str(_HERE / "workbook_worker.py"))
    lines, length = [], 0
    for line in unpack["lines"](content):
        if isinstance(line, dict):
            lines.append(line.get("sheet", ""))
        else:
            lines.append("\t".join(filter(None, line[1])))
        length += len(lines[-1]) + 1
        if length > MOST_TEXT:
            break
    return "\n".join(lines)[:MOST_TEXT]


def _text(read: Any) -> Iterator[dict[str, Any]]:
    """What stands in a file that is accepted already: it stays so where its text cannot be read."""
    try:
        yield read(runpy.run_path(str(_HERE / "extract_worker.py")))
    except Exception as error:
        yield {"unread": str(error)}


def _up_to(pages: list[str]) -> list[str]:
    kept, left = [], MOST_TEXT
    for page in pages:
        kept.append(page[: max(left, 0)])
        left -= len(page)
    return [page for page in kept if page]


def answers(kind: str, file: BinaryIO) -> Iterator[dict[str, Any]]:
    """What is to be said of the file, whatever happens."""
    is_accepted = False
    try:
        for answer in inspect(kind, file):
            is_accepted = True
            yield answer
    except Problem as problem:
        yield {"problem": str(problem)}
    except Exception as error:  # whatever a library says of a broken file, or of a picture that cannot be drawn
        word = "too_large" if isinstance(error, MemoryError) else "damaged"
        yield {"unread": word} if is_accepted else {"problem": word}


if __name__ == "__main__":
    for said in answers(sys.argv[1], sys.stdin.buffer):
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()
