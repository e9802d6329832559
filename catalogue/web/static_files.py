"""Static files: read once into memory, and served under addresses that hold the version of their content.

Pages name a file as /static/v/<version>/<name>, where the version is one hash over all files. Browsers keep such an
answer for good and never ask again; after an upgrade the pages name another address. Because the version stands before
the name, a style sheet or a script that names its neighbours relatively names them with the same version.

A style sheet that imports others (`@import "records.css";`) is served as one file with their content in place of the
imports, and they are not served themselves: pages fetch one sheet, and its parts stay short.

An address without a version, or with that of another release, is answered with what there is now, which browsers ask
for again each time: so no cache ever keeps content under a version that is not its own.
"""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from flask import Flask, Response, abort, request

from catalogue.resources import STATIC_FOLDER

# What is served, and as what. Not asked of the system, whose registry may say otherwise.
_MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
_ASKED_AGAIN = "no-cache"
_VERSION_LENGTH = 12
_IMPORT = re.compile(rb'^@import "([^"]+)"(?: (\w+))?;$', re.MULTILINE)


@dataclass(frozen=True)
class StaticFile:
    """The content of a file, and its media type."""

    content: bytes
    media_type: str

    @cached_property
    def compressed(self) -> bytes:
        """The content in gzip, the same in every process."""
        return gzip.compress(self.content, mtime=0)

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class StaticFiles:
    """All static files by name (`js/forms.js`)."""

    files: Mapping[str, StaticFile]

    @cached_property
    def version(self) -> str:
        """The version of the files: the same wherever all have the same names and content."""
        together = hashlib.sha256()
        for name, file in sorted(self.files.items()):
            together.update(f"{name}\0{file.digest}\0".encode())
        return together.hexdigest()[:_VERSION_LENGTH]

    def respond(self, name: str, version: str | None) -> Response:
        """The answer to a request for a file; 404 where there is none of that name."""
        file = self.files.get(name) or abort(404)
        in_gzip = request.accept_encodings["gzip"] > 0
        response = Response(file.compressed if in_gzip else file.content, mimetype=file.media_type)
        if in_gzip:
            response.content_encoding = "gzip"
        response.vary.add("Accept-Encoding")
        response.set_etag(f"{file.digest[:32]}{'-gzip' if in_gzip else ''}")
        response.headers["Cache-Control"] = _KEPT_FOR_GOOD if version == self.version else _ASKED_AGAIN
        response.make_conditional(request)
        return response


def _with_imports(contents: dict[str, bytes]) -> dict[str, bytes]:
    """The content of files by name, style sheets with what they import in place of the imports."""
    parts: set[str] = set()

    def joined(name: str) -> bytes:
        def part(match: re.Match[bytes]) -> bytes:
            imported = PurePosixPath(name).with_name(match[1].decode()).as_posix()
            parts.add(imported)
            return b"@media %s {\n%s}\n" % (match[2], contents[imported]) if match[2] else contents[imported]

        return _IMPORT.sub(part, contents[name]) if name.endswith(".css") else contents[name]

    everything = {name: joined(name) for name in contents}
    return {name: content for name, content in everything.items() if name not in parts}


@cache
def read_folder(folder: Path) -> StaticFiles:
    """The static files of a folder, read once in a process."""
    paths = (path for path in folder.rglob("*") if path.suffix in _MEDIA_TYPES)
    contents = _with_imports({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})
    return StaticFiles(
        {name: StaticFile(content, _MEDIA_TYPES[Path(name).suffix]) for name, content in contents.items()}
    )


def init_app(app: Flask, folder: Path = STATIC_FOLDER) -> None:
    """Serve the files, and let `url_for('static', filename=…)` give the address with the version."""
    static_files = read_folder(folder)

    def static(filename: str, version: str | None = None) -> Response:
        return static_files.respond(filename, version)

    app.add_url_rule("/static/<path:filename>", "static", static)
    app.add_url_rule("/static/v/<version>/<path:filename>", "static", static)

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("version", static_files.version)
