"""Where the Whoosh index lies: a folder with a small file CURRENT and, beside it, generations of the index.

A rebuild writes a new generation while the old one keeps answering, and then replaces CURRENT: that is the switch.
A generation is a folder of Whoosh's own, which the application never shares with anything else.
"""

import json
import logging
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from catalogue.search.interface import IndexBusy
from catalogue.search.text import analysis
from catalogue.search.whoosh.schema import SCHEMA_VERSION

_log = logging.getLogger(__name__)

_CONTENTS = re.compile(r"_MAIN_(\d+)\.toc")


@dataclass(frozen=True)
class Current:
    """What CURRENT says: the folder of the generation in use, and what made it."""

    generation: str
    analysis: str
    schema: str
    as_of: str

    @property
    def is_usable(self) -> bool:
        return self.analysis == analysis.VERSION and self.schema == SCHEMA_VERSION


class IndexFolder:
    """The folder of an index: its current generation, its lock, and the making and sweeping of generations."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._current = path / "CURRENT"

    def current(self) -> Current | None:
        """What CURRENT says now; None when there is none that can be read."""
        try:
            return Current(**json.loads(self._current.read_text("utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            _log.warning("%s cannot be read: %s", self._current, error)
            return None

    def commit(self, current: Current) -> int:
        """The number of the latest commit: Whoosh names its table of contents after it. -1 if there is none."""
        try:
            # Before every search; `iterdir` would take three times as long.
            names = os.listdir(self.path / current.generation)  # noqa: PTH208
        except OSError:
            return -1
        return max((int(match[1]) for match in map(_CONTENTS.fullmatch, names) if match), default=-1)

    @contextmanager
    def lock(self, patience: float) -> Iterator[None]:
        """Hold the only right to write, of all threads and processes. Raises IndexBusy after `patience` seconds.

        The system frees the lock of a process that died; the file that it leaves behind means nothing.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.path / "lock", timeout=patience):
                yield
        except Timeout as error:
            raise IndexBusy(f"The full-text index in {self.path} is being written to; try again.") from error

    def new_generation(self) -> Path:
        """An empty folder for another generation."""
        made = self.path / f"generation-{secrets.token_hex(4)}"
        made.mkdir()
        return made

    def switch_to(self, generation: Path, as_of: str) -> None:
        """Make a complete generation the current one, at a stroke."""
        current = Current(generation.name, analysis.VERSION, SCHEMA_VERSION, as_of)
        written = self.path / "CURRENT.new"
        written.write_text(json.dumps(asdict(current)), "utf-8")
        for last_try in (False, False, False, True):
            try:
                written.replace(self._current)
                return
            except PermissionError:  # Windows, while somebody is reading it
                if last_try:
                    raise
                time.sleep(0.05)

    def sweep(self) -> None:
        """Remove what no longer belongs to anything. Call it with the lock held."""
        current = self.current()
        for path in self.path.glob("generation-*"):
            if current is None or path.name != current.generation:
                # Windows does not remove open files: the next sweep will.
                shutil.rmtree(path, ignore_errors=True)
