"""Tables and figures remembered while nothing is written: the home page shows the same ones to every reader."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from flask import Flask, current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.records.history.models import Revision

_KEY = "catalogue.figures"
Cached = TypeVar("Cached")


class FigureCache:
    """Answers by question, all forgotten as soon as a revision is added: no write is without one.

    What is remembered must be frozen, and the question must name everything that the answer depends on (the actor!).
    """

    def __init__(self) -> None:
        self._state: Any = None
        self._answers: dict[Hashable, Any] = {}

    def recall(self, session: Session, question: Hashable, count: Callable[[], Cached]) -> Cached:
        """The remembered answer to `question`, or that of `count`."""
        state = session.scalar(select(func.max(Revision.id)))
        if state != self._state:
            # One dictionary a state: a thread that still counts for the old one cannot spoil the new one.
            self._state, self._answers = state, {}
        answers = self._answers
        if question not in answers:
            answers[question] = count()
        remembered: Cached = answers[question]
        return remembered


def current_figure_cache() -> FigureCache:
    """What the current application remembers."""
    return cast(FigureCache, current_app.extensions[_KEY])


def init_app(app: Flask) -> None:
    """Let the application remember figures."""
    app.extensions[_KEY] = FigureCache()
