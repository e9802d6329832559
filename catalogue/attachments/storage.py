"""Where the files lie: each under its SHA-256, once, in a folder that no address of the site leads into.

A file is written aside, brought to the disk, and only then renamed: what has its name is whole.
"""

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1024 * 1024
_INCOMING = "incoming"
_PREVIEW = ".preview"
LEAST_FREE = 256 * 1024 * 1024  # what uploads leave to the database and its index
GRACE = timedelta(days=1)  # files that nothing refers to, because their upload was cut off, are left so long


class NoSpace(Exception):
    """The disk has no room for another file."""


@dataclass(frozen=True)
class Received:
    """A file that was written aside."""

    path: Path
    sha256: str
    size: int


@dataclass(frozen=True)
class Store:
    """The files below one folder, readable to the account of the site only."""

    root: Path

    @classmethod
    def of(cls, data: Path) -> "Store":
        """The store of a data folder."""
        return cls(data / "attachments")

    def path_of(self, sha256: str) -> Path:
        """Where the content of this SHA-256 lies, if it is here."""
        return self.root / sha256[:2] / sha256[2:]

    def preview_of(self, sha256: str) -> Path:
        """Where its picture lies, if there is one."""
        return self.path_of(sha256).with_name(f"{sha256[2:]}{_PREVIEW}")

    def check_space(self, size: int) -> None:
        """Raises NoSpace where so many bytes more would fill the disk."""
        _make_folder(self.root)
        if shutil.disk_usage(self.root).free < size + LEAST_FREE:
            raise NoSpace

    def receive(self, stream: BinaryIO) -> Received:
        """Write a file aside, whatever it is. Raises NoSpace."""
        folder = self.root / _INCOMING
        _make_folder(folder)
        path, digest, size = folder / secrets.token_hex(16), hashlib.sha256(), 0
        try:
            with _new_file(path) as file:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    file.write(chunk)
                _to_disk(file)
        except OSError as error:
            path.unlink(missing_ok=True)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise NoSpace from error
            raise
        return Received(path, digest.hexdigest(), size)

    def keep(self, received: Received, preview: bytes | None) -> None:
        """Give a file its place, and its picture with it. Content that is here already is not written again."""
        place = self.path_of(received.sha256)
        _make_folder(place.parent)
        if preview and not self.preview_of(received.sha256).exists():
            aside = received.path.with_suffix(_PREVIEW)
            with _new_file(aside) as file:
                file.write(preview)
                _to_disk(file)
            aside.replace(self.preview_of(received.sha256))
        if place.exists():
            os.utime(place)  # it may be about to be swept
            self.discard(received)
        else:
            received.path.replace(place)
        _folder_to_disk(place.parent)

    def discard(self, received: Received) -> None:
        """Remove what was written aside and is not kept."""
        received.path.unlink(missing_ok=True)

    def digests(self) -> Iterator[str]:
        """The SHA-256 by which each file is known here."""
        for place in self.root.glob("[0-9a-f][0-9a-f]/*"):
            if not place.name.endswith(_PREVIEW):
                yield f"{place.parent.name}{place.name}"

    def is_unchanged(self, sha256: str) -> bool:
        """Whether the file still has the content that it is known by."""
        with self.path_of(sha256).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256

    def sweep(self, wanted: Collection[str], now: datetime) -> list[str]:
        """Remove what is not wanted and has been here for a day, and what uploads that were cut off have left; gives
        the SHA-256 of the files removed."""
        swept = []
        for sha256 in list(self.digests()):
            if sha256 not in wanted and _is_older(self.path_of(sha256), now):
                self.path_of(sha256).unlink(missing_ok=True)
                self.preview_of(sha256).unlink(missing_ok=True)
                swept.append(sha256)
        for left in self.root.glob(f"{_INCOMING}/*"):
            if _is_older(left, now):
                left.unlink(missing_ok=True)
        return swept


def _is_older(path: Path, now: datetime) -> bool:
    return path.stat().st_mtime < (now - GRACE).timestamp()


def _make_folder(folder: Path) -> None:
    for each in (folder.parent, folder):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)


def _new_file(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb")


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _folder_to_disk(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows brings names to the disk by itself, and opens no folder
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
