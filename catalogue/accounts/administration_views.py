"""The pages on which administrators keep the accounts: the list, one account with its history, and inviting."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalogue.accounts import administration
from catalogue.accounts.account_links import VALID
from catalogue.accounts.account_list import RosterState, count_accounts, find_accounts
from catalogue.accounts.auth import current_actor, require_permission
from catalogue.accounts.auth_providers import ways
from catalogue.accounts.divisions import division_code, division_names
from catalogue.accounts.events import events_of
from catalogue.accounts.models import EVENTS, SOURCES, Account
from catalogue.accounts.permissions import ROLES, Actor, name_in_words
from catalogue.accounts.sessions import sessions_of
from catalogue.accounts.views import private_page
from catalogue.database import db, writing
from catalogue.errors import Conflict, InvalidInput, NotFound
from catalogue.paging import Paging

blueprint = Blueprint("administration", __name__)
_PER_PAGE = 50
_MANAGE = "manage_accounts"

# What the buttons of an account's page do; those that give a token lead to a link, which is shown once.
_ACTIONS: dict[str, Callable[[Session, Actor, Account], str | None]] = {
    "close": administration.close_account,
    "open": administration.open_account,
    "invite": administration.invite,
    "reset": administration.reset_password,
    "end-sessions": administration.end_all_sessions,
}


@blueprint.get("/accounts")
@require_permission(_MANAGE)
def index() -> Response:
    """The accounts."""
    state = RosterState.from_args(request.args)
    paging = Paging.from_args(request.args, count_accounts(db.session(), state), _PER_PAGE)
    accounts = find_accounts(db.session(), state, paging.offset, paging.per_page)
    names, codes = _division_names(), {account.id: _code(account) for account in accounts}
    return private_page(
        "accounts/index.html",
        state=state,
        accounts=accounts,
        paging=paging,
        division=lambda account: names.get(codes[account.id], ""),
        sources=SOURCES,
    )


@blueprint.route("/accounts/new", methods=["GET", "POST"])
@require_permission(_MANAGE)
def create() -> Any:
    """The form of an invitation, and what becomes of it: an account, and the link to hand over."""
    if request.method == "GET":
        return _new_page()
    form = request.form
    try:
        with writing(db.session()) as session:
            account = administration.add_account(
                session,
                current_actor(),
                form.get("login", ""),
                form.get("name", ""),
                form.get("role", ""),
                form.get("division", ""),
            )
            token = administration.invite(session, current_actor(), account)
            id_ = account.id
    except InvalidInput as error:
        return _new_page(error)
    return _page(id_, link=_address(token), purpose="invitation")


def _new_page(error: InvalidInput | None = None) -> Response:
    return private_page(
        "accounts/new.html",
        400 if error else 200,
        values={name: request.form.get(name, "") for name in ("login", "name", "role", "division")},
        roles_by_code=dict(ROLES.labels),
        divisions=_division_names(),
        problem=str(error or ""),
        place=error.place if error else "",
    )


@blueprint.get("/accounts/<int:id_>")
@require_permission(_MANAGE)
def show(id_: int) -> Response:
    """One account: what it may, its sessions, what happened to it."""
    return _page(id_)


@blueprint.post("/accounts/<int:id_>")
@require_permission(_MANAGE)
def change(id_: int) -> Any:
    """Change name, role and division."""
    form = request.form
    try:
        with writing(db.session()) as session:
            administration.change_account(
                session,
                current_actor(),
                _account(id_),
                name=form.get("name"),
                role=form.get("role"),
                division=form.get("division"),
            )
    except (InvalidInput, Conflict) as error:
        return _page(id_, error)
    return redirect(url_for("administration.show", id_=id_), 303)


@blueprint.post("/accounts/<int:id_>/<action>")
@require_permission(_MANAGE)
def act(id_: int, action: str) -> Any:
    """What a button says: close, open, a link, the sessions."""
    if action not in _ACTIONS:
        raise NotFound(_("There is no such page."))
    try:
        with writing(db.session()) as session:
            token = _ACTIONS[action](session, current_actor(), _account(id_))
    except (InvalidInput, Conflict) as error:
        return _page(id_, error)
    if token:
        return _page(id_, link=_address(token), purpose="invitation" if action == "invite" else "reset")
    return redirect(url_for("administration.show", id_=id_), 303)


def _page(id_: int, error: InvalidInput | Conflict | None = None, link: str = "", purpose: str = "") -> Response:
    account = _account(id_)
    return private_page(
        "accounts/show.html",
        error.status if error else 200,
        account=account,
        divisions=_division_names(),
        division=_code(account),
        roles_by_code=dict(ROLES.labels),
        sessions=sessions_of(db.session(), account.id),
        events=events_of(db.session(), account),
        event_labels=EVENTS,
        value_in_words=_value_in_words,
        sources=SOURCES,
        roles_elsewhere=account.source != "local" and bool(ways().admission.roles),
        name_in_words=name_in_words,
        link=link,
        days=VALID[purpose].days if purpose else 0,
        problem=str(error or ""),
        place=getattr(error, "place", ""),
    )


def _address(token: str) -> str:
    return url_for("accounts.welcome", token=token, _external=True)


def _value_in_words(field: str, value: str) -> str:
    if not value:
        return "–"
    labels: Mapping[str, Any] = {"role": ROLES.labels, "division": _division_names()}.get(field, {})
    return str(labels.get(value, value))


def _account(id_: int) -> Account:
    account = db.session().get(Account, id_)
    if account is None:
        raise NotFound(_("There is no such account."))
    return account


def _code(account: Account) -> str:
    return division_code(db.session(), account.division_id)


def _division_names() -> dict[str, str]:
    return division_names(db.session())
