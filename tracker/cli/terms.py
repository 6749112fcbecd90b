"""Commands about terms files: check, compute, load, schema."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.base.faults import Fault
    from tracker.base.settings import Settings
    from tracker.bootstrap import House
    from tracker.events.model import Event
    from tracker.flow import LoadReport
    from tracker.past import Moment
    from tracker.terms.load import TermsFile
    from tracker.terms.model import Agreement

Events = Annotated[
    list[str] | None,
    typer.Option("--event", help="KIND=YYYY-MM-DD[,key=value...], e.g. force-majeure-occurred=2026-12-01"),
]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON instead of a table")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="what was true at the end of a day, YYYY-MM-DD")]
KnownAt = Annotated[
    str | None,
    typer.Option("--known-at", help="what was known then: YYYY-MM-DD (its end) or an instant with its zone"),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("check")(check)
    app.command("compute")(compute)
    app.command("load")(load)
    app.command("schema")(schema)


def check(
    path: Annotated[
        Path | None, typer.Argument(help="a terms file or a folder; default: the rules folder")
    ] = None,
) -> None:
    """Validate terms files: every fault with its line.

    Prints `file:line: what is wrong, what was expected`; exit 1 if there is an error.
    """
    from tracker.base.settings import read_settings

    sound, faults = check_all(read_settings(), path)
    for fault in faults:
        typer.echo(str(fault))
    errors = sum(fault.is_error for fault in faults)
    typer.echo(f"{sound} agreements are sound; {errors} errors, {len(faults) - errors} warnings.", err=True)
    raise typer.Exit(1 if errors else 0)


def check_all(settings: "Settings", path: Path | None) -> "tuple[int, list[Fault]]":
    """Check terms files, and the decrees and the policy they rest on; tells how many are sound."""
    from tracker.bootstrap import read_calendars, read_policy, read_units
    from tracker.obligations.check import check_file
    from tracker.terms.load import load as read
    from tracker.terms.load import terms_paths

    target = path or settings.rules_dir
    calendars, faults = read_calendars(settings.rules_dir)
    policy, found = read_policy(settings.rules_dir)
    units, unsound = read_units(settings.rules_dir)
    faults = [*faults, *found, *unsound]
    ladders = set(policy.ladders) if policy else set()
    loaded = read(terms_paths(target))
    faults += loaded.faults
    sound = 0
    for file in loaded.files:
        found = check_file(file, calendars, ladders, units.keys(), settings.fallback_name)
        sound += not any(fault.is_error for fault in found)
        faults += found
    return sound, sorted(faults)


def compute(
    target: Annotated[str, typer.Argument(metavar="FILE_OR_ID", help="a terms file, or an agreement's id")],
    event: Events = None,
    as_json: AsJson = False,  # noqa: FBT002
    language: Annotated[str | None, typer.Option(help="id or en")] = None,
) -> None:
    """Derive every deadline, without a database."""
    from tracker.base.settings import read_settings
    from tracker.bootstrap import read_calendars
    from tracker.cli.show import deadlines_table, fail_on
    from tracker.events.log import effective
    from tracker.obligations.derive import derive
    from tracker.obligations.view import as_json as viewed
    from tracker.obligations.view import window_json
    from tracker.obligations.windows import window_on_its_day

    settings = read_settings()
    calendars, faults = read_calendars(settings.rules_dir)
    fail_on(faults)
    file = find_file(settings, target)
    agreement = file.agreement
    events = parse_events(agreement, event or [])
    calendar = calendars.get(agreement.calendar.holidays)
    if calendar is None:
        raise typer.BadParameter(f"there is no calendar {agreement.calendar.holidays!r}")
    obligations = derive(agreement, calendar, effective(events)).obligations
    windows = [window_on_its_day(agreement, obligation, calendar) for obligation in obligations]
    if as_json:
        views = [
            {**viewed(agreement, obligation), **window_json(window)}
            for obligation, window in zip(obligations, windows, strict=True)
        ]
        typer.echo(json.dumps(views, ensure_ascii=False, indent=2))
        return
    deadlines_table(agreement, obligations, language or settings.language, windows)


def parse_events(agreement: "Agreement", texts: list[str], option: str = "--event") -> "list[Event]":
    """Read events given on the command line; a bad one is an error that says what was expected."""
    from tracker.base.errors import UnknownThingError
    from tracker.events.model import BadEventError, parse_event

    try:
        events = [parse_event(agreement.id, text) for text in texts]
    except BadEventError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
    for event in events:
        if event.party is not None and event.party not in agreement.parties:
            parties = ", ".join(agreement.parties)
            raise UnknownThingError(f"party={event.party}: {agreement.id} has the parties {parties}.")
        note_unawaited(agreement, event)
    return events


def note_unawaited(agreement: "Agreement", event: "Event") -> None:
    """Say so where nothing follows from a fact: its kind may be misspelt."""
    from tracker.events.kinds import KINDS

    if event.kind not in agreement.event_kinds() | set(KINDS):
        kinds = ", ".join(sorted(agreement.event_kinds()))
        typer.echo(
            f"note: no rule of {agreement.id} waits for {event.kind!r}; its rules wait for: {kinds}", err=True
        )


def moment_of(now: "datetime", as_of: str | None, known_at: str | None) -> "Moment":
    """Read the two options that look back."""
    from tracker.past import read_moment

    try:
        return read_moment(now, as_of, known_at)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--as-of / --known-at") from None


def find_file(settings: "Settings", target: str) -> "TermsFile":
    """Find a terms file by path, or by the id of its agreement in the rules folder."""
    from tracker.base.errors import UnknownThingError
    from tracker.cli.show import fail_on
    from tracker.terms.load import load as read
    from tracker.terms.load import read_file, terms_paths

    path = Path(target)
    if not path.exists():
        path = settings.rules_dir / "agreements" / f"{target}.yaml"
    if path.is_file():
        file, faults = read_file(path)
        fail_on(faults)
        if file is not None:
            return file
    loaded = read(terms_paths(settings.rules_dir))
    for file in loaded.files:
        if file.agreement.id == target:
            return file
    known = "\n".join(f"  {file.agreement.id}" for file in loaded.files)
    raise UnknownThingError(
        f"{target!r} is neither a file nor an agreement in {settings.rules_dir}:\n{known}"
    )


def load(
    path: Annotated[
        Path | None, typer.Argument(help="a terms file or a folder; default: the rules folder")
    ] = None,
) -> None:
    """Put terms files in force, derive obligations."""
    from tracker.base.errors import BadTermsError
    from tracker.bootstrap import build
    from tracker.migrations import require_current

    house = build()
    require_current(house.db, house.settings.migrations_dir)
    report, faults = load_into(house, path or house.settings.rules_dir)
    typer.echo(
        f"{len(report.new)} new, {len(report.changed)} changed, {len(report.unchanged)} unchanged; "
        f"{report.obligations} obligations added, {len(report.moved)} moved, "
        f"{len(report.superseded)} superseded."
    )
    if faults:
        raise BadTermsError(f"({len(faults)} errors)")


def load_into(house: "House", path: Path) -> "tuple[LoadReport, list[Fault]]":
    """Load terms files into the store; faulty files are said and left out, the others are loaded."""
    from tracker import flow
    from tracker.obligations.check import check_file
    from tracker.terms.load import load as read
    from tracker.terms.load import terms_paths

    paths = terms_paths(path)
    known = flow.known_digests(house.db, house.context)
    loaded = read(paths, known)
    faults = list(loaded.faults)
    sound = []
    context, fallback = house.context, house.settings.fallback_name
    ladders, units = context.policy.ladders.keys(), context.routing.units.keys()
    for file in loaded.files:
        found = check_file(file, context.calendars, ladders, units, fallback)
        faults += found
        if not any(fault.is_error for fault in found):
            sound.append(file)
    for fault in faults:
        typer.echo(str(fault), err=True)
    report = flow.load_terms(house.db, house.context, sound, house.clock.now())
    report.unchanged += loaded.skipped
    return report, [fault for fault in faults if fault.is_error]


def schema() -> None:
    """Print the JSON Schema of terms files."""
    from tracker.terms.schema import schema_text

    typer.echo(schema_text(), nl=False)
