"""What an entity is: a named set of fields over a model, found by a key. Import, history and export work on these."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.records.fields import Field
from catalogue.records.references import References


@dataclass(frozen=True)
class Entity:
    """Something that is stored, changed and imported row by row.

    `table` is the name of its sheet, `key` the fields that identify one, `find` gets the stored one for parsed
    key values (or None), `code_of` names one in history. `fields` come in the order of the sheet's columns.
    """

    name: str
    table: str
    label: Any
    model: type[Any]
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    find: Callable[[References, Mapping[str, Any]], Any | None]
    code_of: Callable[[Any], str]

    def field(self, name: str) -> Field:
        """The field called `name`. Raises KeyError."""
        return next(field for field in self.fields if field.name == name)

    def texts(self, thing: Any) -> dict[str, str]:
        """The text form of every field of a stored thing."""
        return {field.name: field.text(thing) for field in self.fields}
