"""A layout given by hand: which heading is which field, as a JSON file for the command."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from catalogue.errors import InvalidInput
from catalogue.imports.columns.column_targets import feeds_of
from catalogue.imports.columns.layouts import ColumnLayout
from catalogue.imports.tables.sheets import SheetTable
from catalogue.records.schema.reference_data import ENTITIES


def read_map(path: Path) -> dict[str, Any]:
    """A mapping such as ``{"kind": "projects", "columns": {"课题": "title"}, "values": {"status": "completed"}}``.

    Raises InvalidInput where it is none.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InvalidInput(_("%(file)s cannot be read: %(reason)s", file=path, reason=error.strerror)) from None
    except ValueError:
        found = None
    parts = [found.get(name, {}) for name in ("columns", "values")] if isinstance(found, dict) else []
    if not parts or not all(isinstance(part, dict) and all(map(_is_name, part.items())) for part in parts):
        message = _(
            '%(file)s is no mapping; one looks like this: {"kind": "projects", "columns": {"课题": "title"}}', file=path
        )
        raise InvalidInput(message)
    kind = found.get("kind")
    if kind is not None and kind not in ENTITIES:
        raise InvalidInput(
            _("There is no kind “%(kind)s”; the kinds are: %(names)s", kind=kind, names=", ".join(ENTITIES))
        )
    return dict(found)


def _is_name(pair: tuple[Any, Any]) -> bool:
    return isinstance(pair[0], str) and isinstance(pair[1], str)


def corrected(table: SheetTable, layout: ColumnLayout, given: Mapping[str, Any]) -> ColumnLayout:
    """The layout with the columns and values that were given by hand. Raises InvalidInput for a field there is not."""
    if layout.entity is None or not given:
        return layout
    columns, values = given.get("columns", {}), given.get("values", {})
    known = {*feeds_of(layout.entity.table), *layout.fields}
    for name in (*columns.values(), *values):
        if name and name not in known:
            raise InvalidInput(
                _("There is no field “%(field)s” in %(table)s; its fields are: %(names)s",
                  field=name, table=layout.entity.table, names=", ".join(feeds_of(layout.entity.table)))
            )  # fmt: skip
    fields = tuple(
        (columns[heading] or None) if heading in columns else field
        for heading, field in zip(table.headings, layout.fields, strict=True)
    )
    return replace(layout, fields=fields, extra={**layout.extra, **values})
