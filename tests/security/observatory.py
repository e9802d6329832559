"""A site scored as Mozilla's HTTP Observatory scores it: its published expectations and modifiers, for one answer.

After https://github.com/mdn/mdn-http-observatory (scoring of 2025). From 100 points, what is missing takes some away;
what is better than needed adds some, but only where 90 are left without. 100 and more is an A+.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from html.parser import HTMLParser
from urllib.parse import urlsplit

LEAST_FOR_EXTRA = 90
A_PLUS = 100
_BROAD = frozenset({"*", "http:", "https:", "ftp:", "http://*", "https://*", "http://*.*", "https://*.*"})
_INLINE = frozenset({"'unsafe-inline'", "data:"})
_HALF_A_YEAR = 15_768_000
_SAFE_REFERRER = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
_HTML = {"text/html", "application/xhtml+xml"}


def score(headers: Mapping[str, str], cookies: Iterable[str], page: str) -> tuple[int, dict[str, int]]:
    """The points of an answer that came by HTTPS, and what each test added or took away."""
    policy = _policy(headers.get("Content-Security-Policy", ""))
    hsts = _hsts(headers.get("Strict-Transport-Security", ""))
    modifiers = {
        "content-security-policy": _csp(policy),
        "cookies": _cookies(list(cookies), hsts == 0),
        "cross-origin-resource-sharing": _cors(headers),
        "redirection": 0,  # the proxy's affair, or no HTTP at all: neither adds or takes anything
        "referrer-policy": _referrer(headers.get("Referrer-Policy", "")),
        "strict-transport-security": hsts,
        "subresource-integrity": _integrity(headers.get("Content-Type", ""), page),
        "x-content-type-options": 0 if headers.get("X-Content-Type-Options", "").strip().lower() == "nosniff" else -5,
        "x-frame-options": _framing(policy, headers.get("X-Frame-Options", "")),
        "cross-origin-resource-policy": _corp(headers.get("Cross-Origin-Resource-Policy", "")),
    }
    without_extra = 100 + sum(min(points, 0) for points in modifiers.values())
    whole = 100 + sum(modifiers.values())
    return max(whole if without_extra >= LEAST_FOR_EXTRA else without_extra, 0), modifiers


def _policy(header: str) -> Mapping[str, Collection[str]]:
    directives = (part.split() for part in header.split(";") if part.strip())
    return {name.lower(): [source.lower() for source in sources] for name, *sources in directives}


def _csp(policy: Mapping[str, Collection[str]]) -> int:
    if not policy:
        return -25

    def sources(name: str) -> set[str]:
        return set(policy.get(name, policy.get("default-src", ["*"])))

    scripts, styles, objects = sources("script-src"), sources("style-src"), sources("object-src")
    if scripts & (_BROAD | _INLINE) or objects & _BROAD:
        return -20
    passive = sources("img-src") | sources("media-src")
    active = {each for name, named in policy.items() if name not in ("img-src", "media-src") for each in named}
    if any(each.startswith(("http:", "ftp:")) for each in active):
        return -20
    if "'unsafe-eval'" in scripts | styles or any(each.startswith(("http:", "ftp:")) for each in passive):
        return -10
    if styles & (_BROAD | _INLINE):
        return 0
    return 10 if list(policy.get("default-src", [])) == ["'none'"] else 5


def _hsts(header: str) -> int:
    age = re.search(r"max-age=(\d+)", header)
    if age is None:
        return -20
    return 0 if int(age[1]) >= _HALF_A_YEAR else -10


def _cookies(cookies: list[str], has_hsts: bool) -> int:
    points = [_cookie(cookie, has_hsts) for cookie in cookies]
    return min(points) if points else 0


def _cookie(cookie: str, has_hsts: bool) -> int:
    name = cookie.partition("=")[0].lower()
    flags = [part.strip().lower() for part in cookie.split(";")[1:]]
    is_session = "login" in name or "sess" in name
    same_site = next((flag.partition("=")[2] for flag in flags if flag.startswith("samesite")), None)
    if is_session and "secure" not in flags:
        return -10 if has_hsts else -40
    if is_session and "httponly" not in flags:
        return -30
    if (same_site is not None and same_site not in ("lax", "strict", "none")) or ("csrf" in name and same_site is None):
        return -20
    if "secure" not in flags:
        return -5 if has_hsts else -20
    return 0 if same_site is None else 5


def _cors(headers: Mapping[str, str]) -> int:
    origin = headers.get("Access-Control-Allow-Origin")
    shared = headers.get("Access-Control-Allow-Credentials", "").lower() == "true"
    return -50 if origin is not None and shared else 0


def _referrer(header: str) -> int:
    values = [value.strip().lower() for value in header.split(",") if value.strip()]
    if not values:
        return 0
    return 5 if values[-1] in _SAFE_REFERRER else -5


class _Scripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script" and values.get("src"):
            self.found.append((str(values["src"]), bool(values.get("integrity"))))


def _integrity(content_type: str, page: str) -> int:
    if content_type.partition(";")[0] not in _HTML:
        return 0
    parser = _Scripts()
    parser.feed(page)
    points = [0]
    for source, has_integrity in parser.found:
        is_foreign, is_secure = bool(urlsplit(source).netloc), source.startswith("https://")
        if is_foreign and not is_secure:
            points.append(-20 if has_integrity else -50)
        elif is_foreign and not has_integrity:
            points.append(-5)
    return min(points)


def _framing(policy: Mapping[str, Collection[str]], header: str) -> int:
    if "frame-ancestors" in policy:
        return 5
    return 0 if header.strip().lower() in ("deny", "sameorigin") else -20


def _corp(header: str) -> int:
    if not header:
        return 0
    return {"same-origin": 10, "same-site": 10, "cross-origin": 0}.get(header.strip().lower(), -5)
