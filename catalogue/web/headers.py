"""The headers of every response: security, and who may keep a copy."""

from flask import Flask, Response, request

from catalogue.accounts.auth import is_for_account
from catalogue.config import current_settings

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


def _finish(response: Response) -> Response:
    if current_settings().https == "on":
        response.headers.setdefault("Strict-Transport-Security", _HTTPS_ONLY)
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static" or response.status_code >= 400:
        _keep_from_others(response)
    return response


def _keep_from_others(response: Response) -> None:
    """An answer shows what its reader may see, in their language: no cache gives it to anybody else, and that of
    somebody who is signed in is kept by their own browser alone."""
    is_for_programs = request.path.startswith("/api/")
    response.vary.update(("Accept-Language", "Cookie", *(("Authorization",) if is_for_programs else ())))
    if is_for_account() and not response.cache_control.no_store:
        response.headers["Cache-Control"] = "private, no-cache"
    response.headers.setdefault("Cache-Control", "private, no-cache" if is_for_programs else "no-cache")


def init_app(app: Flask) -> None:
    """Add the headers to whatever the application answers."""
    app.after_request(_finish)
