"""What every page shares: locale, security headers, error pages, paging and template filters."""

from flask import Flask
from flask_babel import Babel

from catalogue.config import Settings

babel = Babel()


def init_app(app: Flask, settings: Settings) -> None:
    """Bind the shared parts to the application."""
    babel.init_app(app, default_locale="zh", default_timezone=settings.timezone)
