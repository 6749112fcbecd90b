"""Commands about events: record a fact, list the log."""

import json
from typing import Annotated

import typer

from tracker.cli.terms import AsJson

app = typer.Typer(help="Facts: record them, list them.", no_args_is_help=True)


@app.command("record")
def record(
    agreement: Annotated[str, typer.Argument(help="the agreement's id")],
    kind: Annotated[str, typer.Argument(help="e.g. force-majeure-occurred, notice-served")],
    on: Annotated[str, typer.Option("--on", help="the day it happened, YYYY-MM-DD")],
    detail: Annotated[
        list[str] | None, typer.Option("--detail", "-d", help="key=value, e.g. party=kesatu")
    ] = None,
    by: Annotated[str, typer.Option(help="who records it")] = "",
    key: Annotated[str | None, typer.Option(help="your own key: the same key twice records once")] = None,
) -> None:
    """Record a fact, and derive what follows from it at once."""
    import getpass

    from tracker import flow
    from tracker.bootstrap import build
    from tracker.cli.terms import parse_events
    from tracker.migrations import require_current

    house = build()
    require_current(house.db, house.settings.migrations_dir)
    text = ",".join([f"{kind}={on}", *(detail or [])])
    event = parse_events(flow.agreement_named(house.db, agreement), [text], "KIND --on --detail")[0]
    who = by or getpass.getuser()
    added, changes = flow.record_event(house.db, house.context, event, house.clock.now(), who, key)
    if not added:
        typer.echo(f"Already recorded under the key {key!r}; nothing changed.")
        return
    typer.echo(f"Recorded: {kind} on {on}. {changes.added} obligations opened, {len(changes.moved)} moved.")


@app.command("list")
def list_events(
    agreement: Annotated[str, typer.Argument(help="the agreement's id")],
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """List the facts about an agreement in the order they were recorded."""
    from tracker.bootstrap import build
    from tracker.events.service import events_of
    from tracker.migrations import require_current

    house = build()
    require_current(house.db, house.settings.migrations_dir)
    with house.db.read() as connection:
        found = events_of(connection, [agreement]).get(agreement, [])
    rows = [
        {
            "id": number,
            "kind": event.kind,
            "happened_on": event.happened_on.isoformat(),
            "details": dict(event.details),
            "recorded_at": event.recorded_at.isoformat() if event.recorded_at else None,
            "recorded_by": event.recorded_by,
        }
        for number, event in found
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for number, event in found:
        details = ", ".join(f"{name}={value}" for name, value in event.details.items())
        typer.echo(f"{number:>5}  {event.happened_on}  {event.kind}  {details}  ({event.recorded_by})")
