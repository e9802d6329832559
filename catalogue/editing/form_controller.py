"""Opening and sending the one form, whatever it is about: what the pages of records, benefits and registers share."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor
from catalogue.accounts.permissions import Actor
from catalogue.database import db
from catalogue.editing import drafts, save_modes
from catalogue.editing.forms import EntityForm
from catalogue.editing.saving import FormRejected, Saved, SubmitOptions, find_own_amendment, save_form, warnings
from catalogue.errors import InvalidInput, NotFound
from catalogue.query_args import read_number
from catalogue.records.schema.entities import Entity
from catalogue.records.transactions import writing_records
from catalogue.review.models import Amendment

PRIVATE = {"Cache-Control": "private, no-store"}
SUBMIT = "submit"
_SEPARATOR = ";"


@dataclass(frozen=True)
class FormTarget:
    """Where a form stands: what it is about, its address and how its item is found (None: a new one; raises NotFound),
    where one gets to when it is saved, and what leads to it."""

    entity: Entity
    address: str
    heading: str
    find: Callable[[Session], Any | None]
    after: Callable[[Saved], str]
    back: str
    trail: Sequence[tuple[Any, str | None]] = ()
    section: str = ""


@dataclass(frozen=True)
class Sent:
    """What is sent along with the content of a form, and stays in it when it is shown again."""

    token: str
    note: str = ""
    seen: frozenset[str] = frozenset()
    amendment_id: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def open_form(place: FormTarget) -> Response:
    """The form, empty or with what is stored; with what was typed before where that is asked for (`draft`), or with
    what was proposed before (`amendment`)."""
    session, actor = db.session(), current_actor()
    item = place.find(session)
    kept = drafts.of_account(session, actor.account_id or 0, place.address)
    draft = next((each for each in kept if str(each.id) == request.args.get("draft")), None)
    form = EntityForm.open(session, actor, place.entity, item, draft.base_number if draft else None)
    own = find_own_amendment(session, actor, place.entity, item) if form.mode == "proposal" else None
    going_on = own if own is not None and str(own.id) == request.args.get("amendment") else None
    if draft is not None:
        form.take(drafts.contents(draft))
    elif going_on is not None:
        _fill_from(form, going_on)
    token = draft.token if draft else ("" if item is not None else secrets.token_urlsafe(12))
    sent = Sent(
        token,
        note=draft.content.get("note", "") if draft else (going_on.note if going_on else ""),
        amendment_id=going_on.id if going_on else None,
        extra={"own": own, "kept": [each for each in kept if each is not draft], "draft": draft},
    )
    return _page(place, form, sent)


def _fill_from(form: EntityForm, amendment: Amendment) -> None:
    texts = {**form.base, **{name: new for name, (_old, new) in amendment.changes.items() if name in form.base}}
    for widget in form.widgets:
        form.raw.update(widget.show(texts, form.reading))


def send_form(place: FormTarget) -> Response:
    """Save what was sent, and lead on; or show it again with what is in the way. Nothing that was typed is lost."""
    actor = current_actor()
    base = read_number(request.form, "base", 0, least=0)
    sent = _sent()
    wish = SubmitOptions(
        submit=request.form.get("action") == SUBMIT,
        note=sent.note,
        seen=sent.seen,
        warnings_seen=request.form.get("warnings-seen") == "yes",
        mode=request.form.get("mode", ""),
        amendment_id=sent.amendment_id,
    )
    try:
        saved = _save(place, actor, base, wish, sent.token)
    except FormRejected as held:
        return _again(place, held, sent)
    return redirect(place.after(saved), 303)


def _save(place: FormTarget, actor: Actor, base: int, wish: SubmitOptions, token: str) -> Saved:
    """Save in one transaction. Raises Held.

    Where two have met (a database that lets them run side by side finds out at the end), it is done anew, and then sees
    what the other has done.
    """

    def attempt() -> Saved:
        with writing_records(db.session()) as session:
            item = place.find(session)
            saved = save_form(session, actor, place.entity, item, request.form, base, wish)
            drafts.drop(session, actor.account_id or 0, place.address, token)
        return saved

    try:
        return attempt()
    except (StaleDataError, IntegrityError):
        return attempt()


def _plain(name: str, longest: int) -> str:
    """What was sent in a hidden or one-line control; no database text holds a NUL."""
    return request.form.get(name, "").replace("\x00", "").strip()[:longest]


def _sent() -> Sent:
    amendment = request.form.get("amendment", "")
    return Sent(
        token=_plain("form-token", 40),
        note=_plain("note", 1000),
        seen=frozenset(filter(None, _plain("seen", 2000).split(_SEPARATOR))),
        amendment_id=int(amendment) if amendment.isdecimal() and len(amendment) < 10 else None,
    )


def _again(place: FormTarget, held: FormRejected, sent: Sent) -> Response:
    form = held.form
    if held.reason == "conflict":
        return answer(
            "editing/conflict.html",
            held.status,
            place=place,
            form=form,
            sent=sent,
            differing=held.differing,
            newest=held.newest,
            action=request.form.get("action", ""),
        )
    seen = sent.seen | {each.code for each in held.alike}
    extra = {"alike": held.alike, "mode_changed": held.reason == "mode"}
    return _page(place, form, Sent(sent.token, sent.note, seen, sent.amendment_id, extra), held.status)


def _page(place: FormTarget, form: EntityForm, sent: Sent, status: int = 200) -> Response:
    told = warnings(form.session, form.actor, form.item) if request.method == "GET" else []
    return answer(
        "editing/form.html",
        status,
        place=place,
        form=form,
        sent=sent,
        says=save_modes.says(form.mode, form.entity, form.item),
        warnings=told,
        warnings_seen=told or request.form.get("warnings-seen") == "yes",
        seen=_SEPARATOR.join(sorted(sent.seen)),
        done=request.args.get("done", ""),
        **{"own": None, "kept": [], "draft": None, "alike": (), "mode_changed": False, **sent.extra},
    )


def answer(template: str, status: int = 200, **values: Any) -> Response:
    """A page that belongs to its reader alone."""
    return current_app.response_class(render_template(template, **values), status, headers=PRIVATE)


def account_id() -> int:
    """The account in whose name something is kept. Raises InvalidInput where there is none."""
    found = current_actor().account_id
    if found is None:
        raise InvalidInput(_("This takes an account of your own."))
    return found


def not_found(code: str) -> NotFound:
    """There is no such item, or it is not open to the actor."""
    return NotFound(_("There is no record “%(code)s”, or it is not open to you.", code=code[:60]))
