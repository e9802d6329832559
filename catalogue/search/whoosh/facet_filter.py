"""The filters of a question to a Whoosh index, and the counts of what they leave."""

from collections.abc import Mapping

from catalogue.search.interface import FACETS
from catalogue.search.whoosh import bitsets
from catalogue.search.whoosh.segments import View


class Narrowing:
    """The filters of a question, as sets of documents."""

    def __init__(
        self, view: View, filters: Mapping[str, tuple[str, ...]], year_from: int | None, year_to: int | None
    ) -> None:
        self._view = view
        self._every = (1 << view.size) - 1
        self._chosen = {name: view.having(name, values) for name, values in filters.items() if values}
        self._range = self._every
        if year_from is not None or year_to is not None:
            years = view.labels.get("year", {})
            low, high = year_from or 0, year_to if year_to is not None else 9999
            self._range = view.having("year", (year for year in years if low <= int(year) <= high))

    @property
    def all(self) -> int:
        """The documents that pass all filters."""
        return self._but("") & self._range

    def facets(self, documents: int) -> dict[str, dict[str, int]]:
        """The counts of each facet's values, as if nothing were chosen in that facet."""
        documents &= self._range
        return {
            facet: bitsets.count_values(documents & self._but(facet), self._view.labels.get(facet, {}))
            for facet in FACETS
        }

    def years(self, documents: int) -> dict[int, int]:
        """The counts of each year, as if no years were chosen."""
        counts = bitsets.count_values(documents & self._but(""), self._view.labels.get("year", {}))
        return {int(year): counts[year] for year in sorted(counts, key=int)}

    def _but(self, facet: str) -> int:
        passing = self._every
        for name, documents in self._chosen.items():
            if name != facet:
                passing &= documents
        return passing
