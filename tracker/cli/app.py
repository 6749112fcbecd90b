"""All commands of `tracker`, and what an error looks like."""

import sys
from collections.abc import Sequence

import typer

from tracker.base.errors import TrackerError
from tracker.cli import (
    contact,
    database,
    doctor,
    event,
    evidence,
    holidays,
    look,
    proof,
    replay,
    settle,
    terms,
    user,
    webhook,
)

app = typer.Typer(
    name="tracker",
    help="Obligations and deadlines of cooperation agreements: compute, explain, remind.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: drawing boxes would import rich, and double the time
    add_completion=False,
)
for module in (terms, look, settle, doctor, proof, replay):
    module.register(app)
app.add_typer(event.app, name="event")
app.add_typer(event.app, name="events", hidden=True)  # both are said
app.add_typer(contact.app, name="contact")
app.add_typer(user.app, name="user")
app.add_typer(webhook.app, name="webhook")
app.add_typer(evidence.app, name="evidence")
app.add_typer(holidays.app, name="holidays")
app.add_typer(database.app, name="db")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code (base/errors.py lists them)."""
    try:
        app(args=arguments)
    except TrackerError as error:
        typer.echo(f"tracker: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("tracker: stopped", err=True)
        sys.exit(130)
