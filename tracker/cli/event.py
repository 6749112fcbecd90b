"""Commands about events: record a fact, correct one, list the log, verify it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.terms import AsJson, AsOf, KnownAt, moment_of, note_unawaited

if TYPE_CHECKING:
    from tracker.bootstrap import House
    from tracker.events.model import Event
    from tracker.flow import Recorded

app = typer.Typer(help="Facts: record them, correct them, list them, verify the log.", no_args_is_help=True)
AgreementId = Annotated[str, typer.Argument(help="the agreement's id")]
Details = Annotated[
    list[str] | None, typer.Option("--detail", "-d", help="key=value, e.g. party=kesatu (again for more)")
]
By = Annotated[str, typer.Option(help="who records it; default: who is logged in")]
Key = Annotated[str | None, typer.Option(help="your own key: the same key twice records once")]
Proof = Annotated[
    Path | None, typer.Option("--evidence", help="the file that proves it: PDF, JPEG, PNG, .eml or text")
]
On = Annotated[str, typer.Option("--on", help="the day it happened, YYYY-MM-DD")]


@app.command("record")
def record(
    agreement: AgreementId,
    kind: Annotated[str, typer.Argument(help="e.g. force-majeure-occurred, notice-served")],
    on: On,
    detail: Details = None,
    evidence: Proof = None,
    by: By = "",
    key: Key = None,
) -> None:
    """Record a fact, and derive what follows from it at once.

    A file given with --evidence is stored before the fact is recorded. If the fact is refused, the
    file stays: it lies under its own digest, is in nobody's way, and is found again the next time.
    """
    _record(agreement, kind, on, detail or [], by, key, evidence)


@app.command("correct")
def correct(
    agreement: AgreementId,
    number: Annotated[int, typer.Argument(help="the entry to correct, as 'event list' numbers it")],
    why: Annotated[str, typer.Option(help="why it was wrong")],
    on: Annotated[str | None, typer.Option("--on", help="the right day; default: as it was")] = None,
    detail: Details = None,
    evidence: Proof = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="it never happened")] = False,  # noqa: FBT002
    by: By = "",
    key: Key = None,
) -> None:
    """Correct a fact: everything is derived again as if the right one had been recorded.

    Details that are not named stay as they were; KEY= (nothing after it) takes one away.
    """
    from tracker.events.kinds import CORRECTED

    details = [f"corrects={number}", f"why={why}", *(detail or [])]
    if withdraw:
        details.append("withdrawn=yes")
    _record(agreement, CORRECTED, on or _day_of(agreement, number), details, by, key, evidence)


def _house() -> "House":
    from tracker.bootstrap import build
    from tracker.migrations import require_current

    house = build()
    require_current(house.db, house.settings.migrations_dir)
    return house


def _day_of(agreement: str, number: int) -> str:
    from tracker.base.errors import UnknownThingError
    from tracker.events.log import effective
    from tracker.events.service import logs_of

    with _house().db.read() as connection:
        log = logs_of(connection, [agreement]).get(agreement, [])
    days = {event.number: event.happened_on for event in (*log, *effective(log))}
    if number not in days:
        raise UnknownThingError(f"{agreement}'s log has no entry {number}; 'tracker event list' shows them.")
    return days[number].isoformat()


def _record(
    agreement: str,
    kind: str,
    on: str,
    details: list[str],
    by: str,
    key: str | None,
    evidence: Path | None,
) -> None:
    import getpass

    from tracker import flow
    from tracker.events.model import BadEventError, event_of
    from tracker.evidence.store import EvidenceStore

    house = _house()
    written = flow.agreement_named(house.db, agreement)
    store = EvidenceStore(house.settings.evidence_dir, house.settings.evidence_max_mb)
    offered = store.look_at(evidence) if evidence else None
    if offered:
        details = [*details, f"evidence={offered.about.digest}"]
    try:
        event = event_of(agreement, kind, on, details)
    except BadEventError as error:
        raise typer.BadParameter(str(error), param_hint="KIND --on --detail --evidence") from None
    if offered:
        store.put(offered)
        typer.echo(f"Stored {evidence} as evidence {offered.about.digest}.")
    who = by or getpass.getuser()
    found = flow.record_event(house.db, house.context, event, house.clock.now(), who, key)
    _say(found, key)
    note_unawaited(written, event)
    if found.added:
        _answer(house, found.event)


def _answer(house: "House", event: "Event") -> None:
    """Say at once what the fact has started, and by when it must be done."""
    from tracker import queries
    from tracker.cli.show import due_lines

    now = house.clock.now()
    number = int(event.details.get("corrects", event.number or 0))
    for shown in queries.started_by(house.db, house.context, event.agreement, number, now):
        for line in due_lines(shown, house.context.calendar(shown.agreement), now, house.settings.language):
            typer.echo(line)


def _say(found: "Recorded", key: str | None) -> None:
    event, changes = found.event, found.changes
    if not found.added:
        typer.echo(f"Already recorded under the key {key!r} as entry {event.number}; nothing changed.")
        return
    typer.echo(
        f"Recorded as entry {event.number}: {event.kind} on {event.happened_on}. "
        f"{changes.added} obligations opened, {len(changes.moved)} moved, "
        f"{len(changes.closed) + len(changes.superseded)} closed."
    )
    for name in changes.moved:
        typer.echo(f"  moved:  {name}")
    for name in (*changes.closed, *changes.superseded):
        typer.echo(f"  closed: {name}")


@app.command("list")
def list_events(
    agreement: AgreementId,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """List the facts about an agreement in the order they were recorded."""
    from tracker.past import log_then

    house = _house()
    moment = moment_of(house.clock.now(), as_of, known_at)
    log = log_then(house.db, agreement, moment)
    if as_json:
        rows = [
            {
                "number": event.number,
                "kind": event.kind,
                "happened_on": event.happened_on.isoformat(),
                "details": dict(event.details),
                "recorded_at": event.recorded_at.isoformat() if event.recorded_at else None,
                "recorded_by": event.recorded_by,
            }
            for event in log
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for event in log:
        details = ", ".join(f"{name}={value}" for name, value in event.details.items())
        typer.echo(f"{event.number:>5}  {event.happened_on}  {event.kind}  {details}  ({event.recorded_by})")


@app.command("replay")
def replay_into(
    into: Annotated[str, typer.Option(help="URL of an empty database, e.g. sqlite:///copy.db")],
) -> None:
    """Replay all logs into an empty database, and compare what comes out with what is stored.

    Exit 1 where an obligation differs. Nothing is sent.
    """
    from tracker.base.db import Database
    from tracker.migrations import upgrade
    from tracker.replaying import PROGRESS, difference, replay

    house = _house()
    target = Database(into)
    upgrade(target, house.settings.migrations_dir)
    entries = replay(house.db, target, house.context, house.clock.now())
    found = difference(house.db, target, PROGRESS)
    target.close()
    if found is not None:
        typer.echo(f"{entries} entries replayed, but {found}", err=True)
        raise typer.Exit(1)
    typer.echo(f"{entries} entries replayed: every obligation is the same.")


@app.command("verify")
def verify() -> None:
    """Check that nothing in any log was changed, removed or slipped in; exit 1 where something was."""
    from tracker.events.service import verified

    with _house().db.read() as connection:
        found = verified(connection)
    for one in found.breaks:
        typer.echo(f"{one.agreement}#{one.number}: {one.what}", err=True)
    typer.echo(f"{found.entries} entries in the logs of {found.agreements} agreements, digest {found.digest}")
    if found.breaks:
        raise typer.Exit(1)
