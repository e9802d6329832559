"""Codes for what comes without one: sheets of clerks have none."""

from sqlalchemy.orm import Session

from catalogue.exchange.layouts import next_code
from catalogue.records.entities import Entity
from catalogue.records.kinds import Kind


class Coder:
    """Gives each new record of one run the next code of its kind and year."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._taken: set[str] = set()

    def complete(self, entity: Entity, texts: dict[str, str]) -> None:
        """Add the code where it is missing."""
        if "code" in entity.key and not texts.get("code") and isinstance(entity, Kind):
            texts["code"] = next_code(self._session, entity, int(texts.get("date", "")[:4] or 0), self._taken)
            self._taken.add(texts["code"])
