"""What belongs to one running application beside its database: the settings, the index and its synchronisation."""

from dataclasses import dataclass

from flask import current_app

from catalogue.config import Settings
from catalogue.search.port import SearchIndex
from catalogue.search.sync import IndexSync


@dataclass(frozen=True)
class Services:
    """Made once by `create_app`."""

    settings: Settings
    index: SearchIndex
    sync: IndexSync


def services() -> Services:
    """The services of the current application."""
    return current_app.extensions["catalogue"]
