"""The index of the running application, and what keeps it in step with the database."""

from functools import partial
from typing import cast

from flask import Flask, current_app

from catalogue.config import Settings
from catalogue.database import db
from catalogue.records import transactions
from catalogue.records.models.site_facts import reporting_day
from catalogue.search.interface import SearchIndex
from catalogue.search.sync import IndexSync
from catalogue.search.text.synonyms import FILE_NAME, SHIPPED, SynonymFile
from catalogue.search.whoosh.index import WhooshIndex

_KEY = "catalogue.index_sync"


def current_sync() -> IndexSync:
    """What keeps the index of the current application in step with its database."""
    return cast(IndexSync, current_app.extensions[_KEY])


def current_index() -> SearchIndex:
    """The index of the current application."""
    return current_sync().index


def init_app(app: Flask, settings: Settings) -> None:
    """Open the index of the application and let it follow every write of records."""
    index = WhooshIndex(settings.index_folder, synonyms=SynonymFile(settings.data / FILE_NAME, SHIPPED))
    as_of = partial(reporting_day, setting=settings.as_of)
    with app.app_context():
        sync = IndexSync(index, db.engine, settings.data / "index.lock", as_of=as_of)
    app.extensions[_KEY] = sync
    transactions.after_commit(app, sync.catch_up)
