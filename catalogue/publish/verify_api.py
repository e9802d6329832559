"""Checking a text, and the register of published figures, as JSON."""

from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor
from catalogue.database import db
from catalogue.errors import InvalidInput
from catalogue.fact_check.claims import JudgedClaim, judged_claims
from catalogue.fact_check.verification import (
    LONGEST_TEXT,
    VERDICTS,
    CheckedStatement,
    as_data,
    evidence_of,
    verify,
)
from catalogue.query_args import read_choice
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.tallies.crosstab import Figure
from catalogue.tallies.spec import read_as_of

blueprint = Blueprint("verify_api", __name__, url_prefix="/api/v1")


@blueprint.post("/verify")
def check_text() -> Response:
    """Each statement of number of a text with its verdict: send ``{"text": "…", "as_of": "2006-12-31"}``."""
    text, as_of = _body()
    report = verify(db.session(), current_actor(), text, read_as_of({"as_of": as_of}, current_reporting_day()))
    return jsonify(
        as_of=report.as_of.isoformat(),
        counts=report.counts(),
        summary=report.summary(),
        findings=[_finding(finding) for finding in report.findings],
    )


def _body() -> tuple[str, str]:
    """The text and the day of a request. Raises InvalidInput."""
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise InvalidInput(_('The body of the request is to be JSON: {"text": "…", "as_of": "2006-12-31"}.'))
    text, as_of = body.get("text"), body.get("as_of") or ""
    if not isinstance(text, str) or not text.strip():
        raise InvalidInput(_("“text” is to be the text that is checked."), "text")
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(_("“text” may have at most %(most)s characters.", most=f"{LONGEST_TEXT:,}"), "text")
    if not isinstance(as_of, str):
        raise InvalidInput(_("“%(text)s” is not a day such as 2006-12-31.", text=str(as_of)[:20]), "as_of")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidInput(_("“text” holds half of a character (a lone surrogate)."), "text") from None
    return text, as_of


def _finding(finding: CheckedStatement) -> dict[str, Any]:
    return {**as_data(finding), "url": _url(finding.figure)}


def _url(figure: Figure | None) -> str | None:
    if figure is None:
        return None
    selection = figure.selection
    return url_for("tallies.records", subject=selection.subject.name, **selection.to_args(), _external=True)


@blueprint.get("/claims")
def claims() -> Response:
    """The register of published figures; `as_of` and `verdict` narrow it."""
    verdict = read_choice(request.args, "verdict", VERDICTS.labels)
    day = read_as_of(request.args, current_reporting_day()) if request.args.get("as_of") else None
    judged = judged_claims(db.session(), current_actor(), current_reporting_day(), day)
    return jsonify(claims=[_claim(each) for each in judged if verdict in ("", each.verdict)])


def _claim(judged: JudgedClaim) -> dict[str, Any]:
    claim = judged.claim
    return {
        "code": claim.code,
        "measure": claim.measure,
        "value": format(claim.value.normalize(), "f"),
        "unit": claim.unit,
        "qualifier": claim.qualifier,
        "as_of": claim.as_of.isoformat(),
        "source": claim.source,
        "statement": claim.statement,
        "verdict": judged.verdict,
        "reason": judged.reason,
        "then": _figure(judged.then),
        "now": _figure(judged.now),
    }


def _figure(figure: Figure | None) -> dict[str, Any] | None:
    if figure is None:
        return None
    return {
        "value": str(figure.value),
        "entries": figure.entry_count,
        "evidence": evidence_of(figure.selection),
        "url": _url(figure),
    }
