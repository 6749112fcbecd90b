"""Commands about terms files: check, compute, load, schema."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tracker.base.faults import Fault
    from tracker.base.settings import Settings
    from tracker.bootstrap import House
    from tracker.flow import LoadReport
    from tracker.terms.load import Loaded, TermsFile

Events = Annotated[
    list[str] | None,
    typer.Option("--event", help="KIND=YYYY-MM-DD[,key=value...], e.g. force-majeure-occurred=2026-12-01"),
]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON instead of a table")]


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
    """Validate terms files: every fault as `file:line: what is wrong`; exit 1 if there is an error."""
    from tracker.base.faults import Severity
    from tracker.base.settings import read_settings

    settings = read_settings()
    loaded, faults = check_all(settings, path)
    for fault in faults:
        typer.echo(str(fault))
    errors = sum(fault.severity is Severity.ERROR for fault in faults)
    rules = sum(len(file.agreement.rules) for file in loaded.files)
    typer.echo(
        f"{len(loaded.files)} agreements with {rules} rules are sound; "
        f"{errors} errors, {len(faults) - errors} warnings.",
        err=True,
    )
    raise typer.Exit(1 if errors else 0)


def check_all(settings: "Settings", path: Path | None) -> "tuple[Loaded, list[Fault]]":
    """Check terms files against the grammar, the calendar, and the fallback contact."""
    from tracker.bootstrap import read_calendars, read_policy
    from tracker.obligations.check import check_file
    from tracker.terms.load import load as read
    from tracker.terms.load import terms_paths

    target = path or settings.rules_dir
    calendars, faults = read_calendars(settings.rules_dir)
    if target.resolve() == settings.rules_dir.resolve():
        faults = [*faults, *read_policy(settings.rules_dir)[1]]
    else:
        faults = []
    loaded = read(terms_paths(target))
    faults += loaded.faults
    for file in loaded.files:
        faults += check_file(file, calendars, settings.fallback_name)
    return loaded, sorted(faults)


def compute(
    target: Annotated[str, typer.Argument(metavar="FILE_OR_ID", help="a terms file, or an agreement's id")],
    event: Events = None,
    as_json: AsJson = False,  # noqa: FBT002
    language: Annotated[str | None, typer.Option(help="id or en")] = None,
) -> None:
    """Derive every deadline of an agreement, without a database."""
    from tracker.base.settings import read_settings
    from tracker.bootstrap import read_calendars
    from tracker.cli.show import deadlines_table, fail_on
    from tracker.obligations.derive import derive
    from tracker.obligations.view import as_json as viewed

    settings = read_settings()
    calendars, faults = read_calendars(settings.rules_dir)
    fail_on(faults)
    file = find_file(settings, target)
    agreement = file.agreement
    events = parse_events(agreement.id, event or [], set(agreement.parties))
    calendar = calendars.get(agreement.calendar.holidays)
    if calendar is None:
        raise typer.BadParameter(f"there is no calendar {agreement.calendar.holidays!r}")
    obligations = derive(agreement, calendar, events).obligations
    if as_json:
        views = [viewed(agreement, obligation) for obligation in obligations]
        typer.echo(json.dumps(views, ensure_ascii=False, indent=2))
        return
    deadlines_table(agreement, obligations, language or settings.language)


def parse_events(agreement: str, texts: list[str], parties: set[str]) -> list:  # type: ignore[type-arg]
    """Read `--event` options; a bad one is an error that says what was expected."""
    from tracker.base.errors import UnknownThingError
    from tracker.events.model import BadEventError, parse_event

    try:
        events = [parse_event(agreement, text) for text in texts]
    except BadEventError as error:
        raise typer.BadParameter(str(error), param_hint="--event") from None
    for event in events:
        if event.party is not None and event.party not in parties:
            raise UnknownThingError(f"party={event.party}: the parties are {', '.join(sorted(parties))}.")
    return events


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
    """Put terms files in force: store them and derive their obligations."""
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
    for file in loaded.files:
        found = check_file(file, house.context.calendars, house.settings.fallback_name)
        faults += found
        if not any(fault.is_error for fault in found):
            sound.append(file)
    for fault in faults:
        typer.echo(str(fault), err=True)
    report = flow.load_terms(house.db, house.context, sound, house.clock.now())
    report.unchanged += loaded.skipped
    return report, [fault for fault in faults if fault.is_error]


def schema() -> None:
    """Print the JSON Schema of terms files, for editors that complete and check."""
    from tracker.terms.schema import schema_text

    typer.echo(schema_text(), nl=False)
