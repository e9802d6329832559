"""Issued reports as pages show them: from what was kept alone, whatever the program has learnt since."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import CONFIDENTIALITY, Actor, name_in_words
from catalogue.formatting import in_chinese, local_minute
from catalogue.tallies.dimensions import NONE
from catalogue.tallies.issued.change_causes import Cause, CountInterval, causes_of
from catalogue.tallies.issued.comparison import (
    Comparison,
    Effect,
    FigureMove,
    Move,
    compare,
    what_is_counted,
)
from catalogue.tallies.issued.entries_today import EntryToday, Name, today_of
from catalogue.tallies.issued.reports import OpenedReport, issued_reports
from catalogue.tallies.issued.snapshot import TOTAL, Frozen
from catalogue.tallies.models import IssuedReport
from catalogue.tallies.presentation import Cell, Shading
from catalogue.tallies.serializers import show_in_unit

MOST_ROWS, MOST_COLUMNS = 1000, 100  # of a page; the entries and comparisons have them all
MOST_MOVES = 200  # entries explained on one page
MOST_CAUSES = 8  # named beside one figure


def local(words: Mapping[str, Any]) -> Any:
    """What was kept in two languages, in the reader's."""
    return words["zh" if in_chinese() else "en"]


@dataclass(frozen=True)
class KeptHeading:
    """A heading of a kept table."""

    key: str
    label: str


class IssuedTable:
    """A kept table for the macro `tally_table`; `url_of` gives the address of a figure's entries by its key."""

    def __init__(self, content: Mapping[str, Any], url_of: Callable[[str], str]) -> None:
        self._figures, self._url_of = content["figures"], url_of
        self.title, self.unit, self.row_label = (local(content[name]) for name in ("title", "unit", "row_label"))
        self.columns = [KeptHeading(each["key"], local(each["label"])) for each in content["columns"][:MOST_COLUMNS]]
        self._row_labels = [KeptHeading(each["key"], local(each["label"])) for each in content["rows"][:MOST_ROWS]]
        self.left_out = len(content["rows"]) > MOST_ROWS or len(content["columns"]) > MOST_COLUMNS
        self._shading = Shading(
            figure["value"] for key, figure in self._figures.items() if "&" in key and not _is_apart(key)
        )

    @property
    def rows(self) -> list[tuple[KeptHeading, list[Cell], Cell]]:
        """Each row: heading, cells, total."""
        return [
            (
                row,
                [self._cell(f"{row.key}&{column.key}") for column in self.columns],
                self._cell(row.key),
            )
            for row in self._row_labels
        ]

    @property
    def column_totals(self) -> list[Cell]:
        return [self._cell(column.key) for column in self.columns]

    @property
    def total(self) -> Cell:
        return self._cell(TOTAL)

    def _cell(self, key: str) -> Cell:
        figure = self._figures.get(key)
        if figure is None or not figure["things"]:
            return Cell("–")
        shade = self._shading.shade(figure["value"]) if "&" in key and not _is_apart(key) else ""
        return Cell(figure["text"], self._url_of(key), figure["things"], shade)


def _is_apart(key: str) -> bool:
    """Whether a cell is one of what is not stated."""
    return any(part.endswith(f"={NONE}") for part in key.split("&"))


def facts_of(opened: OpenedReport, timezone: str) -> list[tuple[str, str]]:
    """The head of a report: label and text of each line."""
    report = opened.report
    levels = {label.split("/")[1] for label in report.access}
    return [
        (_("Report number"), report.number),
        (_("What is counted"), local(report.content["title"])),
        *([(_("Selection"), selection)] if (selection := local(report.content["selection"])) else []),
        (_("As of"), report.args["as_of"]),
        (_("Issued at"), f"{local_minute(report.issued_at)} ({timezone})"),
        (_("Issued by"), name_in_words(report.actor)),
        (
            _("Counted among"),
            _("%(levels)s entries", levels=_(", ").join(str(CONFIDENTIALITY.label(x)) for x in sorted(levels))),
        ),
        (_("Entries behind it"), f"{len(opened.entries):,}"),
        *([(_("Note"), report.note)] if report.note else []),
        ("SHA-256", report.digest),
    ]


