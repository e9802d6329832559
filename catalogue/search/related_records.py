"""Records that resemble a record, for its page."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.errors import IndexUnavailable
from catalogue.records.models.records import Record
from catalogue.records.queries import by_ids
from catalogue.search.interface import Likeness, SearchIndex

MOST = 5
MOST_TERMS = 3
LEAST_SCORE = 0.08  # below it, records have little more in common than any two of a trade


def similar_records(
    session: Session, actor: Actor, index: SearchIndex, record: Record, related: Iterable[Record]
) -> Sequence[tuple[Record, tuple[str, ...]]]:
    """The records most like one, but for itself and the related ones, each with what it has in common with it.

    None while the index is being built: a record can be read without.
    """
    without = frozenset((record.id, *(other.id for other in related)))
    text = "\n".join((record.title, record.abstract, " ".join(record.keywords)))
    try:
        found = index.similar(Likeness(text, limit=MOST, access=actor.access, without=without)).hits
    except IndexUnavailable:
        return []
    terms = {
        each.id: tuple(term.text for term in each.terms[:MOST_TERMS]) for each in found if each.score >= LEAST_SCORE
    }
    return [(other, terms[other.id]) for other in by_ids(session, actor, list(terms))]
