"""Charts of tallies: the kind that suits a table, and marks that are its figures."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import literal
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import ANONYMOUS
from catalogue.charts import Chart
from catalogue.records.models.code_lists import GRADES
from catalogue.tallies.charts import KINDS, MOST_BARS, chart_of, kinds_of
from catalogue.tallies.crosstab import CrossTable, Figure, Heading, tabulate
from catalogue.tallies.dimensions import Dimension, Scale
from catalogue.tallies.presentation import TablePage
from catalogue.tallies.spec import Selection, TallySpec, Value, spec_from_args
from catalogue.tallies.subjects import SUBJECTS

END = date(2006, 12, 31)


def table_of(session: Session, subject: str, rows: str, columns: str = "none") -> CrossTable:
    spec = spec_from_args(SUBJECTS[subject], {"rows": rows, "columns": columns}, END)
    return tabulate(session, ANONYMOUS, spec)


def address(figure: Figure) -> str:
    return str(sorted(figure.selection.to_args().items()))


def drawn(table: CrossTable, kind: str = "") -> Chart:
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
    stated = [row for row in table.rows if row.value is not None]
    assert len(chart.bars) == 40 < len(stated)
    assert str(len(stated)) in chart.notes[0]
    lines = drawn(table_of(session, "papers", "year", "division"), "lines")
    assert len(lines.series) == 6
    assert "6" in lines.notes[0]


# What every dimension is. Years are those of filing, grant and lapse, and of what happened in a year.
TIME = {"year", "grant_year", "lapse_year"}
LADDERS = {("awards", "level"), ("awards", "grade"), ("achievements", "level"), ("achievements", "appraisal_level")}
LADDERS |= {("proposals", "status")}


def test_every_dimension_says_what_it_is() -> None:
    for subject in SUBJECTS.values():
        for name, dimension in subject.dimensions.items():
            wanted = "time" if name in TIME else "ordered" if (subject.name, name) in LADDERS else "nominal"
            assert dimension.scale == wanted, (subject.name, name)


@pytest.mark.parametrize(
    ("scale", "more"),
    [("time", {"vocabulary": GRADES}), ("nominal", {}), ("ordered", {"vocabulary": GRADES, "by_size": True})],
)
def test_a_dimension_that_contradicts_itself_is_refused(scale: Scale, more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="grade"):
        Dimension("grade", "Grade", lambda as_of: literal(1), scale, **more)


def made(subject: str, dimension: str, values: dict[Value, int]) -> CrossTable:
    """A table of these values by one dimension."""
    selection = Selection(SUBJECTS[subject], END)
    rows = [Heading(value, "未注明" if value is None else str(value)) for value in values]
    figures = {value: Figure(number, 1, selection) for value, number in values.items()}
    total = Figure(sum(values.values()), len(values), selection)
    cells = {(value, None): figure for value, figure in figures.items()}
    return CrossTable(TallySpec(selection, dimension, None), rows, (), cells, figures, {}, total)


@pytest.mark.parametrize("columns", ["none", "patent_type", "division"])
def test_years_stand_side_by_side_though_some_entries_have_none(session: Session, columns: str) -> None:
    """Of the 50 patents applied for by 2006, 16 were granted, at most 3 in a year; 34 have no year of grant."""
    chart = drawn(table_of(session, "patents", "grant_year", columns), "bars")
    assert chart.in_columns
    assert [bar.label for bar in chart.bars] == [str(year) for year in range(1992, 2007)]
    assert sum(bar.total for bar in chart.bars) == 16
    # The greatest year is as high as the axis: nothing makes it small.
    tallest = max(mark.height for mark in chart.drawing.marks if mark.segment.value == 3 or columns == "division")
    assert tallest == pytest.approx(178, abs=1)
    (apart,) = chart.apart
    assert apart.text == "授权年未注明：34"
    assert apart.url == address(table_of(session, "patents", "grant_year").row_totals[None])


@pytest.mark.parametrize("kind", ["bars", "lines", "heat"])
def test_what_is_not_stated_never_sets_the_scale(session: Session, kind: str) -> None:
    """Whatever the form: without the entries that have no year, the drawing is the same."""
    spec = spec_from_args(SUBJECTS["patents"], {"rows": "grant_year", "columns": "patent_type"}, END)
    whole = tabulate(session, ANONYMOUS, spec)
    granted = replace(spec, selection=spec.selection.narrowed("granted", "yes"))
    chart, without = drawn(whole, kind), drawn(tabulate(session, ANONYMOUS, granted), kind)
    shapes = [
        [(mark.x, mark.y, mark.width, mark.height, mark.tone) for mark in each.drawing.marks]
        + [(point.x, point.y, point.tone) for point in each.drawing.points]
        for each in (chart, without)
    ]
    assert shapes[0] == shapes[1]
    assert [len(each.apart) for each in (chart, without)] == [1, 0]


def test_what_is_not_stated_sets_no_shade_in_the_table(session: Session) -> None:
    page = TablePage(table_of(session, "patents", "grant_year", "patent_type"), address)
    shades = {(row.label, cell.text): cell.shade for row, cells, _total in page.rows for cell in cells if cell.url}
    assert shades["2004", "3"] == "heat-4"
    assert shades["2006", "1"] == "heat-1"
    assert shades["未注明", "31"] == ""


def test_a_part_that_is_not_stated_is_grey(session: Session) -> None:
    """It belongs to its bar, which is the whole of its row."""
    table = table_of(session, "patents", "patent_type", "grant_year")
    table = replace(table, columns=[column for column in table.columns if column.value in (2003, 2004, None)])
    chart = drawn(table, "bars")
    assert [series.tone for series in chart.series] == ["red", "red-light", "grey"]


def test_nothing_stated_is_nothing_to_draw(app: Flask) -> None:
    with app.app_context():
        assert chart_of(made("patents", "lapse_year", {None: 5}), address) is None


@pytest.mark.parametrize(
    ("subject", "dimension", "kept"),
    [
        ("papers", "venue", ["b", *(f"n{place:02}" for place in range(39))]),
        ("papers", "year", [str(year) for year in range(1921, 2001)]),
    ],
)
def test_what_has_room_depends_on_what_it_is(app: Flask, subject: str, dimension: str, kept: list[str]) -> None:
    """The greatest of names, a great loss among them, in their order; the latest of years."""
    names: dict[Value, int] = {"a": 1, "b": -500, **{f"n{place:02}": 100 - place for place in range(45)}}
    years: dict[Value, int] = dict.fromkeys(range(1901, 2001), 1)
    with app.app_context():
        chart = drawn(made(subject, dimension, years if dimension == "year" else names), "bars")
    assert len(kept) == (80 if dimension == "year" else MOST_BARS)
    assert [bar.label for bar in chart.bars] == kept
    assert str(len(kept)) in chart.notes[0]


@pytest.mark.parametrize(
    ("dimension", "kind", "note"), [("year", "bars", "下方"), ("division", "bars", "左侧"), ("year", "lines", "")]
)
def test_what_is_below_zero_is_drawn_and_said(app: Flask, dimension: str, kind: str, note: str) -> None:
    values: dict[Value, int] = {2001: 50_000, 2002: -20_000} if dimension == "year" else {"a": 50_000, "b": -20_000}
    with app.app_context():
        chart = drawn(made("benefits", dimension, values), kind)
        marks = [each.segment.value for each in (*chart.drawing.marks, *chart.drawing.points)]
    assert marks == [5, -2]  # in 万元
    assert bool(chart.notes) == bool(note)
    assert note in "".join(chart.notes)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_chart_is_called_what_it_shows(app: Flask, session: Session, language: str) -> None:
    """Subject, measure, cut and form; so no two charts of a catalogue have the same name."""
    names = []
    with app.test_request_context(headers={"Accept-Language": language}):
        for subject in SUBJECTS.values():
            for measure in list(subject.measures.values())[:2]:
                for rows in (subject.rows, "year"):
                    args = {"rows": rows, "columns": subject.columns or "none", "measure": measure.name}
                    spec = spec_from_args(subject, args, END)
                    chart = chart_of(tabulate(session, ANONYMOUS, spec), address)
                    if chart is None:
                        continue
                    dimensions = [subject.dimensions[name].label for name in (spec.rows, spec.columns) if name]
                    for part in (subject.label, measure.label, *dimensions, KINDS.label(chart.kind)):
                        assert str(part) in chart.description
                    names.append((chart.description, (subject.name, measure.name, spec.rows, spec.columns)))
    assert len(names) > 10
    assert len({name for name, _spec in names}) == len({spec for _name, spec in names})
