"""What showing a value takes beside its text form: who reads it, and what else the entry says."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol


class Naming(Protocol):
    """Names other items to a reader, and knows which records the reader may see."""

    def name_of(self, kind: str, code: str) -> str:
        """The name, in the reader's language, of an item of this kind (division, scheme, record); its code where there
        is no name."""

    def open_records(self, codes: Collection[str]) -> Collection[str]:
        """Those of the records with these codes that the reader may see."""


@dataclass(frozen=True)
class Shown:
    """`texts` are the text forms of the other fields of the same entry, as far as they are known; `naming` names what
    the value refers to, which otherwise goes by its code; `as_of` is the day for which the value is shown."""

    texts: Mapping[str, str] = field(default_factory=dict)
    naming: Naming | None = None
    as_of: date | None = None


PLAIN = Shown()
