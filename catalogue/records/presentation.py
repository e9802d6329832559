"""Records as pages show them: badges, lines and facts, by the fields of their kind. Knows nothing of requests."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from catalogue.accounts.permissions import CONFIDENTIALITY, REVIEW_STATES
from catalogue.formatting import local_name
from catalogue.records.models.code_lists import (
    LEVELS,
    PATENT_EVENTS,
    PATENT_STATUSES,
    ROLES,
)
from catalogue.records.models.records import (
    Achievement,
    Award,
    Copyright,
    Patent,
    Record,
)
from catalogue.records.patents.status import status_at
from catalogue.records.queries import level_of, standing_of
from catalogue.records.schema.fields import Field
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.list_fields import PeopleField
from catalogue.records.schema.shown_values import Shown


@dataclass(frozen=True)
class Badge:
    """The coloured word before a title."""

    text: str
    tone: str


@dataclass(frozen=True)
class Item:
    """One value of a fact. `search` are the arguments of a search for more of the same, `note` what is said beside."""

    text: str
    note: str = ""
    search: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Fact:
    """A labelled line of the card beside the abstract."""

    label: str
    items: tuple[Item, ...]


def badge(record: Record) -> Badge:
    """What the record is: its kind, and what matters most within the kind."""
    kind = KINDS[record.kind]
    if isinstance(record, Patent):
        return Badge(str(kind.field("patent_type").choices.label(record.patent_type)), kind.tone)  # type: ignore[union-attr]
    parts = [str(kind.label)]
    if isinstance(record, Award):
        parts.append(str(LEVELS.label(level_of(record))))
    if getattr(record, "major", False):
        parts.append(_("Major"))
    return Badge(" · ".join(parts), kind.tone)


def marks(record: Record) -> list[Badge]:
    """What a reader of a list must know before taking the record for public: that it is not published, or not open to
    everybody."""
    found = [] if record.review_state == "published" else [Badge(review_state(record), "grey")]
    if record.confidentiality != "public":
        found.append(Badge(str(CONFIDENTIALITY.label(record.confidentiality)), "grey"))
    return found


@dataclass(frozen=True)
class NamesOf:
    """Names what one item refers to, from what is loaded with it; its own page is open, and so are they."""

    item: Any

    def name_of(self, kind: str, code: str) -> str:
        """The name of a division or scheme that the item refers to by a field of that name; else the code."""
        other = getattr(self.item, kind, None)
        return local_name(other) if other is not None and hasattr(other, "name_en") else code

    def open_records(self, codes: Collection[str]) -> Collection[str]:
        """All of them."""
        return codes


def shown(field: Field, record: Record, as_of: date) -> str:
    """The value of a field for a reader; empty where there is none."""
    texts = {"events": KINDS[record.kind].field("events").text(record)} if isinstance(record, Patent) else {}
    return _(", ").join(field.show(field.text(record), Shown(texts, NamesOf(record), as_of)))


def columns(record: Record, as_of: date) -> list[tuple[str, str]]:
    """Label and value of each column that lists of this kind have beside date, title and division."""
    kind = KINDS[record.kind]
    pairs = [(str(kind.field(name).label), shown(kind.field(name), record, as_of)) for name in kind.columns]
    if isinstance(record, Patent):
        pairs.append((_("Legal status"), status_text(record, as_of)))
    return pairs


def column_labels(kind_name: str) -> list[str]:
    """The labels of `columns`."""
    kind = KINDS[kind_name]
    labels = [str(kind.field(name).label) for name in kind.columns]
    return [*labels, _("Legal status")] if kind.model is Patent else labels


def line(record: Record, as_of: date) -> list[str]:
    """What stands beneath a title in a list: date, the columns of the kind, the leading division."""
    kind = KINDS[record.kind]
    parts = [str(record.date) if record.date else ""]
    for name in kind.columns:
        field = kind.field(name)
        text = shown(field, record, as_of)
        if isinstance(getattr(record, name), Decimal):
            text = f"{field.label} {text}"  # a bare amount says nothing
        # A type that the badge says already is not said again.
        parts.append("" if isinstance(record, Patent) and name == "patent_type" else text)
    if isinstance(record, Patent):
        parts.append(status_text(record, as_of))
    parts += [local_name(row.division) for row in record.participations[:1]]
    return [part for part in parts if part]


def status_of(patent: Patent, as_of: date) -> str | None:
    """The code of a patent's legal status; None before filing."""
    events = ((event.type, event.on) for event in patent.events)
    return status_at(patent.patent_type, patent.date.first, events, as_of) if patent.date else None


