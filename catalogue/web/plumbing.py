"""What every page shares, bound to the application: language, error pages, addresses, checks, headers, static files."""

from flask import Flask
from jinja2 import StrictUndefined

from catalogue.config import Settings
from catalogue.web import error_pages, headers, locale, request_checks, static_files
from catalogue.web.urls import url_here


def init_app(app: Flask, settings: Settings) -> None:
    """Bind the shared parts to the application."""
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    # A name that a template misspells is an error, not an empty place.
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    locale.init_app(app, settings)
    error_pages.init_app(app)
    app.jinja_env.globals["url_here"] = url_here
    request_checks.init_app(app, settings)
    headers.init_app(app)
    static_files.init_app(app)
