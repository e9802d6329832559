"""The achievements and patents catalogue. `catalogue.app.create_app` says what the site is made of."""

__version__ = "0.1.0"
