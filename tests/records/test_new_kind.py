"""A kind is data: one that exists only in a test has all that the others have, without another line of code."""

import subprocess
import sys
from pathlib import Path

_WALK = Path(__file__).parent / "new_kind" / "walk.py"


def test_a_kind_declared_in_a_test_has_all_that_the_others_have(tmp_path: Path) -> None:
    # In a process of its own: the modules of the site read the kinds while they are loaded.
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header",
               "-p", "tests.records.new_kind.standard", "-o", "addopts=", "--basetemp", str(tmp_path / "walk"),
               str(_WALK)]  # fmt: skip
    done = subprocess.run(command, cwd=_WALK.parents[3], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
