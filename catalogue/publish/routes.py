"""What a route of the data interface is described by: the page about the interface and its OpenAPI document say the
same, made from this."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalogue.records.models.records import Record


@dataclass(frozen=True)
class Argument:
    """An argument of the address, or a member of the JSON that is sent."""

    name: str
    values: str
    meaning: Any


@dataclass(frozen=True)
class Route:
    """A route as described. `example` makes the arguments of a request that finds the record, those that stand in the
    path among them; None where the route writes, or answers too much to be shown. `sent` is then what could be sent,
    and `headers` with which headers."""

    method: str
    path: str
    purpose: Any
    arguments: tuple[Argument, ...]
    answer: tuple[Argument, ...]
    example: Callable[[Record], Mapping[str, Any]] | None = field(default=None, repr=False)
    sent: Mapping[str, Any] | None = None
    headers: tuple[str, ...] = ()
