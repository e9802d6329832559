"""The command `catalogue`: everything that can be done without a browser. Whatever prints data has ``--json``."""

import logging
import sys
import time
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask_babel import gettext as _

from catalogue import __version__
from catalogue.accounts.account_links import first_link
from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.attachments import maintenance
from catalogue.attachments.storage import Store
from catalogue.cli import server
from catalogue.cli.accounts import user, welcome_address
from catalogue.cli.failures import Commands
from catalogue.cli.imports import export_command, import_command, undo_command
from catalogue.cli.support import (
    application,
    as_json,
    import_work,
    print_json,
)
from catalogue.config import current_settings
from catalogue.database import db, prepare_database, table_is_empty
from catalogue.documents.text_extraction import text_of_file
from catalogue.errors import CatalogueError
from catalogue.fact_check.verification import VERDICTS, as_data, verify
from catalogue.imports.dry_run import sweep
from catalogue.imports.native_format import Receipt, import_files
from catalogue.priorwork import reports
from catalogue.query_args import read_year
from catalogue.records.checks import Breach, CheckState, find_groups
from catalogue.records.history.check import check_history
from catalogue.records.models.records import Record
from catalogue.records.models.site_facts import reporting_day
from catalogue.records.queries import by_ids
from catalogue.records.schema.name_table import find_clashes
from catalogue.records.transactions import writing_records
from catalogue.resources import DEMO_FOLDER
from catalogue.search.current import current_index, current_sync
from catalogue.search.interface import Query
from catalogue.tallies.crosstab import tabulate
from catalogue.tallies.issued import reports as issuing
from catalogue.tallies.paragraph.published_figures import count_figures
from catalogue.tallies.paragraph.summary import period_text, text_of, write
from catalogue.tallies.paragraph.templates import template
from catalogue.tallies.search_filter import looked_up
from catalogue.tallies.serializers import table_as_json, table_as_text
from catalogue.tallies.spec import find_subject, read_as_of, spec_from_args


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="catalogue")
def cli() -> None:
    """The achievements and patents catalogue."""


@cli.command()
def init() -> None:
    """Create or update the database and the search index."""
    with application():
        current_sync().prepare()
        click.echo(_("Ready: %(folder)s", folder=current_settings().data))
        if notice := _first_administrator():
            click.echo(notice)


def _first_administrator() -> str:
    """As long as there is no administrator, a fresh link with which whoever reads it becomes one."""
    token = first_link(db.session())
    if token is None:
        return ""
    told = _("There is no administrator yet. Whoever opens this link within 24 hours becomes one:")
    return f"{told}\n{welcome_address(token)}"


@cli.command()
@as_json
def demo(as_json: bool) -> None:
    """Fill an empty database with the demonstration data."""
    with application():
        if not table_is_empty(db.session(), Record):
            raise CatalogueError(_("The database holds records already; demonstration data go into an empty one only."))
        _report(_load_demo(), as_json)


def _load_demo() -> Receipt:
    with writing_records(db.session()):
        return import_files(import_work(_("Demonstration data")), sorted(DEMO_FOLDER.glob("*.csv")))


def _report(receipt: Receipt, as_json: bool) -> None:
    if as_json:
        print_json(receipt.counts)
        return
    words = {"new": _("new"), "changed": _("changed"), "unchanged": _("unchanged")}
    for table, counts in receipt.counts.items():
        click.echo(f"{table}: " + ", ".join(f"{number} {words[change]}" for change, number in counts.items()))


for _command in (import_command, export_command, undo_command, user):
    cli.add_command(_command)


