"""Commands about holiday decrees: list what is held, try a decree file, put it in force."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tracker.cli.terms import AsJson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.bootstrap import House
    from tracker.calendars.exchange import Written
    from tracker.calendars.load import YearFile
    from tracker.calendars.model import Calendar
    from tracker.decree_effects import Effects

app = typer.Typer(
    help="Holiday decrees (SKB): what is held, what another one would move.", no_args_is_help=True
)
Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="decree files, one a year, as in rules/holidays/id/")
]
CalendarName = Annotated[
    str | None, typer.Option("--calendar", help="the calendar; default: the file's folder, or the only one")
]
Language = Annotated[str | None, typer.Option(help="id or en")]


@app.command("list")
def list_years(
    year: Annotated[int | None, typer.Option(help="one year only, with its days")] = None,
    as_json: AsJson = False,  # noqa: FBT002
    language: Language = None,
) -> None:
    """List how well each year is known, by which decrees, and how many days are off."""
    from tracker.base.clock import SystemClock
    from tracker.base.settings import read_settings
    from tracker.bootstrap import read_calendars
    from tracker.cli.show import fail_on
    from tracker.cli.show_holidays import years_table

    settings = read_settings()
    calendars, faults = read_calendars(settings.rules_dir)
    fail_on(faults)
    this_year = SystemClock().now().year
    rows = [
        _year(calendar, one, with_days=year is not None)
        for calendar in calendars.values()
        for one in _years(calendar, this_year, year)
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    years_table(rows, language or settings.language)


def _years(calendar: "Calendar", this_year: int, only: int | None) -> list[int]:
    """Give the years to list: those that are held, and the ones whose decrees are awaited."""
    if only is not None:
        return [only]
    return sorted({*calendar.held, *range(this_year, this_year + 3)})


def _year(calendar: "Calendar", year: int, *, with_days: bool) -> dict[str, Any]:
    off = sorted((day for day in calendar.days.values() if day.day.year == year), key=lambda day: day.day)
    kinds = [day.kind.value for day in off]
    found: dict[str, Any] = {
        "calendar": calendar.id,
        "year": year,
        "coverage": calendar.covers(year).value,
        "decrees": list(calendar.held[year].decrees) if year in calendar.held else [],
        "days": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
    }
    if with_days:
        found["listed"] = [
            {"date": day.day.isoformat(), "kind": day.kind.value, "id": day.name_id, "en": day.name_en}
            for day in off
        ]
    return found


@app.command("diff")
def diff(
    files: Files,
    calendar: CalendarName = None,
    rules: Annotated[bool, typer.Option("--rules", help="compare the terms files, not the database")] = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
    language: Language = None,
) -> None:
    """Show which open deadlines would move if decree files were loaded; changes nothing.

    Compares the open obligations in the database; without one (or with --rules), the deadlines of
    the terms files that have not passed yet.
    """
    from tracker.cli.show_holidays import effects_table

    house, given = _read(files, calendar)
    effects = _effects(house, given, from_rules=rules)
    if as_json:
        typer.echo(json.dumps(_json(given, effects), ensure_ascii=False, indent=2))
        return
    effects_table(effects, language or house.settings.language)


@app.command("load")
def load(
    files: Files,
    calendar: CalendarName = None,
    as_json: AsJson = False,  # noqa: FBT002
    language: Language = None,
) -> None:
    """Put decree files in force: into the rules folder, and through every agreement.

    Shows what moves first, keeps the old files as <year>.yaml.before-<digest>, and tells the
    contacts of every open deadline that moves.
    """
    from tracker import flow
    from tracker.bootstrap import build
    from tracker.cli.show_holidays import effects_table, loaded_text

    house, given = _read(files, calendar)
    written = _places(house, given)
    effects = _effects(house, given, from_rules=False)
    done = _put(written)
    house = build(house.settings)
    stored = _is_stored(house)
    moved = flow.rederive(house.db, house.context, house.clock.now()) if stored else []
    if as_json:
        found = _json(given, effects)
        found["written"] = [str(one.path) for one in done if one.changed]
        found["kept"] = [str(one.kept) for one in done if one.kept]
        found["announced"] = moved
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    language = language or house.settings.language
    effects_table(effects, language)
    loaded_text(done, len(moved), language, stored=stored)


def _read(files: list[Path], chosen: str | None) -> "tuple[House, Mapping[str, list[YearFile]]]":
    """Read decree files by calendar; their faults are said as file:line."""
    from tracker.bootstrap import build
    from tracker.calendars.exchange import calendar_name
    from tracker.calendars.load import read_files
    from tracker.cli.show_holidays import fail_on_decrees

    house = build()
    paths: dict[str, list[Path]] = {}
    for path in dict.fromkeys(files):
        paths.setdefault(calendar_name(path, house.context.calendars, chosen), []).append(path)
    given, faults = {}, []
    for name, together in paths.items():
        given[name], found = read_files(together)
        faults += found
    fail_on_decrees(faults)
    return house, given


def _held(house: "House", name: str) -> "list[YearFile]":
    from tracker.calendars.load import read_files

    return read_files(sorted((house.settings.rules_dir / "holidays" / name).glob("*.yaml")))[0]


def _effects(house: "House", given: "Mapping[str, list[YearFile]]", *, from_rules: bool) -> "Effects":
    from tracker.calendars.load import calendar_of
    from tracker.decree_effects import Effects, in_store, in_terms
    from tracker.terms.load import load as read
    from tracker.terms.load import terms_paths

    effects, now = Effects(), house.clock.now()
    stored = not from_rules and _is_stored(house)
    terms = [] if stored else [file.agreement for file in read(terms_paths(house.settings.rules_dir)).files]
    for name, files in given.items():
        after = calendar_of(name, _held(house, name), files)
        found = (
            in_store(house.db, house.context, name, after, now)
            if stored
            else in_terms(terms, house.context, name, after, now)
        )
        effects.moved += found.moved
        effects.certainty += found.certainty
        effects.looked_at += found.looked_at
    return effects


def _is_stored(house: "House") -> bool:
    from tracker.migrations import has_schema, require_current

    if not has_schema(house.db):
        return False
    require_current(house.db, house.settings.migrations_dir)
    return True


def _places(house: "House", given: "Mapping[str, list[YearFile]]") -> "list[tuple[Path, str]]":
    from tracker.calendars.exchange import place, require_writable

    found = []
    for name, files in given.items():
        folder = house.settings.rules_dir / "holidays" / name
        require_writable(folder)
        found += [(place(folder, file, _held(house, name)), file.text) for file in files]
    return found


def _put(files: "list[tuple[Path, str]]") -> "list[Written]":
    from tracker.calendars.exchange import put

    return [put(path, text) for path, text in files]


def _json(given: "Mapping[str, list[YearFile]]", effects: "Effects") -> dict[str, Any]:
    files = [
        {"file": str(file.path), "calendar": name, "year": file.year.year, "coverage": file.year.coverage}
        for name, together in given.items()
        for file in together
    ]
    return {"files": files, **effects.as_json()}
