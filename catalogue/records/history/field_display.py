"""Text forms as readers see them: what history and review show of a field, and of what has changed in it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.formatting import local_name
from catalogue.records.models.records import Record
from catalogue.records.models.schemes import AwardScheme
from catalogue.records.queries import visible_to
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.fields import Field
from catalogue.records.schema.shown_values import Shown
from catalogue.records.schema.text_diff import Piece

Texts = Mapping[str, str]
Sort = Literal["prose", "list", "value"]


@dataclass(frozen=True)
class FieldChange:
    """One field between two states. `pieces` are what is the same, gone and new, in one row; `sort` says how they are
    to be shown, `is_foreign` tells words of the record from those of the reader."""

    name: str
    label: str
    sort: Sort
    pieces: tuple[Piece, ...]
    is_foreign: bool

    @property
    def is_new(self) -> bool:
        """Whether there was nothing before."""
        return all(piece.mark == "new" for piece in self.pieces)


@dataclass(frozen=True)
class Fact:
    """What one field says: a piece for each item. `is_foreign` tells words of the record from those of the reader."""

    label: str
    pieces: list[str]
    is_foreign: bool


class Display:
    """Says values in the reader's language, and never names a record that the reader may not see. What it has looked
    up it remembers: keep it no longer than a request."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self._session, self._actor = session, actor
        self._open: dict[str, bool] = {}
        self._schemes: dict[str, str] = {}

    def pieces(self, entity: Entity, name: str, texts: Texts) -> list[str]:
        """A field of these texts: one piece, or one for each item that it lists; none where it is empty."""
        return entity.field(name).show(texts.get(name, ""), Shown(texts, self))

    def facts(self, entity: Entity, texts: Texts, without: Collection[str] = ()) -> list[Fact]:
        """All that the texts say, field by field in the order of the entity."""
        return [
            Fact(str(field.label), self.pieces(entity, field.name, texts), _is_foreign(field))
            for field in entity.fields
            if field.name not in without and texts.get(field.name, "")
        ]

    def changes(self, entity: Entity, before: Texts, after: Texts, names: Iterable[str] = ()) -> list[FieldChange]:
        """The fields that differ (of `names`, if any are given), in the order of the entity."""
        wanted = set(names)
        return [
            self._change(entity, field, before, after)
            for field in entity.fields
            if (not wanted or field.name in wanted) and before.get(field.name, "") != after.get(field.name, "")
        ]

    def _change(self, entity: Entity, field: Field, before: Texts, after: Texts) -> FieldChange:
        old, new = self.pieces(entity, field.name, before), self.pieces(entity, field.name, after)
        sort: Sort = "list" if field.lists else "prose" if field.is_prose else "value"
        return FieldChange(field.name, str(field.label), sort, field.compare(old, new), _is_foreign(field))

    def name_of(self, kind: str, code: str) -> str:
        """The name of an award scheme; other items go by their codes in history."""
        if kind != "scheme":
            return code
        if code not in self._schemes:
            found = self._session.scalar(select(AwardScheme).where(AwardScheme.code == code))
            self._schemes[code] = local_name(found) if found else code
        return self._schemes[code]

    def open_records(self, codes: Collection[str]) -> Collection[str]:
        """Those of the records with these codes that the reader may see."""
        unknown = set(codes) - set(self._open)
        if unknown:
            seen = set(
                self._session.scalars(select(Record.code).where(Record.code.in_(unknown), visible_to(self._actor)))
            )
            self._open.update({code: code in seen for code in unknown})
        return [code for code in codes if self._open[code]]


def _is_foreign(field: Field) -> bool:
    return field.is_prose or field.lists
