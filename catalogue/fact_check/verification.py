"""Statements and claims held against the records: what matches, what is true but low, what differs, what is unknown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.code_list import CodeList
from catalogue.fact_check.numerals import Numeral
from catalogue.fact_check.statements import Statement, find_statements
from catalogue.fact_check.tokens import lexicon_of
from catalogue.tallies.crosstab import Figure, count
from catalogue.tallies.measures import Number
from catalogue.tallies.paragraph.published_figures import (
    PublishedFigure,
    Style,
    chinese_text,
    english_text,
)
from catalogue.tallies.presentation import describe
from catalogue.tallies.serializers import show_number
from catalogue.tallies.spec import Selection
from catalogue.tallies.subjects import SUBJECTS

Verdict = Literal["matches", "at_least", "differs", "unknown"]
VERDICTS = CodeList(
    {
        "differs": _l("Differs"),
        "at_least": _l("True, but imprecise"),
        "unknown": _l("Not checked"),
        "matches": _l("Matches"),
    }
)
_IN_SUMMARY: tuple[Verdict, ...] = ("matches", "at_least", "differs", "unknown")
LONGEST_TEXT = 20_000
_ABOUT = Decimal("0.1")  # “about” and “nearly” are not wrong within a tenth


@dataclass(frozen=True)
class CheckedStatement:
    """A statement with its verdict, the figure of the catalogue, and a sentence that says why."""

    number: int
    statement: Statement
    verdict: Verdict
    figure: Figure | None
    counted: str  # what was counted, in words
    value_text: str
    reason: str
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckedText:
    """A text with its findings, in the order of the text."""

    text: str
    as_of: date
    findings: Sequence[CheckedStatement]

    def counts(self) -> dict[str, int]:
        """How many findings there are of each verdict."""
        return {verdict: sum(finding.verdict == verdict for finding in self.findings) for verdict in VERDICTS}

    def summary(self) -> str:
        """“16 statements: 14 matching, 1 imprecise, 1 differing.”"""
        counts = self.counts()
        parts = [
            _("%(number)s matching", number=counts["matches"]),
            _("%(number)s imprecise", number=counts["at_least"]),
            _("%(number)s differing", number=counts["differs"]),
            _("%(number)s not checked", number=counts["unknown"]),
        ]
        shown = [part for part, verdict in zip(parts, _IN_SUMMARY, strict=True) if counts[verdict]]
        if not shown:
            return _("No statement of number was found.")
        return _("%(number)s statements: %(parts)s.", number=len(self.findings), parts=_(", ").join(shown))

    def pieces(self) -> Iterator[tuple[str, CheckedStatement | None]]:
        """The text in pieces; those that are statements come with their finding."""
        place = 0
        for finding in self.findings:
            if finding.statement.start < place:
                continue
            yield self.text[place : finding.statement.start], None
            yield self.text[finding.statement.start : finding.statement.end], finding
            place = finding.statement.end
        yield self.text[place:], None


@dataclass
class _Counter:
    """Counts each selection once, however often a text speaks of it."""

    session: Session
    actor: Actor
    known: dict[Selection, Figure] = field(default_factory=dict)

    def figure(self, selection: Selection) -> Figure:
        if selection not in self.known:
            self.known[selection] = count(self.session, self.actor, selection)
        return self.known[selection]


def verify(session: Session, actor: Actor, text: str, as_of: date) -> CheckedText:
    """Check a text against the records, as of a day where it names none itself."""
    counter = _Counter(session, actor)
    statements = find_statements(text, lexicon_of(session, actor, as_of), as_of)
    findings = [_finding(counter, place, statement) for place, statement in enumerate(statements, 1)]
    return CheckedText(text, as_of, findings)


def compare(claimed: Numeral, actual: Number) -> Verdict:
    """Whether a number says what the records say.

    多 and 余 claim a floor to the digits shown, of which there are at least two: 150多 for 156, 5400多万 for 5,436.8万.
    A number that shows fewer digits than that, or a rounded one, is true but imprecise.
    """
    number = Decimal(actual)
    if claimed.upper is not None:
        return "at_least" if claimed.value <= number <= claimed.upper else "differs"
    match claimed.qualifier:
        case "exact":
            if number == claimed.value:
                return "matches"
            return "at_least" if claimed.step > 1 and abs(number - claimed.value) * 2 <= claimed.step else "differs"
        case "at_least":
            if number < claimed.value:
                return "differs"
            return "matches" if number > claimed.value and _shown(claimed.value, number, "floor") else "at_least"
        case "about":
            if _shown(claimed.value, number, "round"):
                return "matches"
            return "at_least" if abs(number - claimed.value) <= claimed.value * _ABOUT else "differs"
        case "nearly":
            if number >= claimed.value or number < claimed.value * (1 - _ABOUT):
                return "differs"
            return "matches" if _shown(claimed.value, number, "ceiling") else "at_least"
        case "below":
            return "at_least" if number < claimed.value else "differs"
    return "unknown"


def _shown(claimed: Decimal, number: Decimal, way: Literal["floor", "round", "ceiling"]) -> bool:
    """Whether `claimed` is `number` cut to two digits or more."""
    unit = Decimal(10) ** (number.adjusted() - 1) if number else Decimal(1)
    while unit >= 1:
        cut = number // unit * unit
        if way != "floor" and cut != number:
            cut += unit if way == "ceiling" or (number - cut) * 2 >= unit else 0
        if cut == claimed:
            return True
        unit /= 10
    return False


def _finding(counter: _Counter, number: int, statement: Statement) -> CheckedStatement:
    if statement.selection is None:
        return CheckedStatement(number, statement, "unknown", None, "", "", statement.problem)
    figure = counter.figure(statement.selection)
    verdict = compare(statement.numeral, figure.value)
    return CheckedStatement(
        number,
        statement,
        verdict,
        figure,
        describe(counter.session, counter.actor, statement.selection),
        value_text(figure),
        reason_for(verdict, statement.numeral, figure, statement.unit),
        tuple(_hints(counter, statement)) if verdict == "differs" else (),
    )


def value_text(figure: Figure) -> str:
    """The catalogue's figure for a reader, money in 万元."""
    subject = figure.selection.subject
    text = show_number(subject, figure.value)
    return _("%(value)s × 10,000 yuan", value=text) if subject.unit == "yuan" else text


