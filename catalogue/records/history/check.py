"""What `catalogue check` says of history: whether its chain is whole, and whether it tells what is stored."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalogue.records.history.hash_chain import Break, SealCheck, check_seals
from catalogue.records.history.replay import Disagreement, ReplayCheck, check_replay


@dataclass(frozen=True)
class HistoryCheck:
    """What was found in the chain, and in comparing it with the present."""

    seals: SealCheck
    replay: ReplayCheck

    def __bool__(self) -> bool:
        """Whether something is wrong."""
        return bool(self.seals.breaks or self.replay.disagreements)

    def as_data(self) -> dict[str, Any]:
        """For programmes."""
        return {"seals": asdict(self.seals), "replay": asdict(self.replay)}

    def lines(self) -> Iterator[str]:
        """For people, a line each: what is wrong, then what was looked at."""
        yield from (_broken(each) for each in self.seals.breaks)
        yield from (_disagreeing(each) for each in self.replay.disagreements)
        yield _(
            "%(sealed)s versions sealed, the last seal is %(last)s",
            sealed=self.seals.sealed,
            last=self.seals.last or "–",
        )
        yield _(
            "%(compared)s entries compared with their history, %(without)s without any",
            compared=self.replay.compared,
            without=self.replay.without_history,
        )


def check_history(session: Session) -> HistoryCheck:
    """Look through all of history."""
    return HistoryCheck(check_seals(session), check_replay(session))


def _broken(found: Break) -> str:
    place = {"code": f"{found.entity} {found.code}", "number": found.number}
    if found.what == "missing":
        return _("history: something is missing before %(code)s version %(number)s", **place)
    if found.what == "unsealed":
        return _("history: %(code)s version %(number)s is not sealed", **place)
    return _("history: %(code)s version %(number)s is not what was sealed", **place)


def _disagreeing(found: Disagreement) -> str:
    place = {"code": f"{found.entity} {found.code}", "number": found.number}
    if found.fields:
        return _(
            "history: %(code)s does not say what its version %(number)s says (%(fields)s)",
            fields=", ".join(found.fields),
            **place,
        )
    return _("history: %(code)s and its history do not agree at version %(number)s", **place)
