"""What an uploaded file is, and whether it may be kept: its name, its beginning and what `inspection` finds must agree.

Every refusal is an InvalidInput with one sentence that says what is the matter and what to do.
"""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from catalogue.attachments.file_names import ending_of
from catalogue.attachments.formats import BY_ENDING, ENDINGS, MIB, format_of
from catalogue.documents import inspection_worker, sandboxed_process
from catalogue.documents.text_extraction import text_of_pages, tidy
from catalogue.errors import InvalidInput

LIMIT_SECONDS = 8.0  # by the clock; what it may use of processor and memory, `inspection` says
MOST_TEXT = inspection_worker.MOST_TEXT
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .doc and .xls, and what Office makes of a file with a password
_MACRO_ENDINGS = (".docm", ".xlsm", ".dotm", ".xltm", ".xlsb")
_OLD_ENDINGS = (".doc", ".xls", ".wps", ".et", ".rtf", ".ppt", ".pptx")
_PICTURE_ENDINGS = (".heic", ".heif", ".gif", ".bmp", ".svg", ".psd", ".avif")
_SHOWN_NAME = 60  # characters, in a message


@dataclass(frozen=True)
class Inspected:
    """What a file that may be kept is: its format, its pages, a small picture of it, and its text with a word for how
    that was come by (`models.TEXT_STATES`)."""

    format: str
    pages: int | None
    preview: bytes | None
    text: str
    text_state: str


def inspect(path: Path, name: str, most_mib: int) -> Inspected:
    """Open the file at `path`, which came under a (mended) name. Raises InvalidInput."""
    ending = ending_of(name)
    if ending not in BY_ENDING:
        raise InvalidInput(_wrong_ending(name, ending))
    size = path.stat().st_size
    if not size:
        raise InvalidInput(_problem("empty", name))
    if size > most_mib * MIB:
        raise InvalidInput(
            _(
                "“%(name)s” is larger than %(mb)s MB: divide it, or save it in a smaller size.",
                name=_short(name),
                mb=most_mib,
            )
        )
    with path.open("rb") as file:
        beginning = file.read(1024)
    found, meant = format_of(beginning), BY_ENDING[ending]
    if beginning.startswith(_OLD_OFFICE) and meant.name in ("docx", "xlsx"):
        raise InvalidInput(_problem("encrypted", name))
    packed = {"docx", "xlsx"}
    if found is None or (found is not meant and not {found.name, meant.name} <= packed):
        raise InvalidInput(_problem("disguised", name))
    answers = _ask(path, found.name, name)
    if answers["format"] != meant.name:
        raise InvalidInput(_problem("disguised", name))
    preview = base64.b64decode(answers["preview"]) if "preview" in answers else None
    return Inspected(meant.name, answers.get("page_count"), preview, *_text_of(meant.name, answers))


def _ask(path: Path, kind: str, name: str) -> dict[str, Any]:
    """What the program says of the file, all its answers in one."""
    with path.open("rb") as file:
        bounds = sandboxed_process.Bounds(inspection_worker.MOST_MEMORY, inspection_worker.MOST_SECONDS, LIMIT_SECONDS)
        ended = sandboxed_process.run(inspection_worker.__file__, kind, source=file, bounds=bounds)
    answers: dict[str, Any] = {}
    for line in ended.output.splitlines(keepends=True):
        if line.endswith(b"\n"):  # else the process came to its end while it wrote
            answers.update(json.loads(line))
    if "problem" in answers:
        raise InvalidInput(_problem(answers["problem"], name))
    if "format" not in answers:
        raise InvalidInput(_problem("too_large" if ended.problem == "out_of_memory" else ended.problem, name))
    return answers


def _text_of(kind: str, answers: dict[str, Any]) -> tuple[str, str]:
    if kind not in ("pdf", "docx", "xlsx"):
        return "", "picture"
    if "pages" in answers:
        text = text_of_pages(answers["pages"])
    elif "text" in answers:
        text = answers["text"]
    else:
        return "", "none" if answers.get("unread") == "no_text" else "unread"
    text = tidy(text)[:MOST_TEXT]
    return text, "text" if text else "none"


def _short(name: str) -> str:
    return name if len(name) <= _SHOWN_NAME else f"{name[: _SHOWN_NAME - 20]}…{name[-19:]}"


def _wrong_ending(name: str, ending: str) -> str:
    name = _short(name)
    if ending in _MACRO_ENDINGS:
        return _("“%(name)s” may hold macros: save it without them, as .docx or .xlsx, and attach that.", name=name)
    if ending in _OLD_ENDINGS:
        return _(
            "“%(name)s” is of a kind that is not kept: save it as .docx, .xlsx or PDF, and attach that.", name=name
        )
    if ending in _PICTURE_ENDINGS:
        return _(
            "“%(name)s” is a picture of a kind that is not kept: save it as JPEG or PNG, and attach that.", name=name
        )
    kinds = _(", ").join(each.removeprefix(".") for each in ENDINGS)
    return _("“%(name)s” cannot be attached: only %(kinds)s can; save it as PDF.", name=name, kinds=kinds)


def _problem(word: str, name: str) -> str:
    """The sentence for a file that cannot be used."""
    name = _short(name)
    sentences = {
        "empty": _("“%(name)s” is empty: choose the file that holds something.", name=name),
        "disguised": _(
            "“%(name)s” is not what its name says: open it in its own program, save it anew, and attach that.",
            name=name,
        ),
        "other_package": _("“%(name)s” is no Word document and no Excel workbook: save it as PDF.", name=name),
        "encrypted": _("“%(name)s” has a password or is protected: save it without, and attach that.", name=name),
        "macros": _("“%(name)s” holds macros: save it without them, as .docx or .xlsx, and attach that.", name=name),
        "entities": _(
            "“%(name)s” declares entities, which no Office program writes: save it anew in Word or Excel.", name=name
        ),
        "programs": _("“%(name)s” has programs or archives packed inside: remove them, and attach it then.", name=name),
        "linked": _(
            "“%(name)s” draws on other files when it is opened: break these links in Word or Excel, then attach it.",
            name=name,
        ),
        "too_large": _(
            "“%(name)s” becomes too large when it is opened: save it in a smaller size, and attach that.", name=name
        ),
        "too_slow": _("“%(name)s” takes too long to open: print it into a new PDF, and attach that.", name=name),
    }
    damaged = _(
        "“%(name)s” is damaged or incomplete: open it in its program, save it anew, and attach that.", name=name
    )
    return sentences.get(word, damaged)
