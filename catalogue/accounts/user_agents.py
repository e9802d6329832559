"""Browsers in words, so that people recognise their own: from what browsers say about themselves, which is not much."""

from flask_babel import gettext as _

# In this order: many browsers claim to be others as well.
_BROWSERS = (
    ("Edg", "Edge"),
    ("QQBrowser/", "QQ"),
    ("360SE", "360"),
    ("360EE", "360"),
    ("MicroMessenger/", "WeChat"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_in_words(user_agent: str) -> str:
    """Such as “Firefox on Windows”."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("Another browser")
