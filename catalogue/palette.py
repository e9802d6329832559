"""The colours of the pages for what is drawn elsewhere: pictures, workbooks, documents.

They are read from the style sheets of the pages: `tokens.css` names colours and sizes, `charts.css` says how charts are
drawn. So a chart in a file looks like that on the page, and nothing has to be changed twice.
"""

import re
from collections.abc import Mapping
from functools import cache

from catalogue.resources import STATIC_FOLDER

_FOLDER = STATIC_FOLDER / "css"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_TOKEN = re.compile(r"--([\w-]+):\s*([^;]+);")
_REFERENCE = re.compile(r"var\(--([\w-]+)\)")
_SHORT = re.compile(r"#([0-9a-f])([0-9a-f])([0-9a-f])\b(?![0-9a-f])")
_TRANSLUCENT = re.compile(r"rgb\((\d+) (\d+) (\d+) / (\d+)%\)")
_REM = re.compile(r"([\d.]+)rem\b")
_PIXELS_IN_REM = 16


def colour(name: str) -> str:
    """A colour by its name in `tokens.css`, as `#rrggbb`; a translucent one as it looks on white paper."""
    return _tokens()[name]


@cache
def chart_style() -> str:
    """The rules of `charts.css` with every name replaced by what it stands for, in units that any program reads."""
    return _REFERENCE.sub(lambda match: _tokens()[match[1]], _read("charts.css"))


@cache
def _tokens() -> Mapping[str, str]:
    tokens: dict[str, str] = {}
    for name, value in _TOKEN.findall(_read("tokens.css")):
        known = _REFERENCE.sub(lambda match: tokens[match[1]], value)
        tokens[name] = _REM.sub(_in_pixels, _TRANSLUCENT.sub(_on_white, _SHORT.sub(r"#\1\1\2\2\3\3", known)))
    return tokens


def _read(name: str) -> str:
    return _COMMENT.sub("", (_FOLDER / name).read_text(encoding="utf-8"))


def _on_white(match: re.Match[str]) -> str:
    *channels, percent = map(int, match.groups())
    return "#" + "".join(f"{round(255 + (channel - 255) * percent / 100):02x}" for channel in channels)


def _in_pixels(match: re.Match[str]) -> str:
    return f"{float(match[1]) * _PIXELS_IN_REM:g}px"
