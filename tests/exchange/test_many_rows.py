"""Of many rows in several sheets, every bad one is named by its cell and no good one is refused; and many rows cost no
more for each than few."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.database import db
from catalogue.imports import execution
from catalogue.imports.batches import (
    apply,
    dry_run,
    new_batch,
    sources_of,
)
from catalogue.imports.plan import Source
from catalogue.imports.undo import undo
from catalogue.records.history.models import IndexQueueEntry, Revision
from catalogue.records.models.records import Record
from tests.benchmarks.imports import expected, named, prepare, sheets, workbook
from tests.support.catalogues import empty_catalogue, work, writing

FAULTS = 35  # one of each sort


def test_every_bad_row_is_named_and_no_good_one_refused(tmp_path: Path) -> None:
    made = sheets(140, FAULTS)
    with empty_catalogue(tmp_path).app_context():
        prepare()
        sources = sources_of(db.session(), workbook(made), "台账.xlsx", {})
        plan = dry_run(work("import"), sources)
        assert named(sources, plan) == expected(made)
        assert plan.counts == {"new": 105, "invalid": 34, "duplicate": 1}


def _sources(rows: int) -> list[Source]:
    return sources_of(db.session(), workbook(sheets(rows, 0)), "台账.xlsx", {})


@pytest.mark.slow
def test_what_is_saved_in_groups_is_what_is_saved_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, stored = sheets(140, FAULTS), []
    for name, largest in (("groups", 50), ("single", 1)):
        monkeypatch.setattr(execution, "LARGEST", largest)
        with empty_catalogue(tmp_path / name).app_context():
            prepare()
            sources = sources_of(db.session(), workbook(made), "台账.xlsx", {})
            with writing():
                plan = apply(work("import"), new_batch(COMMAND_LINE, "台账.xlsx", "", {}), sources, partial=True)
            revisions = db.session.scalars(select(Revision).order_by(Revision.id))
            told = [(each.entity, each.entity_code, each.number, each.changes) for each in revisions]
            stored.append((plan.digest, told))
            db.session.remove()
    assert stored[0] == stored[1]


def _wide(rows: int) -> bytes:
    """Projects with two amounts each and the project that they follow; every ninth has no date that can be read."""
    lines = ["项目名称,完成时间,新增利润（万元）,节支（万元）,前期项目"]
    for row in range(1, rows + 1):
        date = "某年" if row % 9 == 0 else f"{1990 + row}-05"
        before = f"第{row - 1}台整流机组改造" if row % 5 == 0 else ""
        lines.append(f"第{row}台整流机组改造,{date},{row}.5,{row if row % 2 else ''},{before}")
    return "\n".join(lines).encode()


def test_what_rows_bring_beside_finds_what_groups_have_become(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plans_made = []
    for largest in (50, 1):
        monkeypatch.setattr(execution, "LARGEST", largest)
        with empty_catalogue(tmp_path / str(largest)).app_context():
            for expected_outcome in ("new", "unchanged"):
                sources = sources_of(db.session(), _wide(25), "科技项目.csv", {"kind": "projects"})
                with writing():
                    plan = apply(work("import"), new_batch(COMMAND_LINE, "a.csv", "", {}), sources, partial=True)
                told = Counter(
                    (entity.name, row.outcome) for row in plan.rows if (entity := sources[row.source].layout.entity)
                )
                assert told == {
                    ("project", expected_outcome): 23, ("project", "invalid"): 2,
                    ("benefit", expected_outcome): 23 + 12, ("benefit", "invalid"): 2 + 1,
                    ("link", expected_outcome): 4, ("link", "invalid"): 1,
                }  # fmt: skip
                plans_made.append(plan.to_json())
            db.session.remove()
    assert plans_made[:2] == plans_made[2:]


def test_a_large_import_is_taken_back_as_a_whole(tmp_path: Path) -> None:
    with empty_catalogue(tmp_path).app_context():
        prepare()
        batch, heard = new_batch(COMMAND_LINE, "台账.xlsx", "", {}), []
        with writing():
            apply(work("import"), batch, _sources(150), partial=False)
        with writing():
            assert undo(work("import"), batch, lambda done, total: heard.append((done, total))) == 150
        assert heard[-1] == (150, 150)
        assert len(heard) > 3
        assert db.session.scalar(select(func.count()).select_from(Record)) == 0
        assert db.session.scalar(select(func.count()).select_from(IndexQueueEntry)) == 0


def _seconds(task: Callable[[], object]) -> float:
    started = time.process_time()
    task()
    return time.process_time() - started


@pytest.mark.slow
def test_many_rows_cost_no_more_for_each_than_few(tmp_path: Path) -> None:
    with empty_catalogue(tmp_path).app_context():
        prepare()
        few, many = _sources(100), _sources(400)
        dry_run(work("import"), few)  # what is compiled once
        cost = min(_seconds(lambda: dry_run(work("import"), few)) for _try in range(2)) / 100
        assert min(_seconds(lambda: dry_run(work("import"), many)) for _try in range(2)) / 400 < 2 * cost
