"""The wheel works outside the checkout: templates, migrations, translations and demonstration data travel inside."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tallies.test_figures import PARAGRAPH

pytestmark = pytest.mark.slow
CHECKOUT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel was installed, with nothing else of the checkout in reach."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=CHECKOUT, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in listed.stdout.splitlines():
        if name.startswith(
            ("catalogue/", "migrations/", "templates/", "setup.cfg", "pyproject", "README.md", "LICENSE")
        ):
            target = source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((CHECKOUT / name).read_bytes())
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source)],
        check=True,
    )
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--target", str(folder / "site"), str(wheel)], check=True)
    return folder / "site"


def test_the_command_works_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    program = (
        "import sys, catalogue; from pathlib import Path; assert Path(sys.argv[1]) in Path(catalogue.__file__).parents;"
        "from catalogue.cli.main import main; sys.argv[1:] = sys.argv[2:]; main()"
    )

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-P", "-c", program, str(installed), *command],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(installed), "CATALOGUE_DATA": str(tmp_path / "data")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("init")
    run("demo")
    assert run("tally", "summary").strip() == PARAGRAPH
    assert "160kA预焙电解槽扩容试验" in run("search", "预焙槽扩容")
    page = (
        "import sys; from catalogue.app import create_app; client = create_app().test_client();"
        "answer = client.get('/'); assert answer.status_code == 200, answer.text; print(answer.text);"
        "assert client.get('/static/css/site.css').status_code == 200"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", page],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed), "CATALOGUE_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "科技成果与专利目录" in done.stdout
