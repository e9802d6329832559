"""Tallies, and the paragraph, as files: the same arguments as their pages, the same figures."""

import json
import tempfile
from collections.abc import Mapping
from typing import BinaryIO

from flask import Blueprint, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import format_datetime, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor
from catalogue.config import current_settings
from catalogue.database import db, utc_now
from catalogue.errors import InvalidInput
from catalogue.exports.docx_report import DOCX_TYPE
from catalogue.exports.png import Picture, png_of
from catalogue.exports.record_files import XLSX_TYPE, ExportFormat
from catalogue.exports.summary_docx import SummaryFile, write_summary_docx
from catalogue.exports.tally_docx import write_tally_docx
from catalogue.exports.tally_export import DrawnChart, TallyExport
from catalogue.exports.tally_xlsx import write_tally_xlsx
from catalogue.fact_check.claims import claims_of
from catalogue.palette import chart_style, colour
from catalogue.publish.downloads import attachment
from catalogue.query_args import read_year
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.search.current import current_index
from catalogue.tallies.charts import chart_of, read_kind
from catalogue.tallies.crosstab import CrossTable, Figure, tabulate
from catalogue.tallies.paragraph.published_figures import count_figures
from catalogue.tallies.paragraph.summary import period_text, write
from catalogue.tallies.paragraph.templates import template
from catalogue.tallies.presentation import describe_values, title_of
from catalogue.tallies.search_filter import asked_for
from catalogue.tallies.serializers import table_as_csv, table_as_json
from catalogue.tallies.spec import TallySpec, read_as_of

blueprint = Blueprint("tally_downloads", __name__)


def _write_csv(file: TallyExport, out: BinaryIO) -> None:
    # With a byte-order mark, without which Excel takes UTF-8 for GBK.
    out.write(table_as_csv(file.table).encode("utf-8-sig"))


def _write_json(file: TallyExport, out: BinaryIO) -> None:
    data = {"title": file.title, "address": file.address, **table_as_json(file.table, file.evidence_url)}
    out.write(json.dumps(data, ensure_ascii=False, indent=1).encode())


def _write_svg(file: TallyExport, out: BinaryIO) -> None:
    out.write(_drawn(file).encode())


def _write_png(file: TallyExport, out: BinaryIO) -> None:
    out.write(png_of(_drawn(file)))


def _drawn(file: TallyExport) -> str:
    """The picture. Raises InvalidInput where there is nothing to draw."""
    chart = file.draw(True)
    if chart is None:
        raise InvalidInput(_("There is no chart of this tally."), "chart")
    return chart.svg


FORMATS: Mapping[str, ExportFormat[TallyExport]] = {
    "xlsx": ExportFormat(_l("Excel workbook with the entries"), XLSX_TYPE, write_tally_xlsx),
    "docx": ExportFormat(_l("Word document"), DOCX_TYPE, write_tally_docx),
    "csv": ExportFormat(_l("CSV table"), "text/csv", _write_csv),
    "json": ExportFormat(_l("JSON data"), "application/json", _write_json),
    "png": ExportFormat(_l("Chart as PNG"), "image/png", _write_png),
    "svg": ExportFormat(_l("Chart as SVG"), "image/svg+xml", _write_svg),
}
PICTURES = frozenset({"png", "svg"})


@blueprint.record_once
def share_formats(setup: BlueprintSetupState) -> None:
    """Make known to every template in which formats a tally can be had."""
    setup.app.jinja_env.globals.update(tally_formats=FORMATS, picture_formats=PICTURES)


@blueprint.get(f"/tallies/<subject>.<any({','.join(FORMATS)}):file_type>")
def tally(subject: str, file_type: str) -> Response:
    """A tally as a file."""
    spec = asked_for(subject, request.args, current_reporting_day(), current_index(), current_actor())
    kind = read_kind(request.args)
    table = tabulate(db.session(), current_actor(), spec)
    format_ = FORMATS[file_type]
    # As large as it likes without filling the memory; the response closes it.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    format_.write(_tally_file(table, kind), file)
    name = f"{subject}-{spec.rows}-{spec.columns or 'total'}-{spec.selection.as_of}.{file_type}"
    return attachment(file, format_.mimetype, name)


