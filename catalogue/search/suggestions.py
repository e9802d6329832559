"""What is suggested while somebody types, as pages and the API show it: in groups, each entry with where it leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.formatting import local_name
from catalogue.records import presentation
from catalogue.records.models.records import Record
from catalogue.records.numbers import index_keys
from catalogue.records.queries import by_ids
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.resolver import Resolver
from catalogue.search.interface import GROUPS, SearchIndex, Suggestion

GROUP_LABELS: Mapping[str, Any] = {
    "record": _l("Titles"),
    "number": _l("Numbers"),
    "person": _l("People"),
    "division": _l("Divisions"),
    "keyword": _l("Keywords"),
}
MOST = 5  # of each group, unless asked for otherwise


@dataclass(frozen=True)
class Suggested:
    """One suggestion: its text, what is said beside it, where it leads, and in how many visible records it stands."""

    text: str
    note: str
    url: str
    records: int


@dataclass(frozen=True)
class SuggestedGroup:
    """The suggestions of one group; there are no empty groups."""

    name: str
    label: str
    suggestions: tuple[Suggested, ...]


def suggestions_for(
    session: Session, actor: Actor, index: SearchIndex, text: str, as_of: date, most: int = MOST
) -> list[SuggestedGroup]:
    """What somebody who has typed this may mean; numbers are written as they are on `as_of`.

    Raises IndexUnavailable where there is no usable index.
    """
    found = index.suggest(text, actor.access, most)
    ids = dict.fromkeys(each.id for each in found if each.id is not None)
    records = {record.id: record for record in by_ids(session, actor, list(ids))}
    made: dict[str, list[Suggested]] = {group: [] for group in GROUPS}
    for each in found:
        if each.id is None:
            if each.group != "division":
                made[each.group].append(_name(each))
        elif each.id in records:
            made[each.group].append(_record(each, records[each.id], as_of))
    made["division"] = _divisions(session, [each for each in found if each.group == "division"])
    return [SuggestedGroup(name, str(GROUP_LABELS[name]), tuple(each)) for name, each in made.items() if each]


def _record(suggestion: Suggestion, record: Record, as_of: date) -> Suggested:
    url = url_for("records.show", code=record.code)
    badge = presentation.badge(record).text
    if suggestion.group == "record":
        return Suggested(record.title, badge, url, 1)
    return Suggested(_number(record, suggestion.text, as_of), record.title, url, 1)


def _number(record: Record, key: str, as_of: date) -> str:
    """The number of a record that has this key, as it is written."""
    kind = KINDS[record.kind]
    for name in kind.numbers:
        if key in index_keys(filter(None, [kind.field(name).text(record)])):
            return presentation.shown(kind.field(name), record, as_of)
    return record.code


def _name(suggestion: Suggestion) -> Suggested:
    query = f'person:"{suggestion.text}"' if suggestion.group == "person" else suggestion.text
    return Suggested(suggestion.text, _records(suggestion), url_for("search.index", q=query), suggestion.records)


def _divisions(session: Session, found: Sequence[Suggestion]) -> list[Suggested]:
    """Divisions by their present name, once each, by whichever of their names they were found; all that a name may
    mean."""
    if not found:
        return []
    references = Resolver(session)
    made: dict[str, Suggested] = {}
    for each in found:
        for named in references.divisions_ever_called(each.text):
            url = url_for("search.index", division=named.code)
            made.setdefault(named.code, Suggested(local_name(named), _records(each), url, each.records))
    return list(made.values())


def _records(suggestion: Suggestion) -> str:
    return ngettext("%(num)s record", "%(num)s records", suggestion.records)
