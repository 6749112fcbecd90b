"""The five dates of a deadline on a line, from the strictest to the latest, with today. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from tracker.obligations.deadline import Deadline

WIDTH = 520
_EDGE = 62
_APART = 84
"""Between two labels, so that none covers another."""
_LINE = 17
NAMES: Mapping[str, tuple[str, str]] = {
    "strictest": ("terketat", "strictest"),
    "act_by": ("bertindak", "act by"),
    "safe": ("aman", "safe"),
    "likely": ("lazim", "likely"),
    "latest": ("paling akhir", "latest"),
}
MEANINGS: Mapping[str, tuple[str, str]] = {
    "strictest": ("paling awal di antara semua tafsir", "the earliest of all readings"),
    "act_by": (
        "hari kantor terakhir yang aman: inilah yang diingatkan",
        "the last safe office day: reminded of",
    ),
    "safe": ("tepat waktu menurut setiap tafsir kuat", "in time on every strong reading"),
    "likely": ("yang lazim diharapkan pihak lain", "what the other side will expect"),
    "latest": ("sesudahnya pasti terlambat", "after it, late on any reading"),
}
_TODAY = ("hari ini", "today")


@dataclass(frozen=True, slots=True)
class Point:
    """One day on the line, under all the names it has."""

    x: int
    day: date
    names: Sequence[str]
    look: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The whole drawing."""

    points: Sequence[Point]
    height: int
    first: int
    last: int
    """Where the days of the text begin and end."""

    @property
    def width(self) -> int:
        """The width of the drawing."""
        return WIDTH


def scale(deadline: Deadline, act_by: date, today: date, language: str) -> Scale:
    """Lay the days out: in proportion, but never closer than their labels need."""
    named: dict[date, list[str]] = {}
    for name, pair in NAMES.items():
        day = act_by if name == "act_by" else getattr(deadline, name)
        named.setdefault(day, []).append(pair[language == "en"])
    own = sorted(named)
    first, last = own[0], own[-1]
    # Today is shown where it does not squeeze the five days together.
    near = max((last - first).days, 14)
    if -near <= (today - first).days and (today - last).days <= near:
        named.setdefault(today, []).append(_TODAY[language == "en"])
    days = sorted(named)
    places = _places([day.toordinal() for day in days])
    points = [
        Point(x, day, tuple(named[day]), "main" if day == act_by else "now" if day == today else "")
        for x, day in zip(places, days, strict=True)
    ]
    height = 44 + _LINE * (1 + max(len(point.names) for point in points))
    ends = [point.x for point in points if point.day in (first, last)]
    return Scale(points, height, ends[0], ends[-1])


def _places(days: Sequence[int]) -> list[int]:
    if len(days) == 1:
        return [WIDTH // 2]
    room, span = WIDTH - 2 * _EDGE, days[-1] - days[0]
    apart = min(_APART, room // (len(days) - 1))
    # Each gap gets what its label needs; what is left is shared out in proportion.
    left = room - apart * (len(days) - 1)
    places = [_EDGE]
    for before, day in pairwise(days):
        places.append(places[-1] + apart + left * (day - before) // span)
    return places
