"""The fields of review: the state, which follows transitions only, and whom something restricted is open to."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from catalogue.accounts.permissions import REVIEW_STATES, ROLES, scopes_of
from catalogue.records.models.transitions import check_pair
from catalogue.records.schema.fields import SEPARATOR, Field, Schema, split
from catalogue.records.schema.list_fields import ListField
from catalogue.records.schema.resolver import Resolver
from catalogue.records.schema.value_fields import ChoiceField


@dataclass(frozen=True)
class ReviewStateField(ChoiceField):
    """The state of review of something reviewed."""

    def assign(self, entity: Any, value: str, references: Resolver) -> None:
        before = entity.review_state  # None while the item is being made
        if before is not None:
            check_pair(before, value)
        super().assign(entity, value, references)


def review_state(name: str, label: Any) -> Field:
    """The state of review; what comes by sheet or command is published unless it says otherwise."""
    return ReviewStateField(name, label, default="published", choices=REVIEW_STATES)


@dataclass(frozen=True)
class RestrictionField(ListField):
    """Whom something restricted is open to, besides its owner and the administrators: ``role:reviewer;division:D1``.

    A division may be written by name, code or alias; kept is its code.
    """

    def parse(self, text: str) -> list[tuple[str, str]]:
        scopes = []
        for part in split(text):
            sort, _colon, name = part.replace("：", ":").partition(":")
            sort, name = sort.strip().lower(), name.strip()
            if sort not in ("role", "division") or not name or (sort == "role" and name not in ROLES):
                raise ValueError(
                    _(
                        "written “role:reviewer” or “division:D1”, separated by semicolons; the roles are: %(roles)s",
                        roles=", ".join(ROLES),
                    )
                )
            scopes.append((sort, name))
        return scopes

    def text(self, entity: Any) -> str:
        return SEPARATOR.join(scopes_of(entity.restricted_to or ""))

    def write(self, value: Any) -> str:
        return SEPARATOR.join(f"{sort}:{name}" for sort, name in value)

    def part_schema(self) -> Schema:
        return {"type": "string", "pattern": f"^(role:({'|'.join(ROLES)})|division:.+)$"}

    def piece(self, part: str) -> str:
        sort, _colon, name = part.partition(":")
        return str(ROLES.label(name)) if sort == "role" else name

    def assign(self, entity: Any, value: list[tuple[str, str]], references: Resolver) -> None:
        scopes = sorted(
            {f"{sort}:{references.division(name).code if sort == 'division' else name}" for sort, name in value}
        )
        entity.restricted_to = f";{SEPARATOR.join(scopes)};" if scopes else ""
