"""The commands that bring spreadsheets in and out: import, export, undo."""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from flask_babel import gettext as _

from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.cli.support import (
    application,
    as_json,
    import_work,
    print_json,
    progress_reporter,
)
from catalogue.database import db
from catalogue.errors import InvalidInput
from catalogue.exports.dump import write_dump
from catalogue.imports import batches
from catalogue.imports.batches import (
    NotWhole,
    apply,
    find_batch,
    new_batch,
    sources_of,
)
from catalogue.imports.columns.mapping import read_map
from catalogue.imports.labels import (
    LEFT_OUT,
    OUTCOMES,
    line,
    place,
)
from catalogue.imports.native_format import is_own, own_source
from catalogue.imports.plan import Plan, PlannedRow, Source
from catalogue.imports.undo import undo
from catalogue.records.history.models import ImportBatch
from catalogue.records.schema.reference_data import ENTITIES
from catalogue.records.transactions import writing_records
from catalogue.search.current import current_sync

_MOST_TOLD = 20  # rows left out that are named


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--kind", "table", help="What the rows are, e.g. projects; else file, sheet and headings say it.")
@click.option("--map", "map_file", type=click.Path(path_type=Path), help="JSON: which heading is which field.")
@click.option("--dry-run", is_flag=True, help="Say what each row would do, and store nothing.")
@click.option("--partial", is_flag=True, help="Store the rows that can be used, though others cannot.")
@click.option("--note", default="", help="Why; kept in the history of each change.")
@as_json
def import_command(
    files: tuple[Path, ...],
    table: str | None,
    map_file: Path | None,
    dry_run: bool,
    partial: bool,
    note: str,
    as_json: bool,
) -> None:
    """Import spreadsheets (xlsx, xls, csv, JSON lines). All rows are stored or none, unless --partial."""
    with application():
        current_sync().prepare()
        columns = read_map(map_file) if map_file else {}
        sources, digest = _read(files, table, columns)
        batch = new_batch(COMMAND_LINE, ", ".join(path.name for path in files), digest, columns)
        plan, is_applied = _carry_out(batch, sources, note, only_tried=dry_run, partial=partial)
        _report(batch, sources, plan, is_applied=is_applied, as_json=as_json)
        if is_applied or (dry_run and plan.is_whole):
            return
        if as_json:
            sys.exit(1)
        raise InvalidInput("\n".join(_lines(sources, plan)))


def _carry_out(
    batch: ImportBatch, sources: Sequence[Source], note: str, *, only_tried: bool, partial: bool
) -> tuple[Plan, bool]:
    if only_tried:
        return batches.dry_run(import_work(note), sources, told=progress_reporter()), False
    try:
        with writing_records(db.session()):
            return apply(import_work(note), batch, sources, partial=partial, told=progress_reporter()), True
    except NotWhole as refusal:
        return refusal.plan, False


def _read(files: Sequence[Path], table: str | None, columns: dict[str, Any]) -> tuple[list[Source], str]:
    sources: list[Source] = []
    together = hashlib.sha256()
    if table is not None and table not in ENTITIES:
        raise InvalidInput(
            _("There is no kind “%(kind)s”; the kinds are: %(names)s", kind=table, names=", ".join(ENTITIES))
        )
    for path in files:
        if not columns and is_own(path, table):
            sources.append(own_source(path, table))
            together.update(path.read_bytes())
            continue
        try:
            content = path.read_bytes()
        except OSError as error:
            raise InvalidInput(_("%(file)s cannot be read: %(reason)s", file=path, reason=error.strerror)) from None
        sources += sources_of(db.session(), content, path.name, {"kind": table, "columns": columns})
        together.update(content)
    return sources, together.hexdigest()


