"""Issued reports: the list, one as it was, the entries behind a figure, two beside each other, and issuing itself."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor, require_permission
from catalogue.accounts.permissions import AUDIENCES
from catalogue.config import current_settings
from catalogue.database import db, writing
from catalogue.errors import NotFound
from catalogue.paging import Paging
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.search.current import current_index
from catalogue.tallies.issued.change_causes import CountInterval
from catalogue.tallies.issued.citations import citations_of
from catalogue.tallies.issued.entries_today import EntryToday, today_of
from catalogue.tallies.issued.presentation import (
    ComparisonPage,
    IssuedTable,
    comparable_with,
    facts_of,
    local,
)
from catalogue.tallies.issued.reports import (
    OpenedReport,
    count_again,
    find_report,
    freeze,
    issue,
    issued_reports,
)
from catalogue.tallies.issued.snapshot import TOTAL, Frozen
from catalogue.tallies.serializers import show_in_unit
from catalogue.tallies.spec import read_as_of

blueprint = Blueprint("issued", __name__)
TODAY = "today"
_PER_PAGE = 50


@blueprint.record_once
def share_standings(setup: BlueprintSetupState) -> None:
    """Make known to the record page in which reports a record counts. (A template asks: records know of no tallies.)"""
    setup.app.jinja_env.globals.update(
        standings=lambda record: citations_of(db.session(), current_actor(), record), in_my_language=local
    )


@blueprint.get("/reports/issued")
def index() -> str:
    """The reports that were issued, newest first."""
    reports = issued_reports(db.session(), current_actor())
    paging = Paging.from_args(request.args, len(reports), _PER_PAGE)
    return render_template(
        "issued/index.html", reports=reports[paging.offset : paging.offset + paging.per_page], paging=paging
    )


@blueprint.post("/reports/issued")
@require_permission("issue_report")
def create() -> Response:
    """Issue the tally or paragraph that the form's fields ask for, as its page showed it."""
    settings, form = current_settings(), request.form
    levels = AUDIENCES.get(form.get("audience", ""), AUDIENCES["everybody"])
    actor = current_actor().for_audience(levels)
    with writing(db.session()) as session:
        frozen = freeze(
            session,
            actor,
            form.get("subject", ""),
            form,
            current_index(),
            settings.data,
            read_as_of(form, current_reporting_day()),
        )
        report = issue(session, actor, frozen, form.get("title", ""), form.get("note", ""))
        number = report.number
    return redirect(url_for("issued.show", number=number), 303)


@blueprint.get("/reports/issued/<number>")
def show(number: str) -> str:
    """A report as it was issued."""
    opened = find_report(db.session(), current_actor(), number)
    report = opened.report
    try:
        page = _page(opened)
    except (KeyError, TypeError, ValueError):
        if opened.is_intact:
            raise
        # Whoever changed it left nothing that can be shown.
        return render_template("issued/show.html", report=report, opened=opened, facts=[], page=None, others=[])
    return page


def _page(opened: OpenedReport) -> str:
    report = opened.report

    def url_of(key: str) -> str:
        return url_for("issued.records", number=report.number, figure=key)

    content = report.content
    return render_template(
        "issued/show.html",
        report=report,
        opened=opened,
        facts=facts_of(opened, current_settings().timezone),
        page=content,
        table=IssuedTable(content, url_of) if report.shape == "table" else None,
        paragraph=[(text, url_of(key) if key else "") for text, key in local(content.get("paragraph", _NO_WORDS))],
        figures=[
            (local(figure["label"]), local(figure["unit"]), figure["text"], url_of(key))
            for key, figure in content["figures"].items()
            if report.shape == "paragraph" and figure["things"]
        ],
        others=comparable_with(db.session(), current_actor(), report),
        live_url=_live_url(report),
    )


_NO_WORDS: dict[str, list[Any]] = {"zh": [], "en": []}


def _live_url(report: Any) -> str:
    """Where the same is counted from the records of today."""
    if report.shape == "paragraph":
        return url_for("summary.show", **report.args)
    return url_for("tallies.show", subject=report.subject, **report.args)


@blueprint.get("/reports/issued/<number>/records")
def records(number: str) -> str:
    """The entries behind one figure of a report, as they were."""
    opened = find_report(db.session(), current_actor(), number)
    figures = opened.report.content["figures"]
    key = request.args.get("figure", TOTAL)
    if key not in figures and key != TOTAL:
        raise NotFound(_("The report has no such figure."))
    whole = key == TOTAL and TOTAL not in figures  # a paragraph has no total, but entries it has
    entries = [entry for entry in opened.entries if whole or key in entry.figures]
    paging = Paging.from_args(request.args, len(entries), _PER_PAGE)
    shown = entries[paging.offset : paging.offset + paging.per_page]
    today = today_of(db.session(), current_actor(), [entry.name for entry in shown])
    return render_template(
        "issued/records.html",
        report=opened.report,
        is_intact=opened.is_intact,
        figure=None if whole else figures[key],
        key=key,
        unit=local(figures[key].get("unit") or opened.report.content["unit"]) if not whole else "",
        figure_text=lambda measure, adds: show_in_unit(measure, Decimal(adds)),
        entries=[(entry, now, entry_url(entry.code, now)) for entry in shown for now in (today.get(entry.name),)],
        paging=paging,
    )


def entry_url(code: str, today: EntryToday | None) -> str:
    """Where an entry stands today; empty where the reader sees none."""
    if today is None:
        return ""
    if today.record:
        return url_for("records.show", code=today.record, _anchor=None if today.record == code else "benefits")
    measure, _space, year = code.rpartition(" ")
    return url_for("tallies.records", subject="yearly_counts", measure=measure, year=year) if measure else ""


@blueprint.get("/reports/issued/<number>/compare")
def compare(number: str) -> str:
    """A report beside another one, or beside what the same gives today: what moved, and why."""
    session, actor = db.session(), current_actor()
    this = find_report(session, actor, number)
    beside = request.args.get("with", TODAY).strip()
    if beside == TODAY:
        as_of = read_as_of(request.args, read_as_of(this.report.args, current_reporting_day()))
        older, now = this, count_again(session, this.report, current_index(), current_settings().data, as_of)
        newer, frozen, until = None, now, None
    else:
        older, newer = sorted((this, find_report(session, actor, beside)), key=lambda each: each.report.id)
        frozen, until = newer.frozen, newer.report.issued_at
    page = ComparisonPage(session, actor, older.frozen, frozen, _window(older, frozen, until))
    return render_template(
        "issued/compare.html",
        this=this.report,
        older=older,
        newer=newer,
        beside=beside,
        as_of=frozen.args["as_of"],
        page=page,
        others=comparable_with(session, actor, this.report),
        entry_url=entry_url,
    )


def _window(older: OpenedReport, newer: Frozen, until: datetime | None) -> CountInterval:
    """The time between two counts, and what else they do not share."""
    before, after = older.report.args, newer.args
    differences = []
    if before["as_of"] != after["as_of"]:
        differences.append(
            _("The as-of day is another: %(old)s before, %(new)s after.", old=before["as_of"], new=after["as_of"])
        )
    if any(before.get(name) != after.get(name) for name in {*before, *after} - {"as_of", "empty"}):
        words = [local(content["selection"]) or _("all years") for content in (older.report.content, newer.content)]
        differences.append(
            _("Period or filters are others: “%(old)s” before, “%(new)s” after.", old=words[0], new=words[1])
        )
    by_ledger = bool(older.report.args.get("measure")) and older.report.subject not in ("benefits", "yearly_counts")
    return CountInterval(older.report.issued_at, until, tuple(differences), by_ledger)
