"""Decree files (rules/holidays/<country>/*.yaml) -> a calendar, faults as values.

The `holidays` library is the base for years without a file (always an estimate: its feasts are
calculated, and joint leave is decreed year by year); a file replaces the base for its year.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tracker.base.faults import Fault
from tracker.base.source import parse
from tracker.base.validation import message
from tracker.calendars.model import Calendar, Coverage, DayKind, DayOff, HeldYear, version_of

_DIGITS = 12
ESTIMATED_YEARS = range(2015, 2061)
"""Years for which the library's estimate is taken; outside them only weekends are known."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Name(_Frozen):
    """A name in both languages."""

    id: str
    en: str


class Decree(_Frozen):
    """A joint decree (SKB) or presidential decision that sets days off."""

    id: str
    number: str
    day: Annotated[date | None, Field(alias="date")] = None
    about: Name
    source: str
    to_confirm: bool = False


class DecreedDay(_Frozen):
    """One day off and the decree that set it."""

    day: Annotated[date, Field(alias="date")]
    kind: DayKind
    decree: str
    name: Name
    estimate: bool = False


class WithdrawnDay(_Frozen):
    """A day off that a later decree took back."""

    day: Annotated[date, Field(alias="date")]
    kind: DayKind
    decree: str
    by: str
    name: Name


class Year(_Frozen):
    """One decree file."""

    year: Annotated[int, Field(ge=1990, le=2200)]
    coverage: Literal[Coverage.DECREED, Coverage.ESTIMATE]
    decrees: tuple[Decree, ...] = ()
    days: tuple[DecreedDay, ...]
    withdrawn: tuple[WithdrawnDay, ...] = ()


@dataclass(frozen=True, slots=True)
class YearFile:
    """One sound decree file: where it is, its text, and what it says."""

    path: Path
    text: str
    year: Year


def load_calendar(folder: Path) -> tuple[Calendar, list[Fault]]:
    """Read every decree file of one country; a bad file leaves its year to the estimate, loudly."""
    paths = sorted(folder.glob("*.yaml"))
    files, faults = read_files(paths)
    if not paths:
        faults.append(Fault(str(folder), 1, "holds no decree files, expected <year>.yaml in it"))
    return calendar_of(folder.name, files), faults


def read_files(paths: Iterable[Path]) -> tuple[list[YearFile], list[Fault]]:
    """Read decree files; one for a year that another has given already is a fault."""
    files: dict[int, YearFile] = {}
    faults: list[Fault] = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            faults.append(Fault(str(path), 1, "cannot be read, expected a YAML decree file in UTF-8"))
            continue
        year, found = read_year(text, str(path))
        faults.extend(found)
        if year is not None and year.year in files:
            message = f"{year.year} is given by another file too, expected one file a year"
            faults.append(Fault(str(path), 1, message))
        elif year is not None:
            files[year.year] = YearFile(path, text, year)
    return list(files.values()), faults


def calendar_of(country: str, files: Iterable[YearFile], instead: Iterable[YearFile] = ()) -> Calendar:
    """Build a calendar from decree files; those of `instead` take the place of others for their years."""
    by_year = {file.year.year: file.year for file in (*files, *instead)}
    years = list(by_year.values())
    return build(country, years, version_of({year.year: held(year) for year in years}))


def held(year: Year) -> HeldYear:
    """Tell what one decree file holds; comments and layout of the file do not count."""
    digest = hashlib.sha256(year.model_dump_json().encode()).hexdigest()[:_DIGITS]
    dated = sorted(year.decrees, key=lambda decree: decree.day or date.min)
    return HeldYear(digest, tuple(decree.number for decree in dated))


def read_year(text: str, path: str) -> tuple[Year | None, list[Fault]]:
    """Read one decree file; gives the year unless there was a fault."""
    source = parse(text)
    faults = [Fault(path, problem.line, problem.message) for problem in source.problems]
    if faults:
        return None, faults
    try:
        year = Year.model_validate(source.value)
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [Fault(path, source.line_of(d["loc"]), message(d)) for d in details]
    known = {decree.id for decree in year.decrees}
    for index, day in enumerate(year.days):
        line = source.line_of(["days", index])
        if day.day.year != year.year:
            faults.append(Fault(path, line, f"{day.day} is not in {year.year}, expected a day of that year"))
        if day.decree not in known:
            faults.append(
                Fault(path, line, f"unknown decree {day.decree!r}, expected one of {sorted(known)}")
            )
        if day.day in {other.day for other in year.days[:index]}:
            faults.append(Fault(path, line, f"{day.day} is listed twice, expected each day once"))
    return (None if faults else year), faults


def build(country: str, years: Sequence[Year], version: str) -> Calendar:
    """Put the decreed years over the library's estimate."""
    decreed = {year.year: year for year in years}
    estimated = [year for year in ESTIMATED_YEARS if year not in decreed]
    days = {off.day: off for off in _estimate(country, estimated)}
    coverage = dict.fromkeys(estimated, Coverage.ESTIMATE)
    for year in decreed.values():
        coverage[year.year] = year.coverage
        for day in year.days:
            days[day.day] = DayOff(day.day, day.kind, day.name.id, day.name.en, day.decree, day.estimate)
    return Calendar(country, version, days, coverage, {year.year: held(year) for year in years})


def _estimate(country: str, years: list[int]) -> list[DayOff]:
    # A heavy import that only reading decree files pays for.
    from holidays import country_holidays

    def listing(category: str, language: str) -> dict[date, str]:
        return dict(country_holidays(country.upper(), years=years, categories=category, language=language))

    found: dict[date, DayOff] = {}
    for category, kind in (("government", DayKind.JOINT_LEAVE), ("public", DayKind.NATIONAL)):
        english = listing(category, "en_US")
        for day, name in listing(category, "id").items():
            found[day] = DayOff(day, kind, name, english[day], "holidays", estimate=True)
    return list(found.values())
