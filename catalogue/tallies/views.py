"""Tally pages: ready-made tables, any table, the entries behind a figure, and the paragraph."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from catalogue.database import db
from catalogue.services import services
from catalogue.tallies.claims import claims_of
from catalogue.tallies.crosstab import Figure, count, tabulate
from catalogue.tallies.evidence import entries
from catalogue.tallies.figures import FIGURES, count_figures, label_of
from catalogue.tallies.listing import show_number
from catalogue.tallies.pictures import chart_of, kinds_of, read_kind
from catalogue.tallies.presentation import TablePage, describe, describe_values, filters_of, ready_made
from catalogue.tallies.searching import asked_for, looked_up, subject_called
from catalogue.tallies.spec import Selection, TallySpec, read_as_of, selection_from_args
from catalogue.tallies.subjects import SUBJECTS, Subject
from catalogue.tallies.summary import write
from catalogue.web import Paging, current_actor, reporting_day

blueprint = Blueprint("tallies", __name__)


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
    spec = asked_for(subject, request.args, reporting_day(), services().index, current_actor())
    kind = read_kind(request.args)
    table = tabulate(db.session(), current_actor(), spec)
    page = TablePage(table, evidence_url)
    return render_template(
        "tallies/show.html",
        page=page,
        chart=chart_of(table, page.url_of, kind=kind),
        chart_kind=kind,
        chart_kinds=kinds_of(table),
        args={**spec.to_args(), **({"chart": kind} if kind else {})},
        subjects=SUBJECTS,
        filters=filters_of(db.session(), spec.selection.subject),
        chips=_chips(spec, {"chart": kind} if kind else {}),
    )


def _chips(spec: TallySpec, more: dict[str, str]) -> list[tuple[str, str]]:
    """What a tally is narrowed by, in words, each with the address of the tally without it."""
    args = {**spec.to_args(), **more}
    words = describe_values(db.session(), spec.selection)
    if spec.selection.text:
        words["q"] = _("found by “%(text)s”", text=spec.selection.text)
    return [
        (
            text,
            url_for(
                "tallies.show", subject=spec.selection.subject.name, **{k: v for k, v in args.items() if k != name}
            ),
        )
        for name, text in words.items()
    ]


@blueprint.get("/tallies/<subject>/records")
def records(subject: str) -> str:
    """The entries behind one figure: exactly those counted."""
    selection = selection_from_args(subject_called(subject), request.args, reporting_day())
    selection = looked_up(selection, services().index, current_actor())
    figure = count(db.session(), current_actor(), selection)
    paging = Paging.from_args(request.args, figure.things)
    return render_template(
        "tallies/records.html",
        heading=describe(db.session(), selection),
        figure=figure,
        figure_text=show_number(selection.measured, figure.value),
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
            {**_figure_row(key, figure), "claim": claims.get(key)}
            for key, figure in figures.items()
            if figure.value or key in claims
        ],
    )


def _figure_row(key: str, figure: Figure) -> dict[str, Any]:
    subject = SUBJECTS[FIGURES[key].subject]
    return {
        "label": label_of(db.session(), key),
        "value_text": show_number(subject, figure.value),
        "unit": _("10,000 yuan") if subject.unit == "yuan" else "",
        "url": evidence_url(figure),
    }