def comparable_with(session: Session, actor: Actor, report: IssuedReport) -> list[IssuedReport]:
    """The other reports that count the same, newest first."""
    return [
        each
        for each in issued_reports(session, actor)
        if each.id != report.id and what_is_counted(each) == what_is_counted(report)
    ]


@dataclass(frozen=True)
class MovePage:
    """A move ready for its template: what became of the entry, why, and what it did to which figure."""

    number: int
    move: Move
    how: str
    today: EntryToday | None
    reasons: Sequence[Cause]
    effects: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class FigurePage:
    """A figure that moved: its texts, its causes as (number of the move, code, what happened, change), and how many
    causes are not named."""

    label: str
    before: str
    after: str
    change: str
    causes: Sequence[tuple[int, str, str, str]]
    more: int


class ComparisonPage:
    """Two frozen tallies ready for the template."""

    def __init__(self, session: Session, actor: Actor, before: Frozen, after: Frozen, window: CountInterval) -> None:
        comparison = compare(before, after)
        self._figures = {**before.content["figures"], **after.content["figures"]}
        shown = comparison.moves[:MOST_MOVES]
        edited = comparison.edited[:MOST_MOVES]
        names: list[Name] = [move.entry.name for move in (*shown, *edited)]
        self._today = today_of(session, actor, names)
        self._reasons = causes_of(session, actor, [*shown, *edited], window)
        self._numbers = {move.entry.name: number for number, move in enumerate(shown, 1)}
        self.differences = window.differences
        self.figures = [self._figure(figure) for figure in comparison.figures]
        self.moves = [self._move(move) for move in shown]
        self.edited = [self._move(move) for move in edited]
        self.counts = _counts(comparison)
        self.moves_left_out = len(comparison.moves) - len(shown)

    def _figure(self, figure: FigureMove) -> FigurePage:
        causes = [
            (self._numbers[move.entry.name], move.entry.code, how_words(move), self._signed(effect))
            for move, effect in figure.causes
            if move.entry.name in self._numbers
        ][:MOST_CAUSES]
        return FigurePage(
            local(self._figures[figure.key]["label"]),
            self._text(figure.key, figure.before),
            self._text(figure.key, figure.after),
            self._text(figure.key, figure.change, signed=True),
            causes,
            len(figure.causes) - len(causes),
        )

    def _move(self, move: Move) -> MovePage:
        name = move.entry.name
        effects = [(local(self._figures[effect.key]["label"]), self._signed(effect)) for effect in move.effects]
        return MovePage(
            self._numbers.get(name, 0), move, how_words(move), self._today.get(name), self._reasons[name], effects
        )

    def _signed(self, effect: Effect) -> str:
        return self._text(effect.key, effect.change, signed=True)

    def _text(self, key: str, value: Decimal, *, signed: bool = False) -> str:
        text = show_in_unit(self._figures[key]["measure"], abs(value) if signed else value)
        return f"{'+' if value > 0 else '−' if value < 0 else '±'}{text}" if signed else text


def _counts(comparison: Comparison) -> list[tuple[str, int]]:
    """How many entries came, went, moved and were edited without effect, in words."""
    words = {"came": _("came"), "went": _("went"), "moved": _("moved"), "edited": _("changed without effect")}
    moves = (*comparison.moves, *comparison.edited)
    return [(text, sum(move.how == how for move in moves)) for how, text in words.items()]


def how_words(move: Move) -> str:
    """What became of an entry, in a word or two."""
    if move.how == "moved":
        same = (
            move.before is not None and move.after is not None and set(move.before.figures) == set(move.after.figures)
        )
        return _("another amount") if same else _("counts elsewhere")
    return {"came": _("came"), "went": _("went"), "edited": _("changed without effect")}[move.how]
