"""A year, a semester or a quarter, as an address names it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_PARTS: Mapping[str, tuple[int, int]] = {
    "": (1, 12),
    "s1": (1, 6),
    "s2": (7, 12),
    "q1": (1, 3),
    "q2": (4, 6),
    "q3": (7, 9),
    "q4": (10, 12),
}
"""The first and the last month of each part."""
PARTS = tuple(_PARTS)
_YEAR = re.compile(r"20\d\d")


@dataclass(frozen=True, slots=True)
class YearPart:
    """A part of a year; the whole of it where `part` is empty."""

    year: int
    part: str

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, _PARTS[self.part][0], 1)

    @property
    def last(self) -> date:
        """The last day."""
        last = _PARTS[self.part][1]
        after = date(self.year + 1, 1, 1) if last == 12 else date(self.year, last + 1, 1)
        return after - timedelta(days=1)

    def text(self, language: str) -> str:
        """Say which it is."""
        kind, number = self.part[:1], self.part[1:]
        if kind == "s":
            return f"semester {number} {'of' if language == 'en' else 'tahun'} {self.year}"
        if kind == "q":
            return (
                f"quarter {number} of {self.year}"
                if language == "en"
                else f"triwulan {number} tahun {self.year}"
            )
        return f"the year {self.year}" if language == "en" else f"tahun {self.year}"


def part_name(part: str, language: str) -> str:
    """Name a part, whatever the year."""
    english = language == "en"
    if part == "":
        return "the whole year" if english else "setahun penuh"
    name = (
        ("Semester" if part[0] == "s" else "Quarter")
        if english
        else ("Semester" if part[0] == "s" else "Triwulan")
    )
    return f"{name} {part[1]}"


def semester_of(day: date) -> YearPart:
    """Give the semester in which a day lies."""
    return YearPart(day.year, "s1" if day.month <= 6 else "s2")


def read_span(year: str, part: str, today: date) -> YearPart:
    """Read a part of a year; the present semester where nothing that can be meant is asked for."""
    if not _YEAR.fullmatch(year):
        return semester_of(today)
    return YearPart(int(year), part if part in _PARTS else "")
