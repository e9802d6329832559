"""What is imported is declared in setup.cfg, what is declared is imported, and the locks have it.

A package that another one happens to bring along may be gone with the next version of that one, or missing from an
older version that the declared range allows.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from configparser import ConfigParser
from functools import lru_cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
CONFIG = ConfigParser(comment_prefixes="#", inline_comment_prefixes=None)
CONFIG.read(CHECKOUT / "setup.cfg", "utf-8")
EXTRAS = CONFIG["options.extras_require"]
PRODUCT_EXTRAS = ("postgresql", "oidc", "ldap")
OWN = {"catalogue", "tasks", "tests", "tools"}
DRIVERS = {"psycopg"}  # SQLAlchemy imports them where the address of the database names them


def normalized(name: str) -> str:
    """The name of a distribution as the package index compares them."""
    return re.sub(r"[-_.]+", "-", name).lower()


def distributions(requirements: str) -> set[str]:
    """The names of the distributions that the lines of an option or a lock require."""
    return {normalized(match[1]) for match in re.finditer(r"^([A-Za-z][\w.-]*)", requirements, re.MULTILINE)}


def imported(*folders: str) -> dict[str, str]:
    """The distributions that the modules of some folders import anywhere in them, each with one of these modules."""
    installed = _installed()
    found: dict[str, str] = {}
    for path in (path for folder in folders for path in sorted((CHECKOUT / folder).rglob("*.py"))):
        for module in _modules(path):
            if module not in OWN and module not in sys.stdlib_module_names:
                for name in installed.get(module, [module]):
                    found[normalized(name)] = str(path.relative_to(CHECKOUT))
    return found


@lru_cache(maxsize=1)
def _installed() -> Mapping[str, list[str]]:
    return packages_distributions()  # reads the lists of files of all packages


def _modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names: Iterable[str] = ()
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        yield from (name.partition(".")[0] for name in names)


REQUIRED = distributions(CONFIG["options"]["install_requires"])
OPTIONAL = {name for extra in PRODUCT_EXTRAS for name in distributions(EXTRAS[extra])}
FOR_DEVELOPMENT = distributions(EXTRAS["dev"])


def test_what_the_product_imports_is_declared() -> None:
    undeclared = {
        name: path for name, path in imported("catalogue", "migrations").items() if name not in REQUIRED | OPTIONAL
    }
    assert undeclared == {}


def test_what_tests_and_tools_import_is_declared() -> None:
    declared = REQUIRED | OPTIONAL | FOR_DEVELOPMENT
    assert {name: path for name, path in imported("tests", "tools").items() if name not in declared} == {}


def test_what_is_declared_is_imported() -> None:
    assert (REQUIRED | OPTIONAL) - set(imported("catalogue", "migrations")) == DRIVERS


@pytest.mark.parametrize(
    ("lock", "declared"),
    [("requirements.lock", REQUIRED), ("requirements-dev.lock", REQUIRED | OPTIONAL | FOR_DEVELOPMENT)],
)
def test_the_locks_have_what_is_declared(lock: str, declared: set[str]) -> None:
    assert declared - distributions((CHECKOUT / lock).read_text("utf-8")) == set()
