"""How often signing in may fail: counted in the database, by login and by address, for all workers and across restarts.

An attempt is counted before the password is looked at, and forgotten when it was right: so many attempts at the same
moment are no way around. A login that nobody has is counted like any other.
"""

import hashlib
import ipaddress
import math
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import SignInAttempt
from catalogue.database import utc_now
from catalogue.errors import CatalogueError

FREE_BY_LOGIN = 5  # failures before anybody has to wait
FREE_BY_ADDRESS = 30  # an office may share one
WINDOW = timedelta(hours=1)  # in which failures count
FIRST_WAIT = timedelta(seconds=30)  # doubled by each further failure
LONGEST_WAIT = timedelta(minutes=15)
_LOCK = 0x51_67_6E  # any number that nothing else locks


class TooManyAttempts(CatalogueError):
    """Signing in has failed too often; `seconds` says how long to wait."""

    status = 429

    def __init__(self, seconds: int) -> None:
        if seconds < 60:
            wait = ngettext("%(num)s second", "%(num)s seconds", seconds)
        else:
            wait = ngettext("%(num)s minute", "%(num)s minutes", math.ceil(seconds / 60))
        super().__init__(_("Signing in has failed too often. Try again in %(time)s.", time=wait))
        self.seconds = seconds


def count_attempt(session: Session, login: str, address: str, now: datetime | None = None) -> None:
    """Count an attempt to sign in. Raises TooManyAttempts, and counts nothing, where it is too soon for another.

    Old rows are swept. To be called in a write transaction.
    """
    now = now or utc_now()
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    session.execute(delete(SignInAttempt).where(SignInAttempt.at <= now - WINDOW))
    login_hash, network = _hashed(login), _network(address)
    until = max(
        _free_at(session, SignInAttempt.login_hash == login_hash, FREE_BY_LOGIN, now),
        _free_at(session, SignInAttempt.address == network, FREE_BY_ADDRESS, now),
    )
    if until > now:
        raise TooManyAttempts(math.ceil((until - now).total_seconds()))
    session.add(SignInAttempt(login_hash=login_hash, address=network, at=now))
    session.flush()


def forget_attempts(session: Session, login: str) -> None:
    """The password was right: the failures of this login count no longer."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.login_hash == _hashed(login)))


def _free_at(session: Session, which: ColumnElement[bool], free: int, now: datetime) -> datetime:
    count = session.scalar(select(func.count()).select_from(SignInAttempt).where(which)) or 0
    if count < free:
        return now
    last = session.scalars(select(SignInAttempt.at).where(which).order_by(SignInAttempt.at.desc()).limit(1)).one()
    doublings = min(count - free, 10)
    until: datetime = last + min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
    return until


def _hashed(login: str) -> str:
    return hashlib.sha256(login.encode("utf-8", "surrogatepass")).hexdigest()


def _network(address: str) -> str:
    """The address to count by: of IPv6 the /64, since one machine has as many addresses in it as it likes."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
