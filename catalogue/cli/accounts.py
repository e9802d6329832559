"""The commands that keep the accounts: `catalogue user …`. A link is printed once; nobody can read it again."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalogue.accounts import administration
from catalogue.accounts.account_links import VALID
from catalogue.accounts.account_list import RosterState, find_accounts
from catalogue.accounts.models import Account
from catalogue.accounts.permissions import COMMAND_LINE, ROLES
from catalogue.accounts.usernames import account_named
from catalogue.cli.server import address_of
from catalogue.cli.support import application, as_json, print_json
from catalogue.config import current_settings
from catalogue.database import db, writing
from catalogue.errors import InvalidInput
from catalogue.records.schema.resolver import Resolver

_ROLE = click.Choice(list(ROLES))


@click.group()
def user() -> None:
    """Keep the accounts: who may sign in, and what each may do."""


@contextmanager
def _changing(login: str) -> Iterator[tuple[Session, Account]]:
    """An account to be changed, in a write transaction of its own."""
    with application(), writing(db.session()) as session:
        yield session, account_named(session, login)


def _tell(session: Session, account: Account, as_json: bool, link: str = "", purpose: str = "invitation") -> None:
    """Print what an account is now, and a link to hand over."""
    if as_json:
        print_json({**administration.account_as_data(session, account), **({"link": link} if link else {})})
        return
    click.echo(_line(account))
    if link:
        click.echo(_("To hand over, good once and for %(days)s days:", days=VALID[purpose].days))
        click.echo(link)


def welcome_address(token: str) -> str:
    """The address of a link, at the host and port of the settings."""
    return f"{address_of(current_settings())}/welcome/{token}"


def _invitation(session: Session, account: Account) -> str:
    return welcome_address(administration.invite(session, COMMAND_LINE, account))


def _line(account: Account) -> str:
    state = "" if account.is_active else _("Closed")
    return f"{account.login:<20} {ROLES.label(account.role)}  {account.name}  {state}".rstrip()


@user.command("list")
@click.option("--role", type=_ROLE, help="Only accounts with this role.")
@as_json
def list_command(role: str | None, as_json: bool) -> None:
    """List the accounts."""
    with application():
        session = db.session()
        accounts = find_accounts(session, RosterState(role=role or ""))
        if as_json:
            print_json([administration.account_as_data(session, account) for account in accounts])
            return
        for account in accounts:
            click.echo(_line(account))
        if not accounts:
            click.echo(_("There is no account yet."))


def _division_code(session: Session, name: str) -> str:
    """The code of a division by any of its names; empty for none. Raises InvalidInput."""
    try:
        return Resolver(session).division(name).code if name else ""
    except ValueError as error:
        raise InvalidInput(str(error), "division") from error


@user.command("add")
@click.argument("login")
@click.option("--name", required=True, help="Whose account it is.")
@click.option("--role", type=_ROLE, default="reader", show_default=True)
@click.option("--division", default="", help="A division, by name, code or alias.")
@click.option("--ldap", "by_ldap", is_flag=True, help="The password is that of the LDAP directory.")
@click.option("--oidc-subject", default="", help="Who that is for the OpenID Connect provider.")
@as_json
def add_command(
    login: str, name: str, role: str, division: str, by_ldap: bool, oidc_subject: str, as_json: bool
) -> None:
    """Make an account, and print the link with which its owner chooses a password."""
    if by_ldap and oidc_subject:
        raise InvalidInput(_("An account has one way to sign in: LDAP or OpenID Connect."))
    source = "ldap" if by_ldap else "oidc" if oidc_subject else "local"
    with application(), writing(db.session()) as session:
        account = administration.add_account(
            session, COMMAND_LINE, login, name, role, _division_code(session, division), source
        )
        if oidc_subject:
            administration.add_identity(session, account, current_settings().oidc_issuer, oidc_subject)
        link = _invitation(session, account) if source == "local" else ""
        _tell(session, account, as_json, link)


@user.command("change")
@click.argument("login")
@click.option("--name", help="The new name.")
@click.option("--division", help="The new division, by name, code or alias; empty for none.")
@as_json
def change_command(login: str, name: str | None, division: str | None, as_json: bool) -> None:
    """Change name or division; another division ends the sessions."""
    with _changing(login) as (session, account):
        code = None if division is None else _division_code(session, division)
        administration.change_account(session, COMMAND_LINE, account, name=name, division=code)
        _tell(session, account, as_json)


@user.command("role")
@click.argument("login")
@click.argument("role", type=_ROLE)
@as_json
def role_command(login: str, role: str, as_json: bool) -> None:
    """Give another role; the sessions end."""
    with _changing(login) as (session, account):
        administration.change_account(session, COMMAND_LINE, account, role=role)
        _tell(session, account, as_json)


@user.command("close")
@click.argument("login")
@as_json
def close_command(login: str, as_json: bool) -> None:
    """Close an account; its sessions end."""
    with _changing(login) as (session, account):
        administration.close_account(session, COMMAND_LINE, account)
        _tell(session, account, as_json)


@user.command("open")
@click.argument("login")
@as_json
def open_command(login: str, as_json: bool) -> None:
    """Open a closed account again."""
    with _changing(login) as (session, account):
        administration.open_account(session, COMMAND_LINE, account)
        _tell(session, account, as_json)


@user.command("sign-out")
@click.argument("login")
@as_json
def sign_out_command(login: str, as_json: bool) -> None:
    """End all sessions of an account."""
    with _changing(login) as (session, account):
        administration.end_all_sessions(session, COMMAND_LINE, account)
        _tell(session, account, as_json)


@user.command("link")
@click.argument("login")
@as_json
def link_command(login: str, as_json: bool) -> None:
    """Print a new link for an account without a password; earlier ones are void."""
    with _changing(login) as (session, account):
        _tell(session, account, as_json, _invitation(session, account))


@user.command("reset")
@click.argument("login")
@as_json
def reset_command(login: str, as_json: bool) -> None:
    """Void the password, end the sessions, and print the link with which a new one is chosen."""
    with _changing(login) as (session, account):
        token = administration.reset_password(session, COMMAND_LINE, account)
        _tell(session, account, as_json, welcome_address(token), "reset")
