"""Where a request comes from, as browsers say it and no page can change (the method of Go's CrossOriginProtection)."""

from typing import Literal
from urllib.parse import urlsplit

from flask import request


def origin_of_request() -> Literal["own", "other", "unsaid"]:
    """Whether a page of this site sent the request, or one of another; what says nothing was not sent by a page."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return "own" if site == "same-origin" else "unsaid" if site == "none" else "other"
    origin = request.headers.get("Origin")
    if not origin:
        return "unsaid"
    return "own" if _host(origin) == request.host else "other"


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
