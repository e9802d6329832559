"""The claims register judged: what was published of a day, beside what the records give of that day and of today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.fact_check.numerals import Numeral, Qualifier
from catalogue.fact_check.verification import Verdict, compare, reason_for
from catalogue.records.models.claims import Claim
from catalogue.records.queries import published_for
from catalogue.tallies.crosstab import Figure, count
from catalogue.tallies.measures import Number
from catalogue.tallies.paragraph.published_figures import FIGURES
from catalogue.tallies.presentation import describe

_QUALIFIERS: dict[str, Qualifier] = {"exact": "exact", "over": "at_least", "about": "about"}


@dataclass(frozen=True)
class JudgedClaim:
    """A published figure with what the records gave of its own day (`then`) and give of another (`now`)."""

    claim: Claim
    verdict: Verdict
    counted: str
    then: Figure | None
    now: Figure | None
    reason: str


def claims_of(session: Session, actor: Actor, as_of: date) -> dict[str, Claim]:
    """The claims published as of a day, by what they measure (a key of `figures.FIGURES`, or another word)."""
    query = select(Claim).where(Claim.as_of == as_of, published_for(actor, Claim))
    return {claim.measure: claim for claim in session.scalars(query.order_by(Claim.code))}


def claim_days(session: Session, actor: Actor) -> list[date]:
    """The days of which something was published, latest first."""
    query = select(Claim.as_of).where(published_for(actor, Claim))
    return list(session.scalars(query.distinct().order_by(Claim.as_of.desc())))


def judge_claim(claim: Claim, value: Number) -> Verdict:
    """Whether a published figure says what the records say."""
    return compare(_numeral(claim), value)


def judged_claims(session: Session, actor: Actor, today: date, as_of: date | None = None) -> Sequence[JudgedClaim]:
    """Every claim (of one day, if given), judged by the records as of its own day, with the figure of `today`."""
    query = select(Claim).where(published_for(actor, Claim))
    if as_of is not None:
        query = query.where(Claim.as_of == as_of)
    claims = session.scalars(query.order_by(Claim.as_of.desc(), Claim.code))
    return [_judged(session, actor, claim, today) for claim in claims]


def _judged(session: Session, actor: Actor, claim: Claim, today: date) -> JudgedClaim:
    figure = FIGURES.get(claim.measure)
    if figure is None:
        reason = _("The catalogue keeps no records of this.")
        return JudgedClaim(claim, "unknown", "", None, None, reason)
    then = count(session, actor, figure.selection(claim.as_of))
    now = then if today == claim.as_of else count(session, actor, figure.selection(today))
    verdict = judge_claim(claim, then.value)
    reason = reason_for(verdict, _numeral(claim), then, claim.unit)
    return JudgedClaim(claim, verdict, describe(session, actor, then.selection), then, now, reason)


def _numeral(claim: Claim) -> Numeral:
    return Numeral(claim.value, _QUALIFIERS[claim.qualifier], 0, 0)
