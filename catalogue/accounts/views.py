"""The pages of whoever has an account: signing in and out, choosing a password by a link, and the own account."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _

from catalogue.accounts.account_links import find_link, use_link
from catalogue.accounts.auth import (
    begin_session,
    current_actor,
    end_this_session,
    require_permission,
    this_session,
)
from catalogue.accounts.auth_providers import ways
from catalogue.accounts.authentication import (
    Visitor,
    change_password,
    sign_in_person,
    sign_in_with_link,
)
from catalogue.accounts.authentication import sign_in as sign_in_with_password
from catalogue.accounts.divisions import division_name
from catalogue.accounts.events import note_event, themselves
from catalogue.accounts.external_identities import SignInRefused
from catalogue.accounts.models import SOURCES, Account
from catalogue.accounts.passwords import LEAST_CHARACTERS, MOST_CHARACTERS
from catalogue.accounts.safe_redirect import own_path
from catalogue.accounts.sessions import end_own_session, end_sessions_of, sessions_of, token_hash
from catalogue.accounts.throttling import TooManyAttempts
from catalogue.accounts.user_agents import browser_in_words
from catalogue.accounts.usernames import LONGEST_LOGIN, LONGEST_NAME
from catalogue.config import current_settings
from catalogue.database import db, writing
from catalogue.errors import CatalogueError, InvalidInput, NotFound

blueprint = Blueprint("accounts", __name__)
_NEXT = "next"
_PRIVATE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}


@blueprint.record_once
def share_limits(setup: BlueprintSetupState) -> None:
    """Make known to templates how long logins, names and passwords may be."""
    setup.app.jinja_env.globals.update(
        longest_login=LONGEST_LOGIN,
        longest_name=LONGEST_NAME,
        password_lengths=(LEAST_CHARACTERS, MOST_CHARACTERS),
    )


def private_page(template: str, status: int = 200, **context: Any) -> Response:
    """A page that nothing keeps a copy of."""
    return Response(render_template(template, **context), status=status, mimetype="text/html", headers=_PRIVATE)


def _visitor() -> Visitor:
    return Visitor(request.remote_addr or "", request.user_agent.string, current_settings().session_hours)


def _next() -> str:
    return own_path(request.values.get(_NEXT, ""))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@require_permission("open")
def sign_in() -> Any:
    """The form, and what becomes of it: a new session, or the form again with what was wrong."""
    if request.method == "POST":
        return _signing_in()
    if current_actor().account_id is not None:
        return redirect(_next() or url_for("home.index"), 303)
    return _sign_in_page()


def _signing_in() -> Any:
    login, password = request.form.get("login", ""), request.form.get("password", "")
    others = ways()
    try:
        token = sign_in_with_password(db.session(), login, password, _visitor(), others.directory, others.admission)
    except CatalogueError as error:
        page = _sign_in_page(str(error), login, error.status)
        if isinstance(error, TooManyAttempts):
            page.headers["Retry-After"] = str(error.seconds)
        return page
    if token is None:
        return _sign_in_page(_("Login or password are wrong."), login, 400)
    begin_session(token)
    return redirect(_next() or url_for("home.index"), 303)


def _sign_in_page(problem: str = "", login: str = "", status: int = 200) -> Response:
    settings = current_settings()
    return private_page(
        "accounts/sign_in.html",
        status,
        problem=problem,
        login=login[:LONGEST_LOGIN],
        next=_next(),
        other_way=(settings.oidc_label or _("Unified sign-in")) if ways().provider else "",
    )


@blueprint.get("/sign-in/oidc")
@require_permission("open")
def leave() -> Any:
    """Lead to the OpenID Connect provider."""
    provider = ways().provider
    if provider is None:
        raise NotFound(_("There is no other way to sign in here."))
    session[_NEXT] = _next()
    try:
        return provider.start(url_for("accounts.come_back", _external=True))
    except SignInRefused as error:
        return _sign_in_page(str(error), status=error.status)


@blueprint.get("/sign-in/oidc/back")
@require_permission("open")
def come_back() -> Any:
    """Sign in whoever comes back from the provider."""
    others = ways()
    if others.provider is None:
        raise NotFound(_("There is no other way to sign in here."))
    target = own_path(session.get(_NEXT, ""))
    try:
        token = sign_in_person(db.session(), others.provider.finish(), _visitor(), others.admission)
    except SignInRefused as error:
        return _sign_in_page(str(error), status=error.status)
    begin_session(token)
    return redirect(target or url_for("home.index"), 303)


@blueprint.post("/sign-out")
@require_permission("open")
def sign_out() -> Any:
    """End this session."""
    if (id_ := current_actor().account_id) is not None:
        with writing(db.session()) as database:
            account = database.get_one(Account, id_)
            note_event(database, themselves(account), account, "signed_out")
    end_this_session()
    return redirect(url_for("home.index"), 303)


@blueprint.get("/welcome/<token>")
@require_permission("open")
def welcome(token: str) -> Response:
    """What a link opens: the form in which a password is chosen. Opening it uses nothing up."""
    return _welcome_page(token)


@blueprint.post("/welcome/<token>")
@require_permission("open")
def choose_password(token: str) -> Any:
    """Keep the password, and sign its owner in."""
    form = request.form
    try:
        account_id = use_link(
            db.session(),
            token,
            form.get("login", ""),
            form.get("name", ""),
            form.get("password", ""),
            form.get("again", ""),
        )
    except InvalidInput as error:
        return _welcome_page(token, error)
    begin_session(sign_in_with_link(db.session(), account_id, _visitor()))
    return redirect(url_for("accounts.mine"), 303)


def _welcome_page(token: str, error: InvalidInput | None = None) -> Response:
    link, account = find_link(db.session(), token)
    return private_page(
        "accounts/welcome.html",
        400 if error else 200,
        token=token,
        link=link,
        account=account,
        login=request.form.get("login", ""),
        name=request.form.get("name", ""),
        problem=str(error or ""),
        place=error.place if error else "",
    )


@blueprint.get("/account")
@require_permission("have_account")
def mine() -> Response:
    """The own account: who one is here, the sessions, the password."""
    return _own_page(done=request.args.get("done", ""))


def _own_page(error: InvalidInput | None = None, done: str = "") -> Response:
    database = db.session()
    account = database.get_one(Account, current_actor().account_id)
    here = token_hash(this_session())
    return private_page(
        "accounts/mine.html",
        400 if error else 200,
        account=account,
        division=division_name(database, account.division_id),
        sessions=sessions_of(database, account.id),
        here=here,
        browser=browser_in_words,
        sources=SOURCES,
        problem=str(error or ""),
        place=error.place if error else "",
        done=done,
    )


@blueprint.post("/account/password")
@require_permission("have_account")
def new_password() -> Any:
    """Change the own password; all other sessions end."""
    form, id_ = request.form, current_actor().account_id
    try:
        is_right = change_password(
            db.session(),
            id_ or 0,
            this_session(),
            request.remote_addr or "",
            form.get("current", ""),
            form.get("password", ""),
            form.get("again", ""),
        )
        if not is_right:
            raise InvalidInput(_("This is not your present password."), "current")
    except InvalidInput as error:
        return _own_page(error)
    except TooManyAttempts as error:
        return _own_page(InvalidInput(str(error), "current"))
    return redirect(url_for("accounts.mine", done="password"), 303)


@blueprint.post("/account/sessions")
@require_permission("have_account")
def end_sessions() -> Any:
    """End one of the own sessions, or all but this one."""
    which, id_ = request.form.get("session", ""), current_actor().account_id
    with writing(db.session()) as database:
        account = database.get_one(Account, id_)
        if which:
            end_own_session(database, account.id, which)
        else:
            end_sessions_of(database, account, but=this_session())
        note_event(database, themselves(account), account, "sessions_ended")
    return redirect(url_for("accounts.mine", done="sessions"), 303)
