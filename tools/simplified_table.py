"""Write the table that `catalogue.search.text.simplified` reads (`python tasks.py characters`).

After a change of the table, raise `VERSION` in `catalogue.search.analysis`: existing indexes hold the old characters.
"""

from collections.abc import Sequence
from importlib.metadata import version

from opencc import OpenCC

from catalogue.search.text.simplified import TABLE

# Of the planes that hold scripts; without surrogates, and without the end of a line, which divides texts below.
CHARACTERS = [chr(code) for code in range(0x40000) if code != 0x0A and not 0xD800 <= code <= 0xDFFF]
_HEADER = """\
# Traditional characters and the simplified character of each, divided by a tab.
# Generated from OpenCC {version} (conversion t2s, each character by itself) by `python tasks.py characters`.
# OpenCC, https://github.com/BYVoid/OpenCC, is by Carbo Kuo (BYVoid) and contributors, under the Apache License 2.0
# (LICENSES/OpenCC.txt). Not to be edited by hand.
"""


def convert_each(texts: Sequence[str]) -> list[str]:
    """What OpenCC makes of each text by itself; the texts are single lines."""
    # One call for all: one for each character of Unicode would take ten seconds. No phrase of OpenCC's spans lines.
    return str(OpenCC("t2s").convert("\n".join(texts))).split("\n")


def table() -> str:
    """The text of the table: every character that OpenCC replaces."""
    pairs = zip(CHARACTERS, convert_each(CHARACTERS), strict=True)
    lines = (f"{character}\t{simple}\n" for character, simple in pairs if simple != character)
    return _HEADER.format(version=version("OpenCC")) + "".join(lines)


if __name__ == "__main__":
    TABLE.write_text(table(), "utf-8", newline="\n")
