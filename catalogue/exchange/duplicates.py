"""Possible duplicates: records of the same number, or of nearly the same title in the same year and kind."""

import difflib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.records.kinds import Kind
from catalogue.records.models import Award, Record
from catalogue.records.schemes import AwardScheme

LIKE_ENOUGH = 0.85
_MOST_COMPARED = 20
_MOST_SHOWN = 3
_NO_LETTER = re.compile(r"[\W_]+")
_NUMBERS = re.compile(r"\d+|[一二三四五六七八九十]+|[ⅰ-ⅻ]+")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Candidate:
    """A record that may be the one meant, and by what it was found: `number`, `title`, or `file` for a row before."""

    code: str
    title: str
    by: str


@dataclass(frozen=True)
class _Known:
    code: str
    title: str
    folded: str
    scheme: str


def fold(title: str) -> str:
    """A title without width, case, spaces and punctuation."""
    return _NO_LETTER.sub("", unicodedata.normalize("NFKC", title).lower())


def alike(first: str, second: str) -> bool:
    """Whether two folded titles are nearly the same. What differs in a number is another thing: phase 1 and phase 2."""
    if first == second:
        return True
    if _NUMBERS.findall(first) != _NUMBERS.findall(second):
        return False
    matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
    return matcher.quick_ratio() >= LIKE_ENOUGH and matcher.ratio() >= LIKE_ENOUGH


class Duplicates:
    """What the catalogue held before a run, kind by kind, and what rows before this one brought."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._by_year: dict[str, dict[str, list[_Known]]] = {}
        self._brought: dict[tuple[str, str, str], list[_Known]] = defaultdict(list)

    def of(self, kind: Kind, texts: Mapping[str, str]) -> tuple[Candidate, ...]:
        """Those that a row may mean without saying so: none where its code is known already."""
        code = texts.get("code", "").strip()
        if code and self._session.scalar(select(Record.id).where(Record.code == code)):
            return ()
        same = self._same_number(kind, texts)
        if same:
            return same
        # Two that both have their numbers, and different ones, are two: a title is filed twice on a day.
        if any(texts.get(name) and kind.field(name).required for name in kind.numbers):
            return ()
        return self._same_title(kind, texts)

    def add(self, kind: Kind, code: str, texts: Mapping[str, str]) -> None:
        """What a row brought, for those that come after it."""
        known = _Known(code, texts.get("title", ""), fold(texts.get("title", "")), texts.get("scheme", ""))
        self._brought[kind.name, _year(texts), known.folded].append(known)

    def _same_number(self, kind: Kind, texts: Mapping[str, str]) -> tuple[Candidate, ...]:
        for name in kind.numbers:
            text = texts.get(name, "")
            if not text or (kind.name == "award" and name == "certificate_number"):
                continue  # certificates are numbered by each scheme for itself
            try:
                value = kind.field(name).parse(text)
            except ValueError:
                continue
            found = self._session.scalar(select(kind.model).where(getattr(kind.model, name) == value))
            if found is not None:
                return (Candidate(found.code, found.title, "number"),)
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
        """Those of the year that share most pairs of characters: only they are compared in full."""
        shared: Counter[int] = Counter()
        known = self._year_of(kind).get(year, [])
        pairs = _pairs(folded)
        for place, each in enumerate(known):
            if each.folded == folded or abs(len(each.folded) - len(folded)) <= len(folded) // 3:
                shared[place] = len(pairs & _pairs(each.folded))
        return [known[place] for place, count in shared.most_common(_MOST_COMPARED) if 2 * count >= len(pairs)]

    def _year_of(self, kind: Kind) -> dict[str, list[_Known]]:
        """The records of a kind by year, read once."""
        if kind.name not in self._by_year:
            query = select(Record.code, Record.title, Record.date_to, AwardScheme.code.label("scheme")).where(
                Record.kind == kind.name
            )
            rows = self._session.execute(
                query.outerjoin(Award, Award.id == Record.id).outerjoin(AwardScheme, AwardScheme.id == Award.scheme_id)
            )
            years: dict[str, list[_Known]] = defaultdict(list)
            for row in rows:
                if row.date_to:
                    years[str(row.date_to.year)].append(_Known(row.code, row.title, fold(row.title), row.scheme or ""))
            self._by_year[kind.name] = years
        return self._by_year[kind.name]


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 2] for place in range(len(text) - 1))


def _year(texts: Mapping[str, str]) -> str:
    match = _YEAR.match(texts.get("date", ""))
    return match[0] if match else ""
