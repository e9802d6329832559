"""Facts about the catalogue as a whole that its data bring along, such as the day its figures stand on."""

from datetime import date

from flask import g
from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalogue.config import current_settings
from catalogue.database import Base, db, one_of

SITE_FACTS = ("as_of", "notice", "notice_en")


class SiteFact(Base):
    """`as_of`: ISO day up to which the data are complete. `notice`: a line shown on every page, per language."""

    __tablename__ = "site_fact"
    __table_args__ = (one_of("name", SITE_FACTS, "name_known"),)

    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    value: Mapped[str] = mapped_column(String(300))


def stored_as_of(session: Session) -> date | None:
    """The day up to which the data are complete, as the data themselves say; None when they do not."""
    fact = session.get(SiteFact, "as_of")
    return date.fromisoformat(fact.value) if fact else None


def reporting_day(session: Session, setting: date | None) -> date:
    """The day on which figures stand unless somebody asks for another: the setting, else the day up to which the
    data say they are complete, else today."""
    return setting or stored_as_of(session) or date.today()


def current_reporting_day() -> date:
    """The same for the current request, looked up once."""
    if "reporting_day" not in g:
        g.reporting_day = reporting_day(db.session(), current_settings().as_of)
    day: date = g.reporting_day
    return day
