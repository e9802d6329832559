"""What must hold however many do it at the same moment, on each database: the last administrator, links that are used
once, limits of attempts."""

import threading

import pytest
from flask import Flask

from catalogue.accounts import account_links, throttling
from catalogue.accounts.account_links import use_link
from catalogue.accounts.administration import add_account, close_account, invite
from catalogue.accounts.models import Account
from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.accounts.throttling import TooManyAttempts, count_attempt
from catalogue.database import db, writing
from catalogue.errors import Conflict, NotFound
from tests.support.passwords import PASSWORD, with_password
from tests.support.timing import PATIENCE


def one_of_two_uses_a_link(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both read the link, and both have hashed a password, before either writes."""
    with site.app_context(), writing(db.session()) as session:
        account = add_account(session, COMMAND_LINE, "twice", "twice", "reader")
        token = invite(session, COMMAND_LINE, account)
    both_are_hashing, results = threading.Barrier(2, timeout=PATIENCE), []

    def hash_together(_password: str) -> str:
        both_are_hashing.wait()
        return "hash"

    monkeypatch.setattr(account_links, "hash_password", hash_together)

    def use() -> None:
        with site.app_context():
            try:
                results.append(use_link(db.session(), token, "", "", PASSWORD, PASSWORD))
            except NotFound:
                results.append(None)

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2
    assert results.count(None) == 1


def one_of_two_administrators_stays(site: Flask) -> None:
    """Each closes the account of the other. They are the only ones of the site."""
    both = [with_password(site, "administrator", login) for login in ("administrator", "second")]
    start, results = threading.Barrier(2, timeout=PATIENCE), []

    def close(id_: int) -> None:
        with site.app_context():
            start.wait()
            try:
                with writing(db.session()) as session:
                    close_account(session, COMMAND_LINE, session.get_one(Account, id_))
                results.append("closed")
            except Conflict:
                results.append("refused")

    threads = [threading.Thread(target=close, args=(id_,)) for id_ in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["closed", "refused"]


def as_many_attempts_as_are_free(site: Flask) -> None:
    """More than are free at once, for one login."""
    start, results = threading.Barrier(12, timeout=PATIENCE), []

    def attempt() -> None:
        with site.app_context():
            start.wait()
            try:
                with writing(db.session()) as session:
                    count_attempt(session, "at-once", "10.0.0.9")
                results.append("counted")
            except TooManyAttempts:
                results.append("refused")

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("counted") == throttling.FREE_BY_LOGIN
    assert results.count("refused") == 12 - throttling.FREE_BY_LOGIN
