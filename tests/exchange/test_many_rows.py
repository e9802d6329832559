"""Of many rows, every bad one is named by its cell and no good one is refused."""

from pathlib import Path

from catalogue.database import db
from catalogue.exchange.batches import dry_run, sources_of
from catalogue.exchange.plan import cell_name
from tests.benchmarks.imports import prepare, rows, workbook
from tests.catalogues import empty_catalogue, work


def test_every_bad_row_is_named_and_no_good_one_refused(tmp_path: Path) -> None:
    made, cells = rows(84, 14)
    with empty_catalogue(tmp_path).app_context():
        prepare()
        plan = dry_run(work("import"), sources_of(db.session(), workbook(made), "项目.xlsx", {}))
        assert {cell_name(each.column, row.number) for row in plan.rows for each in row.problems} == cells
        assert plan.counts == {"new": 70, "invalid": 14}
