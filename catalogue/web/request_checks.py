"""What every request must satisfy before its view runs: HTTPS, a bounded size, and no form of another site."""

from flask import Flask, abort, current_app, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from catalogue.accounts.auth import View
from catalogue.config import Settings, current_settings
from catalogue.errors import CrossSiteRequest, InvalidInput, TooMuch
from catalogue.web.request_origin import origin_of_request

_MIB = 1024 * 1024
MOST_BYTES = 16 * _MIB  # in the body of a request, where its view does not take files
MOST_FORM_BYTES = 4 * _MIB  # of it in fields that are not files: a book that somebody pastes
_FILES_AT_ONCE = 4  # of the largest size, in one request of a view that does
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def takes_files(view: View) -> View:
    """A decorator beneath that of the address: this view takes files as large as attachments may be, which go to the
    disk as they come; every other request stays small."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def most_bytes_of_files(settings: Settings) -> int:
    """How large a request may be that brings files."""
    return max(MOST_BYTES, (_FILES_AT_ONCE * settings.attachment_mb + 1) * _MIB)


def _lead_to_https() -> WerkzeugResponse | None:
    """Whoever came without HTTPS is led there, where a proxy that is believed says so; a form is not sent twice."""
    settings = current_settings()
    told = bool(settings.proxies) and "X-Forwarded-Proto" in request.headers
    if settings.https == "on" and told and not request.is_secure and request.method in _SAFE_METHODS:
        return redirect(request.url.replace("http://", "https://", 1), 308)
    return None


def _refuse_unusable_requests() -> None:
    # No text of the catalogue holds a NUL character, and PostgreSQL refuses to compare with one.
    if "\x00" in request.path or any("\x00" in part for pair in request.args.items(multi=True) for part in pair):
        raise InvalidInput(_("The address contains a NUL character, which stands in no text."))
    request.max_content_length = MOST_BYTES
    if getattr(current_app.view_functions.get(request.endpoint or ""), "takes_files", False):
        settings = current_settings()
        request.max_content_length = most_bytes_of_files(settings)
        if (request.content_length or 0) > request.max_content_length:
            most = settings.attachment_mb
            raise TooMuch(
                _(
                    "Files of %(all)s MB at most can be sent at once, each of %(one)s MB.",
                    all=_FILES_AT_ONCE * most,
                    one=most,
                )
            )
    elif (request.content_length or 0) > MOST_BYTES:
        abort(413)


def _refuse_requests_from_other_sites() -> None:
    """Nothing is written for a form that stands on another site."""
    if request.method not in _SAFE_METHODS and origin_of_request() == "other":
        raise CrossSiteRequest(_("This was sent from a page of another site. Open the page here and send it again."))


def init_app(app: Flask, settings: Settings) -> None:
    """Check every request of the application."""
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_FORM_BYTES,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
    )
    app.before_request(_lead_to_https)
    app.before_request(_refuse_unusable_requests)
    app.before_request(_refuse_requests_from_other_sites)
