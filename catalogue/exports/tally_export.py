"""What a tally is written down from, whatever the file: the table, what it says of itself, and where items are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.tallies.crosstab import CrossTable, Figure


@dataclass(frozen=True)
class DrawnChart:
    """A chart as SVG, and what it shows in words for those who cannot see it."""

    svg: str
    description: str


@dataclass(frozen=True)
class TallyExport:
    """A tally to be written by and for `actor`.

    `scope` says in one line what is counted: day, period, filters, unit; `about` says the same in pairs of a
    label and a text, `made` when, for whom and where it can be counted again; `notes` are sentences for the foot.
    `evidence_url` and `record_url` give whole addresses. `draw` draws the table, with its title or without, and gives
    nothing where there is nothing to draw.
    """

    session: Session
    actor: Actor
    table: CrossTable
    title: str
    scope: str
    about: Sequence[tuple[str, str]]
    made: Sequence[tuple[str, str]]
    notes: Sequence[str]
    address: str
    evidence_url: Callable[[Figure], str]
    record_url: Callable[[str], str]
    draw: Callable[[bool], DrawnChart | None]
