"""Commands about what had passed before tracking began: unverified, settle."""

import json
from pathlib import Path
from typing import Annotated

import typer

from tracker.cli.terms import AsJson

Language = Annotated[str | None, typer.Option(help="id or en")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("unverified")(unverified)
    app.command("settle")(settle)


def unverified(
    agreement: Annotated[str | None, typer.Argument(help="one agreement's id; default: all")] = None,
    as_json: AsJson = False,  # noqa: FBT002
    csv: Annotated[Path | None, typer.Option(help="write the list to this new file, to be filled in")] = None,
    language: Language = None,
) -> None:
    """List what had passed before tracking began, and nobody has confirmed.

    Fill in the file that --csv writes, and give it to 'tracker settle'.
    """
    from tracker import settling
    from tracker.bootstrap import build
    from tracker.cli.show import unverified_table
    from tracker.migrations import require_current

    house = build()
    require_current(house.db, house.settings.migrations_dir)
    language = language or house.settings.language
    found = settling.unverified(house.db, agreement)
    if csv is not None:
        settling.write_csv(csv, found, language)
        typer.echo(
            f"{csv}: {len(found)} rows" if language == "en" else f"{csv}: {len(found)} baris", err=as_json
        )
    if as_json:
        typer.echo(json.dumps([one.as_json(language) for one in found], ensure_ascii=False, indent=2))
    elif csv is None:
        unverified_table([one.as_row(language) for one in found], language)


def settle(
    file: Annotated[Path, typer.Argument(help="a list that 'tracker unverified --csv' wrote, filled in")],
    by: Annotated[str, typer.Option(help="who confirms it; default: who is logged in")] = "",
    language: Language = None,
) -> None:
    """Record what became of unverified obligations, from a filled-in list.

    Columns: key, outcome (done, waived or open), on, letter, received_on, why, note. Rows without
    an outcome are left for later. One bad row, and nothing is recorded; the same file twice records once.
    """
    import getpass

    from tracker import settling
    from tracker.bootstrap import build
    from tracker.cli.show import settled_text
    from tracker.migrations import require_current

    house = build()
    require_current(house.db, house.settings.migrations_dir)
    found = settling.settle(house.db, house.context, file, house.clock.now(), by or getpass.getuser())
    for fault in found.faults:
        typer.echo(str(fault), err=True)
    settled_text(found, language or house.settings.language)
    if found.faults:
        raise typer.Exit(1)
