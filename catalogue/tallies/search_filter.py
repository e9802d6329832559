"""What the addresses of tallies ask for, what their searches find looked up."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from catalogue.accounts.permissions import Actor
from catalogue.errors import NotFound
from catalogue.search.interface import Query, SearchIndex
from catalogue.tallies.spec import Selection, TallySpec, spec_from_args
from catalogue.tallies.subjects import SUBJECTS, Subject

_ALL = 10_000_000  # records: more than there will be


def looked_up(selection: Selection, index: SearchIndex, actor: Actor) -> Selection:
    """The selection with the records that its search finds, as the search page finds them; one without a search is
    given back as it is. Raises IndexUnavailable."""
    if not selection.text:
        return selection
    query = Query(selection.text, sort="newest", limit=_ALL, access=actor.access, with_facets=False)
    return replace(selection, found=frozenset(hit.id for hit in index.search(query).hits))


def subject_called(name: str) -> Subject:
    """The subject that an address names. Raises NotFound."""
    if name not in SUBJECTS:
        raise NotFound(name)
    return SUBJECTS[name]


def asked_for(subject: str, args: Mapping[str, str], day: date, index: SearchIndex, actor: Actor) -> TallySpec:
    """The tally that an address asks for, ready to be counted. Raises NotFound, InvalidInput, IndexUnavailable."""
    spec = spec_from_args(subject_called(subject), args, day)
    return replace(spec, selection=looked_up(spec.selection, index, actor))
