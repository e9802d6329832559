"""The prior-work check: a draft, the records that resemble it, and why.

What a check finds is made of plain values, in both languages, and nothing of it follows the records: what is shown on
the page is what a report keeps.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.documents.text_extraction import tidy
from catalogue.errors import InvalidInput
from catalogue.formatting import in_each_language
from catalogue.priorwork import passages
from catalogue.query_args import read_year
from catalogue.records import presentation
from catalogue.records.models.records import Record
from catalogue.records.queries import by_ids
from catalogue.search.facets import FACET_LABELS, FacetLabels
from catalogue.search.interface import Likeness, SearchIndex, SimilarRecord
from catalogue.search.text.highlight import Segments
from catalogue.search.text.similarity import MOST_CHARACTERS

FACETS = ("kind", "division")  # those that a check can be narrowed by
MOST_FOUND = 20
LEAST_PERCENT = 5  # of a score: what has less shares a common word by chance
LONGEST_TITLE = 300
_LONGEST_WHOLE = 300  # a longer draft is shown in excerpts
_SCORE_WORDS = (
    (70, _l("nearly the same")),
    (35, _l("very similar")),
    (15, _l("similar in part")),
    (0, _l("little in common")),
)


def score_words(percent: int) -> str:
    """A score in words."""
    return str(next(words for least, words in _SCORE_WORDS if percent >= least))


@dataclass(frozen=True)
class Draft:
    """What is checked: a title and a text. `shortened` says that only the beginning of the text is."""

    title: str
    text: str
    shortened: bool = False

    @classmethod
    def of(cls, title: str, text: str) -> Self:
        """The draft without what no page can hold. Raises InvalidInput where nothing is left to check."""
        title = " ".join(tidy(title).split())
        room = MOST_CHARACTERS - len(title) - 1
        text = tidy(text)
        if not title and not text:
            raise InvalidInput(_("Enter the title or the text of the draft, or choose its file."), "text")
        if len(title) > LONGEST_TITLE:
            problem = _("A title has %(most)s characters at most; put the rest into the text.", most=LONGEST_TITLE)
            raise InvalidInput(problem, "title")
        return cls(title, text[:room], len(text) > room)

    @property
    def whole(self) -> str:
        """Title and text; the first line counts as the title, even where there is none."""
        return f"{self.title}\n{self.text}"


@dataclass(frozen=True)
class Scope:
    """Which records a draft is compared with: of these kinds, of one division, of these years."""

    kinds: tuple[str, ...] = ()
    division: str = ""
    year_from: int | None = None
    year_to: int | None = None

    @classmethod
    def from_args(cls, args: Any, labels: FacetLabels) -> Self:
        """What a form asks for; values that there are not are left out. Raises InvalidInput for what is no year."""
        kinds = tuple(kind for kind in labels["kind"] if kind in args.getlist("kind"))
        division = args.get("division", "")
        return cls(
            kinds=kinds,
            division=division if division in labels["division"] else "",
            year_from=read_year(args, "year_from"),
            year_to=read_year(args, "year_to"),
        )

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """As the index takes them."""
        chosen = {"kind": self.kinds, "division": (self.division,) if self.division else ()}
        return {facet: values for facet, values in chosen.items() if values}

    def in_words(self, labels: FacetLabels) -> list[tuple[str, str]]:
        """Pairs of a label and what is chosen under it."""
        pairs = []
        for facet in FACETS:
            chosen = [str(labels[facet][value]) for value in self.filters.get(facet, ())]
            pairs.append((str(FACET_LABELS[facet]), _(", ").join(chosen) or _("all")))
        years = f"{self.year_from or ''}–{self.year_to or ''}"
        pairs.append((_("Years"), years if self.year_from or self.year_to else _("all")))
        return pairs


@dataclass(frozen=True)
class Term:
    """What draft and record have in common: how many of the records have it, and its share of the score in percent."""

    text: str
    records: int
    percent: int


@dataclass(frozen=True)
class SimilarWork:
    """One record that resembles the draft. Marked texts come in pieces; `badge` and `line` by language."""

    rank: int
    code: str
    title: str
    percent: int
    tone: str
    badge: Mapping[str, str]
    line: Mapping[str, list[str]]
    terms: tuple[Term, ...]
    marked_title: Segments
    marked_abstract: Segments
    marked_draft: Segments

    @property
    def shares_passages(self) -> bool:
        """Whether anything is marked in the draft."""
        return any(marked for _text, marked in self.marked_draft)


@dataclass(frozen=True)
class Checked:
    """A check and its outcome. `compared` is the number of records in scope, `weighed` that of the draft's terms."""

    draft: Draft
    scope: Scope
    findings: tuple[SimilarWork, ...]
    compared: int
    weighed: int
    partial: bool
    labels: FacetLabels = field(repr=False, compare=False)


def check(
    session: Session,
    actor: Actor,
    index: SearchIndex,
    draft: Draft,
    scope: Scope,
    labels: FacetLabels,
    as_of: date,
) -> Checked:
    """Compare a draft with the records that the actor may see. Raises IndexUnavailable."""
    similar = index.similar(
        Likeness(
            draft.whole,
            filters=scope.filters,
            year_from=scope.year_from,
            year_to=scope.year_to,
            limit=MOST_FOUND,
            access=actor.access,
        )
    )
    hits = {hit.id: hit for hit in similar.hits if _percent(hit.score) >= LEAST_PERCENT}
    records = by_ids(session, actor, list(hits))
    compared_with = passages.DraftPassages(draft.whole)
    findings = tuple(
        _finding(rank, record, hits[record.id], compared_with, as_of) for rank, record in enumerate(records, 1)
    )
    return Checked(draft, scope, findings, similar.compared, similar.weighed, similar.partial, labels)


def _finding(rank: int, record: Record, hit: SimilarRecord, draft: passages.DraftPassages, as_of: date) -> SimilarWork:
    shared = draft.shared_with(record.title, record.abstract)
    title, abstract = shared.texts
    marked = shared.draft
    if sum(len(text) for text, _marked in marked) > _LONGEST_WHOLE:
        marked = passages.excerpts(marked)
    return SimilarWork(
        rank=rank,
        code=record.code,
        title=record.title,
        percent=_percent(hit.score),
        tone=presentation.badge(record).tone,
        badge=in_each_language(lambda: presentation.badge(record).text),
        line=in_each_language(lambda: presentation.line(record, as_of)),
        terms=tuple(Term(term.text, term.records, _percent(term.share)) for term in hit.terms),
        marked_title=title,
        marked_abstract=abstract,
        marked_draft=marked,
    )


def _percent(part: float) -> int:
    return round(part * 100)
