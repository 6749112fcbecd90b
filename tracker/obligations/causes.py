"""What made deadlines move, in words. Pure."""

from datetime import date
from typing import NamedTuple

from tracker.base.dates import short_date
from tracker.events import kinds
from tracker.events.names import event_name


class Cause(NamedTuple):
    """The kind of fact that led to a derivation, and the day it happened where that matters."""

    kind: str
    day: date | None = None


ROLLED = Cause("horizon-moved")
LOADED = Cause(kinds.DECREE_LOADED)
"""Terms loaded for the first time, or again under other decrees."""
_WORDS = {
    kinds.TERMS_AMENDED: ("addendum", "an addendum"),
    kinds.TERMS_CORRECTED: (
        "naskah diperbaiki di sistem",
        "the terms were corrected in the system",
    ),
    kinds.DECREE_LOADED: ("keputusan hari libur yang baru", "a new decree on public holidays"),
    kinds.CORRECTED: ("peristiwa yang dibetulkan", "a corrected event"),
    kinds.PINNED: ("tafsir yang ditetapkan", "a reading that was decided"),
    kinds.OVERRIDDEN: ("tanggal yang ditetapkan petugas", "a day set by an officer"),
}


def sentences(cause: Cause, before: date | None, after: date | None) -> tuple[str, str]:
    """Say in Indonesian and English from which day to which a deadline moved, and why."""
    return _sentence(cause, before, after, "id"), _sentence(cause, before, after, "en")


def _sentence(cause: Cause, before: date | None, after: date | None, language: str) -> str:
    english = language == "en"
    words = _WORDS.get(cause.kind)
    why = words[english] if words else event_name(cause.kind, language)
    if cause.day is not None:
        day = short_date(cause.day, language)
        in_force = ", in force from {}" if english else ", berlaku mulai {}"
        why += in_force.format(day) if cause.kind == kinds.TERMS_AMENDED else f", {day}"
    days = [short_date(day, language) if day else "-" for day in (before, after)]
    if english:
        return f"The deadline has moved from {days[0]} to {days[1]}. Reason: {why}."
    return f"Tenggat berpindah dari {days[0]} ke {days[1]}. Sebab: {why}."
