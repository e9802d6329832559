"""What a search address asks for, read once into a frozen state that writes every other address of the search."""

from dataclasses import dataclass, replace
from typing import Any, Self, cast

from flask import url_for
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from catalogue.accounts.permissions import Actor
from catalogue.code_list import CodeList
from catalogue.query_args import read_choice, read_number, read_year
from catalogue.search.facets import FacetLabels
from catalogue.search.interface import (
    FACETS,
    SORTS,
    Query,
    Sort,
)

MOST_CHARACTERS = 10_000  # of a query: a whole abstract may be pasted, a book may not
PER_PAGE = (20, 50, 100)
SORT_LABELS = CodeList(
    {
        "relevance": _l("Relevance"),
        "newest": _l("Newest first"),
        "oldest": _l("Oldest first"),
        "benefit": _l("By benefit"),
        "changed": _l("Latest changes"),
        "title": _l("By title"),
    }
)


@dataclass(frozen=True)
class SearchState:
    """One search. `chosen` are pairs of a facet and a value; `unknown` such pairs as there are not, left out;
    `shortened` says that the text was longer than a search may be."""

    text: str = ""
    chosen: tuple[tuple[str, str], ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    sort: Sort = "relevance"
    page: int = 1
    per_page: int = PER_PAGE[0]
    unknown: tuple[tuple[str, str], ...] = ()
    shortened: bool = False

    @classmethod
    def from_args(cls, args: MultiDict[str, str], labels: FacetLabels) -> Self:
        """Read the arguments; `labels` says which facet values there are.

        Raises InvalidInput for a year, page or order that cannot be. A facet value that there is not, as in an
        address kept from before a division was renamed, is left out and reported.
        """
        text = args.get("q", "").strip()
        pairs = [(facet, value) for facet in FACETS for value in dict.fromkeys(args.getlist(facet)) if value]
        per_page = read_choice(args, "per_page", [str(number) for number in PER_PAGE], str(PER_PAGE[0]))
        return cls(
            text=text[:MOST_CHARACTERS],
            chosen=tuple(pair for pair in pairs if pair[1] in labels[pair[0]]),
            year_from=read_year(args, "year_from"),
            year_to=read_year(args, "year_to"),
            sort=cast(Sort, read_choice(args, "sort", SORTS, "relevance")),
            page=read_number(args, "page", 1),
            per_page=int(per_page),
            unknown=tuple((facet, value[:40]) for facet, value in pairs if value not in labels[facet]),
            shortened=len(text) > MOST_CHARACTERS,
        )

    def to_args(self) -> MultiDict[str, str]:
        """The arguments that `from_args` reads back; what is usual is left out."""
        args: MultiDict[str, str] = MultiDict(self.chosen)
        usual = type(self)()
        for argument, name in (
            ("q", "text"),
            *((name, name) for name in ("year_from", "year_to", "sort", "page", "per_page")),
        ):
            value = getattr(self, name)
            if value != getattr(usual, name):
                args.add(argument, str(value))
        return args

    def to_query(self, actor: Actor) -> Query:
        """The question to the index."""
        return Query(
            text=self.text,
            filters={facet: values for facet in FACETS if (values := self.values(facet))},
            year_from=self.year_from,
            year_to=self.year_to,
            sort=self.sort,
            offset=(self.page - 1) * self.per_page,
            limit=self.per_page,
            access=actor.access,
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is chosen."""
        return bool(self.chosen or self.year_from or self.year_to)

    @property
    def years(self) -> str:
        """The chosen years in words; empty where none are."""
        if self.year_from == self.year_to:
            return str(self.year_from or "")
        return f"{self.year_from or ''}–{self.year_to or ''}"

    def values(self, facet: str) -> tuple[str, ...]:
        """The chosen values of a facet."""
        return tuple(value for name, value in self.chosen if name == facet)

    def with_(self, **changes: Any) -> Self:
        """The same search with some of its parts changed, from its first page unless a page is named."""
        return replace(self, **{"page": 1, "unknown": (), "shortened": False, **changes})

    def toggle(self, facet: str, value: str) -> Self:
        """The search with a facet value chosen where it was not, and not chosen where it was."""
        pair = (facet, value)
        if pair in self.chosen:
            return self.with_(chosen=tuple(each for each in self.chosen if each != pair))
        return self.with_(chosen=(*self.chosen, pair))

    def without(self, facet: str) -> Self:
        """The search without the filter of a facet; “years” names that of the years, and “all” all filters."""
        if facet == "all":
            return self.with_(chosen=(), year_from=None, year_to=None)
        if facet == "years":
            return self.with_(year_from=None, year_to=None)
        return self.with_(chosen=tuple(pair for pair in self.chosen if pair[0] != facet))

    @property
    def subscribed(self) -> Self:
        """What a feed of this search follows: it has an order and a length of its own."""
        usual = type(self)()
        return self.with_(sort=usual.sort, per_page=usual.per_page)

    def url(self, endpoint: str = "search.index", **changes: Any) -> str:
        """The address of the search, with some of its parts changed."""
        state = self.with_(**changes) if changes else self
        return url_for(endpoint, **state.arguments)

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of every address of this search, as `url_for` takes them."""
        return cast(dict[str, Any], self.to_args().to_dict(flat=False))
