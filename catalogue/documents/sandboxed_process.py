"""Programs of our own that read what strangers uploaded, each run in a process by itself.

`resource_limits` bounds their time and memory, and nothing of the catalogue is given to them but the file.
"""

import os
import subprocess  # nosec B404
import sys
from dataclasses import dataclass
from typing import BinaryIO

from catalogue.documents import resource_limits

_OUT_OF_TIME = (-24, -9)  # SIGXCPU, and the SIGKILL that follows it
_OUT_OF_MEMORY = (-6, -11)  # how a program in Rust or C ends that gets no memory


@dataclass(frozen=True)
class Bounds:
    """What a program may use: bytes of memory, seconds of the processor, and seconds by the clock."""

    memory: int
    processor: int
    clock: float


@dataclass(frozen=True)
class Ended:
    """What a program has written, and the word for how it came to its end: empty where it ended well."""

    output: bytes
    problem: str = ""


def run(program: str, *arguments: str, source: bytes | BinaryIO, bounds: Bounds) -> Ended:
    """Run the program at that path with a file at its standard input (an open one is not read into memory)."""
    content = source if isinstance(source, bytes) else None
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603
            [
                sys.executable,
                "-I",
                resource_limits.__file__,
                str(bounds.memory),
                str(bounds.processor),
                program,
                *arguments,
            ],
            input=content,
            stdin=source if content is None else None,  # type: ignore[arg-type]
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=bounds.clock,
            # What reads a stranger's file need not know the settings; Windows starts nothing without its folder.
            env={name: value for name, value in os.environ.items() if name.upper() == "SYSTEMROOT"},
        )
    except subprocess.TimeoutExpired as late:
        return Ended(late.stdout or b"", "too_slow")
    if not done.returncode:
        return Ended(done.stdout)
    if done.returncode in _OUT_OF_TIME:
        return Ended(done.stdout, "too_slow")
    return Ended(done.stdout, "out_of_memory" if done.returncode in _OUT_OF_MEMORY else "damaged")
