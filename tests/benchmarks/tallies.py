"""How fast tallies are: `python -m tests.benchmarks.tallies FOLDER`.

FOLDER is what `scale` makes. Every pair of dimensions of every subject is tabulated once, and the tables that people
open most are counted beside the same question asked of the database by hand, turn by turn in one run.
"""

import sys
from collections.abc import Callable
from datetime import date
from itertools import permutations
from pathlib import Path
from statistics import median

from sqlalchemy import text

from catalogue.accounts.permissions import ANONYMOUS
from catalogue.app import create_app
from catalogue.config import load
from catalogue.database import db
from catalogue.tallies.crosstab import tabulate
from catalogue.tallies.paragraph.published_figures import count_by_year
from catalogue.tallies.spec import Selection, TallySpec
from catalogue.tallies.subjects import SUBJECTS
from tests.benchmarks.tables import FIGURES, figures, milliseconds, show

AS_OF = date(2006, 12, 31)
TURNS = 15
SLOW = 120  # milliseconds, from which a table is named
_SHOWN = "r.review_state = 'published' AND r.confidentiality = 'public' AND r.date_to <= '2006-12-31'"
# The same tables as one statement each, as somebody would write it who knows the tables.
BY_HAND = {
    ("awards", "level", "grade"): f"""
        SELECT coalesce(t.counts_as, s.level), a.grade, count(*)
        FROM award a JOIN record r ON r.id = a.id JOIN award_scheme s ON s.id = a.scheme_id
        LEFT JOIN scheme_standing t ON t.scheme_id = s.id
          AND (t.from_year IS NULL OR t.from_year <= CAST(strftime('%Y', r.date_to) AS INTEGER))
          AND (t.to_year IS NULL OR CAST(strftime('%Y', r.date_to) AS INTEGER) <= t.to_year)
        WHERE r.kind = 'award' AND {_SHOWN} GROUP BY 1, 2""",
    ("projects", "year", "category"): f"""
        SELECT CAST(strftime('%Y', r.date_to) AS INTEGER), p.category, count(*)
        FROM project p JOIN record r ON r.id = p.id WHERE r.kind = 'project' AND {_SHOWN} GROUP BY 1, 2""",
    ("achievements", "level", "appraisal_level"): f"""
        SELECT a.level, a.appraisal_level, count(*)
        FROM achievement a JOIN record r ON r.id = a.id WHERE r.kind = 'achievement' AND {_SHOWN} GROUP BY 1, 2""",
    ("papers", "year", "division"): f"""
        SELECT CAST(strftime('%Y', r.date_to) AS INTEGER), d.code, count(*)
        FROM paper p JOIN record r ON r.id = p.id
        LEFT JOIN participation q ON q.record_id = r.id AND q.rank = 1 LEFT JOIN division d ON d.id = q.division_id
        WHERE r.kind = 'paper' AND {_SHOWN} GROUP BY 1, 2""",
    ("benefits", "year", "kind"): """
        SELECT b.year, b.kind, sum(b.amount), count(*) FROM benefit b
        WHERE b.review_state = 'published' AND b.confidentiality = 'public' AND b.year <= 2006
          AND b.kind IN ('new_profit', 'cost_saving') AND b.unit = 'CNY' GROUP BY 1, 2""",
}  # nosec


def beside_hand_written() -> None:
    """Print each table's time beside that of the statement."""
    rows = []
    for (subject, across, down), statement in BY_HAND.items():
        spec = TallySpec(Selection(SUBJECTS[subject], AS_OF), across, down)

        def ours(spec: TallySpec = spec) -> object:
            return tabulate(db.session(), ANONYMOUS, spec)

        def theirs(statement: str = statement) -> object:
            return db.session.execute(text(statement)).all()

        pairs = [(milliseconds(ours), milliseconds(theirs)) for _turn in range(TURNS)]
        mine, by_hand = (median(times) for times in zip(*pairs, strict=True))
        rows.append((f"{subject}: {across} × {down}", f"{mine:.1f}", f"{by_hand:.1f}", f"{mine / by_hand:.2f}"))
    show(("table, median ms", "tally", "SQL by hand", "ratio"), rows)


def every_pair() -> None:
    """Print how long any two-way tally takes, by subject."""
    rows = []
    for name, subject in SUBJECTS.items():
        plain: list[float] = []
        views: list[float] = []
        for across, down in permutations(subject.dimensions, 2):
            spec = TallySpec(Selection(subject, AS_OF), across, down)
            taken = milliseconds(lambda spec=spec: tabulate(db.session(), ANONYMOUS, spec))  # type: ignore[misc]
            (views if spec.is_view else plain).append(taken)
            if taken > SLOW and not spec.is_view:
                print(f"{name}: {across} × {down} {taken:.0f} ms")
        rows += [(f"{name}{what}", *figures(times)) for what, times in (("", plain), (", views", views)) if times]
    show(("any two dimensions", *FIGURES), rows)


def main(folder: Path) -> None:
    app = create_app(load({}, data=folder))
    with app.app_context():
        count_all: Callable[[], object] = lambda: count_by_year(db.session(), ANONYMOUS, AS_OF)  # noqa: E731
        milliseconds(count_all)
        beside_hand_written()
        every_pair()
        show(
            ("the paragraph, with its years", *FIGURES),
            [("all figures", *figures([milliseconds(count_all) for _ in range(9)]))],
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
