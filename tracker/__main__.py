"""`tracker` and `python -m tracker`: the command line plus the roles that run on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.app import app
from tracker.cli.app import main as run_command_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.base.roles import Role
    from tracker.bootstrap import House


@app.command("run")
def run() -> None:
    """Everything in one process, until stopped.

    Migrates the database, loads the rules, reminds and sends; answers links in mails, and chats,
    where they are configured.
    """
    _serve(prepare=True, roles=_everything)


@app.command("worker")
def worker(
    prepare: Annotated[bool, typer.Option(help="migrate the database and load the rules first")] = False,  # noqa: FBT002
) -> None:
    """One worker: reminds and sends, until stopped.

    Any number of them share a PostgreSQL.
    """
    _serve(prepare=prepare, roles=_worker)


@app.command("web")
def web() -> None:
    """The pages that links in mails open, until stopped."""
    _serve(prepare=False, roles=_web)


@app.command("bot")
def bot() -> None:
    """The Telegram bot that answers linked chats, until stopped."""
    _serve(prepare=False, roles=_bot)


@app.command("demo")
def demo(
    folder: Annotated[Path, typer.Option(help="where the databases and the mail folder are left")] = Path(
        "var/demo"
    ),
    serve: Annotated[
        bool | None,
        typer.Option(help="open the web on what was replayed; default: where somebody sits at a terminal"),
    ] = None,
) -> None:
    """Replay 2023 to 2030, then open the web on the day of today.

    Leaves databases and mail to look at. The web is for this computer only, until Ctrl-C.
    """
    import asyncio

    from tracker.base.roles import run_together
    from tracker.cli.demonstration import demonstrate, house_of, is_at_terminal, say_where

    demonstrate(folder)
    if serve is None:
        serve = is_at_terminal()
    if not serve:
        say_where(None)
        return
    house = house_of(folder)
    roles = [*_worker(house), *_web(house)]
    say_where(house)
    asyncio.run(run_together(*roles))


def _worker(house: "House") -> "list[Role]":
    from tracker.worker import make

    return [make(house)]


def _web(house: "House") -> "list[Role]":
    from tracker.web.server import WebServer

    return [WebServer(house)]


def _bot(house: "House") -> "list[Role]":
    from tracker.bot.server import TelegramBot

    return [TelegramBot(house)]


def _everything(house: "House") -> "list[Role]":
    from tracker.bootstrap import build_links

    pages = _web(house) if build_links(house.settings) else []
    chats = _bot(house) if house.settings.telegram_token else []
    return [*_worker(house), *pages, *chats]


def _serve(*, prepare: bool, roles: "Callable[[House], list[Role]]") -> None:
    import asyncio

    from tracker.base.log import configure
    from tracker.base.roles import run_together
    from tracker.bootstrap import build
    from tracker.cli.terms import load_into
    from tracker.migrations import require_current, upgrade

    house = build()
    configure(house.settings.log_format)
    if prepare:
        upgrade(house.db, house.settings.migrations_dir)
        load_into(house, house.settings.rules_dir)
    require_current(house.db, house.settings.migrations_dir)
    asyncio.run(run_together(*roles(house)))


def main() -> None:
    """Run the command line and leave with its exit code."""
    run_command_line()


if __name__ == "__main__":
    main()
