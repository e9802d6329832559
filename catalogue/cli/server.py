"""Serving the site with waitress, and letting the index follow what other processes write."""

import logging
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click
import waitress
from flask import Flask
from flask_babel import gettext as _

from catalogue.config import Settings
from catalogue.errors import ConfigError
from catalogue.search.sync import IndexSync
from catalogue.web.request_checks import most_bytes_of_files


@contextmanager
def listening(host: str, port: int) -> Iterator[list[socket.socket]]:
    """The listening sockets. Taken before anything else is done, so that a taken port is told at once.

    Raises ConfigError when the address cannot be used.
    """
    with ExitStack() as taken:
        try:
            sockets = _listen(host, port, taken)
        except OSError as error:
            raise ConfigError(
                _(
                    "Port %(port)s of %(host)s cannot be used (%(reason)s); choose another one with --port, or set "
                    "CATALOGUE_PORT.",
                    port=port,
                    host=host,
                    reason=error.strerror or error,
                )
            ) from None
        yield sockets


def _listen(host: str, port: int, taken: ExitStack) -> list[socket.socket]:
    """A socket for each address of the host; `taken` closes them."""
    sockets = []
    for family, kind, protocol, _name, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    ):
        listener = taken.enter_context(socket.socket(family, kind, protocol))
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows, where SO_REUSEADDR would let two servers share
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
        sockets.append(listener)
    return sockets


SWITCH_SECONDS = 0.001


def address_of(settings: Settings) -> str:
    """Where the site is, by its settings."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def run(app: Flask, sockets: list[socket.socket], settings: Settings, sync: IndexSync, notice: str = "") -> None:
    """Serve until interrupted; `notice` is told once, after where the site is."""
    stop = threading.Event()
    # A search computes, and gives the interpreter away only when it must; a write between searches would wait 5 ms
    # for each file that it touches, with four searches under way a good half of a second.
    sys.setswitchinterval(SWITCH_SECONDS)
    threading.Thread(target=sync.follow, args=(stop,), name="index", daemon=True).start()
    # A request that waits its turn for a moment is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    click.echo(_("The catalogue is at %(address)s – Ctrl-C stops it.", address=address_of(settings)))
    if notice:
        click.echo(notice)
    try:
        waitress.serve(
            app,
            sockets=sockets,
            threads=settings.threads,
            # What is a little too large gets a page of its own; more than that is not even taken in.
            max_request_body_size=2 * most_bytes_of_files(settings),
            ident=None,
            _quiet=True,
        )
    finally:
        stop.set()