def _report(batch: ImportBatch, sources: Sequence[Source], plan: Plan, *, is_applied: bool, as_json: bool) -> None:
    number = batch.number if is_applied else ""
    unread = [each for source in sources if not source.is_beside and (each := _unread(source))]
    if as_json:
        rows = [_row(sources, row, is_applied=is_applied) for row in plan.rows if row.outcome != "unchanged"]
        told = {"batch": number or None, "applied": is_applied, "counts": plan.counts}
        print_json({**told, "tables": _tables(sources, plan), "rows": rows, "unread": unread})
        return
    for name, counts in _tables(sources, plan).items():
        click.echo(f"{name}: " + ", ".join(f"{count} {OUTCOMES.label(word)}" for word, count in counts.items()))
    for each in unread:
        click.echo(_said_of_unread(each))
    if is_applied:
        for text in _lines(sources, plan):  # what --partial left out
            click.echo(text, err=True)
        click.echo(_("Applied as %(number)s; `catalogue undo %(number)s` takes it back.", number=number))
    else:
        click.echo(_("Nothing was stored."))


def _unread(source: Source) -> dict[str, Any]:
    """What of a table was not read: columns that feed nothing, and rows left out, with the reason; empty if all was."""
    table = source.table
    columns = [
        heading
        for place, (heading, name) in enumerate(zip(table.headings, source.layout.fields, strict=True))
        if heading and not name and place != table.kind_column and any(row.cells[place] for row in table.rows)
    ]
    rows = {str(number): why for number, why in table.left_out if why != "blank"}
    return {"file": table.file, "sheet": table.sheet, "columns": columns, "rows": rows} if columns or rows else {}


def _said_of_unread(unread: dict[str, Any]) -> str:
    parts = []
    if unread["columns"]:
        parts.append(_("columns not used: %(names)s", names=", ".join(unread["columns"])))
    if unread["rows"]:
        rows = [f"{number} ({LEFT_OUT.label(why)})" for number, why in unread["rows"].items()]
        parts.append(
            _("rows left out: %(rows)s", rows=", ".join(rows[:_MOST_TOLD]) + ("…" if rows[_MOST_TOLD:] else ""))
        )
    return f"{unread['file']} {unread['sheet']}".strip() + ": " + "; ".join(parts)


def _lines(sources: Sequence[Source], plan: Plan) -> list[str]:
    return [text for row in plan.rows for text in line(sources[row.source], row)]


def _tables(sources: Sequence[Source], plan: Plan) -> dict[str, dict[str, int]]:
    tables: dict[str, dict[str, int]] = {}
    for row in plan.rows:
        entity = sources[row.source].layout.entity
        counts = tables.setdefault(entity.table if entity else "?", {})
        counts[row.outcome] = counts.get(row.outcome, 0) + 1
    return tables


def _row(sources: Sequence[Source], row: PlannedRow, *, is_applied: bool) -> dict[str, Any]:
    table = sources[row.source].table
    return {
        "file": table.file,
        "sheet": table.sheet,
        "row": row.number,
        "outcome": row.outcome,
        "code": row.code,
        "provisional": row.is_provisional and not is_applied,
        "title": row.title,
        "changes": row.changes,
        "problems": [
            {"cell": place(table.sheet, row.number, each.column), "heading": each.heading, "read": each.read,
             "message": each.message}
            for each in row.problems
        ],
        "candidates": [{"code": each.code, "title": each.title, "by": each.by} for each in row.candidates],
    }  # fmt: skip


@click.command("export")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--kind", "tables", multiple=True, help="Only this table, e.g. patents; may be repeated.")
@as_json
def export_command(target: Path, tables: tuple[str, ...], as_json: bool) -> None:
    """Write the catalogue to FILE.xlsx, FILE.jsonl or a FOLDER of CSV files; import takes them in again."""
    with application():
        counts = write_dump(db.session(), COMMAND_LINE, target, tables)
        if as_json:
            print_json(counts)
            return
        for name, count in counts.items():
            click.echo(f"{name}: {count}")


@click.command("undo")
@click.argument("number")
@as_json
def undo_command(number: str, as_json: bool) -> None:
    """Take back a whole import, e.g. DR-2026-0001; refused where something of it was changed since."""
    with application():
        current_sync().prepare()
        with writing_records(db.session()) as session:
            batch = find_batch(session, number)
            undone = undo(import_work(""), batch, progress_reporter())
            name = batch.number
        if as_json:
            print_json({"batch": name, "undone": undone})
            return
        click.echo(_("%(number)s is undone; %(items)s entries are as before.", number=name, items=undone))
