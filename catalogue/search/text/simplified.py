"""Traditional Chinese characters as simplified ones, from a table generated from OpenCC.

OpenCC itself is a compiled extension without wheels for musl or Windows on ARM, and only its conversion of single
characters is of use here: a text is folded character by character, so that every place in it stays where it was.
`python tasks.py characters` writes the table.
"""

from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).with_name("simplified.txt")


def simplified(text: str) -> str:
    """The text with each traditional character replaced by its simplified one: as long as it was."""
    return text.translate(_table())


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    lines = TABLE.read_text("utf-8").splitlines()
    return {ord(line[0]): line[2] for line in lines if not line.startswith("#")}
