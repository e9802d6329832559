"""Every name under which the divisions, or the award schemes, are known, and whom a text means by them.

Names are looked up in one order, and the first step that finds anything ends the search:

1. as it is written: the name, the code, or an alias that holds at the time in question;
2. the same with letters of any case and width;
3. the English name, which need not be an item's own.

A step that finds two items decides nothing: the caller is given both. Names and codes hold at all times, or a record
dated after the end of its division could not be written down by that division's name; only an alias passes from one
division to another in the course of time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.people.models import Division, DivisionAlias
from catalogue.records.models.partial_dates import PartialDate
from catalogue.records.models.schemes import AwardScheme
from catalogue.records.schema.dated_names import DatedName
from catalogue.records.schema.value_readers import narrow

Sort = Literal["name", "code", "alias", "english"]


@dataclass(frozen=True)
class KnownName:
    """One name of the item with this id."""

    dated: DatedName
    sort: Sort
    id: int


@dataclass(frozen=True)
class NameClash:
    """A text by which two or more items of one register (`table`) are known at the same time; they are given as
    ``name (code)``."""

    table: str
    text: str
    items: tuple[str, ...]


class NameTable:
    """The names of all items of one sort. `own` has the name and the code of each by its id."""

    def __init__(self, own: Mapping[int, tuple[str, str]], names: Iterable[KnownName]) -> None:
        self._own = own
        self._written: defaultdict[str, list[KnownName]] = defaultdict(list)
        self._folded: defaultdict[str, list[KnownName]] = defaultdict(list)
        self._english: defaultdict[str, list[KnownName]] = defaultdict(list)
        for known in names:
            if known.sort == "english":
                self._english[fold_name(known.dated.name)].append(known)
                continue
            self._written[known.dated.name].append(known)
            self._folded[fold_name(known.dated.name)].append(known)

    def find(self, text: str, on: PartialDate) -> list[int]:
        """The ids of the items called so on one of these days, in the order of the register; several, or none."""
        for known in self._steps(text):
            found = {each.id for each in known if each.dated.overlaps(on.first, on.last)}
            if found:
                return sorted(found)
        return []

    def at_other_times(self, text: str) -> list[KnownName]:
        """The names that are written so, whenever they hold."""
        return next((known for known in self._steps(text) if known), [])

    def _steps(self, text: str) -> Iterator[list[KnownName]]:
        text, folded = text.strip(), fold_name(text)
        yield self._written.get(text, [])
        yield self._folded.get(folded, [])
        yield self._english.get(folded, [])

    def others(self, dated: DatedName, code: str) -> list[KnownName]:
        """The same name of other items than the one with this code, as far as it holds at the same time."""
        known = self._written.get(dated.name, [])
        overlapping = [each for each in known if each.dated.overlaps(dated.valid_from, dated.valid_to)]
        return [each for each in overlapping if self._own[each.id][1] != code]

    def title(self, id_: int) -> str:
        """How a message names an item: ``name (code)``."""
        return "{} ({})".format(*self._own[id_])

    def unmistakable(self, id_: int) -> str:
        """The name or else the code of an item, whichever is no other's at any time; empty where both are."""
        for text in self._own[id_]:
            if {each.id for each in self._written[text]} == {id_}:
                return text
        return ""

    @property
    def texts(self) -> Mapping[str, int]:
        """Every name without regard to case and width, with one of the items that have it: for guessing."""
        return {text: known[0].id for names in (self._english, self._folded) for text, known in names.items()}

    def name(self, id_: int) -> str:
        """The name of an item."""
        return self._own[id_][0]

    def clashes(self, table: str) -> Iterator[NameClash]:
        """The names that two or more items have at the same time."""
        for text, known in sorted(self._written.items()):
            ids = {
                each.id
                for each in known
                if any(
                    other.id != each.id and each.dated.overlaps(other.dated.valid_from, other.dated.valid_to)
                    for other in known
                )
            }
            if ids:
                yield NameClash(table, text, tuple(self.title(id_) for id_ in sorted(ids)))


def fold_name(text: str) -> str:
    """A name without regard to the width and the case of its letters."""
    return narrow(text).lower()


def division_names(session: Session) -> NameTable:
    """The names of the divisions as they are stored."""
    rows = session.execute(select(Division.id, Division.code, Division.name, Division.name_en)).all()
    aliases = session.execute(
        select(DivisionAlias.division_id, DivisionAlias.name, DivisionAlias.valid_from, DivisionAlias.valid_to)
    )
    names = [KnownName(DatedName(name, first, last), "alias", id_) for id_, name, first, last in aliases]
    return NameTable({row.id: (row.name, row.code) for row in rows}, [*_own_names(rows), *names])


def scheme_names(session: Session) -> NameTable:
    """The names of the award schemes as they are stored; they have no aliases."""
    rows = session.execute(select(AwardScheme.id, AwardScheme.code, AwardScheme.name, AwardScheme.name_en)).all()
    return NameTable({row.id: (row.name, row.code) for row in rows}, _own_names(rows))


def _own_names(rows: Iterable[tuple[int, str, str, str]]) -> Iterator[KnownName]:
    sorts: tuple[Sort, ...] = ("code", "name", "english")
    for id_, *texts in rows:
        for sort, text in zip(sorts, texts, strict=True):
            if text:
                yield KnownName(DatedName(text), sort, id_)


def find_clashes(session: Session) -> list[NameClash]:
    """The names of divisions and award schemes that mean two items at the same time: such as earlier versions let in,
    for new ones are refused."""
    return [*division_names(session).clashes("divisions"), *scheme_names(session).clashes("award_schemes")]
