"""A calendar of days off, and counting on it. Pure: dates in, dates out.

A calendar knows which days are off, by which decree, and for which years it holds the decree
(SKB). What counts as a working day depends on two choices (see rules/README.md): the week
(Mon-Fri or Mon-Sat) and whether joint leave is a day off.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache

FRIDAY_IS_LAST = 5
SATURDAY_IS_LAST = 6
_DAY = timedelta(days=1)


class DayKind(StrEnum):
    """Why a day is off."""

    NATIONAL = "national"
    JOINT_LEAVE = "joint-leave"
    ELECTION = "election"


class Coverage(StrEnum):
    """How well the days off of a year are known."""

    DECREED = "decreed"
    ESTIMATE = "estimate"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class DayOff:
    """One day off, with its name in both languages and the decree that set it."""

    day: date
    kind: DayKind
    name_id: str
    name_en: str
    decree: str
    estimate: bool = False

    def name(self, language: str) -> str:
        """Give the name of the day in `language`."""
        return self.name_en if language == "en" else self.name_id


@dataclass(frozen=True, slots=True)
class HeldYear:
    """What the calendar holds of one year: a digest of its content, and its decrees, oldest first."""

    digest: str
    decrees: tuple[str, ...] = ()


@dataclass(frozen=True)
class WorkingDays:
    """One view of which days are worked: a week length and a set of days off (ordinals).

    Counting steps over single days: the periods of agreements are short, and a step is a set
    look-up. Answers are memoised, as the same days are asked for again and again.
    """

    week: int
    off: frozenset[int]

    def includes(self, ordinal: int) -> bool:
        """Tell whether the day is worked; `ordinal` as in `date.toordinal`."""
        return (ordinal - 1) % 7 < self.week and ordinal not in self.off

    @cached_property
    def _counted(self) -> dict[tuple[int, int], int]:
        return {}

    def nth_after(self, ordinal: int, n: int) -> int:
        """Give the n-th working day after a day (n >= 1); n = 0 gives the day itself."""
        return self._step(ordinal, n, 1)

    def nth_before(self, ordinal: int, n: int) -> int:
        """Give the n-th working day before a day (n >= 1); n = 0 gives the day itself."""
        return self._step(ordinal, n, -1)

    def _step(self, start: int, n: int, direction: int) -> int:
        key = (start, n * direction)
        found = self._counted.get(key)
        if found is None:
            found, left = start, n
            while left:
                found += direction
                left -= self.includes(found)
            self._counted[key] = found
        return found


@dataclass(frozen=True, eq=False)
class Calendar:
    """All days off of a country, by decree; identity is by object, `version` names its content."""

    id: str
    version: str
    days: Mapping[date, DayOff]
    coverage: Mapping[int, Coverage] = field(default_factory=dict)
    held: Mapping[int, HeldYear] = field(default_factory=dict)
    """The years that have a decree file."""

    def off(self, day: date) -> DayOff | None:
        """Give why `day` is off by decree; weekends are not decreed."""
        return self.days.get(day)

    def covers(self, year: int) -> Coverage:
        """Tell how well the days off of `year` are known."""
        return self.coverage.get(year, Coverage.NONE)

    def working_days(self, week: int, *, joint_leave_off: bool) -> WorkingDays:
        """Give the view for one week length and one way to hold joint leave."""
        return self._views[week, joint_leave_off]

    @cached_property
    def _views(self) -> dict[tuple[int, bool], WorkingDays]:
        everything = frozenset(day.toordinal() for day in self.days)
        decreed = frozenset(
            day.toordinal() for day, off in self.days.items() if off.kind is not DayKind.JOINT_LEAVE
        )
        return {
            (week, leave_off): WorkingDays(week, everything if leave_off else decreed)
            for week in (FRIDAY_IS_LAST, SATURDAY_IS_LAST)
            for leave_off in (True, False)
        }

    @cached_property
    def office(self) -> WorkingDays:
        """The days on which an office can send and receive: Mon-Fri, no holiday, no joint leave."""
        return self._views[FRIDAY_IS_LAST, True]

    def is_office_day(self, day: date) -> bool:
        """Tell whether an office works on `day`."""
        return self.office.includes(day.toordinal())

    def office_day_on_or_before(self, day: date) -> date:
        """Move a day back to an office day (never forward)."""
        ordinal = day.toordinal()
        return day if self.office.includes(ordinal) else date.fromordinal(self.office.nth_before(ordinal, 1))

    def office_day_on_or_after(self, day: date) -> date:
        """Move a day forward to an office day; only for sending, never for a deadline."""
        ordinal = day.toordinal()
        return day if self.office.includes(ordinal) else date.fromordinal(self.office.nth_after(ordinal, 1))

    def undecreed_years(self, first: date, last: date) -> tuple[tuple[int, Coverage], ...]:
        """List the years touched by [first, last] whose decree the calendar does not hold."""
        return _undecreed(self, first.year, last.year)

    def office_days_between(self, first: date, last: date) -> int:
        """Count the office days after `first`, up to and with `last`."""
        return sum(map(self.office.includes, range(first.toordinal() + 1, last.toordinal() + 1)))

    def rest_days(self, first: date, last: date) -> list[tuple[date, DayOff | None]]:
        """List the days in [first, last] on which offices are closed, with the decree's entry."""
        days = (first + _DAY * step for step in range((last - first).days + 1))
        return [(day, self.off(day)) for day in days if not self.is_office_day(day)]


@lru_cache(maxsize=4096)
def _undecreed(calendar: Calendar, first: int, last: int) -> tuple[tuple[int, Coverage], ...]:
    years = ((year, calendar.covers(year)) for year in range(first, last + 1))
    return tuple((year, coverage) for year, coverage in years if coverage is not Coverage.DECREED)


def version_of(held: Mapping[int, HeldYear]) -> str:
    """Name the content of a calendar, year by year: `2026:0a1b... 2027:2c3d...`."""
    return " ".join(f"{year}:{held[year].digest}" for year in sorted(held)) or "estimate"


def changed_years(before: str, calendar: Calendar) -> tuple[int, ...]:
    """List the years whose content differs from what a version names.

    A version that names no years (written by an earlier release) tells nothing: then it is every
    year that is held.
    """
    pairs = (part.partition(":") for part in before.split())
    old = {year: digest for year, _, digest in pairs if digest}
    new = {str(year): held.digest for year, held in calendar.held.items()}
    return tuple(sorted(int(year) for year in {*old, *new} if old.get(year) != new.get(year)))
