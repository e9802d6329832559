"""The achievements and patents catalogue."""

__version__ = "0.1.0"
