"""The pages of what is said outside: checking a text against the records, and the register of published figures."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import pgettext

from catalogue.accounts.auth import current_actor
from catalogue.database import db
from catalogue.documents.text_extraction import ENDINGS, read_text, tidy
from catalogue.errors import InvalidInput
from catalogue.fact_check.claims import JudgedClaim, claim_days, judged_claims
from catalogue.fact_check.verification import (
    LONGEST_TEXT,
    VERDICTS,
    CheckedText,
    value_text,
    verify,
)
from catalogue.query_args import read_choice
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.tallies.presentation import evidence_url
from catalogue.tallies.serializers import show_number
from catalogue.tallies.spec import read_as_of

blueprint = Blueprint("fact_check", __name__)


@blueprint.route("/reports/check", methods=["GET", "POST"])
def check() -> tuple[str, int]:
    """A text with each of its figures held against the records. Nothing of it is stored."""
    as_of, text, message = current_reporting_day(), "", ""
    report: CheckedText | None = None
    if request.method == "POST":
        text = tidy(request.form.get("text", ""))
        try:
            text = _text_of_file() or text
            as_of = read_as_of(request.form, as_of)
            report = verify(db.session(), current_actor(), _checked(text), as_of)
        except InvalidInput as error:
            message = str(error)
    page = render_template(
        "fact_check/check.html",
        as_of=as_of,
        text=text,
        report=report,
        message=message,
        verdicts=VERDICTS.labels,
        evidence_url=evidence_url,
        longest=LONGEST_TEXT,
        endings=ENDINGS,
    )
    return page, 400 if message else 200


def _text_of_file() -> str:
    """The text of the file that was sent; empty where there is none. Raises InvalidInput."""
    file = request.files.get("file")
    return read_text(file.read(), file.filename) if file is not None and file.filename else ""


def _checked(text: str) -> str:
    """The text, if it can be checked. Raises InvalidInput."""
    if not text:
        raise InvalidInput(_("Paste the text that is to be checked."), "text")
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(
            _("The text has %(number)s characters; at most %(most)s are checked at once.", number=f"{len(text):,}",
              most=f"{LONGEST_TEXT:,}"),
            "text",
        )  # fmt: skip
    return text


@blueprint.get("/claims")
def claims() -> str:
    """Every published figure beside what the records gave of its day and give now."""
    days = claim_days(db.session(), current_actor())
    day = read_choice(request.args, "as_of", [each.isoformat() for each in days])
    verdict = read_choice(request.args, "verdict", VERDICTS.labels)
    today = current_reporting_day()
    claims = judged_claims(db.session(), current_actor(), today, read_as_of({"as_of": day}, today) if day else None)
    return render_template(
        "fact_check/claims.html",
        rows=[_row(claim) for claim in claims if verdict in ("", claim.verdict)],
        days={each.isoformat(): each.isoformat() for each in days},
        day=day,
        verdict=verdict,
        verdicts=VERDICTS.labels,
        counts={code: sum(claim.verdict == code for claim in claims) for code in VERDICTS},
        today=today,
    )


def _claimed_text(judged: JudgedClaim) -> str:
    claim, then = judged.claim, judged.then
    value = show_number(then.selection.subject, claim.value) if then else f"{claim.value.normalize():,f}"
    if claim.qualifier == "over":
        return pgettext("published figure", "over %(value)s", value=value)
    return pgettext("published figure", "about %(value)s", value=value) if claim.qualifier == "about" else value


def _row(judged: JudgedClaim) -> dict[str, Any]:
    claim, then, now = judged.claim, judged.then, judged.now
    return {
        "claim": claim,
        "value_text": _claimed_text(judged),
        "unit": _("10,000 yuan") if then and then.selection.subject.unit == "yuan" else claim.unit,
        "verdict": judged.verdict,
        "verdict_label": VERDICTS.labels[judged.verdict],
        "counted": judged.counted,
        "reason": judged.reason,
        "then": value_text(then) if then else "",
        "then_url": evidence_url(then) if then else "",
        "now": value_text(now) if now else "",
        "now_url": evidence_url(now) if now else "",
    }
