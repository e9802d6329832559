"""Forms as a browser without scripts sends them: all controls with what stands in them, some filled anew."""

from typing import Any

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def controls(page: str) -> dict[str, str]:
    """What the form of an entry (or the page of a conflict) would send if it were sent as it is."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    forms = [each for each in tree.iter("form") if each.attrib.get("class") in ("entry-form", "entry-conflict")]
    form = forms[0]
    found: dict[str, str] = {}
    for each in form.iter():
        name = each.attrib.get("name")
        if not name or each.tag == "button":
            continue
        if each.tag == "textarea":
            found[name] = each.text or ""
        elif each.tag == "select":
            options = list(each.iter("option"))
            chosen = [option for option in options if "selected" in option.attrib] or options[:1]
            found[name] = chosen[0].attrib.get("value", "") if chosen else ""
        elif each.attrib.get("type") not in ("checkbox", "radio") or "checked" in each.attrib:
            found[name] = each.attrib.get("value", "on" if each.attrib.get("type") == "checkbox" else "")
    return found


def send(client: FlaskClient, address: str, page: str = "", action: str = "save", **typed: str) -> TestResponse:
    """Open a form (or go on with the page at hand), fill some controls, send it. Names with hyphens are written with
    two underscores; None takes a tick away."""
    content: dict[str, Any] = {**controls(page or client.get(address).text), "action": action}
    for name, text in typed.items():
        content[name.replace("__", "-")] = text
    content.pop("csrf_token", None)  # the browser of tests has its own
    return client.post(address, data={name: text for name, text in content.items() if text is not None})


def problems(page: str) -> str:
    """What the summary on top of a form says."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    found = [each for each in tree.iter() if each.attrib.get("id") == "problems"]
    return " ".join("".join(found[0].itertext()).split()) if found else ""
