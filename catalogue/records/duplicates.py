"""Possible duplicates: records of the same number, or of nearly the same title in the same year and kind."""

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.records.models.records import Award, Record
from catalogue.records.models.schemes import AwardScheme
from catalogue.records.operations import SaveOutcome
from catalogue.records.queries import year_of
from catalogue.records.schema.kinds import Kind

LIKE_ENOUGH = 0.85
_MOST_COMPARED = 20
_MOST_SHOWN = 3
_NO_LETTER = re.compile(r"[\W_]+")
_NUMBERS = re.compile(r"\d+|[一二三四五六七八九十]+|[ⅰ-ⅻ]+")
_YEAR = re.compile(r"\d{4}")

_Group = tuple[str, tuple[str, ...]]  # year, and the numbers in a title


@dataclass(frozen=True)
class Candidate:
    """A record that may be the one meant, and by what it was found: `number`, `title`, or `file` for a row before."""

    code: str
    title: str
    by: str


class _Known:
    """What is known of a record, or of a row: made ready to be compared often."""

    __slots__ = ("_pairs", "code", "folded", "scheme", "title")

    def __init__(self, code: str, title: str, scheme: str) -> None:
        self.code, self.title, self.scheme = code, title, scheme
        self.folded = fold(title)
        self._pairs: frozenset[str] | None = None

    @property
    def pairs(self) -> frozenset[str]:
        if self._pairs is None:
            self._pairs = _pairs(self.folded)
        return self._pairs


def fold(title: str) -> str:
    """A title without width, case, spaces and punctuation."""
    return _NO_LETTER.sub("", unicodedata.normalize("NFKC", title).lower())


def alike(first: str, second: str) -> bool:
    """Whether two folded titles are nearly the same. What differs in a number is another item: phase 1 and phase 2."""
    if first == second:
        return True
    if _numbers(first) != _numbers(second):
        return False
    matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
    return matcher.quick_ratio() >= LIKE_ENOUGH and matcher.ratio() >= LIKE_ENOUGH


