"""The application factory: a list of what the site is made of."""

from flask import Flask

from catalogue import config, database
from catalogue.accounts import administration_views as administration
from catalogue.accounts import auth, auth_providers
from catalogue.accounts import token_views as tokens
from catalogue.accounts import views as accounts
from catalogue.attachments import views as attachments
from catalogue.config import Settings, load
from catalogue.editing import my_work_views as my_work
from catalogue.editing import register_views as registers
from catalogue.editing import suggest_views as editing_help
from catalogue.editing import views as editing
from catalogue.fact_check import summary_views as summary
from catalogue.fact_check import views as fact_check
from catalogue.home import site_state, style_guide
from catalogue.home import views as home
from catalogue.imports import views as imports
from catalogue.priorwork import views as priorwork
from catalogue.publish import (
    api,
    api_docs,
    downloads,
    feeds,
    openapi,
    records_api,
    reimportable_files,
    similar,
    tally_api,
    tally_downloads,
    verify_api,
)
from catalogue.records import check_views as checks
from catalogue.records import views as records
from catalogue.records.history import views as history
from catalogue.resources import resource_folder
from catalogue.review import amendment_views as amendments
from catalogue.review import views as review
from catalogue.search import current as search_index
from catalogue.search import views as search
from catalogue.tallies import figure_cache as figure_memory
from catalogue.tallies import patent_views as patents
from catalogue.tallies import saved_views as saved
from catalogue.tallies import views as tallies
from catalogue.tallies.issued import views as issued
from catalogue.web import plumbing


def create_app(settings: Settings | None = None) -> Flask:
    """The site, ready to serve or to be used by a command. Raises ConfigError for settings that cannot be used."""
    settings = settings or load()
    settings.data.mkdir(parents=True, exist_ok=True)
    app = Flask("catalogue", template_folder=str(resource_folder("templates")), static_folder=None)

    config.init_app(app, settings)
    database.init_app(app, settings)
    database.migrate.init_app(app, database.db, directory=str(resource_folder("migrations")))
    search_index.init_app(app, settings)
    figure_memory.init_app(app)
    plumbing.init_app(app, settings)
    auth.init_app(app, settings)
    auth_providers.init_app(app, settings)
    site_state.init_app(app)
    for programs in (api, similar, tally_api, verify_api, records_api, openapi):
        auth.csrf.exempt(programs.blueprint)  # programs have no forms; their own token says what they may write
        app.register_blueprint(programs.blueprint)
    for feature in (
        *(home, style_guide, accounts, administration, tokens),
        *(records, history, checks, attachments),
        *(search, tallies, saved, issued, patents, summary, fact_check, priorwork),
        *(review, amendments, imports),
        *(editing, registers, my_work, editing_help),
        *(downloads, reimportable_files, tally_downloads, feeds, api_docs),
    ):
        app.register_blueprint(feature.blueprint)
    return app
