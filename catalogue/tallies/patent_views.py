"""Patents for leadership: the overview, the calendar of annual fees, and its feed."""

from functools import partial

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from catalogue.accounts.auth import current_actor
from catalogue.accounts.permissions import ANONYMOUS
from catalogue.database import db
from catalogue.formatting import number
from catalogue.ical import DayEvent, write_calendar
from catalogue.records.models.code_lists import PATENT_TYPES
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.records.numbers import parse_application
from catalogue.records.patents.fees import GRACE_MONTHS, Fee, calendar_on
from catalogue.tallies.crosstab import Figure
from catalogue.tallies.figure_cache import current_figure_cache
from catalogue.tallies.patent_overview import chart_of, overview
from catalogue.tallies.presentation import TablePage
from catalogue.tallies.spec import read_as_of

blueprint = Blueprint("patents", __name__, url_prefix="/patents")


def _evidence_url(figure: Figure) -> str:
    return url_for("tallies.records", subject="patents", **figure.selection.to_args())


@blueprint.get("/overview")
def index() -> str:
    """What was filed, granted, lapsed and is in force, by year and type."""
    as_of, actor = read_as_of(request.args, current_reporting_day()), current_actor()
    # Remembered like the home page's figures: it takes a tally for each year.
    page = current_figure_cache().recall(
        db.session(),
        (actor, "patents", as_of, str(get_locale())),
        partial(overview, db.session(), actor, as_of),
    )
    return render_template(
        "patents/index.html",
        page=page,
        status=TablePage(page.by_status, _evidence_url),
        charts=[chart_of(page, measure, _evidence_url) for measure in page.measures],
        patent_types=PATENT_TYPES,
        evidence_url=_evidence_url,
    )


@blueprint.get("/fees")
def fees() -> str:
    """The annual fees of the next twelve months, those in grace, and those without a recorded payment."""
    as_of = read_as_of(request.args, current_reporting_day())
    return render_template(
        "patents/fees.html",
        calendar=calendar_on(db.session(), current_actor(), as_of),
        patent_types=PATENT_TYPES,
        display=_granted_number,
        grace_months=GRACE_MONTHS,
    )


@blueprint.get("/fees.ics")
def feed() -> Response:
    """The same for a calendar: fees of the next twelve months by the day on which they are due, those in grace by its
    end. Whoever asks, it has public patents only: a calendar program shows it to others."""
    as_of = read_as_of(request.args, current_reporting_day())
    found = calendar_on(db.session(), ANONYMOUS, as_of)
    text = write_calendar(_("Annual fees of patents"), map(_event, (*found.grace, *found.coming)), as_of)
    return Response(
        text, content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": "inline; filename=fees.ics"}
    )


def _granted_number(text: str) -> str:
    return parse_application(text).display(granted=True)


def _event(fee: Fee) -> DayEvent:
    patent, in_grace = fee.patent, fee.state == "grace"
    values = {"title": patent.title, "year": fee.patent_year}
    return DayEvent(
        uid=f"fee-{patent.application_number}-{fee.patent_year}@catalogue",
        day=fee.grace_ends if in_grace else fee.due,
        summary=_("Grace ends: annual fee of year %(year)s, %(title)s", **values)
        if in_grace
        else _("Annual fee of year %(year)s: %(title)s", **values),
        description="\n".join(
            (
                f"{PATENT_TYPES.label(patent.patent_type)} {_granted_number(patent.application_number)}",
                _("Due on %(day)s", day=fee.due),
                _("Fee %(amount)s yuan", amount=number(fee.amount)) if fee.amount is not None else _("Fee unknown"),
            )
        ),
        url=url_for("records.show", code=patent.code, _external=True),
    )
