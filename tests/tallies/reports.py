"""A small catalogue of awards, patents and benefits, and what the tests of issued reports do with it."""

from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask

from catalogue.accounts.permissions import ANONYMOUS, Actor
from catalogue.config import current_settings
from catalogue.database import db, writing
from catalogue.search.current import current_index
from catalogue.tallies.issued.comparison import Comparison, compare
from catalogue.tallies.issued.reports import (
    count_again,
    find_report,
    freeze,
    issue,
)
from catalogue.tallies.issued.snapshot import Frozen
from tests.support.catalogues import filled_catalogue, project, put

END = date(2006, 12, 31)


def award(code: str, **texts: str) -> None:
    put(
        "awards", **{"code": code, "title": f"奖励{code}", "scheme": "S", "grade": "second", "date": "2001-05", **texts}
    )


def _fill(_app: Flask) -> None:
    put("award_schemes", code="S", name="有色工业奖", name_en="Industry Award", level="industry")
    award("JL-1")
    award("JL-2")
    award("JL-3", grade="first")
    project("XM-1", title="甲")
    project("XM-2", title="乙")
    shares = "XM-1 60%;XM-2 40%"
    put("benefits", code="XY-1", year="2001", kind="new_profit", amount="100000", records=shares, basis="台账")
    events = "filed 1999-03-01;granted 2002-01-01"
    patent = {"title": "丙", "patent_type": "invention", "application_number": "99102345.5", "events": events}
    put("patents", code="ZL-1", date="1999-03-01", **patent)
    put("yearly_counts", measure="proposals", year="2000", count="800")
    put("yearly_counts", measure="proposals", year="2001", count="900")


def small_catalogue(folder: Path) -> Flask:
    """Three awards of two grades, two projects that share a ledger line, one patent, two yearly counts."""
    return filled_catalogue(folder, _fill)


def frozen(subject: str, actor: Actor = ANONYMOUS, **args: str) -> Frozen:
    """What a subject gives now, as of the end of 2006 unless the arguments say otherwise."""
    session, folder = db.session(), current_settings().data
    return freeze(session, actor, subject, args, current_index(), folder, END)


def issued(subject: str, actor: Actor = ANONYMOUS, title: str = "报告", **args: str) -> str:
    """Issue it; gives its number."""
    with writing(db.session()) as session:
        return issue(session, actor, frozen(subject, actor, **args), title).number


def since(number: str, **options: Any) -> Comparison:
    """What has moved since a report was issued."""
    opened = find_report(db.session(), ANONYMOUS, number)
    folder = current_settings().data
    return compare(opened.frozen, count_again(db.session(), opened.report, current_index(), folder, **options))


def figures(comparison: Comparison) -> dict[str, tuple[int, int, list[str]]]:
    """Before, after and causes of each figure that moved, by its Chinese label."""
    return {
        move.key: (int(move.before), int(move.after), [cause.entry.code for cause, _effect in move.causes])
        for move in comparison.figures
    }
