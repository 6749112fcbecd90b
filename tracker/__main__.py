"""`tracker` and `python -m tracker`: the command line plus the roles that run on."""

from typing import Annotated

import typer

from tracker.cli.app import app
from tracker.cli.app import main as run_command_line


@app.command("run")
def run() -> None:
    """Everything in one process, until stopped.

    Migrates the database, loads the rules, reminds and sends.
    """
    _serve(prepare=True)


@app.command("worker")
def worker(
    prepare: Annotated[bool, typer.Option(help="migrate the database and load the rules first")] = False,  # noqa: FBT002
) -> None:
    """One worker: reminds and sends, until stopped.

    Any number of them share a PostgreSQL.
    """
    _serve(prepare=prepare)


def _serve(*, prepare: bool) -> None:
    from tracker.base.log import configure
    from tracker.bootstrap import build
    from tracker.cli.terms import load_into
    from tracker.migrations import require_current, upgrade
    from tracker.worker import run as serve

    house = build()
    configure(house.settings.log_format)
    if prepare:
        upgrade(house.db, house.settings.migrations_dir)
        load_into(house, house.settings.rules_dir)
    require_current(house.db, house.settings.migrations_dir)
    serve(house)


def main() -> None:
    """Run the command line and leave with its exit code."""
    run_command_line()


if __name__ == "__main__":
    main()
