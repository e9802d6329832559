"""Tables as charts: each row a bar, each column a part of it, every mark a link to its evidence."""

from collections.abc import Callable
from decimal import Decimal

from catalogue.charts import Bar, Chart, Segment, Series
from catalogue.tallies.crosstab import Figure, Table
from catalogue.tallies.listing import show_number

# Told apart by lightness as well as by colour, so that they can be told apart in print.
TONES = ("red", "red-light", "gold", "green", "blue", "grey")
MOST_SERIES = len(TONES)


def chart_of(table: Table, url_of: Callable[[Figure], str], title: str = "") -> Chart | None:
    """The chart of a table; None where there is nothing to draw, or more columns than can be told apart."""
    if not table.cells or len(table.columns) > MOST_SERIES:
        return None
    subject, measured = table.spec.selection.subject, table.spec.selection.measured
    columns = [(column.value, column.label) for column in table.columns] or [(None, str(subject.label))]
    series = tuple(Series(label, tone) for (_value, label), tone in zip(columns, TONES, strict=False))
    bars = []
    for row in table.rows:
        segments = []
        for value, label in columns:
            figure = table.cells.get((row.value, value))
            amount = Decimal(figure.value if figure else 0)
            text = f"{row.label} {label}: {show_number(measured, amount)}"
            height = amount / 10_000 if measured.unit == "yuan" else amount
            segments.append(Segment(height, text, url_of(figure) if figure else ""))
        bars.append(Bar(row.label, tuple(segments)))
    return Chart(title, measured.unit_text, series, tuple(bars))
