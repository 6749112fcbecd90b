"""Commands about accounts of the web: user add, list, remove; user token."""

from typing import Annotated, Literal

import typer

from tracker.cli import token
from tracker.cli.house import current

app = typer.Typer(help="Accounts of the web: administrators and auditors.", no_args_is_help=True)
app.add_typer(token.app, name="token")


@app.callback()
def user() -> None:
    """Accounts of the web: administrators and auditors.

    Officers and managers need none: their agreements and units name them.
    """


@app.command("add")
def add(
    address: Annotated[str, typer.Argument(help="the e-mail address to sign in with")],
    role: Annotated[
        Literal["admin", "auditor"], typer.Option(help="admin may do everything; auditor may look")
    ] = "admin",
    name: Annotated[str, typer.Option(help="how they are called")] = "",
    by: Annotated[str, typer.Option(help="who adds the account")] = "operator",
) -> None:
    """Let somebody see everything; an account that is there gets the new role."""
    from tracker.accounts import accounts
    from tracker.base.errors import SettingsError
    from tracker.people.rights import Office
    from tracker.signing_in import address_in

    found = address_in(address)
    if found is None:
        raise SettingsError(f"{address!r} is no e-mail address, expected such as name@office.go.id")
    house = current()
    with house.db.write() as connection:
        account = accounts.Account(found, Office(role), name or found)
        accounts.put(connection, account, by, house.clock.now())
    typer.echo(f"{found}  {role}")


@app.command("list")
def show() -> None:
    """List the accounts."""
    from tracker.accounts import accounts

    with current().db.read() as connection:
        for account in accounts.every(connection):
            typer.echo(f"{account.address}  {account.role.value}  {account.name}")


@app.command("log")
def log(count: Annotated[int, typer.Option(help="how many lines, the newest first")] = 50) -> None:
    """Show the book of sign-ins."""
    from tracker.accounts import book

    with current().db.read() as connection:
        for line in book.newest(connection, count):
            typer.echo(f"{line.at:%Y-%m-%d %H:%M:%SZ}  {line.what:8} {line.address}".rstrip())


@app.command("remove")
def remove(address: Annotated[str, typer.Argument(help="the e-mail address of the account")]) -> None:
    """Remove an account, and end its sessions, calendar links and tokens."""
    from tracker.accounts import accounts
    from tracker.base.errors import UnknownThingError

    house = current()
    with house.db.write() as connection:
        if not accounts.remove(connection, address, house.clock.now()):
            raise UnknownThingError(f"There is no account {address!r}; 'tracker user list' names them.")
    typer.echo(f"{address}  removed")


@app.command("sign-out")
def sign_out(
    address: Annotated[str, typer.Argument(help="whose sessions, calendar links and tokens end")],
) -> None:
    """Sign somebody out everywhere, and take their calendar link and their tokens back."""
    from tracker.accounts import calendar_links, tokens
    from tracker.signing_in import leave_everywhere

    house, mine = current(), address.strip().lower()
    leave_everywhere(house.db, mine, house.clock.now())
    with house.db.write() as connection:
        calendar_links.revoke(connection, mine, house.clock.now())
        tokens.revoke_all(connection, mine, house.clock.now())
    typer.echo(f"{mine}  signed out")
