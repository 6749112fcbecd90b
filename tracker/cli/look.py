"""Commands that look: upcoming, explain, alerts."""

import json
import re
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.terms import AsJson, AsOf, Events, KnownAt, find_file, moment_of, parse_events

if TYPE_CHECKING:
    from datetime import timedelta

    from tracker.base.settings import Settings
    from tracker.queries import Story

Everything = Annotated[bool, typer.Option("--all", help="closed, unverified and undated ones too")]
_WITHIN = re.compile(r"(\d+)\s*([dwm]?)")
_DAYS = {"": 1, "d": 1, "w": 7, "m": 31}


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("upcoming")(upcoming)
    app.command("explain")(explain)


def upcoming(
    within: Annotated[str | None, typer.Option(help="e.g. 90d, 6w, 3m; default: all")] = None,
    everything: Everything = False,  # noqa: FBT002
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,  # noqa: FBT002
    language: Annotated[str | None, typer.Option(help="id or en")] = None,
) -> None:
    """List what must be done, soonest first."""
    from tracker import queries
    from tracker.bootstrap import build
    from tracker.cli.show import upcoming_table
    from tracker.migrations import require_current

    house = build()
    require_current(house.db, house.settings.migrations_dir)
    now = house.clock.now()
    span = _span(within) if within else None
    if as_of or known_at:
        from tracker.past import upcoming_then

        moment = moment_of(now, as_of, known_at)
        shown = upcoming_then(house.db, house.context, moment, span, everything=everything)
        now = moment.seen_at
    else:
        shown = queries.upcoming(house.db, house.context, now, span, everything=everything)
    if as_json:
        typer.echo(json.dumps([one.as_json() for one in shown], ensure_ascii=False, indent=2))
        return
    upcoming_table(shown, now, language or house.settings.language)


def _span(text: str) -> "timedelta":
    from datetime import timedelta

    found = _WITHIN.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(
            f"{text!r} is not a span, expected e.g. 90d, 6w or 3m", param_hint="--within"
        )
    return timedelta(days=int(found[1]) * _DAYS[found[2]])


def explain(
    obligation: Annotated[str, typer.Argument(help="AGREEMENT/RULE[/OCCURRENCE]")],
    event: Events = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,  # noqa: FBT002
    language: Annotated[str | None, typer.Option(help="id or en")] = None,
) -> None:
    """Show why this date, and who was told when.

    Reads the database; an agreement that is not loaded, or a --event to try, is derived from the
    terms files.
    """
    from datetime import datetime

    from tracker.base.dates import local_time
    from tracker.base.settings import read_settings
    from tracker.cli.show import console, moves_list, numbered
    from tracker.obligations.state_wording import state_text
    from tracker.obligations.window_wording import window_text
    from tracker.obligations.wording import headline

    settings = read_settings()
    language = language or settings.language
    if event and (as_of or known_at):
        raise typer.BadParameter("--event tries out facts; it does not go with --as-of or --known-at")
    story = None if event else _stored_story(settings, obligation, language, as_of, known_at)
    if story is None:
        story = _derived_story(settings, obligation, event or [], language)
    if as_json:
        typer.echo(json.dumps(story.as_json(), ensure_ascii=False, indent=2))
        return
    one = story.shown
    out = console()
    out.print(f"[bold]{headline(one.obligation.rule, language)}[/bold]")
    out.print(f"{one.obligation.key}  ({state_text(one.state, language)})\n")
    numbered(story.steps)
    if story.window is not None:
        out.print()
        for sentence in window_text(story.window, language):
            out.print(sentence, markup=False)
    moves_list(story.moves, one.agreement.zone, language)
    chain = story.chain.lines(one.agreement.zone, language) if story.chain else []
    if chain:
        out.print("\n[bold]Chain[/bold]" if language == "en" else "\n[bold]Rantai[/bold]")
    for sentence in chain:
        out.print(f"  {sentence}", markup=False)
    if story.alerts:
        out.print("\n[bold]Alerts[/bold]" if language == "en" else "\n[bold]Pemberitahuan[/bold]")
    for alert in story.alerts:
        at = alert["accepted_at"]
        sent = local_time(datetime.fromisoformat(at), one.agreement.zone, language) if at else alert["state"]
        out.print(f"  {sent:<24}  {alert['point']:<15} {alert['contact']} ({alert['channel']})")


def _stored_story(
    settings: "Settings", obligation: str, language: str, as_of: str | None, known_at: str | None
) -> "Story | None":
    from tracker import queries
    from tracker.bootstrap import build
    from tracker.migrations import has_schema, require_current

    house = build(settings)
    if not has_schema(house.db):
        return None
    require_current(house.db, settings.migrations_dir)
    if not queries.is_loaded(house.db, obligation.partition("/")[0]):
        return None
    if as_of or known_at:
        from tracker.past import explain_then

        moment = moment_of(house.clock.now(), as_of, known_at)
        return explain_then(house.db, house.context, obligation, moment, language)
    return queries.explain(house.db, house.context, obligation, house.clock.now(), language)


def _derived_story(settings: "Settings", name: str, texts: list[str], language: str) -> "Story":
    from tracker.base.errors import UnknownThingError
    from tracker.bootstrap import read_calendars
    from tracker.cli.show import fail_on
    from tracker.events.log import effective
    from tracker.obligations.derive import derive
    from tracker.obligations.explain import steps
    from tracker.obligations.windows import window_on_its_day
    from tracker.queries import Shown, Story

    agreement_id, _, rest = name.partition("/")
    calendars, faults = read_calendars(settings.rules_dir)
    fail_on(faults)
    agreement = find_file(settings, agreement_id).agreement
    calendar = calendars[agreement.calendar.holidays]
    events = parse_events(agreement, texts)
    obligations = derive(agreement, calendar, effective(events)).obligations
    wanted = f"{agreement.id}/{rest}"
    found = [one for one in obligations if one.key == wanted or one.key.startswith(f"{wanted}/")]
    if len(found) != 1:
        keys = "\n".join(f"  {one.key}" for one in found or obligations)
        raise UnknownThingError(f"{name!r} is not one obligation; there are:\n{keys}")
    shown = Shown(agreement, found[0], found[0].state, reminded=False, closed_why=None)
    window = window_on_its_day(agreement, found[0], calendar)
    return Story(shown, steps(agreement, found[0], calendar, language), [], window=window)
