"""The search port: what the catalogue asks of any full-text engine.

Everything that crosses the port is a frozen value, so an answer may be cached, compared and passed
between threads. Adapters (`whoosh_index`, later `opensearch_index`) know the engine; nothing else does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from catalogue.errors import CatalogueError

# The facets of the catalogue, in the order in which pages show them.
FACETS = ("kind", "division", "award_level", "award_grade", "patent_type", "patent_status")

Sort = Literal["relevance", "newest", "oldest", "title"]
SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest", "title")

# How strictly the words of a query were wanted in the end: all of them, most of them, any of them; or that they were
# taken for a number, or for Chinese typed in Latin letters.
Match = Literal["everything", "all", "most", "any", "number", "pinyin", "nothing"]


class IndexBusy(CatalogueError):
    """Another writer holds the index, for example a rebuild. Nothing was written; the changes can be applied later."""

    status = 503


@dataclass(frozen=True)
class Document:
    """What the index knows of one record. `digest` (hex) covers all other fields: equal digest, equal entry."""

    id: int
    code: str
    title: str
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ()  # names and aliases, searchable
    other_text: tuple[str, ...] = ()  # venue, scheme, conferring body, …
    numbers: tuple[str, ...] = ()  # as `records.numbers.index_keys` gives them
    year: int | None = None
    sort_date: str = ""  # ISO date of the latest day the date may mean; "" when undated
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # facet → codes of its values
    access: tuple[str, ...] = ()  # the access labels of which a reader needs one
    digest: str = ""


@dataclass(frozen=True)
class Query:
    """One question. `access` None sees everything (command line); otherwise any one shared label is enough."""

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # values of one facet are joined by or
    year_from: int | None = None
    year_to: int | None = None
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 20
    access: frozenset[str] | None = frozenset()
    with_facets: bool = True


@dataclass(frozen=True)
class Hit:
    """One record found. `missing` are the words of the query that it lacks."""

    id: int
    score: float
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Results:
    """One page of an answer. Facet counts ignore the facet's own selection, so siblings stay visible."""

    total: int
    hits: tuple[Hit, ...]
    match: Match
    words: tuple[str, ...] = ()  # the words of the query as understood
    ignored: tuple[str, ...] = ()  # what could not be used, as typed
    # How the query was understood: pairs of a role (word, phrase, prefix, without, either, together, or the name of a
    # field) and a text.
    understood: tuple[tuple[str, str], ...] = ()
    # The words that were looked for in the texts, each in all its forms, the typed one first.
    sought: tuple[tuple[str, ...], ...] = ()
    instead: str = ""  # a query that would find something, offered where this one finds nothing
    partial: bool = False  # the time was up: these are the best found by then
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    years: Mapping[int, int] = field(default_factory=dict)  # counts per year, ignoring the year range

    @property
    def also(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The words for which others were looked for too, and these: synonyms of the trade."""
        return tuple((forms[0], forms[1:]) for forms in self.sought if len(forms) > 1)


@dataclass(frozen=True)
class Change:
    """One entry of the queue: the record's document as it is now, or None when it is to be removed."""

    id: int
    document: Document | None


@dataclass(frozen=True)
class Status:
    """What an index is made of: number of entries, version of the analysis, and the day its states are as of."""

    documents: int
    analysis_version: str
    as_of: str


class SearchIndex(Protocol):
    """A full-text index over documents. Safe to call from many threads; only one process writes at a time.

    All but `rebuild` and `status` raise `errors.IndexUnavailable` when there is no usable index.
    """

    def search(self, query: Query) -> Results: ...

    def apply(self, changes: Sequence[Change]) -> None:
        """Write changes; when this returns, every later search sees them. Applying twice does no harm.

        Raises IndexBusy when another writer does not finish in reasonable time.
        """

    def rebuild(self, documents: Iterable[Document], as_of: str) -> int:
        """Replace everything; searches answer from the old entries until the new ones are complete."""

    def digests(self) -> Iterator[tuple[int, str]]:
        """Every entry's id and digest, for comparing the index with the database."""

    def status(self) -> Status | None:
        """None when there is no usable index: absent, damaged, or made by another version of the analysis."""
