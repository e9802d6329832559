"""Programs that tests use and no wheel brings: Chromium, axe-core and the Nu HTML checker, servers. Where one is
missing its tests are skipped and say what would bring it; in CI they fail."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

from tasks import find_chromium

CHROMIUM = find_chromium()
_PACKAGES = Path(__file__).parent.parent / "node_modules"
_AXE = _PACKAGES / "axe-core" / "axe.min.js"
_NU = _PACKAGES / "vnu-jar" / "build" / "dist" / "vnu.jar"
_FETCHED = "make test fetches it by npm, as does `npm ci --ignore-scripts --prefix tests`"
# The checker's own figures: it needs a large stack, and for a few hundred pages the second compiler is not worth its
# time.
_JAVA = ("java", "-Xss2m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


def missing(what: str) -> NoReturn:
    """Skip a test for want of a program, and say so; in CI, where everything has to be there, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@cache
def axe() -> str:
    """The script of axe-core."""
    if not _AXE.exists():
        missing(f"axe-core is missing: {_FETCHED}")
    return _AXE.read_text(encoding="utf-8")


def invalid_html(pages: Mapping[str, bytes], folder: Path) -> list[str]:
    """What the Nu checker says of pages, each with its name; `folder` is an empty one to put them into."""
    if not shutil.which("java"):
        missing("Java is missing (Debian: apt install default-jre-headless)")
    if not _NU.exists():
        missing(f"the Nu HTML checker is missing: {_FETCHED}")
    names = dict(enumerate(pages))
    for number, name in names.items():
        (folder / f"{number}.html").write_bytes(pages[name])
    command = [*_JAVA, "-jar", str(_NU), "--exit-zero-always", "--format", "json", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [
        f"{names[int(Path(each['url']).stem)]}, line {each.get('lastLine')}: {each['message']}"
        for each in json.loads(done.stderr)["messages"]
        if "appears to be written in" not in each["message"]  # the records are Chinese on English pages too
    ]
