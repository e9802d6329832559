"""Settings: an unknown or unusable one stops the start with a line that says what to do."""

from dataclasses import fields
from pathlib import Path

import pytest

from catalogue.config import Settings, load, variable
from catalogue.errors import ConfigError

DOCUMENTED = Path(__file__).parent.parent / "docs" / "operations.md"


def test_defaults_need_nothing() -> None:
    settings = load({})
    assert settings.port == 5000
    assert settings.host == "127.0.0.1"
    assert settings.data.is_absolute()
    assert settings.sqlalchemy_url.startswith("sqlite:///")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CATALOGUE_PROT", "5000"),
        ("CATALOGUE_PORT", "0"),
        ("CATALOGUE_PORT", "http"),
        ("CATALOGUE_THREADS", "1000"),
        ("CATALOGUE_TIMEZONE", "Mars/Olympus"),
        ("CATALOGUE_AS_OF", "2006-13-01"),
        ("CATALOGUE_DATABASE_URL", "mysql://x"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        load({name: value})


def test_every_setting_is_documented() -> None:
    documentation = DOCUMENTED.read_text(encoding="utf-8")
    assert [variable(item.name) for item in fields(Settings) if variable(item.name) not in documentation] == []
