"""The page on which people make tokens for their programs, and end them."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from catalogue.accounts import tokens
from catalogue.accounts.auth import current_actor, require_permission
from catalogue.accounts.models import TOKEN_SCOPES
from catalogue.database import db, writing
from catalogue.errors import InvalidFields

blueprint = Blueprint("tokens", __name__, url_prefix="/account/tokens")
_MOST_DIGITS = 3


@blueprint.get("")
@require_permission("write")
def index() -> Response:
    """The tokens of whoever is signed in, and the form for another."""
    return _page()


@blueprint.post("")
@require_permission("write")
def create() -> Response:
    """Make a token and show it, this once."""
    given = {name: request.form.get(name, "").strip() for name in ("name", "scope", "days")}
    is_number = given["days"].isascii() and given["days"].isdigit() and len(given["days"]) <= _MOST_DIGITS
    try:
        with writing(db.session()) as session:
            account = tokens.account_of(session, current_actor())
            _made, text = tokens.create_token(
                session, account, given["name"], given["scope"], int(given["days"]) if is_number else 0
            )
    except InvalidFields as error:
        return _page(400, given=given, problems=dict(error.problems))
    return _page(made=text)


@blueprint.post("/<int:token_id>/revoke")
@require_permission("write")
def revoke(token_id: int) -> ResponseReturnValue:
    """End a token."""
    with writing(db.session()) as session:
        tokens.revoke_token(session, tokens.account_of(session, current_actor()), token_id)
    return redirect(url_for("tokens.index"), 303)


def _page(status: int = 200, **shown: Any) -> Response:
    account = tokens.account_of(db.session(), current_actor())
    page = render_template(
        "accounts/tokens.html",
        **{
            "account": account,
            "tokens": tokens.tokens_of(db.session(), account),
            "is_live": tokens.is_live,
            "scopes": {scope: TOKEN_SCOPES.label(scope) for scope in tokens.scopes_for(account.role)},
            "scope_labels": TOKEN_SCOPES,
            "most_days": tokens.MOST_DAYS,
            "longest_name": tokens.LONGEST_NAME,
            "given": {"name": "", "scope": "read", "days": str(tokens.USUAL_DAYS)},
            "problems": {},
            "made": "",
            **shown,
        },
    )
    response = Response(page, status, mimetype="text/html")
    response.headers["Cache-Control"] = "private, no-store"
    return response
