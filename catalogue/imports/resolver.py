"""What rows refer to, found by what clerks write: people by name, divisions by alias, records by title, awards by their
names. One `Lookups` serves one reading of one file: it remembers what it found and which codes it gave away.

`needed` is called with the code of a stored item whose present state matters, before it is looked at.
"""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import COMMAND_LINE, Actor
from catalogue.imports.row_codes import RowCodes
from catalogue.records.duplicates import fold
from catalogue.records.models.partial_dates import PartialDate
from catalogue.records.models.records import Patent, Record, RecordLink
from catalogue.records.models.schemes import AwardScheme
from catalogue.records.numbers import NumberError, parse_application
from catalogue.records.queries import visible_to
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.resolver import Resolver
from catalogue.records.schema.value_readers import NamedPerson, narrow

_GRADE = re.compile(r"[(·\-—\s]*(特|[一二三四1-4])等奖?\)?$")
_AWARD_NOISE = re.compile(r"\d{4}年?度?|荣获|获得|获|人民政府|颁发|奖$|[\s《》“”\"()]")
_GRADES = {
    **dict.fromkeys("一1", "first"),
    **dict.fromkeys("二2", "second"),
    **dict.fromkeys("三3", "third"),
    **dict.fromkeys("四4", "fourth"),
    "特": "special",
}
LEVEL_WORDS = (
    ("省部级", "provincial_ministerial"),
    ("省级", "provincial_ministerial"),
    ("部级", "provincial_ministerial"),
    ("国家级", "national"),
    ("市级", "prefecture"),
    ("公司级", "company"),
    ("行业级", "industry"),
)


