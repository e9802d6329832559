"""Addresses made from that of the page at hand."""

from typing import Any
from urllib.parse import quote, urlencode

from flask import request
from werkzeug.datastructures import MultiDict

from catalogue.web.locale import LANGUAGE_COOKIE


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
