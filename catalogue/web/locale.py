"""The language of a page, and that of the records on it."""

from flask import Flask, Response, has_request_context, request
from flask_babel import Babel
from markupsafe import Markup

from catalogue import formatting
from catalogue.config import Settings, current_settings

babel = Babel()

LANGUAGES = {"zh": "zh-CN", "en": "en"}  # the site's languages, and how HTML names them
RECORD_LANGUAGE = "zh-CN"  # the language records are written in, whatever the language of the page around them
LANGUAGE_COOKIE = "lang"
_LANGUAGE_COOKIE_SECONDS = 365 * 24 * 3600


def record_lang() -> Markup:
    """The attribute of an element that holds text of a record, where the page around it speaks another language."""
    return Markup("") if formatting.in_chinese() else Markup(' lang="{}"').format(RECORD_LANGUAGE)


def request_language() -> str:
    """What the address asks for, then what was chosen before, then what the browser prefers, then Chinese."""
    if not has_request_context():
        return "zh"
    for choice in (request.args.get(LANGUAGE_COOKIE), request.cookies.get(LANGUAGE_COOKIE)):
        if choice in LANGUAGES:
            return choice
    return request.accept_languages.best_match(list(LANGUAGES), "zh")


def _remember_language(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.content_language.add(LANGUAGES[request_language()])
    chosen = request.args.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES and chosen != request.cookies.get(LANGUAGE_COOKIE):
        response.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=_LANGUAGE_COOKIE_SECONDS,
            secure=request.is_secure or current_settings().https == "on",
            httponly=True,
            samesite="Lax",
        )
    return response


def init_app(app: Flask, settings: Settings) -> None:
    """Bind translations, the language of each request and the formatting of values to the application."""
    babel.init_app(app, default_locale="zh", default_timezone=settings.timezone, locale_selector=request_language)
    formatting.init_app(app)
    app.jinja_env.globals.update(
        record_lang=record_lang,
        html_language=lambda: LANGUAGES["zh" if formatting.in_chinese() else "en"],
    )
    app.after_request(_remember_language)
