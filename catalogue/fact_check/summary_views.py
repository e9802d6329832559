"""The published paragraph (通报稿), written from the records, with the figures behind it by year."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import get_locale

from catalogue.accounts.auth import current_actor
from catalogue.config import current_settings
from catalogue.database import db
from catalogue.fact_check.claims import claims_of, judge_claim
from catalogue.fact_check.verification import VERDICTS
from catalogue.query_args import read_year
from catalogue.records.models.claims import Claim
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.tallies.crosstab import Figure
from catalogue.tallies.paragraph.published_figures import Counted, count_by_year
from catalogue.tallies.paragraph.summary import period_text, write
from catalogue.tallies.paragraph.templates import template
from catalogue.tallies.presentation import describe_published, evidence_url
from catalogue.tallies.serializers import show_number
from catalogue.tallies.spec import read_as_of

blueprint = Blueprint("summary", __name__)


@blueprint.get("/reports/summary")
def show() -> str:
    """The paragraph, every number a link to its evidence; beneath it each figure by year, beside what was published."""
    as_of = read_as_of(request.args, current_reporting_day())
    years = read_year(request.args, "year_from"), read_year(request.args, "year_to")
    counted = count_by_year(db.session(), current_actor(), as_of, *years)
    claims = {} if any(years) else claims_of(db.session(), current_actor(), as_of)
    wording = template(str(get_locale())[:2], current_settings().data, period=any(years))
    figures = {key: each.whole for key, each in counted.items()}
    this_year = min(years[1] or as_of.year, as_of.year)
    return render_template(
        "fact_check/summary.html",
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
        return {
            "text": show_number(subject, figure.value),
            "url": evidence_url(figure),
            "entry_count": figure.entry_count,
        }

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
