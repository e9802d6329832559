"""Charts of tallies: the kind that suits a table, marks that are its figures, and one look on pages and in files."""

import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from catalogue import charts
from catalogue.accounts.permissions import ANONYMOUS
from catalogue.charts import HEAT, STROKES, TONES, Chart
from catalogue.tallies.charts import chart_of, kinds_of
from catalogue.tallies.crosstab import Figure, Table, tabulate
from catalogue.tallies.spec import spec_from_args
from catalogue.tallies.subjects import SUBJECTS

END = date(2006, 12, 31)


def table_of(session: Session, subject: str, rows: str, columns: str = "none") -> Table:
    spec = spec_from_args(SUBJECTS[subject], {"rows": rows, "columns": columns}, END)
    return tabulate(session, ANONYMOUS, spec)


def address(figure: Figure) -> str:
    return str(sorted(figure.selection.to_args().items()))


def drawn(table: Table, kind: str = "") -> Chart:
    chart = chart_of(table, address, kind=kind)
    assert chart is not None
    return chart


@pytest.mark.parametrize(
    ("subject", "rows", "columns", "usual", "possible"),
    [
        ("awards", "level", "grade", "bars", ["bars", "heat", "none"]),
        ("awards", "year", "none", "bars", ["bars", "lines", "none"]),
        ("patents", "grant_year", "patent_type", "bars", ["bars", "lines", "heat", "none"]),
        ("awards", "division", "year", "heat", ["bars", "lines", "heat", "none"]),
        # An entry of several divisions would stand in several parts of a bar.
        ("papers", "year", "any_division", "heat", ["bars", "lines", "heat", "none"]),
    ],
)
def test_a_table_gets_the_chart_that_suits_it(
    session: Session, subject: str, rows: str, columns: str, usual: str, possible: list[str]
) -> None:
    table = table_of(session, subject, rows, columns)
    assert list(kinds_of(table)) == possible
    assert drawn(table).kind == usual
    assert chart_of(table, address, kind="none") is None
    if "lines" not in possible:
        assert drawn(table, "lines").kind == usual


@pytest.mark.parametrize("kind", ["lines", "heat"])
def test_every_mark_is_a_figure_of_the_table(session: Session, kind: str) -> None:
    table = table_of(session, "patents", "year", "patent_type")
    chart = drawn(table, kind)
    drawing = chart.drawing
    marks = [each.segment for each in (*drawing.points, *drawing.marks)]
    figures = {address(figure): figure.value for figure in table.cells.values()}
    assert {mark.url: mark.value for mark in marks if mark.url} == figures
    assert all(mark.text.endswith(f": {mark.value}") for mark in marks)


def test_lines_go_over_all_years_and_no_line_leaves_the_plot(session: Session) -> None:
    chart = drawn(table_of(session, "awards", "level", "year"), "lines")
    years = [int(bar.label) for bar in chart.bars]
    assert years == list(range(years[0], years[-1] + 1))
    assert len(chart.drawing.strokes) == (len(years) - 1) * len(chart.series)
    for point in chart.drawing.points:
        assert 0 <= point.x <= 100
        assert 0 <= point.y <= chart.drawing.height


def test_bars_of_a_view_show_its_totals(session: Session) -> None:
    table = table_of(session, "papers", "year", "any_division")
    chart = drawn(table, "bars")
    assert [bar.total for bar in chart.bars] == [
        float(table.row_totals[row.value].value) if row.value in table.row_totals else 0 for row in table.rows
    ]


def test_what_is_not_drawn_is_said(session: Session) -> None:
    table = table_of(session, "projects", "person", "year")
    chart = drawn(table, "heat")
    assert len(chart.bars) == 40 < len(table.rows)
    assert str(len(table.rows)) in chart.note
    lines = drawn(table_of(session, "papers", "year", "division"), "lines")
    assert len(lines.series) == 6
    assert "6" in lines.note


def test_files_have_the_colours_of_the_pages() -> None:
    folder = Path(charts.__file__).parent / "static" / "css"
    style = (folder / "figures.css").read_text() + (folder / "theme.css").read_text()
    seal = re.search(r"--seal: (#\w+);", style)
    assert seal
    for tone, colour in {**TONES, **HEAT}.items():
        rule = re.search(rf"\.tone-{tone} {{\s*fill: ([^;]+);", style)
        assert rule, tone
        assert rule[1].replace("var(--seal)", seal[1]) == colour
    for tone, (colour, dashes) in STROKES.items():
        rule = re.search(rf"\.stroke-{tone} {{\s*stroke: ([^;]+);(?:\s*stroke-dasharray: ([^;]+);)?", style)
        assert rule, tone
        assert (rule[1], rule[2] or "none") == (colour, dashes)
