"""Commands about tokens by which programs ask: user token add, list, revoke."""

from typing import Annotated, Literal

import typer

from tracker.cli.house import current

app = typer.Typer(help="Tokens by which programs ask in somebody's name.", no_args_is_help=True)


@app.callback()
def token() -> None:
    """Tokens by which programs ask in somebody's name: never more than they may."""


@app.command("add")
def add(
    address: Annotated[str, typer.Argument(help="the e-mail address in whose name the program asks")],
    name: Annotated[str, typer.Option(help="what the token is for")],
    scope: Annotated[Literal["read", "write"], typer.Option(help="write: may record, too")] = "read",
    days: Annotated[int, typer.Option(min=1, max=366, help="for how long it is valid")] = 90,
    by: Annotated[str, typer.Option(help="who makes it")] = "operator",
) -> None:
    """Make a token; it is shown once."""
    from datetime import timedelta

    from tracker.accounts import tokens
    from tracker.accounts.tokens import Scope
    from tracker.base.errors import SettingsError
    from tracker.signing_in import address_in

    found = address_in(address)
    if found is None:
        raise SettingsError(f"{address!r} is no e-mail address, expected such as name@office.go.id")
    house = current()
    scopes = [Scope.READ, Scope.WRITE] if scope == "write" else [Scope.READ]
    with house.db.write() as connection:
        secret = tokens.make(
            connection, found, name, scopes, house.clock.now(), by=by, lasts=timedelta(days=days)
        )
    typer.echo(secret)


@app.command("list")
def show(
    address: Annotated[str | None, typer.Argument(help="whose; all where nobody is named")] = None,
) -> None:
    """List the tokens in force: id, address, scopes, last day, last use, name."""
    from tracker.accounts import tokens

    house = current()
    with house.db.read() as connection:
        for one in tokens.in_force(connection, house.clock.now(), address):
            seen = f"{one.seen_at:%Y-%m-%d}" if one.seen_at else "never used"
            scopes = ",".join(one.scope_names)
            typer.echo(f"{one.id}  {one.address}  {scopes}  {one.expires_at:%Y-%m-%d}  {seen}  {one.name}")


@app.command("revoke")
def revoke(name: Annotated[str, typer.Argument(metavar="ID", help="as 'list' shows it")]) -> None:
    """Take a token back; it opens nothing from now on."""
    from tracker.accounts import tokens
    from tracker.base.errors import UnknownThingError

    house = current()
    with house.db.write() as connection:
        if not tokens.revoke(connection, name, house.clock.now()):
            raise UnknownThingError(f"There is no token {name!r}; 'tracker user token list' names them.")
    typer.echo(f"{name}  revoked")