def status_text(patent: Patent, as_of: date) -> str:
    """A patent's legal status in words."""
    status = status_of(patent, as_of)
    return str(PATENT_STATUSES.label(status)) if status else _("Not filed by then")


def outcome(record: Record, as_of: date) -> str:
    """What a record amounts to, in a few words: for the chain from project to patent."""
    kind = KINDS[record.kind]
    if isinstance(record, Achievement):
        assessed = record.appraisal_level != "not_assessed"
        return shown(kind.field("appraisal_level" if assessed else "level"), record, as_of)
    if isinstance(record, Award):
        return f"{local_name(record.scheme)} {shown(kind.field('grade'), record, as_of)}"
    if isinstance(record, Patent):
        return shown(kind.field("application_number"), record, as_of)
    if isinstance(record, Copyright):
        return record.registration_number
    return record.title


def facts(record: Record, as_of: date) -> list[Fact]:
    """The card beside the abstract: who, when, by which numbers, under which rules; without what is empty."""
    kind = KINDS[record.kind]
    found = [
        Fact(_("Divisions"), tuple(_division(row.division) for row in record.participations)),
        Fact(str(kind.date_label), _items([str(record.date) if record.date else ""])),
        Fact(str(kind.people_label), tuple(_people(record))),
        *(Fact(str(kind.field(name).label), _items([_fact(record, name, as_of)])) for name in kind.facts),
    ]
    if isinstance(record, Award):
        found.append(Fact(_("Counts as"), (_counting_level(record),)))
    if isinstance(record, Patent):
        events = [Item(str(PATENT_EVENTS.label(event.type)), event.on.isoformat()) for event in record.events]
        found.append(Fact(_("Events"), tuple(events)))
        on = _("as of %(day)s", day=as_of.isoformat())
        found.append(Fact(_("Legal status"), (Item(status_text(record, as_of), on),)))
    found.append(Fact(_("Keywords"), tuple(Item(word, search={"q": word}) for word in record.keywords)))
    found.append(Fact(_("Confidentiality"), _items([str(CONFIDENTIALITY.label(record.confidentiality))])))
    return [fact for fact in found if fact.items]


def review_state(record: Record) -> str:
    """The record's review state in words."""
    return str(REVIEW_STATES.label(record.review_state))


def _fact(record: Record, name: str, as_of: date) -> str:
    # A plain “no” is what a reader takes for granted.
    return "" if getattr(record, name) is False else shown(KINDS[record.kind].field(name), record, as_of)


def _items(texts: Iterable[str]) -> tuple[Item, ...]:
    return tuple(Item(text) for text in texts if text)


def _division(division: Any) -> Item:
    return Item(local_name(division), search={"division": division.code})


def _people(record: Record) -> Iterable[Item]:
    field = KINDS[record.kind].field("people")
    usual = field.role if isinstance(field, PeopleField) else ""
    for row in record.contributions:
        role = str(ROLES.label(row.role)) if row.role != usual else ""
        yield Item(row.person.name, role, {"q": row.person.name})


def _counting_level(award: Award) -> Item:
    level = str(LEVELS.label(level_of(award)))
    standing = standing_of(award)
    if standing is None:
        return Item(level, _("the scheme's own level"))
    years = f"{standing.from_year or ''}–{standing.to_year or ''}"
    return Item(level, _("in %(years)s: %(basis)s", years=years, basis=standing.basis) if standing.basis else years)
