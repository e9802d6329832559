"""The edge of who may do what: who asks, the permission that each view names, the tokens of programs, and the tokens
without which no form writes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from flask import Flask, current_app, has_request_context, request, session
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

from catalogue.accounts.permissions import ANONYMOUS, ROLES, Actor
from catalogue.accounts.secret_key import secret_key
from catalogue.accounts.sessions import actor_of_session, end_session
from catalogue.accounts.tokens import actor_of_token
from catalogue.config import Settings, current_settings
from catalogue.database import db, writing
from catalogue.errors import CatalogueError, Forbidden, SignInNeeded

SIGNED_IN = "signed_in"  # under which name the cookie keeps the token of a `LoginSession`
_ACTOR = "catalogue.actor"
_API = "/api/"
csrf = CSRFProtect()
View = TypeVar("View", bound=Callable[..., Any])


class FormExpired(CatalogueError):
    """A form came without its token, or with one of another session: it was opened before signing in or out."""

    status = 400
    can_be_sent_again = True


# Where reading takes an account, whoever has not signed in sees nothing.
NOBODY = Actor(ANONYMOUS.name, frozenset(), frozenset())


def current_actor() -> Actor:
    """Who asks: whoever is signed in with this browser, or whose token a program shows; else a reader without an
    account. Raises TokenRefused for a token that is not valid."""
    if not has_request_context():
        return ANONYMOUS
    # Kept with the request itself: `g` may outlive it.
    if _ACTOR not in request.environ:
        request.environ[_ACTOR] = _find_actor()
    actor: Actor = request.environ[_ACTOR]
    return actor


def is_for_account() -> bool:
    """Whether this request has been answered for somebody who is signed in: such an answer is for nobody else."""
    actor: Actor | None = request.environ.get(_ACTOR)
    return actor is not None and actor.account_id is not None


def _find_actor() -> Actor:
    if (shown := _shown_token()) is not None:
        return actor_of_token(db.session(), shown)
    token = session.get(SIGNED_IN, "")
    # What changes something by the API names its own token: a browser sends its cookie along for every page.
    known = actor_of_session(db.session(), token) if token and not _is_api_write() else None
    return known or (ANONYMOUS if current_settings().anonymous_reading == "open" else NOBODY)


def begin_session(token: str) -> None:
    """From here on this browser is signed in, with the token of a session that was opened. Whatever its cookie held
    before is gone: somebody else may have put it there."""
    end_this_session()
    session[SIGNED_IN] = token
    request.environ.pop(_ACTOR, None)


def end_this_session() -> None:
    """Sign this browser out. Commits."""
    if token := this_session():
        with writing(db.session()):
            end_session(db.session(), token)
    session.clear()


def this_session() -> str:
    """The token of the session in which this browser is signed in; empty for none."""
    return str(session.get(SIGNED_IN, ""))


def _shown_token() -> str | None:
    """The token of a program; None where there is none. Other schemes are those of a proxy in front of the site."""
    scheme, _blank, token = request.headers.get("Authorization", "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" and request.path.startswith(_API) else None


def _is_api_write() -> bool:
    return request.path.startswith(_API) and request.method not in ("GET", "HEAD", "OPTIONS")


def require_permission(permission: str) -> Callable[[View], View]:
    """The permission that a view takes, a name of the table in `accounts.permissions`; without it a view takes `read`.

    It stands beneath the decorator that names the address.
    """

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def permission_of(app: Flask, endpoint: str) -> str:
    """The permission that the view of an endpoint takes."""
    if endpoint == "static":
        return "open"
    return str(getattr(app.view_functions[endpoint], "permission", "read"))


def has_permission(permission: str) -> bool:
    """Whether who asks has a permission; where reading takes an account, strangers have none but `open`."""
    actor = current_actor()
    return actor.may(permission) and (permission == "open" or actor != NOBODY)


def _check_permission() -> None:
    if request.endpoint is None:
        return  # there is no such page, and that is what will be said
    permission = permission_of(current_app, request.endpoint)
    if permission == "open":
        return  # whoever asks; a style sheet need not look up the session
    if has_permission(permission):
        return
    actor = current_actor()
    if actor.account_id is None:
        raise SignInNeeded(_("Sign in for this."))
    if actor.limited_to is not None and replace(actor, limited_to=None).may(permission):
        raise Forbidden(_("The scope of this token does not include this; make one that does."))
    raise Forbidden(_("Your role does not include this. Ask an administrator, if you need it."))


def _on_csrf_error(error: CSRFError) -> Any:
    expired = FormExpired(_("This form is out of date, perhaps because you have signed in or out since. Send it anew."))
    return current_app.handle_user_exception(expired)


def csrf_field() -> Markup:
    """The hidden field without which a form that writes is refused."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def init_app(app: Flask, settings: Settings) -> None:
    """Bind secrets, cookies, tokens of forms and permissions to the application."""
    is_https = settings.https == "on"
    app.config.update(
        SECRET_KEY=secret_key(settings.data, settings.secret_key),
        SESSION_COOKIE_NAME="__Host-session" if is_https else "session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_https,
        WTF_CSRF_TIME_LIMIT=None,  # a form that has been open since the morning is still good
    )
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    csrf.init_app(app)
    app.jinja_env.globals.update(
        csrf_field=csrf_field,
        current_actor=current_actor,
        may=has_permission,
        roles=ROLES,
    )
    app.register_error_handler(CSRFError, _on_csrf_error)
    app.before_request(_check_permission)