class Lookups:
    """Look-ups for one file. They raise ValueError with a sentence when nothing, or more than one item, is found.

    What `actor` may not see is not found by its title or number: a guess would tell of it.
    """

    def __init__(
        self,
        session: Session,
        needed: Callable[[str], None] = lambda _code: None,
        actor: Actor = COMMAND_LINE,
        typed_codes: frozenset[str] = frozenset(),
    ) -> None:
        self.session = session
        self.references = Resolver(session)
        self.codes = RowCodes(session, actor, typed_codes)
        self._needed = needed
        self._actor = actor
        # The codes of the entries that rows became, by the `id` of their table and the number of the row.
        self.rows: dict[tuple[int, int], str] = {}
        self._brought: dict[str, list[tuple[str, str]]] = {}

    def division(self, text: str, date: str = "") -> str:
        """The name of a division called by name, code or alias at a date in text form, or what else means no other."""
        on = PartialDate.parse(date) if date else None
        return self.references.spelling(self.references.division(text, on))

    def person(self, named: NamedPerson) -> str:
        """A person as ``姓名(工号)``. A number in brackets decides; of several with one name a division may."""
        return f"{named.name}({self.references.staff_number(named.name, named.hint)})"

    def staff_numbers(self, name: str) -> list[str]:
        """The staff numbers of everybody of this name."""
        return self.references.staff_numbers(name)

    def is_division(self, text: str) -> bool:
        """Whether a text as a whole is the name of a division."""
        return self.references.is_division(text)

    @cached_property
    def _records(self) -> tuple[Mapping[str, str], Mapping[str, list[tuple[str, str]]]]:
        """Kinds by code, and kinds and codes by folded title."""
        titles: dict[str, list[tuple[str, str]]] = {}
        codes = {}
        query = select(Record.code, Record.title, Record.kind).where(visible_to(self._actor))
        for code, title, kind in self.session.execute(query):
            codes[code] = kind
            titles.setdefault(fold(title), []).append((kind, code))
        return codes, titles

    def is_code(self, text: str) -> bool:
        """Whether a record had this code before the file was read."""
        return text in self._records[0]

    def record(self, text: str) -> str:
        """The code of a record written by code, number or title; of several with one title the project."""
        return self.record_of(text, ("project",))[1]

    def record_of(self, text: str, kinds: Sequence[str]) -> tuple[str, str]:
        """Kind and code of a record written by code, number or title; of several those of `kinds` come first."""
        codes, titles = self._records
        text = text.strip()
        for code in (text, text.upper()):
            if code in codes:
                return codes[code], code
        known = dict.fromkeys([*titles.get(fold(text), ()), *self._brought.get(fold(text), ())])
        found = list(known) or self._stored(text)
        for kind in (*kinds, "project"):
            found = [pair for pair in found if pair[0] == kind] or found
        if not found:
            raise ValueError(_("there is no entry “%(title)s”; write its code or its exact title", title=text))
        if len(found) > 1:
            names = ", ".join(code for _kind, code in found)
            raise ValueError(_("several entries have this title: %(codes)s; write the code", codes=names))
        return found[0]

    def _stored(self, text: str) -> list[tuple[str, str]]:
        """By code or title among what was stored since, and by the numbers of patents."""
        rows = self.session.execute(
            select(Record.kind, Record.code).where(
                visible_to(self._actor), (Record.code == text) | (Record.title == text)
            )
        )
        found = [(kind, code) for kind, code in rows]
        if found or not re.search(r"\d{7}", narrow(text)):
            return found
        try:
            number = str(parse_application(text))
        except NumberError:
            return []
        query = select(Patent.code).where(visible_to(self._actor), Patent.application_number == number)
        codes = self.session.scalars(query)
        return [("patent", code) for code in codes]

    def remember(self, row: tuple[int, int], kind: str, code: str, title: str) -> None:
        """The record that a row became, so that later rows and other columns find it."""
        self.rows[row] = code
        if title:
            self._brought.setdefault(fold(title), []).append((kind, code))

    def titled(self, title: str, kind: str) -> list[str]:
        """The codes of the records of a kind that have a title, those that rows before this one brought among them."""
        known = [*self._records[1].get(fold(title), ()), *self._brought.get(fold(title), ())]
        return list(dict.fromkeys(code for other, code in known if other == kind))

    def sources_of(self, code: str, relation: str) -> set[str]:
        """The codes of the records from which a link of this relation leads to a record."""
        self._needed(code)
        target = select(Record.id).where(Record.code == code).scalar_subquery()
        query = select(Record.code).join(RecordLink, RecordLink.source_id == Record.id).where(visible_to(self._actor))
        return set(self.session.scalars(query.where(RecordLink.target_id == target, RecordLink.relation == relation)))

    def date_of(self, code: str) -> str:
        """The date of a stored record in text form; empty where it has none, or is not there."""
        query = select(Record.date_from, Record.date_to).where(Record.code == code, visible_to(self._actor))
        row = self.session.execute(query).first() if code else None
        return str(PartialDate(row.date_from, row.date_to)) if row and row.date_from and row.date_to else ""

    def year_of(self, code: str) -> dict[str, str]:
        """The year of a record as a text of a ledger line; nothing where it has no date."""
        day = self.session.scalar(select(Record.date_to).where(Record.code == code))
        return {"year": str(day.year)} if day else {}

    @cached_property
    def _schemes(self) -> list[tuple[str, str, str]]:
        """Code, bare name and level of every scheme."""
        schemes = self.session.scalars(select(AwardScheme).order_by(AwardScheme.id))
        return [(scheme.code, _bare_award(scheme.name), scheme.level) for scheme in schemes]

    @cached_property
    def _bodies(self) -> Mapping[str, str]:
        """The conferring body of every scheme."""
        rows = self.session.execute(select(AwardScheme.code, AwardScheme.conferring_body))
        return {row.code: row.conferring_body for row in rows}

    def award(self, text: str, level: str) -> tuple[str, str]:
        """The scheme and the grade (either may be empty) of a text such as 省科技进步二等奖."""
        text = narrow(text)
        if self.references.is_scheme(text):
            return self.references.spelling(self.references.scheme(text)), ""
        grade = _GRADE.search(text)
        bare = _bare_award(text[: grade.start()] if grade else text)
        return self._scheme(bare, level, text), _GRADES[grade[1]] if grade else ""

    def _scheme(self, bare: str, level: str, text: str) -> str:
        for word, named in LEVEL_WORDS:
            if bare.startswith(word):
                bare, level = bare[len(word) :].removeprefix("级"), named
        among = [scheme for scheme in self._schemes if not level or scheme[2] == level]
        exact = [code for code, name, _level in self._schemes if bare and name == bare]
        ends = [code for code, name, _level in among if bare and (level or len(bare) > 4) and name.endswith(bare)]
        placed = [
            code for code, name, _level in among if re.fullmatch(f"[\u4e00-\u9fff]{{1,4}}{re.escape(name)}", bare)
        ]
        close = [
            code for code, name, _level in among if bare and difflib.SequenceMatcher(None, name, bare).ratio() >= 0.85
        ]
        of_level = [code for code, _name, _level in among] if level and not bare else []
        shortened = [code for code, name, _level in among if bare and self._is_shortened(bare, code, name)]
        for found in (exact, placed, ends, close, of_level, shortened):
            if len(found) == 1:
                return found[0]
        if not bare and not level:
            return ""
        names = ", ".join(name for _code, name, _level in among)
        raise ValueError(
            _("“%(text)s” is none of the award schemes: %(names)s; correct it or add it first", text=text, names=names)
        )

    def _is_shortened(self, bare: str, code: str, name: str) -> bool:
        """Whether a text such as 有色协会科技 leaves characters out of a scheme's name and its conferring body, and has
        the word that tells that body from others (协会)."""
        body = self._bodies.get(code, "")
        rest = iter(body + name)
        return len(body) > 4 and body[-2:] in bare and all(character in rest for character in bare)

    def events_of(self, code: str) -> str:
        """The events of a stored patent, in text form; none of one that the actor may not see."""
        self._needed(code)
        patent = self.session.scalar(select(Patent).where(Patent.code == code, visible_to(self._actor)))
        return KINDS["patent"].field("events").text(patent) if patent else ""


def _bare_award(text: str) -> str:
    """The name of an award without year, grade and the word 奖: 科学技术 and 科技 are one."""
    return _AWARD_NOISE.sub("", narrow(text)).replace("科学技术", "科技")
