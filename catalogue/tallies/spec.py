"""What a tally asks for, read from a URL once and written back into every link: frozen, checked, complete."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _

from catalogue.errors import InvalidInput
from catalogue.query_args import (
    FIRST_YEAR,
    LAST_YEAR,
    read_choice,
    read_year,
)
from catalogue.tallies.dimensions import NONE
from catalogue.tallies.measures import Measure
from catalogue.tallies.subjects import SUBJECTS, Subject

LONGEST_TEXT = 200
Value = str | int | None


@dataclass(frozen=True)
class Selection:
    """A set of items: those of a subject that surely happened by `as_of`, in a period, with certain values; and what
    of them is added up (`measure` names one of the subject's, nothing the usual one).

    `text` confines it to what a search for this text finds; `found` are the ids of these records, without which such a
    selection cannot be counted.
    """

    subject: Subject
    as_of: date
    year_from: int | None = None
    year_to: int | None = None
    values: tuple[tuple[str, Value], ...] = ()
    measure: str = ""
    text: str = ""
    found: frozenset[int] | None = field(default=None, compare=False, repr=False)

    @property
    def measured(self) -> Measure:
        """What is added up."""
        return self.subject.measures[self.measure] if self.measure else self.subject.measure

    def narrowed(self, dimension: str, value: Value) -> "Selection":
        """The part of the selection that has `value` in `dimension`."""
        return replace(self, values=(*(pair for pair in self.values if pair[0] != dimension), (dimension, value)))

    def to_args(self) -> dict[str, Any]:
        """The URL arguments that `selection_from_args` reads back."""
        args: dict[str, Any] = {"as_of": self.as_of.isoformat()}
        for name in ("year_from", "year_to"):
            if (year := getattr(self, name)) is not None:
                args[name] = str(year)
        if self.measured is not self.subject.measure:
            args["measure"] = self.measure
        if self.text:
            args["q"] = self.text
        args.update({name: NONE if value is None else str(value) for name, value in sorted(self.values)})
        return args


@dataclass(frozen=True)
class TallySpec:
    """A cross table of a selection: one dimension down, perhaps one across; with `empty`, rows and columns of values
    that nothing has are there too."""

    selection: Selection
    rows: str
    columns: str | None
    empty: bool = False

    @property
    def is_view(self) -> bool:
        """Whether an item may stand in several cells, so that these do not add up to the totals."""
        names = (self.rows, *([self.columns] if self.columns else []))
        return any(self.selection.subject.dimensions[name].many for name in names)

    def to_args(self) -> dict[str, Any]:
        """The URL arguments that `spec_from_args` reads back."""
        args = {**self.selection.to_args(), "rows": self.rows, "columns": self.columns or NONE}
        return {**args, "empty": "yes"} if self.empty else args


def find_subject(name: str) -> Subject:
    """The subject called `name`. Raises InvalidInput that lists those there are."""
    if name not in SUBJECTS:
        raise InvalidInput(
            _("There is no tally of “%(name)s”; there are: %(names)s.", name=name[:40], names=", ".join(SUBJECTS))
        )
    return SUBJECTS[name]


def read_as_of(args: Mapping[str, str], default: date) -> date:
    """The as-of date of a URL, `default` where it names none. Raises InvalidInput."""
    text = args.get("as_of", "").strip()
    if not text:
        return default
    try:
        as_of = date.fromisoformat(text)
    except ValueError:
        as_of = date.min
    if not FIRST_YEAR <= as_of.year <= LAST_YEAR:
        raise InvalidInput(_("“%(text)s” is not a day such as 2006-12-31.", text=text[:20]), "as_of")
    return as_of


def selection_from_args(subject: Subject, args: Mapping[str, str], default_as_of: date) -> Selection:
    """The selection that URL arguments describe; arguments that are no dimension of the subject are left to others.

    Raises InvalidInput for a value that its dimension does not have.
    """
    values = tuple(
        (name, dimension.parse(args[name])) for name, dimension in subject.dimensions.items() if args.get(name)
    )
    measure = read_choice(args, "measure", subject.measures)
    text = args.get("q", "").strip()[:LONGEST_TEXT]
    if text and not subject.is_searchable:
        raise InvalidInput(_("“%(subject)s” cannot be confined to a search.", subject=subject.label), "q")
    return Selection(
        subject,
        read_as_of(args, default_as_of),
        read_year(args, "year_from"),
        read_year(args, "year_to"),
        values,
        "" if measure == subject.measure.name else measure,
        text,
    )


def spec_from_args(subject: Subject, args: Mapping[str, str], default_as_of: date) -> TallySpec:
    """The tally that URL arguments describe, with the subject's usual rows and columns. Raises InvalidInput."""
    rows = args.get("rows") or subject.rows
    columns: str | None = args.get("columns") or (subject.columns or NONE)
    subject.dimension(rows)
    columns = None if columns in (NONE, rows) else subject.dimension(str(columns)).name
    return TallySpec(
        selection_from_args(subject, args, default_as_of), rows, columns, read_choice(args, "empty", ("yes",)) == "yes"
    )


def narrowed_by(selection: Selection, pairs: Iterable[tuple[str | None, Any]]) -> Selection:
    """The selection narrowed by each dimension that is given."""
    for name, value in pairs:
        if name is not None:
            selection = selection.narrowed(name, value)
    return selection
