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

Sort = Literal["relevance", "newest", "oldest", "benefit", "changed", "title"]
SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest", "benefit", "changed", "title")

# What is suggested while somebody types, in the order in which pages show it.
Group = Literal["record", "number", "person", "division", "keyword"]
GROUPS: tuple[Group, ...] = ("record", "number", "person", "division", "keyword")

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
    attached: tuple[str, ...] = ()  # names and texts of attachments: found by, but neither resembled nor long
    numbers: tuple[str, ...] = ()  # as `records.numbers.index_keys` gives them
    year: int | None = None
    sort_date: str = ""  # ISO date of the latest day the date may mean; "" when undated
    benefit: int = 0  # counted benefit that every reader may see, in yuan
    changed: int = 0  # when it was last changed, in seconds since 1970
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
class Likeness:
    """A text for which records that resemble it are wanted; its first line, the title, counts twice.

    Of a text of more than 20,000 characters the rest is not looked at. `without` are ids of records that are not
    wanted; otherwise as in `Query`.
    """

    text: str
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None
    limit: int = 20
    access: frozenset[str] | None = frozenset()
    without: frozenset[int] = frozenset()


@dataclass(frozen=True)
class SharedTerm:
    """What a text and a record have in common: a stretch of neighbouring characters or a word, how many of the records
    that the asker may see have it, and its share (0 to 1) of the record's score."""

    text: str
    records: int
    share: float


@dataclass(frozen=True)
class SimilarRecord:
    """One record that resembles a text. `score` (0 to 1) is the part of the text's weight that the record has, where
    the weight of a term is how rare it is; `terms` are the weightiest that both have."""

    id: int
    score: float
    terms: tuple[SharedTerm, ...]


@dataclass(frozen=True)
class Similar:
    """The records that resemble a text, best first. `compared` is the number of records that the asker may see and the
    filters pass; `weighed` the number of terms of the text that were looked for."""

    hits: tuple[SimilarRecord, ...]
    compared: int
    weighed: int
    partial: bool = False  # the time was up: these are the best found by then


@dataclass(frozen=True)
class Suggestion:
    """Something that somebody who is typing may mean. A record or a number has the record's `id`, of whose title or
    number the text is; any other one is the name of something that `records` visible records have."""

    group: Group
    text: str
    id: int | None = None
    records: int = 1


@dataclass(frozen=True)
class IndexChange:
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

    def similar(self, likeness: Likeness) -> Similar:
        """The records that resemble a text, in about a second at most."""

    def suggest(self, text: str, access: frozenset[str] | None, most: int = 5) -> Sequence[Suggestion]:
        """What somebody who has typed this may mean, by characters or by pinyin: up to `most` of each group, the
        groups in their order."""

    def apply(self, changes: Sequence[IndexChange]) -> None:
        """Write changes; when this returns, every later search sees them. Applying twice does no harm.

        Raises IndexBusy when another writer does not finish in reasonable time.
        """

    def rebuild(self, documents: Iterable[Document], as_of: str) -> int:
        """Replace everything; searches answer from the old entries until the new ones are complete."""

    def stand_on(self, as_of: str) -> None:
        """Note the day (ISO) that the states in the entries stand on, once `apply` has brought them to it."""

    def warm_up(self) -> None:
        """Get ready what questions need, where it is not ready yet, so that no reader waits for it."""

    def digests(self) -> Iterator[tuple[int, str]]:
        """Every entry's id and digest, for comparing the index with the database."""

    def status(self) -> Status | None:
        """None when there is no usable index: absent, damaged, or made by another version of the analysis."""
