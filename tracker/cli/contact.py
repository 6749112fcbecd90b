"""Commands about people: contact link."""

from typing import Annotated

import typer

app = typer.Typer(help="People: who is linked to the Telegram bot.", no_args_is_help=True)


@app.callback()
def contact() -> None:
    """People: who is linked to the Telegram bot."""


@app.command("link")
def link(
    address: Annotated[
        str, typer.Argument(help="the e-mail address of a contact, a manager, or the fallback")
    ],
    send: Annotated[bool, typer.Option("--send", help="mail the link to that address")] = False,  # noqa: FBT002
    by: Annotated[str | None, typer.Option(help="who invites; default: the operator")] = None,
) -> None:
    """Make a link with which somebody ties their Telegram to an address: for 24 hours, once."""
    from tracker.bootstrap import build
    from tracker.channels.telegram.deep_link import deep_link_of
    from tracker.inviting import invite
    from tracker.migrations import require_current

    house = build()
    require_current(house.db, house.settings.migrations_dir)
    token = house.settings.telegram_token
    link_of = deep_link_of(token.get_secret_value() if token else None, house.settings.telegram_base_url)
    made = invite(house.db, house.context, address, by or "operator", house.clock.now(), link_of, send=send)
    typer.echo(f"{made.name}: {made.link}")
    if made.mailed:
        typer.echo(f"-> {address}", err=True)
