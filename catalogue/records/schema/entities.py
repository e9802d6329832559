"""What an entity is: a named set of fields over a model, found by a key. Import, history and export work on these."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from catalogue.records.schema.fields import Field
from catalogue.records.schema.resolver import Resolver

RECORDS = "records"  # the place of records: /records/XM-2002-017
ATTACHMENTS = "attachments"  # what the history of a record calls a change of its attachments; no field has this name


def _title(texts: Mapping[str, str]) -> str:
    return texts.get("title") or texts.get("statement") or texts["code"]


@dataclass(frozen=True)
class Entity:
    """Something that is stored, changed and imported row by row.

    `table` is the name of its sheet, `key` the fields that identify one, `find` gets the stored one for parsed
    key values (or None), `code_of` names one in history. `fields` come in the order of the sheet's columns.

    What distinguishes records, ledger lines and registers is data: `prefix` begins the codes that are given to what is
    entered without one (empty for registers, which are kept by reviewers), `place` is the path under which each has
    pages of its own by code, `title_of` makes a title from serialized values.
    """

    name: str
    table: str
    label: Any
    model: type[Any]
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    find: Callable[[Resolver, Mapping[str, Any]], Any | None]
    code_of: Callable[[Any], str]
    plural: Any = ""
    prefix: str = ""
    place: str = ""
    title_of: Callable[[Mapping[str, str]], str] = _title

    @property
    def is_reviewed(self) -> bool:
        """Whether it stands under review."""
        return any(field.name == "review_state" for field in self.fields)

    @property
    def is_register(self) -> bool:
        """Whether it is kept by reviewers (a register), not entered by contributors."""
        return not self.prefix

    def field(self, name: str) -> Field:
        """The field called `name`. Raises KeyError."""
        return next(field for field in self.fields if field.name == name)

    def label_of(self, name: str) -> str:
        """What a change in the history is called, by the name kept of it: a field or, of records, their attachments."""
        labels = {field.name: str(field.label) for field in self.fields}
        return labels.get(name) or (_("Attachments") if name == ATTACHMENTS else name)

    def values(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """The JSON value of every field, from the text forms of all."""
        return {field.name: field.to_json(texts[field.name]) for field in self.fields}

    def texts(self, item: Any) -> dict[str, str]:
        """The text form of every field of a stored item."""
        return {field.name: field.text(item) for field in self.fields}