@cli.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--kind", multiple=True, help="Only records of this kind; may be repeated.")
@click.option("--limit", default=20, type=click.IntRange(1, 1000), show_default=True)
@as_json
def search(words: tuple[str, ...], kind: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Search the records."""
    with application():
        current_sync().prepare()
        query = Query(
            text=" ".join(words), filters={"kind": kind} if kind else {}, limit=limit, access=COMMAND_LINE.access
        )
        started = time.perf_counter()
        results = current_index().search(query)
        took_ms = round((time.perf_counter() - started) * 1000, 1)
        scores = {hit.id: hit.score for hit in results.hits}
        records = by_ids(db.session(), COMMAND_LINE, [hit.id for hit in results.hits])
        hits = [
            {
                "code": record.code,
                "kind": record.kind,
                "title": record.title,
                "year": record.date.year if record.date else None,
                "score": round(scores[record.id], 4),
            }
            for record in records
        ]
        if as_json:
            print_json({"total": results.total, "match": results.match, "took_ms": took_ms, "hits": hits})
            return
        click.echo(_("%(number)s found in %(ms)s ms", number=results.total, ms=took_ms))
        for hit in hits:
            click.echo(f"{hit['code']:<14} {hit['year'] or '':<6} {hit['title']}")


@cli.command()
@click.argument("subject")
@click.option("--by", "by", help="One or two dimensions, e.g. level,grade.")
@click.option("--year-from", help="First year of the period.")
@click.option("--year-to", help="Last year of the period.")
@click.option("--as-of", help="Count what was true on this day (YYYY-MM-DD).")
@click.option("--where", multiple=True, metavar="DIMENSION=VALUE", help="Narrow down; may be repeated.")
@click.option("--measure", default="", help="What is added up, e.g. counted_benefit.")
@click.option("--search", "text", default="", help="Only what a search for this text finds.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the summary.")
@as_json
def tally(
    subject: str,
    by: str | None,
    year_from: str | None,
    year_to: str | None,
    as_of: str | None,
    where: tuple[str, ...],
    measure: str,
    text: str,
    lang: str,
    as_json: bool,
) -> None:
    """Tally awards, patents, benefits … or write the summary: `catalogue tally summary`."""
    args = {"year_from": year_from or "", "year_to": year_to or "", "as_of": as_of or "", "measure": measure, "q": text}
    with application():
        day = reporting_day(db.session(), current_settings().as_of)
        if subject == "summary":
            years = read_year(args, "year_from"), read_year(args, "year_to")
            _summary(read_as_of(args, day), years, lang, as_json)
            return
        rows, _comma, columns = (by or "").partition(",")
        args.update(pair.partition("=")[::2] for pair in where)
        args.update({"rows": rows.strip(), "columns": columns.strip() or ("none" if by else "")})
        spec = spec_from_args(find_subject(subject), args, day)
        spec = replace(spec, selection=looked_up(spec.selection, current_index(), COMMAND_LINE))
        table = tabulate(db.session(), COMMAND_LINE, spec)
        print_json(table_as_json(table)) if as_json else click.echo(table_as_text(table))


def _summary(as_of: date, years: tuple[int | None, int | None], language: str, as_json: bool) -> None:
    figures = count_figures(db.session(), COMMAND_LINE, as_of, *years)
    wording = template(language, current_settings().data, period=any(years))
    for problem in wording.problems:
        click.echo(problem, err=True)
    text = text_of(write(figures, wording, period_text(*years, wording.language)))
    if as_json:
        values = {key: figure.value for key, figure in figures.items()}
        print_json({"as_of": as_of, "text": text, "figures": values})
    else:
        click.echo(text)


@cli.command("verify")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--as-of", help="Check what was true on this day (YYYY-MM-DD).")
@click.option("--strict", is_flag=True, help="Fail also where something could not be checked.")
@as_json
def verify_command(file: Path, as_of: str | None, strict: bool, as_json: bool) -> None:
    """Check the figures of a text, Word file or PDF (- for standard input); exit 1 where one differs."""
    with application():
        day = read_as_of({"as_of": as_of or ""}, reporting_day(db.session(), current_settings().as_of))
        report = verify(db.session(), COMMAND_LINE, _text_of_file(file), day)
        if as_json:
            findings = [as_data(finding) for finding in report.findings]
            print_json({"as_of": day, "counts": report.counts(), "findings": findings})
        else:
            for finding in report.findings:
                label = str(VERDICTS.labels[finding.verdict])
                click.echo("  ".join(part for part in (label, finding.statement.text, finding.reason) if part))
                for hint in finding.hints:
                    click.echo(f"    {hint}")
            click.echo(report.summary())
        counts = report.counts()
        if counts["differs"] or (strict and counts["unknown"]):
            sys.exit(1)


def _text_of_file(file: Path) -> str:
    if str(file) == "-":
        return text_of_file(sys.stdin.buffer.read(), _("standard input"))
    return text_of_file(file.read_bytes(), file.name)


@cli.command()
@as_json
def rules(as_json: bool) -> None:
    """List what breaks a rule of the field: warnings and notices, with what to do."""
    with application():
        groups = find_groups(db.session(), COMMAND_LINE, CheckState(), limit=None)
        if as_json:
            print_json([_breach(breach) for group in groups for breach in group.breaches])
            return
        for group in groups:
            click.echo(f"{group.rule.label} ({group.count}): {group.rule.remedy}")
            for breach in group.breaches:
                click.echo(f"  {breach.code:<14} {breach.message}")
        if not groups:
            click.echo(_("All is well: no record breaks a rule."))


def _breach(breach: Breach) -> dict[str, Any]:
    return {
        "rule": breach.rule.name,
        "notice": breach.rule.notice,
        "entity": "benefit" if breach.is_line else breach.kind,
        "code": breach.code,
        "message": breach.message,
        "remedy": str(breach.rule.remedy),
    }


@cli.command()
@as_json
def reindex(as_json: bool) -> None:
    """Rebuild the search index; searches go on meanwhile."""
    with application():
        started = time.perf_counter()
        number = current_sync().rebuild()
        seconds = round(time.perf_counter() - started, 1)
        if as_json:
            print_json({"indexed": number, "seconds": seconds})
            return
        click.echo(_("%(number)s records indexed in %(s)s s", number=number, s=seconds))


@cli.command()
@as_json
def check(as_json: bool) -> None:
    """Compare database and search index, history with its seals and with what is stored, reports and attachments with
    their SHA-256, the names of the registers with each other; exit 1 and list what does not agree."""
    with application():
        sync = current_sync()
        status = current_index().status()
        if status is None:
            raise CatalogueError(_("There is no usable search index; `catalogue reindex` builds it."))
        waiting = sync.queued()
        differences = sync.check()
        changed = [*issuing.changed_reports(db.session()), *reports.changed_reports(db.session())]
        history = check_history(db.session())
        files = maintenance.find_faults(db.session(), Store.of(current_settings().data))
        clashes = find_clashes(db.session())
        if as_json:
            print_json(
                {
                    "indexed": status.documents,
                    "waiting": waiting,
                    **asdict(differences),
                    "changed_reports": changed,
                    "history": history.as_data(),
                    "attachments": asdict(files),
                    "names": [asdict(clash) for clash in clashes],
                }
            )
        else:
            codes = sync.codes(differences.missing + differences.outdated)
            for id_ in differences.missing:
                click.echo(_("not in the index: %(code)s", code=codes[id_]))
            for id_ in differences.outdated:
                click.echo(_("outdated in the index: %(code)s", code=codes[id_]))
            for id_ in differences.surplus:
                click.echo(_("in the index but not in the database: %(code)s", code=f"#{id_}"))
            for number in changed:
                click.echo(_("changed after it was issued: %(number)s", number=number))
            for line in history.lines():
                click.echo(line)
            _tell_of_files(files)
            for clash in clashes:
                items = _(", ").join(clash.items)
                click.echo(_("name that means two things: “%(name)s”: %(items)s", name=clash.text, items=items))
            click.echo(
                _(
                    "%(indexed)s records in the index, %(waiting)s changes waiting",
                    indexed=status.documents,
                    waiting=waiting,
                )
            )
        if differences or changed or history or files or clashes:
            sys.exit(1)


def _tell_of_files(faults: maintenance.Faults) -> None:
    for words, found in (
        (_("attachment missing"), faults.missing),
        (_("attachment changed on the disk"), faults.changed),
        (_("file that no attachment refers to, swept at the next start"), faults.orphans),
    ):
        for sha256 in found:
            names = _(", ").join(maintenance.names_of(db.session(), sha256))
            click.echo(f"{words}: {names or '–'} ({sha256[:16]}…)")


@cli.command()
@click.option("--host", help="Listen on this address instead of CATALOGUE_HOST (127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Listen on this port instead of CATALOGUE_PORT (5000).")
@click.option("--demo", "with_demo", is_flag=True, help="Fill the database with demonstration data if it is empty.")
def serve(host: str | None, port: int | None, with_demo: bool) -> None:
    """Serve the site until Ctrl-C."""
    chosen = {name: value for name, value in (("host", host), ("port", port)) if value}
    with application(migrated=False, **chosen) as app:
        settings = current_settings()
        with server.listening(settings.host, settings.port) as sockets:
            prepare_database()
            current_sync().prepare()
            sweep(db.engine)
            if with_demo and table_is_empty(db.session(), Record):
                _load_demo()
            maintenance.sweep(db.session(), Store.of(settings.data))
            notice = _first_administrator()
            db.session.remove()
            server.run(app, sockets, settings, current_sync(), notice)


def main() -> None:
    """Entry point: errors that are meant for people are one line and exit status 1."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        cli(standalone_mode=False)
    except CatalogueError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
