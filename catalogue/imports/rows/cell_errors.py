"""Why the cells of a row cannot be used together, each told at the cell that is to be mended."""

from flask_babel import gettext as _

from catalogue.imports.columns.layouts import ColumnLayout


class CellError(ValueError):
    """A value that cannot be understood, with the cell at which it is to be mended: its column and what was read there.
    A plain ValueError is told at the first cell of its field."""

    def __init__(self, column: int, read: str, message: str) -> None:
        super().__init__(message)
        self.column, self.read = column, read


def contradiction(
    layout: ColumnLayout, column: int, text: str, other: int, other_text: str, said: str = "", other_said: str = ""
) -> CellError:
    """Two cells that cannot both be right; `said` and `other_said` are what they say, where it is not all that was read
    there."""
    message = _(
        "“%(heading)s” says %(text)s and “%(other)s” says %(other_text)s; correct the one that is wrong",
        heading=layout.heading(column),
        text=said or text,
        other=layout.heading(other),
        other_text=other_said or other_text,
    )
    return CellError(column, text, message)
