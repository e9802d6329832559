"""The state of the site, for the foot of every page."""

from dataclasses import dataclass
from datetime import date

from flask import Flask
from sqlalchemy import func, select

from catalogue import formatting
from catalogue.accounts.auth import current_actor
from catalogue.database import db
from catalogue.records.models import site_facts
from catalogue.records.models.records import Record
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.records.queries import visible_to
from catalogue.search.current import current_index, current_sync


@dataclass(frozen=True)
class SiteState:
    """What the foot of every page says: as-of day, visible records, changes the index has yet to see (None: there is
    no usable index), and the notice that the data bring along."""

    as_of: date
    records: int
    waiting: int | None
    notice: str


def site_state() -> SiteState:
    """The state of the site, for the foot of the page."""
    facts = {fact.name: fact.value for fact in db.session.scalars(select(site_facts.SiteFact))}
    chinese = formatting.in_chinese()
    return SiteState(
        as_of=current_reporting_day(),
        records=db.session.scalar(select(func.count()).select_from(Record).where(visible_to(current_actor()))) or 0,
        waiting=current_sync().queued() if current_index().status() else None,
        notice=facts.get("notice", "") if chinese else facts.get("notice_en", facts.get("notice", "")),
    )


def init_app(app: Flask) -> None:
    """Make the state known to every template."""
    app.jinja_env.globals["site_state"] = site_state
