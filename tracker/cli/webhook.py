"""Commands about webhooks: webhook list, end. They are made by their owners, on their own page."""

from typing import Annotated

import typer

from tracker.cli.house import current

app = typer.Typer(help="Programs that are told what happens.", no_args_is_help=True)


@app.callback()
def webhook() -> None:
    """Programs that are told what happens; their owners make them on their own page."""


@app.command("list")
def show() -> None:
    """List the webhooks in force: id, owner, unit, address, events."""
    from tracker.accounts import webhooks

    with current().db.read() as connection:
        for one in webhooks.in_force(connection):
            kinds = ",".join(sorted(kind.value for kind in one.kinds))
            typer.echo(f"{one.id}  {one.address}  {one.unit or '-'}  {one.url}  {kinds}")


@app.command("end")
def end(name: Annotated[str, typer.Argument(metavar="ID", help="as 'list' shows it")]) -> None:
    """End a webhook, and take back what waits for it."""
    from tracker.accounts import webhooks
    from tracker.base.errors import UnknownThingError
    from tracker.outbox import service as outbox
    from tracker.reminders.recipients import WEBHOOK

    built = current()
    with built.db.write() as connection:
        found = [one for one in webhooks.in_force(connection) if one.id == name]
        if not found:
            raise UnknownThingError(f"There is no webhook {name!r}; 'tracker webhook list' names them.")
        webhooks.end(connection, name, built.clock.now(), "ended by the operator")
        outbox.withdraw_from(connection, (WEBHOOK, found[0].destination))
    typer.echo(f"{name}  ended")
