"""Names of files as they came, mended such that every system can keep a file under them, and nothing is hidden."""

import re
import unicodedata
from pathlib import PurePosixPath

LONGEST = 120  # characters
_LONGEST_BYTES = 200  # file systems end at 255
_FORBIDDEN = re.compile(r'[<>:"|?*\\/]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])", re.I)


def mended(name: str) -> str:
    """The last part of a path, without control characters and without those that turn or hide what follows; never
    empty, no name of a device, and no longer than every file system takes. The ending stays."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    # Of these some say nothing, and some (such as U+202E) show exe.gpj as a picture.
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Cn", "Co"))
    name = " ".join(_FORBIDDEN.sub("_", name).split()).strip(". ")
    stem, ending = _split(name)
    if _RESERVED.fullmatch(stem.partition(".")[0].rstrip()):
        stem = f"_{stem}"
    stem = stem[: LONGEST - len(ending)]
    while len(f"{stem}{ending}".encode()) > _LONGEST_BYTES:
        stem = stem[:-1]
    return f"{stem.rstrip('. ') or '_'}{ending}"


def ending_of(name: str) -> str:
    """The ending of a name, with its point and in lower case; empty where it has none."""
    return _split(name)[1].lower()


def _split(name: str) -> tuple[str, str]:
    ending = PurePosixPath(name).suffix
    # What is so long is no ending but a sentence with a full stop.
    return (name.removesuffix(ending), ending) if 1 < len(ending) <= 12 else (name, "")
