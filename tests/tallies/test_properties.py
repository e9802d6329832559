"""For any tally that can be asked for: every figure opens exactly its entries, margins count each entry once, and every
face of the table says the same."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import ANONYMOUS
from catalogue.tallies.crosstab import Figure, tabulate
from catalogue.tallies.evidence import entries
from catalogue.tallies.serializers import plain_number, table_as_csv, table_as_json
from catalogue.tallies.spec import Selection, TallySpec, spec_from_args
from catalogue.tallies.subjects import SUBJECTS

END = date(2006, 12, 31)
MOST_FIGURES = 40  # of one table are followed


@st.composite
def specs(draw: st.DrawFn) -> TallySpec:
    """Any tally of any subject, on a day on which there is something, perhaps narrowed down."""
    subject = SUBJECTS[draw(st.sampled_from(sorted(SUBJECTS)))]
    names = sorted(subject.dimensions)
    rows = draw(st.sampled_from(names))
    columns = draw(st.sampled_from([None, *(name for name in names if name != rows)]))
    measure = draw(st.sampled_from(sorted(subject.measures)))
    values: tuple[tuple[str, Any], ...] = ()
    coded = [name for name in names if subject.dimensions[name].vocabulary is not None]
    if coded and draw(st.booleans()):
        name = draw(st.sampled_from(coded))
        values = ((name, draw(st.sampled_from(sorted(subject.dimensions[name].vocabulary or ())))),)
    as_of = draw(st.sampled_from([END, date(1999, 6, 30), date(2003, 12, 31)]))
    first = draw(st.sampled_from([None, None, 1990, 2001]))
    selection = Selection(subject, as_of, first, None, values, "" if measure == subject.measure.name else measure)
    return TallySpec(selection, rows, columns, draw(st.booleans()))


def entry_ids(session: Session, figure: Figure) -> set[int]:
    found = entries(session, ANONYMOUS, figure.selection, 0, None)
    ids = {entry.id for entry in found}
    assert len(ids) == len(found) == figure.entry_count
    if figure.selection.measured.name == "records":
        assert figure.value == len(found)
    elif figure.selection.subject.name == "benefits":
        assert figure.value == sum((line.amount for line in found), Decimal(0))
    return ids


@pytest.mark.slow
@settings(max_examples=60, derandomize=True)
@given(spec=specs())
def test_every_figure_opens_its_entries_and_margins_count_once(session: Session, spec: TallySpec) -> None:
    table = tabulate(session, ANONYMOUS, spec)
    followed = {key: entry_ids(session, figure) for key, figure in list(table.cells.items())[:MOST_FIGURES]}
    whole = entry_ids(session, table.total)
    complete = len(followed) == len(table.cells)
    for value, figure in list(table.row_totals.items())[:MOST_FIGURES]:
        of_row = [ids for (row, _column), ids in followed.items() if row == value]
        expected = entry_ids(session, figure)
        assert set().union(*of_row) <= expected <= whole
        assert not complete or set().union(*of_row) == expected
    if complete:
        assert set().union(*followed.values()) == whole if followed else not whole
    if not spec.is_view:
        assert sum(figure.entry_count for figure in table.cells.values()) == table.total.entry_count
        assert sum(figure.value for figure in table.cells.values()) == table.total.value
    assert {heading.value for heading in table.rows} >= set(table.row_totals)
    assert spec_from_args(spec.selection.subject, spec.to_args(), END) == spec


@settings(max_examples=25, derandomize=True)
@given(spec=specs())
def test_every_face_says_the_same(session: Session, spec: TallySpec) -> None:
    table = tabulate(session, ANONYMOUS, spec)
    measured = spec.selection.measured
    rows = list(csv.reader(io.StringIO(table_as_csv(table))))
    assert len(rows) == len(table.rows) + 2
    assert rows[-1][-1] == plain_number(measured, table.total.value)
    for heading, row in zip(table.rows, rows[1:-1], strict=True):
        for column, text in zip(table.columns, row[1:-1], strict=True):
            figure = table.cells.get((heading.value, column.value))
            assert text == (plain_number(measured, figure.value) if figure else "0")
    data = table_as_json(table)
    assert len(data["cells"]) == len(table.cells)
    assert sum(cell["entries"] for cell in data["cells"]) == sum(figure.entry_count for figure in table.cells.values())
    assert Decimal(str(data["total"])) == table.total.value
