"""The command that replays time."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.terms import AsJson, parse_events

if TYPE_CHECKING:
    from datetime import date

    from tracker.base.settings import Settings
    from tracker.events.model import Event
    from tracker.terms.load import TermsFile


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("simulate")(simulate)


def simulate(
    first: Annotated[str, typer.Option("--from", help="first day, YYYY-MM-DD")],
    last: Annotated[str, typer.Option("--to", help="last day, YYYY-MM-DD")],
    target: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE_OR_ID]...", help="default: all agreements in the rules folder"),
    ] = None,
    event: Annotated[
        list[str] | None,
        typer.Option("--event", help="[AGREEMENT/]KIND=YYYY-MM-DD[,key=value...][,recorded_on=YYYY-MM-DD]"),
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Replay time, and list every alert.

    Goes through the real flow, on a throw-away database, with a clock moved by hand.
    """
    import asyncio
    from tempfile import TemporaryDirectory

    from tracker.base.log import quiet
    from tracker.base.settings import read_settings
    from tracker.simulation import Scenario, throw_away_database
    from tracker.simulation import simulate as replay

    quiet()
    settings = read_settings()
    files = _files(settings, target or [])
    scenario = Scenario(files, _events(files, event or []), _day(first, "--from"), _day(last, "--to"))
    if scenario.last < scenario.first:
        raise typer.BadParameter(f"--to {last} lies before --from {first}")
    with TemporaryDirectory() as folder:
        db = throw_away_database(Path(folder), settings.migrations_dir)
        alerts = asyncio.run(replay(scenario, settings, db))
        db.close()
    if as_json:
        typer.echo(json.dumps(alerts, ensure_ascii=False, indent=2))
        return
    for alert in alerts:
        typer.echo(f"{alert['at']}  {alert['point']:<16} {alert['contact']:<40}  {alert['subject']}")
    typer.echo(f"{len(alerts)} alerts.", err=True)


def _files(settings: "Settings", targets: list[str]) -> "list[TermsFile]":
    from tracker.cli.show import fail_on
    from tracker.cli.terms import find_file
    from tracker.terms.load import load, terms_paths

    if targets:
        return [find_file(settings, target) for target in targets]
    loaded = load(terms_paths(settings.rules_dir))
    fail_on(loaded.errors)
    return list(loaded.files)


def _events(files: "list[TermsFile]", texts: list[str]) -> "list[Event]":
    by_id = {file.agreement.id: file.agreement for file in files}
    events: list[Event] = []
    for text in texts:
        head = text.partition("=")[0]
        agreement, slash, _ = head.rpartition("/")
        if not slash and len(by_id) == 1:
            agreement = next(iter(by_id))
        if agreement not in by_id:
            raise typer.BadParameter(
                f"{text!r} names no agreement, expected AGREEMENT/KIND=YYYY-MM-DD with one of "
                + ", ".join(by_id),
                param_hint="--event",
            )
        rest = text.removeprefix(f"{agreement}/")
        events += parse_events(by_id[agreement], [rest])
    return events


def _day(text: str, option: str) -> "date":
    from tracker.base.iso import iso_date

    try:
        return iso_date(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
