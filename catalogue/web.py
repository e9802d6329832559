"""What every page shares: language, security headers, paging, the state of the site, and who asks."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from urllib.parse import quote, urlencode

from flask import Flask, Response, abort, current_app, g, has_request_context, redirect, request
from flask_babel import Babel
from flask_babel import gettext as _
from jinja2 import StrictUndefined
from markupsafe import Markup
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as WerkzeugResponse

from catalogue import error_pages, formatting
from catalogue.access import View, current_actor, is_for_account
from catalogue.arguments import read_number
from catalogue.config import Settings
from catalogue.database import db
from catalogue.errors import CrossSiteRequest, InvalidInput, NotFound, TooMuch
from catalogue.origins import origin_of_request
from catalogue.records import site
from catalogue.records.models import Record
from catalogue.records.queries import visible_to
from catalogue.services import services

babel = Babel()

LANGUAGES = {"zh": "zh-CN", "en": "en"}  # the site's languages, and how HTML names them
RECORD_LANGUAGE = "zh-CN"  # that in which records are written, whatever the page around them speaks
LANGUAGE_COOKIE = "lang"
_LANGUAGE_COOKIE_SECONDS = 365 * 24 * 3600
_MIB = 1024 * 1024
MOST_BYTES = 16 * _MIB  # in the body of a request, where its view does not take files
_FILES_AT_ONCE = 4  # of the largest size, in one request of a view that does
MOST_FORM_BYTES = 4 * 1024 * 1024  # of it in fields that are not files: a book that somebody pastes
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PER_PAGE = 20

# Everything comes from this site and nothing stands inline, so whatever slips into a page cannot run.
_SECURITY_HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self'",
            "font-src 'self'",
            "script-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


_HTTPS_ONLY = "max-age=63072000; includeSubDomains"  # two years


@dataclass(frozen=True)
class Paging:
    """One page of a list: its number (from 1), how many entries a page has, and how many there are in all."""

    page: int
    per_page: int
    total: int

    @classmethod
    def from_args(cls, args: Any, total: int, per_page: int = PER_PAGE) -> Self:
        """The page that the address asks for. Raises InvalidInput for what is no page number, NotFound past the end."""
        return cls(read_number(args, "page", 1), per_page, total).checked()

    def checked(self) -> Self:
        """This page. Raises NotFound where the list has no such page."""
        if self.page > self.pages:
            raise NotFound(_("There is no page %(page)s; the last one is %(pages)s.", page=self.page, pages=self.pages))
        return self

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def offset(self) -> int:
        """How many entries come before this page."""
        return (self.page - 1) * self.per_page

    @property
    def last(self) -> int:
        """The number of the last entry on this page."""
        return min(self.offset + self.per_page, self.total)

    @property
    def window(self) -> list[int | None]:
        """The page numbers to offer: the ends and the neighbours; None stands for a gap."""
        near = range(self.page - 2, self.page + 3)
        wanted = sorted({1, self.pages, *(page for page in near if 1 <= page <= self.pages)})
        window: list[int | None] = []
        for page in wanted:
            gap = page - (window[-1] or 0) if window else 1
            window += [page - 1] if gap == 2 else [None] if gap > 2 else []
            window.append(page)
        return window


@dataclass(frozen=True)
class SiteState:
    """What the foot of every page says: as-of day, visible records, changes the index has yet to see (None: there is
    no usable index), and the notice that the data bring along."""

    as_of: date
    records: int
    waiting: int | None
    notice: str


def reporting_day() -> date:
    """The day on which figures stand unless the page asks for another."""
    if "reporting_day" not in g:
        g.reporting_day = site.reporting_day(db.session(), services().settings.as_of)
    day: date = g.reporting_day
    return day


def site_state() -> SiteState:
    """The state of the site, for the foot of the page."""
    facts = {fact.name: fact.value for fact in db.session.scalars(select(site.SiteFact))}
    chinese = formatting.in_chinese()
    return SiteState(
        as_of=reporting_day(),
        records=db.session.scalar(select(func.count()).select_from(Record).where(visible_to(current_actor()))) or 0,
        waiting=services().sync.queued() if services().index.status() else None,
        notice=facts.get("notice", "") if chinese else facts.get("notice_en", facts.get("notice", "")),
    )


def url_here(**changes: Any) -> str:
    """The address of this page with some arguments changed (None removes one). The chosen language is kept in a
    cookie and not in addresses, so that a copied link speaks its reader's language."""
    args = MultiDict(request.args)
    for name, value in {LANGUAGE_COOKIE: None, **changes}.items():
        args.poplist(name)
        if value is not None:
            args.add(name, str(value))
    # One slash at the beginning: two would name another host.
    path = quote(f"{request.script_root}/{request.path.lstrip('/')}")
    query = urlencode(list(args.items(multi=True)))
    return f"{path}?{query}" if query else path


