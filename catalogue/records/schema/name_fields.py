"""Fields for what divisions are called: the code and name of their own, and other names with their days."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from catalogue.people.models import Division, DivisionAlias
from catalogue.records.schema.dated_names import DatedName
from catalogue.records.schema.fields import (
    Field,
    TextField,
    clean,
    split,
)
from catalogue.records.schema.list_fields import ListField, read_words
from catalogue.records.schema.resolver import Resolver
from catalogue.records.schema.typed_values import Typed


@dataclass(frozen=True)
class AliasesField(ListField):
    """Other names of a division, each with its days where it did not always hold: ``电解学部 [..2001-12-31];电解厂``.

    The same name may stand here for several times, but not twice for one day, and never as another division's.
    """

    def read_typed(self, text: str, typed: Typed) -> str:
        """A name may have commas in it: in a cell only semicolons part them."""
        return clean(text) if typed.is_sheet else read_words(text, typed)

    def parse(self, text: str) -> list[str]:
        dated = sorted(map(DatedName.parse, split(text)), key=str)
        for place, each in enumerate(dated):
            for other in dated[:place]:
                if other.name == each.name and other.overlaps(each.valid_from, each.valid_to):
                    raise ValueError(_("%(value)s stands here twice", value=each.name))
        return [str(each) for each in dated]

    def text(self, entity: Any) -> str:
        return self.write(sorted(str(_dated(alias)) for alias in entity.aliases))

    def assign(self, entity: Any, value: list[str], references: Resolver) -> None:
        known = {_dated(alias): alias for alias in entity.aliases}
        aliases = []
        for dated in map(DatedName.parse, value):
            if dated not in known:  # what earlier versions let in is told by the checks, not here
                references.check_new_name(Division, dated, entity.code, is_alias=True)
            aliases.append(
                known.get(dated) or DivisionAlias(name=dated.name, valid_from=dated.valid_from, valid_to=dated.valid_to)
            )
        entity.aliases = aliases


def _dated(alias: DivisionAlias) -> DatedName:
    return DatedName(alias.name, alias.valid_from, alias.valid_to)


@dataclass(frozen=True)
class OwnCodeField(Field):
    """The code of something that is referred to by code and name: never the name of another, nor another's alias."""

    def assign(self, entity: Any, value: str, references: Resolver) -> None:
        if value != getattr(entity, self.name):
            references.check_new_name(type(entity), DatedName(value), value)
        super().assign(entity, value, references)


@dataclass(frozen=True)
class OwnNameField(TextField):
    """The name of something that is referred to by code and name: never the code of another, nor another's alias."""

    def assign(self, entity: Any, value: str, references: Resolver) -> None:
        if value != getattr(entity, self.name):
            references.check_new_name(type(entity), DatedName(value), entity.code)
        super().assign(entity, value, references)