def suggested_wording(figure: Figure, claimed: Numeral, unit: str) -> str:
    """The figure in the manner of the claim: a floor where it says 多 or “over”, else to the last digit."""
    floored = claimed.qualifier in {"at_least", "about", "nearly"} and Decimal(figure.value) >= 100
    style: Style = "floor_duo" if floored else "exact"
    published = PublishedFigure("", "", figure.selection.subject.name, style=style)
    if unit or (figure.selection.subject.unit == "yuan" and not claimed.yuan):
        return chinese_text(published, figure.value, "元" if figure.selection.subject.unit == "yuan" else unit)
    return english_text(published, figure.value)


def reason_for(verdict: Verdict, claimed: Numeral, figure: Figure, unit: str) -> str:
    """A sentence that says why, and what may be written instead."""
    value = value_text(figure)
    if verdict == "matches":
        return _("The catalogue has %(value)s.", value=value)
    written = suggested_wording(figure, claimed, unit)
    return _("The catalogue has %(value)s. It may be written “%(text)s”.", value=value, text=written)


def _hints(counter: _Counter, statement: Statement) -> Iterator[str]:
    """Ways of counting by which the number stated would be right."""
    if statement.selection is None:
        return
    seen: set[str] = set()
    for label, selections in _other_ways(statement.selection):
        found = sum((Decimal(counter.figure(selection).value) for selection in selections), Decimal(0))
        if compare(statement.numeral, found) == "matches" and str(label) not in seen:
            seen.add(str(label))
            yield str(label)


def _other_ways(selection: Selection) -> Iterator[tuple[Any, tuple[Selection, ...]]]:
    name, values = selection.subject.name, dict(selection.values)
    if name == "awards" and values.get("level") == "provincial_ministerial":
        label = _("It would be right if industry awards counted as provincial and ministerial ones.")
        yield label, (selection, selection.narrowed("level", "industry"))
    if name == "patents":
        acts = {
            "filed": (_("It is the number of applications."), ()),
            "granted": (_("It is the number of patents granted."), (("granted", "yes"),)),
            "in_force": (_("It is the number of patents in force."), (("status", "in_force"),)),
        }
        rest = tuple(pair for pair in selection.values if pair[0] not in {"granted", "status"})
        for label, pairs in acts.values():
            if (other := replace(selection, values=(*pairs, *rest))) != selection:
                yield label, (other,)
    if name == "projects" and "major" in values:
        rest = tuple(pair for pair in selection.values if pair[0] != "major")
        yield _("It is the number of all projects, not of major ones alone."), (replace(selection, values=rest),)
    if name == "projects" and "major" not in values:
        yield _("It is the number of major projects alone."), (selection.narrowed("major", "yes"),)
    if name == "yearly_counts":
        kept = replace(selection, subject=SUBJECTS["proposals"])
        yield _("It is the number of proposals of which a record is kept."), (kept,)
    if "division" in values and "any_division" in selection.subject.dimensions:
        rest = tuple(pair for pair in selection.values if pair[0] != "division")
        took_part = replace(selection, values=(*rest, ("any_division", values["division"])))
        yield _("It is the number in which the division took part, leading or not."), (took_part,)
    for year in (selection.as_of.year - 1, selection.as_of.year + 1):
        day = date(year, 12, 31)
        yield _("It was right as of %(day)s.", day=day), (replace(selection, as_of=day),)


def as_data(finding: CheckedStatement) -> dict[str, Any]:
    """A finding for a machine: what was said, what the catalogue has, and what lists the evidence."""
    statement, figure = finding.statement, finding.figure
    return {
        "number": finding.number,
        "start": statement.start,
        "end": statement.end,
        "text": statement.text,
        "verdict": finding.verdict,
        "stated": {
            "value": format(statement.numeral.value.normalize(), "f"),
            "qualifier": statement.numeral.qualifier,
            "unit": statement.unit,
        },
        "counted": finding.counted or None,
        "value": None if figure is None else str(figure.value),
        "entries": None if figure is None else figure.entry_count,
        "evidence": None if figure is None else evidence_of(figure.selection),
        "reason": finding.reason,
        "hints": list(finding.hints),
    }


def evidence_of(selection: Selection) -> dict[str, Any]:
    """A selection for a machine: the tally and its arguments."""
    return {"subject": selection.subject.name, **selection.to_args()}
