"""Charts as drawings: what lies above and below zero, and what stands side by side."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.chart_labels import text_width, ticks, wrapped
from catalogue.charts import Bar, BarSegment, Chart, Kind, ScaleLine, Series


def chart_of(*rows: tuple[int, ...], kind: Kind = "bars", years: bool = True) -> Chart:
    """A chart of these values, a row for each bar."""
    width = len(rows[0])
    return Chart(
        description="Profits by year",
        series=tuple(
            Series(f"part {place}", tone) for place, tone in zip(range(width), ("red", "blue", "grey"), strict=False)
        ),
        bars=tuple(
            Bar(str(2000 + place), tuple(BarSegment(value, str(value), "/evidence" if value else "") for value in row))
            for place, row in enumerate(rows)
        ),
        bars_are_years=years,
        kind=kind,
    )


def zero_line(chart: Chart) -> ScaleLine:
    return next(line for line in chart.drawing.lines if line.text == "0")


def test_only_years_stand_side_by_side() -> None:
    """Whether the labels look like years says nothing: a scheme may be called 863, and years have what is no year."""
    years = chart_of((1,), (2,))
    assert years.in_columns
    assert not replace(years, bars_are_years=False).in_columns
    assert replace(years, bars=(*years.bars, Bar("约2002", (BarSegment(1, "1"),)))).in_columns


def test_columns_grow_from_zero_both_ways() -> None:
    chart = chart_of((30, 10), (-20, 10), (-10, -20))
    zero = zero_line(chart)
    assert zero.strong
    by_value: dict[int, list[tuple[float, float]]] = {}
    for mark in chart.drawing.marks:
        by_value.setdefault(int(mark.segment.value), []).append((mark.y, mark.y + mark.height))
    each = by_value[10][0][1] - by_value[10][0][0]  # the height of ten
    assert by_value[30] == [pytest.approx((zero.y - 3 * each, zero.y), abs=0.01)]
    # Ten upon thirty; ten upon zero, although what is beside it lies below.
    assert by_value[10][0] == pytest.approx((zero.y - 4 * each, zero.y - 3 * each), abs=0.01)
    assert by_value[10][1] == pytest.approx((zero.y - each, zero.y), abs=0.01)
    assert by_value[-20][0] == pytest.approx((zero.y, zero.y + 2 * each), abs=0.01)
    assert by_value[-10] == [pytest.approx((zero.y, zero.y + each), abs=0.01)]
    assert by_value[-20][1] == pytest.approx((zero.y + each, zero.y + 3 * each), abs=0.01)
    # The number at a bar is what it comes to.
    assert [label.text for label in chart.drawing.labels if label.strong] == ["40", "-10", "-30"]


def test_rows_grow_from_zero_both_ways() -> None:
    drawing = chart_of((30, 10), (-20, 10), years=False).drawing
    assert drawing.zero == pytest.approx(100 / 3, abs=0.01)  # from -20 to 40
    places = {int(mark.segment.value): (mark.x, mark.x + mark.width) for mark in drawing.marks}
    assert places[-20] == pytest.approx((0, drawing.zero), abs=0.01)
    assert places[30] == pytest.approx((drawing.zero, drawing.zero + 50), abs=0.01)
    assert chart_of((30, 10), years=False).drawing.zero is None


def test_a_line_goes_below_zero() -> None:
    chart = chart_of((30,), (-20,), kind="lines")
    zero = zero_line(chart)
    above, below = chart.drawing.points
    assert above.y < zero.y < below.y
    assert (below.y - zero.y) / (zero.y - above.y) == pytest.approx(20 / 30, abs=0.01)


def test_shades_tell_the_sign() -> None:
    marks = chart_of((40, -40, 10), (0, -10, 0), kind="heat").drawing.marks
    assert [mark.tone for mark in marks] == ["heat-4", "cold-4", "heat-1", "cold-1"]


VALUES = st.lists(st.tuples(*[st.integers(-(10**7), 10**7)] * 3), min_size=1, max_size=20)


@given(VALUES, st.sampled_from(["columns", "rows", "lines", "heat"]))
def test_nothing_is_dropped_and_nothing_leaves_the_plot(rows: list[tuple[int, ...]], form: str) -> None:
    kind: Kind = "lines" if form == "lines" else "heat" if form == "heat" else "bars"
    chart = chart_of(*rows, kind=kind, years=form != "rows")
    drawing = chart.drawing
    values = sorted(value for row in rows for value in row if value)
    drawn = [each.segment.value for each in (*drawing.marks, *drawing.points)]
    assert sorted(value for value in drawn if value) == values
    for mark in drawing.marks:
        assert mark.x >= -0.01
        assert mark.x + mark.width <= 100.01
        # A part of nearly nothing is drawn one pixel high.
        assert -len(rows[0]) <= mark.y
        assert mark.y + mark.height <= drawing.height + len(rows[0])
    for point in drawing.points:
        assert 0 <= point.y <= drawing.height
    assert chart.is_empty == (not values)


@given(st.integers(-(10**9), 0), st.integers(0, 10**9), st.booleans())
def test_an_axis_reaches_over_all_values_and_has_zero(lowest: int, highest: int, whole: bool) -> None:
    values = ticks(lowest, highest, whole)
    assert values == sorted(values)
    assert 2 <= len(values) <= 9
    assert values[0] <= lowest
    assert highest <= values[-1]
    assert 0 in values


@given(st.text(st.sampled_from("一二三四 abc,1"), max_size=60))
def test_wrapping_loses_nothing(text: str) -> None:
    lines = wrapped(text, 100)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(text_width(line) <= 100 for line in lines)
