"""What the documentation names is there, and what is there is named."""

import re
from importlib import import_module
from pathlib import Path

import click
import pytest

from catalogue.cli.main import cli
from catalogue.records.schema.kinds import KINDS

DOCS = Path(__file__).parents[1] / "docs"
ROOMS = {path.parent.name for path in (DOCS.parent / "catalogue").glob("*/__init__.py")}


def _named() -> list[str]:
    text = (DOCS / "architecture.md").read_text("utf-8")
    return sorted({name for name in re.findall(r"`([a-z_]+(?:\.\w+)+)`", text) if name.split(".")[0] in ROOMS})


@pytest.mark.parametrize("name", _named())
def test_what_the_architecture_names_is_there(name: str) -> None:
    module, rest = f"catalogue.{name}", []
    while True:
        try:
            found = import_module(module)
            break
        except ModuleNotFoundError:
            module, _dot, last = module.rpartition(".")
            rest.insert(0, last)
    for part in rest:
        found = getattr(found, part)


def test_every_room_is_in_the_architecture() -> None:
    text = (DOCS / "architecture.md").read_text("utf-8")
    assert sorted(room for room in ROOMS if f"`{room}`" not in text) == []


def _commands(group: click.Group, before: str = "catalogue") -> list[str]:
    found = []
    for name, command in group.commands.items():
        full = f"{before} {name}"
        found += _commands(command, full) if isinstance(command, click.Group) else [full]
    return found


def test_every_command_is_in_the_operations_guide() -> None:
    text = (DOCS / "operations.md").read_text("utf-8")
    assert [name for name in _commands(cli) if name not in text] == []


@pytest.mark.parametrize("guide", ["guide.md", "guide.zh.md"])
def test_every_kind_is_in_the_guide(guide: str) -> None:
    text = (DOCS / guide).read_text("utf-8")
    assert [
        name for name, kind in KINDS.items() if f"`{kind.prefix}`" not in text or f"/{kind.table}" not in text
    ] == []
