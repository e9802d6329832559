"""Where the files lie that are not Python."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
DEMO_FOLDER = _PACKAGE / "demo"
STATIC_FOLDER = _PACKAGE / "static"


def resource_folder(name: str) -> Path:
    """The folder of templates or migrations: inside the package when installed from a wheel, else in the checkout."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
