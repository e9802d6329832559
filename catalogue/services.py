"""What belongs to one running application beside its database: the settings, the index and what keeps it in step,
and the figures remembered for the home page."""

from dataclasses import dataclass, field

from flask import current_app

from catalogue.config import Settings
from catalogue.search.port import SearchIndex
from catalogue.search.sync import IndexSync
from catalogue.tallies.memory import FigureMemory


@dataclass(frozen=True)
class Services:
    """Made once by `create_app`."""

    settings: Settings
    index: SearchIndex
    sync: IndexSync
    figures: FigureMemory = field(default_factory=FigureMemory)


def services() -> Services:
    """The services of the current application."""
    return current_app.extensions["catalogue"]
