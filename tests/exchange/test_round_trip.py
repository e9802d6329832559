"""What is exported comes in again: into the same catalogue as no change, into an empty one as the same catalogue."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import ANONYMOUS, COMMAND_LINE
from catalogue.database import db
from catalogue.exports.dump import rows_of, write_dump
from catalogue.formatting import guarded, unguarded
from catalogue.imports.batches import dry_run, sources_of
from catalogue.imports.execution import carry_out
from catalogue.imports.native_format import import_files, own_source
from catalogue.imports.plan import Plan, Source
from catalogue.records.models.records import Record
from catalogue.records.schema.reference_data import ENTITIES
from catalogue.tallies.crosstab import tabulate
from catalogue.tallies.paragraph.published_figures import count_figures
from catalogue.tallies.paragraph.summary import period_text, text_of, write
from catalogue.tallies.paragraph.templates import template
from catalogue.tallies.serializers import table_as_text
from catalogue.tallies.spec import spec_from_args
from catalogue.tallies.subjects import SUBJECTS
from tests.support.catalogues import empty_catalogue, project, put, work, writing

FORMS = ["catalogue.xlsx", "catalogue.jsonl", "catalogue"]


def sources(target: Path) -> list[Source]:
    if target.is_dir():
        return [own_source(path) for path in sorted(target.glob("*.csv"))]
    return sources_of(db.session(), target.read_bytes(), target.name, {})


def everything(session: Session) -> dict[str, list[dict[str, str]]]:
    """Every text of every item, whatever the order in which it was stored."""
    return {name: sorted(rows_of(session, COMMAND_LINE, entity), key=str) for name, entity in ENTITIES.items()}


def tallies(session: Session, folder: Path) -> dict[str, str]:
    """Every tally as its page shows it, and the paragraph of the report."""
    as_of = date(2006, 12, 31)
    specs = {name: spec_from_args(subject, {}, as_of) for name, subject in SUBJECTS.items()}
    told = {name: table_as_text(tabulate(session, COMMAND_LINE, spec)) for name, spec in specs.items()}
    words = template("zh", folder, period=False)
    figures = count_figures(session, COMMAND_LINE, as_of)
    return {**told, "summary": text_of(write(figures, words, period_text(None, None, words.language)))}


def test_all_in_one_csv_file(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        counts = write_dump(db.session(), COMMAND_LINE, tmp_path / "all.csv")
        plan: Plan = dry_run(work("import"), sources(tmp_path / "all.csv"))
        assert plan.counts == {"unchanged": sum(counts.values())}


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_round_trip(app: Flask, tmp_path: Path, form: str) -> None:
    target = tmp_path / form
    with app.app_context():
        counts = write_dump(db.session(), COMMAND_LINE, target)
        assert counts["projects"] > 150
        assert {"people", "links", "benefits", "divisions"} <= set(counts)
        plan: Plan = dry_run(work("import"), sources(target))
        assert plan.counts == {"unchanged": sum(counts.values())}
        before, told = everything(db.session()), tallies(db.session(), tmp_path)
    with empty_catalogue(tmp_path / "data").app_context():
        with writing():
            assert carry_out(work("import"), sources(target)).counts == {"new": sum(counts.values())}
        assert everything(db.session()) == before
        assert tallies(db.session(), tmp_path) == told
        assert "5400多万元" in told["summary"]


NASTY = ["=1+1", "+86 971", "-5", "@SUM(A1)", "'=1", "''x", "007", "123456789012345678", "_x0041_", "甲\n乙", 'a"b,c']


@pytest.mark.parametrize("form", [*FORMS, "catalogue.csv"])
def test_nothing_in_a_cell_is_spoilt(tmp_path: Path, form: str) -> None:
    with empty_catalogue(tmp_path / "data").app_context():
        for number, title in enumerate(NASTY):
            project(f"XM-{number}", title=title)
        write_dump(db.session(), COMMAND_LINE, tmp_path / form)
        assert dry_run(work("import"), sources(tmp_path / form)).counts == {"unchanged": len(NASTY)}


def test_cells_of_csv_are_no_formulas(tmp_path: Path) -> None:
    assert [unguarded(guarded(text)) for text in NASTY] == NASTY
    assert not any(guarded(text).startswith(("=", "+", "-", "@")) for text in NASTY)


def test_what_a_reader_may_not_see_is_not_exported(tmp_path: Path) -> None:
    with empty_catalogue(tmp_path / "data").app_context():
        put("people", staff_number="A1", name="张三")
        put("people", staff_number="A2", name="李四")
        project("XM-1", people="张三(A1)")
        project("XM-2", people="李四(A2)", confidentiality="restricted")
        project("XM-3")
        put("links", source="XM-2", target="XM-3", relation="continued_by")
        put("benefits", code="B-1", year="2001", kind="other", amount="5", records="XM-1 50%;XM-2 50%")
        target = tmp_path / "seen.jsonl"
        write_dump(db.session(), ANONYMOUS, target)
        text = target.read_text()
        assert "XM-1" in text
        assert "张三" in text
        assert "XM-2" not in text
        assert "李四" not in text


def test_one_table_alone(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        counts = write_dump(db.session(), COMMAND_LINE, tmp_path / "p.xlsx", ["patents"])
        assert list(counts) == ["patents"]


def test_csv_of_the_demonstration_data_is_still_taken(tmp_path: Path) -> None:
    sheet = tmp_path / "projects.csv"
    sheet.write_text("code,title,date,status\nXM-1,'=甲,2001,completed\n")
    with empty_catalogue(tmp_path / "data").app_context():
        with writing():
            import_files(work("import"), [sheet])
        assert db.session.scalar(select(Record.title)) == "=甲"
        assert db.session.scalar(select(func.count()).select_from(Record)) == 1
