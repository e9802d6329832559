"""Claims beside the figures: what was published of a day."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.records.claims import Claim
from catalogue.records.queries import visible_to


def claims_of(session: Session, actor: Actor, as_of: date) -> dict[str, Claim]:
    """The claims published as of a day, by what they measure (a key of `figures.FIGURES`, or another word)."""
    query = select(Claim).where(Claim.as_of == as_of, visible_to(actor, Claim), Claim.review_state == "published")
    return {claim.measure: claim for claim in session.scalars(query.order_by(Claim.code))}
