"""The events of a patent: a column that lists them, columns whose day is one (申请日, 授权日 …), and what is stored.

An event that several of them say is one event where they say the same day. Where they say different days this is told,
with both: none is chosen, and they are never both kept.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from catalogue.imports.columns.layouts import CellProblem, ColumnLayout
from catalogue.imports.rows.cell_errors import CellError, contradiction
from catalogue.records.models.code_lists import PATENT_EVENTS
from catalogue.records.schema.code_matching import choose
from catalogue.records.schema.fields import SEPARATOR, split
from catalogue.records.schema.value_readers import read_date

_LISTED = re.compile(r"(?P<kind>\D+?)[\s:：]*(?P<day>\d.*)")
_WHOLE_DAY = len("2005-04-06")
# Utility models and designs are published by their grant if they were filed since 1993, and before it if earlier.
_PUBLISHED_BY_GRANT = ("utility_model", "design")
_SINCE = "1993"
_ENDS = ("rejected", "withdrawn", "lapsed", "invalidated")  # what may happen again after the right was restored

Cells = Mapping[str, Sequence[tuple[int, str]]]


@dataclass(frozen=True)
class _Event:
    """An event, its day in ISO form (a column may know only the month), and the cell that says it, if one does."""

    kind: str
    day: str
    column: int = -1
    read: str = ""
    is_listed: bool = False

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"

    @property
    def words(self) -> str:
        """As a reader is told of it."""
        return f"{PATENT_EVENTS.label(self.kind)} {self.day}"

    def is_same(self, other: "_Event") -> bool:
        """Whether both are one event: of the same kind, on the same day as far as each knows it."""
        return self.kind == other.kind and (self.day.startswith(other.day) or other.day.startswith(self.day))


def events_of_row(
    layout: ColumnLayout, cells: Cells, texts: Mapping[str, str], code: str, stored: str
) -> tuple[str, list[CellProblem]]:
    """The events of a row in text form, and what cannot be used of its cells.

    A row that lists none adds to what is `stored` under `code`. Its `texts` say the type of the patent and the filing.
    """
    reading = _Reading(layout, code)
    listed, dated = reading.listed(cells), reading.each_once(reading.columns(cells))
    if texts.get("patent_type") in _PUBLISHED_BY_GRANT and texts.get("date", _SINCE) >= _SINCE:
        listed, dated = reading.published_by_grant(listed, dated)
    filing = _filing(cells, texts)
    before = listed or [_Event(kind, day) for kind, _gap, day in (part.partition(" ") for part in split(stored))]
    added = reading.new_among([*filing, *dated], before)
    if reading.errors:
        return "", [CellProblem(each.column, "events", each.read, str(each)) for each in reading.errors]
    if listed:  # it says as well whether the filing stands among the events
        added = [each for each in added if each not in filing]
    together = sorted([*_without_repeats(before), *added], key=lambda each: (each.day, each.kind != "filed"))
    return SEPARATOR.join(map(str, together)), []


def _filing(cells: Cells, texts: Mapping[str, str]) -> list[_Event]:
    """The event of filing, where the day is known."""
    day = texts.get("date", "")
    if len(day) != _WHOLE_DAY:
        return []
    pairs = [pair for feed, found in cells.items() if feed.split(".")[0] == "date" for pair in found]
    return [_Event("filed", day, *(pairs[0] if pairs else (0, day)))]


def _without_repeats(events: Iterable[_Event]) -> Iterator[_Event]:
    """Each event once; but several fees may be paid on one day."""
    seen = set()
    for each in events:
        if each.kind == "fee_paid" or str(each) not in seen:
            seen.add(str(each))
            yield each


class _Reading:
    """The cells of one row on their way to events, and what is the matter with them."""

    def __init__(self, layout: ColumnLayout, code: str) -> None:
        self.errors: list[CellError] = []
        self._layout = layout
        self._code = code

    def listed(self, cells: Cells) -> list[_Event]:
        """The events of the column that lists them: a code or a word, and a day."""
        events = []
        for column, text in cells.get("events", ()):
            for part in split(text):
                try:
                    events.append(_listed(part, column, text))
                except ValueError as error:
                    self.errors.append(CellError(column, text, f"{part}: {error}" if part != text else str(error)))
        return events

    def columns(self, cells: Cells) -> Iterator[_Event]:
        """The events of the columns whose day is one."""
        for feed, pairs in cells.items():
            field, _point, kind = feed.partition(".")
            for column, text in pairs if field == "events" and kind in PATENT_EVENTS else ():
                try:
                    yield _Event(kind, read_date(text), column, text)
                except ValueError as error:
                    self.errors.append(CellError(column, text, str(error)))

    def each_once(self, events: Iterable[_Event]) -> list[_Event]:
        """Those of several columns, each event once and as precisely as one of them says it."""
        once: dict[str, _Event] = {}
        for each in events:
            other = once.setdefault(each.kind, each)
            if not each.is_same(other):
                self._tell(each, other)
            elif len(each.day) > len(other.day):
                once[each.kind] = each
        return list(once.values())

    def published_by_grant(
        self, listed: Sequence[_Event], dated: Sequence[_Event]
    ) -> tuple[list[_Event], list[_Event]]:
        """The same events of a patent that its grant publishes: what a column calls its publication is the grant."""
        grants = [each for each in (*dated, *listed) if each.kind == "granted"]
        if not grants:
            return [_as_grant(each) for each in listed], [_as_grant(each) for each in dated]
        for each in dated:
            if each.kind == "published" and not _as_grant(each).is_same(grants[0]):
                self._tell(each, grants[0])
        return list(listed), [each for each in dated if each.kind != "published"]

    def new_among(self, events: Sequence[_Event], before: Sequence[_Event]) -> list[_Event]:
        """Those of the columns that are not among the ones `before`, which a list says or the patent has."""
        new = []
        for each in events:
            others = [other for other in before if other.kind == each.kind]
            if any(each.is_same(other) for other in others):
                continue
            if others and not _may_come_again(each, others, before):
                self._tell(each, others[-1])
            elif len(each.day) < _WHOLE_DAY:
                self.errors.append(CellError(each.column, each.read, _("a day that exists, written 2002-12-20")))
            else:
                new.append(each)
        return new

    def _tell(self, event: _Event, other: _Event) -> None:
        """That two events are one and have two days."""
        if other.column >= 0:
            said = other.words if other.is_listed else other.read
            error = contradiction(self._layout, event.column, event.read, other.column, other.read, other_said=said)
        else:
            message = _(
                "“%(heading)s” says %(text)s, but %(code)s has “%(event)s” already; correct the one that is wrong",
                heading=self._layout.heading(event.column),
                text=event.read,
                code=self._code,
                event=other.words,
            )
            error = CellError(event.column, event.read, message)
        self.errors.append(error)


def _listed(part: str, column: int, read: str) -> _Event:
    match = _LISTED.fullmatch(part)
    if match is None:
        word = PATENT_EVENTS.label("granted")
        raise ValueError(_("an event is written as “%(word)s 2006-11-08”; this is %(part)s", word=word, part=part))
    event = _Event(
        choose(PATENT_EVENTS, match["kind"], "events"), read_date(match["day"]), column, read, is_listed=True
    )
    if len(event.day) < _WHOLE_DAY:
        raise ValueError(_("a day that exists, written 2002-12-20"))
    return event


def _as_grant(event: _Event) -> _Event:
    return replace(event, kind="granted") if event.kind == "published" else event


def _may_come_again(event: _Event, others: Sequence[_Event], before: Sequence[_Event]) -> bool:
    """Whether the patent may see the event a second time: its right was restored in between. Only what is stored says
    so: a list beside the column would say both."""
    restored = [each.day for each in before if each.kind == "restored" and each.column < 0]
    return event.kind in _ENDS and all(
        any(min(event.day, other.day) <= day <= max(event.day, other.day) for day in restored) for other in others
    )
