"""Commands about people: contact link."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tracker.bootstrap import House

app = typer.Typer(help="People: who is linked to the Telegram bot.", no_args_is_help=True)


@app.callback()
def contact() -> None:
    """People: who is linked to the Telegram bot."""


@app.command("link")
def link(
    address: Annotated[
        str,
        typer.Argument(help="the e-mail address of a contact, a manager, the fallback or an account"),
    ] = "",
    send: Annotated[bool, typer.Option("--send", help="mail the link to that address")] = False,  # noqa: FBT002
    group: Annotated[str, typer.Option(help="instead: a link for a group that is to hear of this unit")] = "",
    alerts: Annotated[  # noqa: FBT002
        bool, typer.Option("--alerts", help="with --group: every reminder too, not only the digests")
    ] = False,
    by: Annotated[str | None, typer.Option(help="who invites; default: the operator")] = None,
) -> None:
    """Make a link that ties a Telegram chat to an address, or a group to a unit: for 24 hours, once."""
    from tracker.base.errors import SettingsError
    from tracker.bootstrap import build
    from tracker.migrations import require_current

    if bool(address) == bool(group) or (group and send) or (alerts and not group):
        raise SettingsError("expected an ADDRESS (maybe with --send), or --group UNIT (maybe with --alerts)")
    house = build()
    require_current(house.db, house.settings.migrations_dir)
    if group:
        _link_group(house, group, by or "operator", alerts=alerts)
    else:
        _link_person(house, address, by or "operator", send=send)


def _link_person(house: "House", address: str, by: str, *, send: bool) -> None:
    from tracker.channels.telegram.deep_link import deep_link_of
    from tracker.inviting import invite

    token, link_of = _token(house), deep_link_of(_token(house), house.settings.telegram_base_url)
    made = invite(
        house.db, house.context, address, by, house.clock.now(), link_of, secret=token or "", send=send
    )
    typer.echo(f"{made.name}: {made.link}")
    if made.mailed:
        typer.echo(f"-> {address}", err=True)


def _link_group(house: "House", unit: str, by: str, *, alerts: bool) -> None:
    from tracker.channels.telegram.deep_link import deep_link_of
    from tracker.inviting import invite_group
    from tracker.reminders.group_chats import Hears

    token = _token(house)
    link_of = deep_link_of(token, house.settings.telegram_base_url, group=True)
    hears = Hears.ALL if alerts else Hears.DIGESTS
    code = invite_group(house.db, house.context, unit, hears, by, house.clock.now(), token or "")
    typer.echo(f"{unit}: {link_of(code)}")
    typer.echo(f"in a topic of a group that has the bot: /kaitkan {code}", err=True)


def _token(house: "House") -> str | None:
    token = house.settings.telegram_token
    return token.get_secret_value() if token else None
