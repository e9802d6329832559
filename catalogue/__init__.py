"""The achievements and patents catalogue: `create_app` says what the site is made of."""

from functools import partial

from flask import Flask

from catalogue import access, database, patterns, web
from catalogue.accounts import token_views as tokens
from catalogue.accounts import views as accounts
from catalogue.attachments import views as attachments
from catalogue.config import Settings, load
from catalogue.exchange import views as exchange
from catalogue.home import views as home
from catalogue.priorwork import views as priorwork
from catalogue.publish import (
    api,
    downloads,
    feeds,
    guide,
    openapi,
    records_api,
    similar,
    tally_api,
    tally_downloads,
    verify_api,
)
from catalogue.records import check_views as checks
from catalogue.records import history_views as history
from catalogue.records import views as records
from catalogue.records.site import reporting_day
from catalogue.resources import resource_folder
from catalogue.review import amendment_views as amendments
from catalogue.review import views as review
from catalogue.search import views as search
from catalogue.search.sync import IndexSync
from catalogue.search.synonyms import FILE_NAME, SHIPPED, SynonymFile
from catalogue.search.whoosh_index import WhooshIndex
from catalogue.services import Services
from catalogue.tallies import claim_views as claims
from catalogue.tallies import issued_views as issued
from catalogue.tallies import patent_views as patents
from catalogue.tallies import saved_views as saved
from catalogue.tallies import views as tallies

__version__ = "0.1.0"


def create_app(settings: Settings | None = None) -> Flask:
    """The site, ready to serve or to be used by a command. Raises ConfigError for settings that cannot be used."""
    settings = settings or load()
    settings.data.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__, template_folder=str(resource_folder("templates")))

    database.init_app(app, settings)
    database.migrate.init_app(app, database.db, directory=str(resource_folder("migrations")))
    index = WhooshIndex(settings.index_folder, synonyms=SynonymFile(settings.data / FILE_NAME, SHIPPED))
    with app.app_context():
        sync = IndexSync(
            index,
            database.db.engine,
            settings.data / "index.lock",
            as_of=partial(reporting_day, setting=settings.as_of),
        )
    app.extensions["catalogue"] = Services(settings, index, sync)

    web.init_app(app, settings)
    access.init_app(app, settings)
    pages = (home, records, history, checks, search, priorwork, tallies, saved, issued, claims, patents, patterns)
    work = (exchange, attachments, review, amendments)
    interface = (api, similar, tally_api, verify_api, records_api, openapi)
    faces = (*interface, tokens, downloads, tally_downloads, feeds, guide)
    for face in interface:
        access.csrf.exempt(face.blueprint)  # programmes have no forms; what they may write, their own token says
    for feature in (accounts, *pages, *work, *faces):
        app.register_blueprint(feature.blueprint)
    return app
