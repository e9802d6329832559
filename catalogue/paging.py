"""Pages of a list: which one an address asks for, and which to offer."""

from dataclasses import dataclass
from typing import Any, Self

from flask_babel import gettext as _

from catalogue.errors import NotFound
from catalogue.query_args import read_number

PER_PAGE = 20


@dataclass(frozen=True)
class Paging:
    """One page of a list: its number (from 1), how many entries a page has, and how many there are in all."""

    page: int
    per_page: int
    total: int

    @classmethod
    def from_args(cls, args: Any, total: int, per_page: int = PER_PAGE) -> Self:
        """The page that the address asks for. Raises InvalidInput for what is no page number, NotFound past the end."""
        return cls(read_number(args, "page", 1), per_page, total).checked()

    def checked(self) -> Self:
        """This page. Raises NotFound where the list has no such page."""
        if self.page > self.pages:
            raise NotFound(_("There is no page %(page)s; the last one is %(pages)s.", page=self.page, pages=self.pages))
        return self

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def offset(self) -> int:
        """How many entries come before this page."""
        return (self.page - 1) * self.per_page

    @property
    def last(self) -> int:
        """The number of the last entry on this page."""
        return min(self.offset + self.per_page, self.total)

    @property
    def window(self) -> list[int | None]:
        """The page numbers to offer: the ends and the neighbours; None stands for a gap."""
        near = range(self.page - 2, self.page + 3)
        wanted = sorted({1, self.pages, *(page for page in near if 1 <= page <= self.pages)})
        window: list[int | None] = []
        for page in wanted:
            gap = page - (window[-1] or 0) if window else 1
            window += [page - 1] if gap == 2 else [None] if gap > 2 else []
            window.append(page)
        return window
