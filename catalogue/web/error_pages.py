"""The HTML and JSON faces of errors. Sentences and remedies reach the reader; traces and paths stay in the log."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, Response, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from catalogue.database import as_reported, db
from catalogue.errors import Busy, CatalogueError, InvalidInput, SignInNeeded
from catalogue.web.request_origin import origin_of_request

log = logging.getLogger(__name__)

# What is left when not even the error page can be drawn, e.g. for a host name that is not served.
_BARE_PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>{status}</title><h1>{status}</h1>"
    "<p>无法处理这个请求。<br>This request cannot be answered.</p></html>"
)


def _heading(status: int, again: bool) -> str:
    if again and status == 400:
        return _("Please send it again")
    headings = {
        400: _("This request cannot be understood"),
        401: _("This takes an account"),
        403: _("This is not open to you"),
        404: _("There is nothing here"),
        405: _("This page cannot be used in this way"),
        409: _("Somebody else was faster"),
        413: _("That is too much at once"),
        503: _("This is not available at the moment"),
    }
    return headings.get(status) or (_("Something went wrong here") if status >= 500 else _("This is not possible"))


def _explanation(status: int) -> str:
    explanations = {
        400: _("The address or what was sent with it holds something that cannot be used."),
        404: _("The address may be mistyped, or what stood here may not be open to you."),
        405: _("Go back and use the links and forms of the page."),
        413: _("What was sent is larger than the site accepts."),
        503: _(
            "The search index is being built or cannot be read. The site repairs it: search again in a few minutes. "
            "Lists, records and tallies work meanwhile. If this lasts, the administrator runs `catalogue reindex`."
        ),
    }
    usual = _("The mistake is ours, not yours. It has been logged; please tell the administrator what you were doing.")
    return explanations.get(status) or (usual if status >= 500 else "")


def _answer(
    status: int,
    message: str,
    place: str = "",
    details: Mapping[str, Any] | None = None,
    again: Sequence[tuple[str, str]] = (),
) -> Response:
    """The page, or for the API the JSON, of an error. `message` is for the reader; it may be empty. `details` are for
    programs; `again` are the fields of a form that can be sent again from the page."""
    message = message or _explanation(status)
    if request.path.startswith("/api/"):
        response = jsonify(error={"status": status, "message": message, "place": place or None, **(details or {})})
    else:
        response = Response(_page(status, message, again), mimetype="text/html")
    response.status_code = status
    return response


def _page(status: int, message: str, again: Sequence[tuple[str, str]]) -> str:
    try:
        heading = _heading(status, bool(again))
        return render_template("errors/error.html", status=status, heading=heading, message=message, again=again)
    except Exception:
        if status < 500:  # else the cause has been logged already
            log.exception("The error page could not be drawn.")
        return _BARE_PAGE.format(status=status)


def _sent_fields() -> list[tuple[str, str]]:
    """The fields of a form that was refused through no fault of its own, to be sent again; none where they came from
    nobody knows where, and none of what is not written into a page: passwords and files."""
    form = request.form
    if origin_of_request() != "own" or "password" in form or any(file.filename for file in request.files.values()):
        return []
    return [(name, text) for name, text in form.items(multi=True) if name != "csrf_token"]


def _on_database_error(error: OperationalError) -> Response:
    told = as_reported(error)
    db.session.rollback()
    if isinstance(told, Busy):
        return _on_catalogue_error(told)
    raise error


def _on_catalogue_error(error: CatalogueError) -> Response:
    if error.status >= 500 and not isinstance(error, Busy):
        log.error("%s: %s", type(error).__name__, error)
        return _answer(error.status, "")
    place = error.place if isinstance(error, InvalidInput) else ""
    again = _sent_fields() if error.can_be_sent_again else ()
    response = _answer(error.status, str(error), place, error.details, again)
    response.headers.update(error.headers)
    return response


def _on_sign_in_needed(error: SignInNeeded) -> Any:
    """Pages lead to signing in and back; programmes are told."""
    if request.path.startswith("/api/") or request.method not in ("GET", "HEAD"):
        return _on_catalogue_error(error)
    here = request.full_path if request.query_string else request.path
    return redirect(url_for("accounts.sign_in", next=here), 303)


def _on_http_error(error: HTTPException) -> Any:
    if error.response is not None or error.code is None or error.code < 400:
        return error  # a redirection, or an answer that was made elsewhere
    if isinstance(error, InternalServerError):
        db.session.rollback()
    response = _answer(error.code, "")
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value  # such as Allow
    return response


def init_app(app: Flask) -> None:
    """Bind the error pages to the application."""
    app.register_error_handler(CatalogueError, _on_catalogue_error)
    app.register_error_handler(OperationalError, _on_database_error)
    app.register_error_handler(SignInNeeded, _on_sign_in_needed)
    app.register_error_handler(HTTPException, _on_http_error)
