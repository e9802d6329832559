"""Tally pages: ready-made tables, any table, the entries behind a figure, and the paragraph."""

from dataclasses import replace

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from catalogue.accounts.auth import current_actor
from catalogue.database import db
from catalogue.paging import Paging
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.search.current import current_index
from catalogue.tallies.charts import chart_of, kinds_of, read_kind
from catalogue.tallies.crosstab import count, tabulate
from catalogue.tallies.evidence import entries
from catalogue.tallies.presentation import (
    TablePage,
    describe,
    describe_values,
    evidence_url,
    filters_of,
    ready_made,
)
from catalogue.tallies.saved import saved_tallies
from catalogue.tallies.search_filter import asked_for, looked_up, subject_called
from catalogue.tallies.serializers import show_number
from catalogue.tallies.spec import TallySpec, selection_from_args
from catalogue.tallies.subjects import SUBJECTS, Subject

blueprint = Blueprint("tallies", __name__)


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
        chart=chart_of(table, page.url_of, str(spec.selection.measured.label), kind),
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
    paging = Paging.from_args(request.args, figure.entry_count)
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
