"""Coded values with labels: what is stored is an English code, what is shown is a translated label."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class CodeList:
    """An ordered set of codes with their labels. `code in vocabulary`, `vocabulary.label(code)`.

    Each is only itself, so that what was made of one can be remembered under it.
    """

    labels: Mapping[str, Any]

    def __contains__(self, code: object) -> bool:
        return code in self.labels

    def __iter__(self) -> Iterator[str]:
        return iter(self.labels)

    def label(self, code: str) -> Any:
        """The label of `code`; the code itself where it is unknown."""
        return self.labels.get(code, code)
