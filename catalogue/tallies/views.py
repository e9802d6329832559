"""Tally pages: ready-made tables, any table, the entries behind a figure, and the paragraph."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from catalogue.database import db
from catalogue.errors import NotFound
from catalogue.records.claims import Claim
from catalogue.tallies.claims import claims_of, judge_claim
from catalogue.tallies.crosstab import Figure, count, tabulate
from catalogue.tallies.evidence import entries
from catalogue.tallies.figures import FIGURES, count_figures
from catalogue.tallies.listing import show_number, table_as_csv
from catalogue.tallies.pictures import chart_of
from catalogue.tallies.presentation import TablePage, describe, ready_made
from catalogue.tallies.spec import Selection, find_subject, read_as_of, selection_from_args, spec_from_args
from catalogue.tallies.subjects import SUBJECTS, Subject
from catalogue.tallies.summary import write
from catalogue.tallies.verification import VERDICTS
from catalogue.web import Paging, current_actor, reporting_day

blueprint = Blueprint("tallies", __name__)


def _subject(name: str) -> Subject:
    if name not in SUBJECTS:
        raise NotFound(name)
    return find_subject(name)


def evidence_url(figure: Figure | Selection) -> str:
    """Where the entries behind a figure are listed."""
    selection = figure.selection if isinstance(figure, Figure) else figure
    return url_for("tallies.records", subject=selection.subject.name, **selection.to_args())


@blueprint.get("/tallies")
def index() -> str:
    """The tallies that people ask for most."""
    return render_template("tallies/index.html", groups=ready_made(reporting_day()))


@blueprint.get("/tallies/<subject>")
def show(subject: str) -> str:
    """One cross table with its chart."""
    spec = spec_from_args(_subject(subject), request.args, reporting_day())
    table = tabulate(db.session(), current_actor(), spec)
    return render_template(
        "tallies/show.html",
        page=TablePage(table, evidence_url),
        chart=chart_of(table, evidence_url),
        csv_url=url_for("tallies.download", subject=subject, **spec.to_args()),
        subjects=SUBJECTS,
    )


@blueprint.get("/tallies/<subject>.csv")
def download(subject: str) -> Response:
    """The same table as CSV, with a byte-order mark, without which Excel takes UTF-8 for GBK."""
    spec = spec_from_args(_subject(subject), request.args, reporting_day())
    table = tabulate(db.session(), current_actor(), spec)
    name = f"{subject}-{spec.rows}-{spec.columns or 'total'}-{spec.selection.as_of}.csv"
    return Response(
        "\ufeff" + table_as_csv(table),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.get("/tallies/<subject>/records")
def records(subject: str) -> str:
    """The entries behind one figure: exactly those counted."""
    selection = selection_from_args(_subject(subject), request.args, reporting_day())
    figure = count(db.session(), current_actor(), selection)
    paging = Paging.from_args(request.args, figure.things)
    return render_template(
        "tallies/records.html",
        heading=describe(db.session(), selection),
        figure=figure,
        figure_text=show_number(selection.subject, figure.value),
        entries=entries(db.session(), current_actor(), selection, paging.offset, paging.per_page),
        paging=paging,
        shape=_shape(selection.subject),
        table_url=url_for("tallies.show", subject=subject, **replace(selection, values=()).to_args()),
    )


def _shape(subject: Subject) -> str:
    """Which list shows the entries of a subject: records, ledger lines or yearly counts."""
    return subject.name if subject.name in {"benefits", "yearly_counts"} else "records"


@blueprint.get("/reports/summary")
def summary() -> str:
    """The paragraph, every number a link to its evidence, and beneath it each figure beside what was published."""
    as_of = read_as_of(request.args, reporting_day())
    figures = count_figures(db.session(), current_actor(), as_of)
    claims = claims_of(db.session(), current_actor(), as_of)
    language = str(get_locale())[:2]
    return render_template(
        "tallies/summary.html",
        as_of=as_of,
        paragraph=[
            {"text": segment.text, "url": evidence_url(segment.figure) if segment.figure else None}
            for segment in write(figures, language)
        ],
        figures=[
            {**_figure_row(key, figure), **_claim_cells(claims.get(key), figure)}
            for key, figure in figures.items()
            if figure.value or key in claims
        ],
    )


def _claim_cells(claim: Claim | None, figure: Figure) -> dict[str, Any]:
    verdict = judge_claim(claim, figure.value) if claim else None
    return {"claim": claim, "verdict": verdict, "verdict_label": VERDICTS.labels[verdict] if verdict else ""}


def _figure_row(key: str, figure: Figure) -> dict[str, Any]:
    published = FIGURES[key]
    subject = SUBJECTS[published.subject]
    label = published.label
    if key.startswith("award_"):
        level = dict(figure.selection.values)["level"]
        label = _(
            "%(level)s: %(grade)s", level=subject.dimensions["level"].labels(db.session())[str(level)], grade=label
        )
    return {
        "label": label,
        "value_text": show_number(subject, figure.value),
        "unit": _("10,000 yuan") if subject.unit == "yuan" else "",
        "url": evidence_url(figure),
    }