class Duplicates:
    """What the catalogue held before a run, kind by kind, and what rows before this one brought.

    Rows that were added and then not stored after all are taken out again by `go_back`.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._codes: dict[str, bool] = {}
        self._numbers: dict[tuple[str, str, str], Candidate | None] = {}
        self._groups: dict[str, dict[_Group, list[_Known]]] = {}
        self._brought: dict[tuple[str, str, str], tuple[_Known, ...]] = {}
        self._undo: list[tuple[dict[Any, Any], Any, Any]] = []

    def prepare(self, kind: Kind) -> None:
        """Read what is stored of a kind, before a run changes it."""
        if kind.name in self._groups:
            return
        if not self._codes:
            self._codes.update(dict.fromkeys(self._session.scalars(select(Record.code)), True))
        self._groups[kind.name] = self._stored(kind)
        if kind.name != "award":  # certificates are numbered by each scheme for itself
            columns = [getattr(kind.model, name) for name in kind.numbers]
            for row in self._session.execute(select(kind.model.code, kind.model.title, *columns)).mappings():
                for name in kind.numbers:
                    if row[name]:
                        self._numbers[kind.name, name, row[name]] = Candidate(row["code"], row["title"], "number")

    def of(self, kind: Kind, texts: Mapping[str, str]) -> tuple[Candidate, ...]:
        """Those that a row may mean without saying so: none where its code is known already."""
        if self._codes.get(texts.get("code", "").strip()):
            return ()
        same = self._same_number(kind, texts)
        if same:
            return same
        # Two that both have their numbers, and different ones, are two: a title is filed twice on a day.
        if any(texts.get(name) and kind.field(name).required for name in kind.numbers):
            return ()
        return self._same_title(kind, texts)

    def of_year(self, kind: Kind, texts: Mapping[str, str]) -> tuple[Candidate, ...]:
        """Those of nearly the same title in the year, whatever their codes and numbers; nothing else is read."""
        year = _year(texts)
        if kind.name not in self._groups:
            self._groups[kind.name] = self._stored(kind, year)
        return self._same_title(kind, texts)

    def add(self, kind: Kind, done: SaveOutcome, texts: Mapping[str, str]) -> None:
        """What a row brought, for those that come after it."""
        known = _Known(done.code, texts.get("title", ""), texts.get("scheme", ""))
        place = (kind.name, _year(texts), known.folded)
        self._set(self._brought, place, (*self._brought.get(place, ()), known))
        self._set(self._codes, done.code, True)
        if kind.name != "award":
            for name in kind.numbers:
                if old := done.changes.get(name, ("", ""))[0]:
                    self._set(self._numbers, (kind.name, name, old), None)
                if number := getattr(done.item, name):
                    self._set(self._numbers, (kind.name, name, number), Candidate(done.code, done.item.title, "number"))

    def mark(self) -> None:
        """From here on it can be gone back."""
        self._undo.clear()

    def go_back(self) -> None:
        """Take out what was added since the mark."""
        while self._undo:
            known, key, value = self._undo.pop()
            known[key] = value

    def _set(self, known: dict[Any, Any], key: Any, value: Any) -> None:
        self._undo.append((known, key, known.get(key, () if known is self._brought else None)))
        known[key] = value

    def _same_number(self, kind: Kind, texts: Mapping[str, str]) -> tuple[Candidate, ...]:
        if kind.name == "award":
            return ()
        for name in kind.numbers:
            if texts.get(name):
                try:
                    found = self._numbers.get((kind.name, name, kind.field(name).parse(texts[name])))
                except ValueError:
                    continue
                if found is not None:
                    return (found,)
        return ()

    def _same_title(self, kind: Kind, texts: Mapping[str, str]) -> tuple[Candidate, ...]:
        folded, year, scheme = fold(texts.get("title", "")), _year(texts), texts.get("scheme", "")
        if not folded or not year:
            return ()
        found = [
            Candidate(known.code, known.title, "file")
            for known in self._brought.get((kind.name, year, folded), ())
            if known.scheme == scheme
        ]
        codes = {each.code for each in found}
        found += [
            Candidate(known.code, known.title, "title")
            for known in self._near(kind, year, folded)
            if known.code not in codes and known.scheme in ("", scheme) and alike(folded, known.folded)
        ]
        return tuple(found[:_MOST_SHOWN])

    def _near(self, kind: Kind, year: str, folded: str) -> list[_Known]:
        """Those of the year, with the same numbers in them, that share most pairs of characters: only they are
        compared in full."""
        pairs, slack = _pairs(folded), len(folded) // 3
        shared: list[tuple[int, int]] = []
        known = self._groups[kind.name].get((year, _numbers(folded)), [])
        for place, each in enumerate(known):
            if abs(len(each.folded) - len(folded)) <= slack:
                common = len(pairs & each.pairs)
                if 2 * common >= len(pairs):
                    shared.append((-common, place))
        return [known[place] for _common, place in sorted(shared)[:_MOST_COMPARED]]

    def _stored(self, kind: Kind, year: str = "") -> dict[_Group, list[_Known]]:
        """The records of a kind (of one year, if it is given) by year and by the numbers in their titles."""
        groups: dict[_Group, list[_Known]] = defaultdict(list)
        award: Any = Award.__table__
        query = (
            select(Record.code, Record.title, Record.date_to, AwardScheme.code.label("scheme"))
            .select_from(Record)
            .outerjoin(award, award.c.id == Record.id)
            .outerjoin(AwardScheme, AwardScheme.id == award.c.scheme_id)
            .where(Record.kind == kind.name)
        )
        if year:
            query = query.where(year_of(Record.date_to) == int(year))
        for row in self._session.execute(query):
            if row.date_to:
                known = _Known(row.code, row.title, row.scheme or "")
                groups[str(row.date_to.year), _numbers(known.folded)].append(known)
        return groups


def resembling(session: Session, kind: Kind, code: str, texts: Mapping[str, str]) -> list[str]:
    """The codes of stored records that a stored one, of this code, may repeat: nearly the same title in the year.

    What must have a number of its own repeats nothing: no two have the same.
    """
    if any(kind.field(name).required for name in kind.numbers):
        return []
    return [each.code for each in Duplicates(session).of_year(kind, texts) if each.code != code]


def _numbers(folded: str) -> tuple[str, ...]:
    return tuple(_NUMBERS.findall(folded))


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 2] for place in range(len(text) - 1))


def _year(texts: Mapping[str, str]) -> str:
    match = _YEAR.match(texts.get("date", ""))
    return match[0] if match else ""