def record_lang() -> Markup:
    """The attribute of an element that holds text of a record, where the page around it speaks another language."""
    return Markup("") if formatting.in_chinese() else Markup(' lang="{}"').format(RECORD_LANGUAGE)


def _language() -> str:
    """What the address asks for, then what was chosen before, then what the browser prefers, then Chinese."""
    if not has_request_context():
        return "zh"
    for choice in (request.args.get(LANGUAGE_COOKIE), request.cookies.get(LANGUAGE_COOKIE)):
        if choice in LANGUAGES:
            return choice
    return request.accept_languages.best_match(list(LANGUAGES), "zh")


def _lead_to_https() -> WerkzeugResponse | None:
    """Whoever came without HTTPS is led there, where a proxy that is believed says so; a form is not sent twice."""
    settings = services().settings
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
        settings = services().settings
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


def takes_files(view: View) -> View:
    """A decorator beneath that of the address: this view takes files as large as attachments may be, which go to the
    disk as they come; every other request stays small."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def most_bytes_of_files(settings: Settings) -> int:
    """How large a request may be that brings files."""
    return max(MOST_BYTES, (_FILES_AT_ONCE * settings.attachment_mb + 1) * _MIB)


def _refuse_requests_from_other_sites() -> None:
    """Nothing is written for a form that stands on another site."""
    if request.method not in _SAFE_METHODS and origin_of_request() == "other":
        raise CrossSiteRequest(_("This was sent from a page of another site. Open the page here and send it again."))


def _finish(response: Response) -> Response:
    if services().settings.https == "on":
        response.headers.setdefault("Strict-Transport-Security", _HTTPS_ONLY)
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static" or response.status_code >= 400:
        _keep_from_others(response)
    if response.mimetype == "text/html":
        response.content_language.add(LANGUAGES[_language()])
    chosen = request.args.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES and chosen != request.cookies.get(LANGUAGE_COOKIE):
        response.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=_LANGUAGE_COOKIE_SECONDS,
            secure=request.is_secure or services().settings.https == "on",
            httponly=True,
            samesite="Lax",
        )
    return response


def _keep_from_others(response: Response) -> None:
    """An answer shows what its reader may see, in their language: no cache gives it to anybody else, and that of
    somebody who is signed in is kept by their own browser alone."""
    is_for_programs = request.path.startswith("/api/")
    response.vary.update(("Accept-Language", "Cookie", *(("Authorization",) if is_for_programs else ())))
    if is_for_account() and not response.cache_control.no_store:
        response.headers["Cache-Control"] = "private, no-cache"
    response.headers.setdefault("Cache-Control", "private, no-cache" if is_for_programs else "no-cache")


def init_app(app: Flask, settings: Settings) -> None:
    """Bind the shared parts to the application."""
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_FORM_BYTES,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    # A name that a template misspells is an error, not an empty place.
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    babel.init_app(app, default_locale="zh", default_timezone=settings.timezone, locale_selector=_language)
    formatting.init_app(app)
    error_pages.init_app(app)
    app.jinja_env.globals.update(
        url_here=url_here,
        site_state=site_state,
        record_lang=record_lang,
        html_language=lambda: LANGUAGES["zh" if formatting.in_chinese() else "en"],
    )
    app.before_request(_lead_to_https)
    app.before_request(_refuse_unusable_requests)
    app.before_request(_refuse_requests_from_other_sites)
    app.after_request(_finish)