def _tally_file(table: CrossTable, kind: str) -> TallyExport:
    spec = table.spec
    title, scope = title_of(spec), _scope(spec)
    address = url_for("tallies.show", subject=spec.selection.subject.name, **spec.to_args(), _external=True)

    def draw(with_title: bool) -> DrawnChart | None:
        chart = chart_of(table, _evidence_url, kind=kind)
        if chart is None:
            return None
        svg = render_template(
            "tallies/picture.svg",
            picture=Picture.of(chart, with_title),
            title=title,
            scope=scope,
            style=chart_style(),
            paper=colour("card"),
        )
        return DrawnChart(svg, chart.description)

    return TallyExport(
        session=db.session(),
        actor=current_actor(),
        table=table,
        title=title,
        scope=scope,
        about=_about(spec),
        made=[
            (_("Who sees it"), _("Only published entries that whoever made this file may see are counted.")),
            *_made(address),
        ],
        notes=_notes(spec),
        address=address,
        evidence_url=_evidence_url,
        record_url=lambda code: url_for("records.show", code=code, _external=True),
        draw=draw,
    )


def _evidence_url(figure: Figure) -> str:
    selection = figure.selection
    return url_for("tallies.records", subject=selection.subject.name, **selection.to_args(), _external=True)


def _period(spec: TallySpec) -> str:
    years = spec.selection.year_from, spec.selection.year_to
    return "–".join("" if year is None else str(year) for year in years) if any(years) else ""


def _filters(spec: TallySpec) -> str:
    words = list(describe_values(db.session(), current_actor(), spec.selection).values())
    if spec.selection.text:
        words.append(_("found by “%(text)s”", text=spec.selection.text))
    return _("; ").join(words)


def _scope(spec: TallySpec) -> str:
    """Day, period, filters and unit in one line."""
    unit = spec.selection.measured.unit_text
    parts = [
        _("As of %(day)s", day=spec.selection.as_of),
        _period(spec),
        _filters(spec),
        _("in %(unit)s", unit=unit) if unit else "",
    ]
    return " · ".join(part for part in parts if part)


def _notes(spec: TallySpec) -> list[str]:
    """What a reader of the figures must know."""
    notes = []
    if spec.is_view:
        notes.append(
            _(
                "A view: an entry of several people, divisions or keywords stands in the row of each. "
                "The totals count it once."
            )
        )
    if spec.selection.subject.note:
        notes.append(str(spec.selection.subject.note))
    return notes


def _made(address: str) -> list[tuple[str, str]]:
    """When a file was made, and where it can be made again."""
    return [(_("Made"), format_datetime(utc_now(), "yyyy-MM-dd HH:mm")), (_("Address"), address)]


def _about(spec: TallySpec) -> list[tuple[str, str]]:
    """What was counted, and how."""
    selection = spec.selection
    dimensions = selection.subject.dimensions
    pairs = [
        (_("What is tallied"), str(selection.subject.label)),
        (_("Rows"), str(dimensions[spec.rows].label)),
        (_("Columns"), str(dimensions[spec.columns].label) if spec.columns else ""),
        (_("What is added up"), str(selection.measured.label)),
        (_("As of"), selection.as_of.isoformat()),
        (_("Years"), _period(spec)),
        (_("Narrowed down to"), _filters(spec)),
    ]
    return [pair for pair in pairs if pair[1]]


@blueprint.get("/reports/summary.docx")
def summary() -> Response:
    """The paragraph with its figures beside what was published, as a Word document."""
    as_of = read_as_of(request.args, current_reporting_day())
    years = read_year(request.args, "year_from"), read_year(request.args, "year_to")
    figures = count_figures(db.session(), current_actor(), as_of, *years)
    wording = template(str(get_locale())[:2], current_settings().data, period=any(years))
    address = url_for("summary.show", as_of=as_of.isoformat(), year_from=years[0], year_to=years[1], _external=True)
    file = tempfile.TemporaryFile()  # noqa: SIM115
    content = SummaryFile(
        session=db.session(),
        as_of=as_of,
        paragraph=write(figures, wording, period_text(*years, wording.language)),
        figures=figures,
        claims={} if any(years) else claims_of(db.session(), current_actor(), as_of),
        made=_made(address),
        evidence_url=_evidence_url,
    )
    write_summary_docx(content, file)
    return attachment(file, DOCX_TYPE, f"{_('Summary')}-{as_of}.docx")
