"""Tally pages: ready-made tables, any table, the entries behind a figure, and the paragraph."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from catalogue.accounts.auth import current_actor
from catalogue.config import current_settings
from catalogue.database import db
from catalogue.fact_check.claims import claims_of, judge_claim
from catalogue.fact_check.verification import VERDICTS
from catalogue.paging import Paging
from catalogue.query_args import read_year
from catalogue.records.models.claims import Claim
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.search.current import current_index
from catalogue.tallies.charts import chart_of, kinds_of, read_kind
from catalogue.tallies.crosstab import Figure, count, tabulate
from catalogue.tallies.evidence import entries
from catalogue.tallies.paragraph.published_figures import Counted, count_by_year
from catalogue.tallies.paragraph.summary import period_text, write
from catalogue.tallies.paragraph.templates import template
from catalogue.tallies.presentation import (
    TablePage,
    describe,
    describe_published,
    describe_values,
    filters_of,
    ready_made,
)
from catalogue.tallies.saved import saved_tallies
from catalogue.tallies.search_filter import asked_for, looked_up, subject_called
from catalogue.tallies.serializers import show_number
from catalogue.tallies.spec import Selection, TallySpec, read_as_of, selection_from_args
from catalogue.tallies.subjects import SUBJECTS, Subject

blueprint = Blueprint("tallies", __name__)


def evidence_url(figure: Figure | Selection) -> str:
    """Where the entries behind a figure are listed."""
    selection = figure.selection if isinstance(figure, Figure) else figure
    return url_for("tallies.records", subject=selection.subject.name, **selection.to_args())


@blueprint.get("/tallies")
def index() -> str:
    """The tallies that people ask for most, and those that they saved."""
    return render_template(
        "tallies/index.html", groups=ready_made(current_reporting_day()), saved=saved_tallies(db.session())
    )


@blueprint.get("/tallies/<subject>")
def show(subject: str) -> str:
    """One cross table with its chart."""
    spec = asked_for(subject, request.args, current_reporting_day(), current_index(), current_actor())
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
        filters=filters_of(db.session(), current_actor(), spec.selection.subject),
        chips=_chips(spec, {"chart": kind} if kind else {}),
    )


def _chips(spec: TallySpec, more: dict[str, str]) -> list[tuple[str, str]]:
    """What a tally is narrowed by, in words, each with the address of the tally without it."""
    args = {**spec.to_args(), **more}
    words = describe_values(db.session(), current_actor(), spec.selection)
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
    selection = selection_from_args(subject_called(subject), request.args, current_reporting_day())
    selection = looked_up(selection, current_index(), current_actor())
    figure = count(db.session(), current_actor(), selection)
    paging = Paging.from_args(request.args, figure.things)
    return render_template(
        "tallies/records.html",
        heading=describe(db.session(), current_actor(), selection),
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
    """The paragraph, every number a link to its evidence; beneath it each figure by year, beside what was published."""
    as_of = read_as_of(request.args, current_reporting_day())
    years = read_year(request.args, "year_from"), read_year(request.args, "year_to")
    counted = count_by_year(db.session(), current_actor(), as_of, *years)
    claims = {} if any(years) else claims_of(db.session(), current_actor(), as_of)
    wording = template(str(get_locale())[:2], current_settings().data, period=any(years))
    figures = {key: each.whole for key, each in counted.items()}
    this_year = min(years[1] or as_of.year, as_of.year)
    return render_template(
        "tallies/summary.html",
        as_of=as_of,
        years=years,
        this_year=this_year,
        problems=wording.problems,
        paragraph=[
            {"text": segment.text, "url": evidence_url(segment.figure) if segment.figure else None}
            for segment in write(figures, wording, period_text(*years, wording.language))
        ],
        figures=[
            {**_figure_row(key, each, this_year), **_claim_cells(claims.get(key), each.whole)}
            for key, each in counted.items()
            if each.whole.value or key in claims
        ],
    )


def _claim_cells(claim: Claim | None, figure: Figure) -> dict[str, Any]:
    verdict = judge_claim(claim, figure.value) if claim else None
    return {"claim": claim, "verdict": verdict, "verdict_label": VERDICTS.labels[verdict] if verdict else ""}


def _figure_row(key: str, counted: Counted, this_year: int) -> dict[str, Any]:
    subject = counted.whole.selection.subject

    def shown(figure: Figure) -> dict[str, Any]:
        return {"text": show_number(subject, figure.value), "url": evidence_url(figure), "things": figure.things}

    before, now = counted.of_year(this_year - 1), counted.of_year(this_year)
    change = Decimal(now.value) - Decimal(before.value)
    sign = "+" if change > 0 else "−" if change < 0 else ""
    return {
        "label": describe_published(key, counted.whole),
        "unit": subject.measure.unit_text,
        "before": shown(before),
        "now": shown(now),
        "change": f"{sign}{show_number(subject, abs(change))}",
        "whole": shown(counted.whole),
    }
