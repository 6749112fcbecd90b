"""What made deadlines move, in words. Pure."""

from datetime import date, time
from typing import NamedTuple

from tracker.base.dates import short_date, short_moment
from tracker.calendars.model import Calendar, changed_years
from tracker.events import kinds
from tracker.events.names import event_name

Moment = tuple[date | None, time | None]
"""A day, with the local time where it has one."""


class Cause(NamedTuple):
    """The kind of fact that led to a derivation, the day it happened where that matters, and its name."""

    kind: str
    day: date | None = None
    name: str = ""


ROLLED = Cause("horizon-moved")
LOADED = Cause(kinds.DECREE_LOADED)
"""Terms loaded for the first time, or again under other decrees."""
SEVERAL = Cause("several-facts")
_WORDS = {
    kinds.TERMS_AMENDED: ("addendum", "an addendum"),
    kinds.TERMS_CORRECTED: (
        "naskah diperbaiki di sistem",
        "the terms were corrected in the system",
    ),
    kinds.DECREE_LOADED: ("keputusan hari libur yang baru", "a new decree on public holidays"),
    SEVERAL.kind: ("beberapa peristiwa yang dicatat bersama", "several facts recorded together"),
    kinds.CORRECTED: ("peristiwa yang dibetulkan", "a corrected event"),
    kinds.PINNED: ("tafsir yang ditetapkan", "a reading that was decided"),
    kinds.OVERRIDDEN: ("tanggal yang ditetapkan petugas", "a day set by an officer"),
}


_NAMED = {kinds.DECREE_LOADED: ("keputusan hari libur", "the decree on public holidays")}
_NO_DECREE = "-"


def decree_cause(before: str, calendar: Calendar) -> Cause:
    """Give the cause that an exchanged calendar is: the newest decree of each year that changed."""
    names = [
        f"{calendar.held[year].decrees[-1] if _has_decrees(calendar, year) else _NO_DECREE} ({year})"
        for year in changed_years(before, calendar)
    ]
    return Cause(kinds.DECREE_LOADED, None, "; ".join(names))


def decree_details(before: str, calendar: Calendar) -> dict[str, str]:
    """Give what the log says of an exchanged calendar: which decrees of which years, and its version."""
    years = changed_years(before, calendar)
    named = [
        f"{', '.join(calendar.held[year].decrees) if _has_decrees(calendar, year) else _NO_DECREE} ({year})"
        for year in years
    ]
    return {
        "decrees": "; ".join(named) or _NO_DECREE,
        "years": "+".join(map(str, years)) or _NO_DECREE,
        "calendar": calendar.version,
    }


def _has_decrees(calendar: Calendar, year: int) -> bool:
    return year in calendar.held and bool(calendar.held[year].decrees)


def why_text(cause: Cause, language: str) -> str:
    """Say what made a deadline move."""
    english = language == "en"
    if cause.name and cause.kind in _NAMED:
        return f"{_NAMED[cause.kind][english]} {cause.name}"
    words = _WORDS.get(cause.kind)
    why = words[english] if words else event_name(cause.kind, language)
    if cause.day is None:
        return why
    in_force = (", berlaku mulai ", ", in force from ") if cause.kind == kinds.TERMS_AMENDED else (", ", ", ")
    return f"{why}{in_force[english]}{short_date(cause.day, language)}"


def sentences(cause: Cause, before: Moment, after: Moment) -> tuple[str, str]:
    """Say in Indonesian and English from when to when a deadline moved, and why."""
    return _sentence(cause, before, after, "id"), _sentence(cause, before, after, "en")


def _sentence(cause: Cause, before: Moment, after: Moment, language: str) -> str:
    english = language == "en"
    why = why_text(cause, language)
    days = [short_moment(day, at, language) if day else "-" for day, at in (before, after)]
    if english:
        return f"The deadline has moved from {days[0]} to {days[1]}. Reason: {why}."
    return f"Tenggat berpindah dari {days[0]} ke {days[1]}. Sebab: {why}."
