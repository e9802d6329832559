"""The pages of the prior-work check: the form with its result, and saved reports."""

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from catalogue.accounts.auth import current_actor, require_permission
from catalogue.config import current_settings
from catalogue.database import db, writing
from catalogue.documents.text_extraction import ENDINGS, read_text, tidy
from catalogue.errors import CatalogueError, IndexUnavailable, InvalidInput
from catalogue.formatting import in_chinese, local_minute, number
from catalogue.priorwork.check import LONGEST_TITLE, Checked, Draft, Scope, check, score_words
from catalogue.priorwork.docx import (
    MIMETYPE,
    found_heading,
    nothing_found,
    term_lines,
    write_docx,
)
from catalogue.priorwork.models import PriorWorkReport
from catalogue.priorwork.reports import IndexState, digest, find_report, findings_of, save_report
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.search.current import current_index, current_sync
from catalogue.search.facets import FACET_LABELS, FacetLabels, facet_labels

blueprint = Blueprint("priorwork", __name__)
_LONGEST_GUESSED_TITLE = 80  # a first line of more is no title
# A draft may be confidential: nothing keeps a copy of its pages.
_PRIVATE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}


@dataclass
class CheckForm:
    """What stands in the form, to be shown again whatever happens."""

    title: str = ""
    text: str = ""
    scope: Scope = field(default_factory=Scope)
    years: tuple[str, str] = ("", "")
    problem: str = ""
    place: str = ""

    def read(self, labels: FacetLabels) -> None:
        """Take over what was sent. Raises InvalidInput for a file or a year that cannot be used."""
        self.title, self.text = tidy(request.form.get("title", "")), tidy(request.form.get("text", ""))
        self.years = (request.form.get("year_from", "").strip(), request.form.get("year_to", "").strip())
        self.scope = Scope.from_args(_without_years(), labels)
        file = request.files.get("file")
        if file is not None and file.filename:
            try:
                self._take(read_text(file.read(), file.filename))
            except InvalidInput as error:
                raise InvalidInput(str(error), "file") from None
        self.scope = Scope.from_args(request.form, labels)

    def _take(self, text: str) -> None:
        """Put the text of a file into the fields: its first line is the title, where it reads as one."""
        first, _newline, rest = text.partition("\n")
        if not self.title and rest and len(first) <= _LONGEST_GUESSED_TITLE:
            self.title, text = first, rest
        self.text = text


def _without_years() -> Any:
    args = request.form.copy()
    for name in ("year_from", "year_to"):
        args.poplist(name)
    return args


@blueprint.get("/prior-work")
def index() -> Response:
    """The empty form; a title or text in the address stands in it."""
    return _page(CheckForm(title=tidy(request.args.get("title", "")), text=tidy(request.args.get("text", ""))))


@blueprint.post("/prior-work")
def result() -> Response:
    """What resembles the draft, beneath the form as it was sent."""
    form = CheckForm()
    try:
        return _page(form, _checked(form))
    except (InvalidInput, IndexUnavailable) as error:
        return _page_with(form, error)


@blueprint.post("/prior-work/reports")
@require_permission("keep_prior_work")
def save() -> Any:
    """Make the check and save it as a report."""
    form = CheckForm()
    try:
        checked = _checked(form)
        state = IndexState.of(current_index(), current_sync().queued())
    except (InvalidInput, IndexUnavailable) as error:
        return _page_with(form, error)
    with writing(db.session()) as session:
        token = save_report(session, current_actor().for_audience(), checked, state).token
    return redirect(url_for("priorwork.show", token=token), 303)


@blueprint.get("/prior-work/reports/<token>")
def show(token: str) -> Response:
    """A saved report as it was made."""
    report = find_report(db.session(), current_actor(), token)
    page = render_template(
        "priorwork/show.html",
        report=report,
        findings=findings_of(report),
        facts=report_facts(report),
        found_heading=found_heading(report),
        nothing_found=nothing_found(report),
        is_intact=digest(report) == report.digest,
        language=_language(),
        score_words=score_words,
        term_lines=term_lines,
    )
    return Response(page, headers=_PRIVATE)


@blueprint.get("/prior-work/reports/<token>.docx")
def download(token: str) -> Response:
    """The same as a Word file."""
    report = find_report(db.session(), current_actor(), token)
    headers = {**_PRIVATE, "Content-Disposition": f'attachment; filename="{report.number}.docx"'}
    return Response(write_docx(report, report_facts(report), _language()), mimetype=MIMETYPE, headers=headers)


def report_facts(report: PriorWorkReport) -> list[tuple[str, str]]:
    """The head of a report: label and text of each line."""
    state = report.index_state
    waiting = state["waiting"]
    return [
        (_("Report number"), report.number),
        (_("Title of the draft"), report.title or _("(none)")),
        (_("Checked at"), f"{local_minute(report.created_at)} ({current_settings().timezone})"),
        (_("Checked by"), _("a reader without an account") if report.actor == "anonymous" else report.actor),
        *((str(label), text) for label, text in report.scope["in_words"][_language()]),
        (_("Records compared"), number(report.scope["compared"])),
        (
            _("State of the index"),
            _(
                "%(documents)s records, as of %(day)s, analysis %(version)s, %(waiting)s changes waiting",
                documents=number(state["documents"]),
                day=state["as_of"],
                version=state["analysis_version"],
                waiting=waiting,
            ),
        ),
        ("SHA-256", report.digest),
    ]


def _language() -> str:
    return "zh" if in_chinese() else "en"


def _checked(form: CheckForm) -> Checked:
    labels = facet_labels(db.session(), current_actor().for_audience())
    form.read(labels)
    draft = Draft.of(form.title, form.text)
    # A report that is saved is opened by others: it holds nothing that is the asker's own.
    return check(
        db.session(),
        current_actor().for_audience(),
        current_index(),
        draft,
        form.scope,
        labels,
        current_reporting_day(),
    )


def _page_with(form: CheckForm, error: CatalogueError) -> Response:
    """The form as it was sent, and at the field what is the matter with it."""
    if isinstance(error, InvalidInput):
        form.problem, form.place = str(error), error.place
    else:
        form.problem, form.place = (
            _("The search index is being built; nothing is lost. Try again in a moment."),
            "index",
        )
    return _page(form, status=error.status)


def _page(form: CheckForm, checked: Checked | None = None, status: int = 200) -> Response:
    page = render_template(
        "priorwork/index.html",
        form=form,
        checked=checked,
        labels=facet_labels(db.session(), current_actor().for_audience()),
        facet_labels=FACET_LABELS,
        endings=ENDINGS,
        longest_title=LONGEST_TITLE,
        language=_language(),
        score_words=score_words,
        term_lines=term_lines,
    )
    return Response(page, status, headers=_PRIVATE)
