"""What `make` calls, and what to call where there is no make: python tasks.py TASK, with one of those at the end.

Only the standard library, and a syntax that old Pythons still read, so that they can be told what is wanted.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys

WANTED = (3, 11)
ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
WINDOWS = os.name == "nt"
BIN = os.path.join(VENV, "Scripts" if WINDOWS else "bin")
PYTHON = os.path.join(BIN, "python.exe" if WINDOWS else "python")


def fail(message):
    """End with one clear line."""
    sys.exit("tasks.py: " + message)


def call(*command):
    """Run a command in the checkout; end with its exit status where it fails."""
    try:
        status = subprocess.call(list(command), cwd=ROOT)
    except KeyboardInterrupt:  # Ctrl-C is how the site is stopped
        status = 0
    if status:
        sys.exit(status)


def succeeds(*command):
    """Whether a command runs and succeeds, its output thrown away."""
    try:
        return subprocess.call(list(command), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def call_where_there(program, subject, *arguments):
    """Run a linter that not every machine has. Where it is missing, that is said; in CI it is an error."""
    found = shutil.which(os.path.join(ROOT, program))
    if found:
        call(found, *arguments)
    elif os.environ.get("CI"):
        fail(program + " is missing")
    else:
        print(program + " is missing, so the " + subject + " are not checked (CONTRIBUTING.md says what brings it)")


def digest(*names):
    """One hash over files of the checkout."""
    together = hashlib.sha256()
    for name in names:
        with open(os.path.join(ROOT, name), "rb") as file:
            together.update(file.read())
    return together.hexdigest()


def make_venv():
    """A virtual environment, also where Debian has split off ensurepip: then the system's pip installs into it."""
    if os.path.exists(PYTHON) and succeeds(PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if succeeds(sys.executable, "-m", "venv", VENV):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if not succeeds(sys.executable, "-m", "venv", "--without-pip", VENV):
        fail("a virtual environment cannot be made in " + VENV + "; is the folder writable?")


def pip():
    """The pip that installs into the environment."""
    if succeeds(PYTHON, "-m", "pip", "--version"):
        return [PYTHON, "-m", "pip"]
    if succeeds(sys.executable, "-m", "pip", "--version"):
        return [sys.executable, "-m", "pip", "--python", PYTHON]
    fail("pip is missing; install it (Debian: apt install python3-pip)")


def install(lock):
    """Install a lock and the checkout itself, unless exactly that is installed already."""
    make_venv()
    stamp = os.path.join(VENV, "installed-" + lock)
    wanted = digest(lock, "setup.cfg", "pyproject.toml")
    if os.path.exists(stamp):
        with open(stamp) as file:
            if file.read() == wanted:
                return
    print("Installing what " + lock + " lists; this takes a minute the first time.")
    sys.stdout.flush()
    options = ["--quiet", "--disable-pip-version-check", "--no-warn-script-location"]
    call(*(pip() + ["install"] + options + ["--require-hashes", "--only-binary", ":all:", "-r", lock]))
    call(*(pip() + ["install"] + options + ["--no-deps", "--no-build-isolation", "--editable", "."]))
    with open(stamp, "w") as file:
        file.write(wanted)


def find_chromium():
    """The program of a Chromium on this machine, or None; the variable CHROMIUM names another than the usual ones."""
    named = os.environ.get("CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return named or next((found for found in map(shutil.which, names) if found), None)


def fetch_packages():
    """Fetch what tests and linters take from npm, in the versions and with the hashes of tests/package-lock.json. Where
    that cannot be done, what needs it is left out and says so."""
    folder = os.path.join(ROOT, "tests")
    wanted = packages_of(folder, "package-lock.json")
    if packages_of(folder, "node_modules", ".package-lock.json") == wanted:
        return
    npm = shutil.which("npm")
    if npm is None:
        print("tasks.py: npm is missing; checks by axe-core, the Nu HTML checker and stylelint are left out.")
        return
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error", "--fetch-retries", "1"]
    if subprocess.call([npm, "ci"] + options + ["--prefix", "tests"], cwd=ROOT):
        print("tasks.py: npm could not fetch axe-core, the Nu HTML checker and stylelint; their checks are left out.")


def packages_of(*path):
    """The packages that a lock of npm names, with their hashes; None where there is no such lock."""
    try:
        with open(os.path.join(*path)) as file:
            packages = json.load(file)["packages"]
    except (OSError, ValueError, KeyError):
        return None
    return {name: package.get("integrity") for name, package in packages.items() if name}


def run():
    """Start the site, with demonstration data where there are none."""
    install("requirements.lock")
    call(PYTHON, "-m", "catalogue", "serve", "--demo")


def test():
    """All tests, on all cores."""
    install("requirements-dev.lock")
    if find_chromium():
        fetch_packages()
    run_tests()


def run_tests(*options):
    """Call pytest on all cores, with these options and those of the command line."""
    # Dozens of processes are started; compiling the catalogue anew takes each of them longer than what it is to do.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    call(PYTHON, "-m", "pytest", "-n", "auto", "--dist", "worksteal", *options, *sys.argv[2:])


def coverage():
    """All tests, with the branches that they take; fails below the floor of pyproject.toml."""
    install("requirements-dev.lock")
    run_tests("--cov", "--cov-report=term:skip-covered")


def check():
    """What a minute at the desk is enough for: the linters of Python, and the quick tests of records, search, tallies,
    settings, migrations and translations.

    Left out: whatever needs a browser or a server; accounts and who may do what, forms, review, attachments, imports,
    exports and the interface; the linters of templates, scripts and style sheets. `test` and `lint` do all.
    """
    install("requirements-dev.lock")
    lint_python()
    folders = [os.path.join("tests", name) for name in ("records", "search", "tallies")]
    files = [os.path.join("tests", name) for name in ("test_config.py", "test_migrations.py", "test_translations.py")]
    run_tests("-m", "not browser and not slow and not postgresql", *folders, *files)


def lint_python():
    """The linters that are quick."""
    call(PYTHON, "-m", "ruff", "check", ".")
    call(PYTHON, "-m", "ruff", "format", "--check", ".")
    call(PYTHON, "-m", "mypy", "catalogue", "tools")
    call(os.path.join(BIN, "lint-imports"))


def lint():
    """All linters."""
    install("requirements-dev.lock")
    fetch_packages()
    lint_python()
    call(PYTHON, "-m", "djlint", "--quiet", "--lint", "--profile", "jinja", "templates")
    call(PYTHON, "-m", "bandit", "--quiet", "--recursive", "--configfile", "pyproject.toml", "catalogue")
    scripts = os.path.join("catalogue", "static", "js")
    call_where_there(os.path.join(BIN, "oxlint"), "scripts", "--deny-warnings", scripts)
    stylelint = os.path.join("tests", "node_modules", ".bin", "stylelint")
    call_where_there(stylelint, "style sheets", os.path.join("catalogue", "static", "css", "*.css"))


def bench():
    """The benchmarks; they print their tables."""
    install("requirements-dev.lock")
    call(PYTHON, "-m", "tests.benchmarks", *sys.argv[2:])


def lock():
    """Write both locks anew from setup.cfg (needs `uv`)."""
    common = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
    common += ["--no-header", "setup.cfg"]
    call(*(common + ["--extra", "checkout", "--output-file", "requirements.lock"]))
    extras = ["--extra", "postgresql", "--extra", "oidc", "--extra", "ldap", "--extra", "dev"]
    call(*(common + extras + ["--output-file", "requirements-dev.lock"]))


def characters():
    """Write the table of simplified characters from the OpenCC that requirements-dev.lock names."""
    install("requirements-dev.lock")
    call(PYTHON, "-m", "tools.simplified_table")


def messages():
    """Take new messages into the Chinese translation, and compile it. Translate between two calls."""
    install("requirements-dev.lock")
    babel = [PYTHON, "-m", "babel.messages.frontend"]
    template = os.path.join("build", "messages.pot")
    os.makedirs(os.path.join(ROOT, "build"), exist_ok=True)
    extract = ["extract", "-F", "babel.cfg", "-k", "_l", "-k", "lazy_gettext", "--no-location", "--omit-header"]
    call(*(babel + extract + ["--ignore-dirs", ".* build tests", "-o", template, "."]))
    update = ["update", "-i", template, "-d", "catalogue/translations", "-l", "zh"]
    call(*(babel + update + ["--no-fuzzy-matching", "--ignore-obsolete", "--width", "120"]))
    call(*(babel + ["compile", "-d", "catalogue/translations", "--statistics"]))


def clean():
    """Remove the environment and what tools leave behind; the data folder stays."""
    for name in (".venv", ".pytest_cache", ".mypy_cache", ".ruff_cache", "build", "dist"):
        shutil.rmtree(os.path.join(ROOT, name), ignore_errors=True)


TASKS = {
    "run": run,
    "test": test,
    "check": check,
    "coverage": coverage,
    "lint": lint,
    "bench": bench,
    "lock": lock,
    "messages": messages,
    "characters": characters,
    "clean": clean,
}

if __name__ == "__main__":
    if sys.version_info < WANTED:
        fail("Python 3.11 or newer is needed; this is %d.%d." % sys.version_info[:2])
    task = sys.argv[1] if len(sys.argv) > 1 else "run"
    if task not in TASKS:
        fail("there is no task " + task + "; there are: " + ", ".join(TASKS))
    TASKS[task]()
