"""Links of a record in its form: those there are, each of which can be ticked to go, and rows for new ones."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from catalogue.editing.form_context import FormContext
from catalogue.records.models.code_lists import (
    RELATION_INVERSES,
    RELATIONS,
)
from catalogue.records.models.records import Record
from catalogue.records.operations import Work, remove, save
from catalogue.records.queries import links_of
from catalogue.records.schema.kinds import KINDS, Kind
from catalogue.records.schema.reference_data import LINK_ENDS, LINKS

MOST_NEW = 20  # rows of new links in one form
SHOWN_NEW = 2  # of them without scripts
PLACE = "links"
_OUT, _IN = "out", "in"


@dataclass(frozen=True)
class ShownLink:
    """A link that there is: `control` is the tick that takes it away, `other` the record at its other end."""

    control: str
    label: Any
    other: Record


@dataclass(frozen=True)
class LinkChanges:
    """What is to become of the links: pairs of a way (`out:awarded`) and the code at the other end."""

    added: tuple[tuple[str, str], ...] = ()
    removed: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


def ways(kind: Kind) -> dict[str, tuple[Any, tuple[str, ...]]]:
    """How a record of this kind can be linked: way → its label and the kinds at the other end."""
    outgoing: dict[str, tuple[Any, tuple[str, ...]]] = {}
    incoming: dict[str, tuple[Any, tuple[str, ...]]] = {}
    for relation in RELATIONS:
        sources, targets = LINK_ENDS.get(relation, (tuple(KINDS), tuple(KINDS)))
        if kind.name in sources:
            outgoing[f"{_OUT}:{relation}"] = (RELATIONS.label(relation), targets)
        if kind.name in targets and relation != "related_to":  # which reads the same both ways
            incoming[f"{_IN}:{relation}"] = (RELATION_INVERSES.label(relation), sources)
    # What is most often entered stands first: what came of a project, what a patent came from.
    return {**outgoing, **incoming} if kind.links else {**incoming, **outgoing}


def controls() -> Iterator[str]:
    """The names of the controls of new links, row by row."""
    for row in range(1, MOST_NEW + 1):
        yield f"link-{row}-way"
        yield f"link-{row}-record"


def shown_links(reading: FormContext, record: Record) -> list[ShownLink]:
    """The links that there are, as far as the actor may see their other ends."""
    outgoing, incoming = links_of(reading.session, reading.actor, record)
    return [
        *(_shown(_OUT, link.relation, RELATIONS, link.target) for link in outgoing),
        *(_shown(_IN, link.relation, RELATION_INVERSES, link.source) for link in incoming),
    ]


def _shown(direction: str, relation: str, labels: Any, other: Record) -> ShownLink:
    return ShownLink(f"unlink:{direction}:{relation}:{other.code}", labels.label(relation), other)


def read_changes(kind: Kind, raw: Mapping[str, str], shown: list[ShownLink], reading: FormContext) -> LinkChanges:
    """What the form says of links. Raises ValueError with every row that cannot be used."""
    added, problems, known = [], [], ways(kind)
    for row in range(1, MOST_NEW + 1):
        way, text = raw.get(f"link-{row}-way", ""), raw.get(f"link-{row}-record", "").strip()
        if not text:
            continue
        try:
            added.append((way, _other_end(way, text, known, reading)))
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ValueError("; ".join(problems))
    removed = [link.control.split(":", 3) for link in shown if raw.get(link.control) == "yes"]
    return LinkChanges(tuple(added), tuple((f"{way}:{relation}", code) for _unlink, way, relation, code in removed))


def _other_end(way: str, text: str, known: Mapping[str, tuple[Any, tuple[str, ...]]], reading: FormContext) -> str:
    if way not in known:
        raise ValueError(_("choose how “%(title)s” is linked", title=text[:60]))
    other = reading.record(text)
    label, kinds = known[way]
    if other.kind not in kinds:
        raise ValueError(
            _(
                "“%(relation)s” leads to %(kinds)s; %(code)s is another kind",
                relation=label,
                kinds=", ".join(str(KINDS[name].label) for name in kinds),
                code=other.code,
            )
        )
    return str(other.code)


def apply_changes(work: Work, record: Record, changes: LinkChanges) -> None:
    """Make the links so. What is there already, or gone already, is left alone. Raises Forbidden, InvalidFields."""
    for way, code in changes.added:
        if code != record.code:
            save(work, LINKS, _texts(record, way, code))
    for way, code in changes.removed:
        texts = _texts(record, way, code)
        link = LINKS.find(work.references, {field.name: texts[field.name] for field in LINKS.fields})
        if link is not None:
            remove(work, LINKS, link)


def _texts(record: Record, way: str, code: str) -> dict[str, str]:
    direction, relation = way.split(":")
    ends = (str(record.code), code) if direction == _OUT else (code, str(record.code))
    return {"source": ends[0], "target": ends[1], "relation": relation}
