"""The pages of whoever has an account: signing in and out, and the own account."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from catalogue.access import SIGNED_IN, current_actor, needs
from catalogue.accounts.own_paths import own_path
from catalogue.accounts.sessions import end_session
from catalogue.accounts.signing_in import LONGEST_LOGIN
from catalogue.accounts.signing_in import sign_in as signed_in
from catalogue.database import db, writing
from catalogue.services import services

blueprint = Blueprint("accounts", __name__)
_PRIVATE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}


def _page(template: str, status: int = 200, **context: Any) -> Response:
    """A page that nothing keeps a copy of."""
    return Response(render_template(template, **context), status=status, mimetype="text/html", headers=_PRIVATE)


def _next() -> str:
    return own_path(request.values.get("next", ""))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@needs("open")
def sign_in() -> Any:
    """The form, and what becomes of it: a new session, or the form again with what was wrong."""
    if request.method == "POST":
        return _signing_in()
    if current_actor().account_id is not None:
        return redirect(_next() or url_for("home.index"), 303)
    return _sign_in_page()


def _signing_in() -> Any:
    login, password = request.form.get("login", ""), request.form.get("password", "")
    hours = services().settings.session_hours
    token = signed_in(db.session(), login, password, hours, request.user_agent.string)
    if token is None:
        return _sign_in_page(_("Login or password are wrong."), login, 400)
    _begin(token)
    return redirect(_next() or url_for("home.index"), 303)


def _begin(token: str) -> None:
    """From here on this browser is signed in. Whatever its cookie held before is gone, or somebody else might have
    put it there."""
    if before := session.get(SIGNED_IN, ""):
        with writing(db.session()):
            end_session(db.session(), before)
    session.clear()
    session[SIGNED_IN] = token


def _sign_in_page(problem: str = "", login: str = "", status: int = 200) -> Response:
    return _page("accounts/sign_in.html", status, problem=problem, login=login, next=_next(), longest=LONGEST_LOGIN)


@blueprint.post("/sign-out")
@needs("open")
def sign_out() -> Any:
    """End this session."""
    with writing(db.session()):
        end_session(db.session(), session.get(SIGNED_IN, ""))
    session.clear()
    return redirect(url_for("home.index"), 303)


@blueprint.get("/account")
@needs("have_account")
def mine() -> Response:
    """The own account."""
    return _page("accounts/mine.html")
