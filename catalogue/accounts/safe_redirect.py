"""Where to go on after signing in: to a page of this site and nowhere else."""

from urllib.parse import urlsplit

_LONGEST = 2000


def own_path(text: str) -> str:
    """The path if it leads to a page of this site, else an empty text.

    Browsers read a backslash as a slash, drop tabs and line breaks, and take two slashes for another host.
    """
    if not text.startswith("/") or text.startswith("//") or "\\" in text or len(text) > _LONGEST:
        return ""
    if any(ord(character) <= 0x20 or ord(character) == 0x7F for character in text):
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc or parts.path.startswith("//") else text
