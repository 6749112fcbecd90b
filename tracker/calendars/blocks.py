"""Blocks of days on which offices are closed: weekends, holidays and joint leave in one stretch. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.calendars.model import Calendar, DayKind, DayOff

LONG = 4
"""From how many days on a block is a long holiday."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of days off that offices work before and after."""

    first: date
    last: date
    holidays: tuple[DayOff, ...] = ()
    """The days in it that are off by decree, in order."""
    undecreed: tuple[int, ...] = ()
    """The years without a decree that its days, or the days beside it, depend on."""

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def names(self, language: str) -> list[str]:
        """Name its holidays, each once; joint leave only where there is nothing else."""
        feasts = [off for off in self.holidays if off.kind is not DayKind.JOINT_LEAVE]
        return list(dict.fromkeys(off.name(language) for off in feasts or self.holidays))


def blocks(calendar: Calendar, first: date, last: date, at_least: int = LONG) -> Iterator[Block]:
    """Yield the blocks of at least so many days that have a day in [first, last], in order.

    Each is whole, also where it reaches over `first` or `last`.
    """
    day = first
    while day <= last:
        if calendar.is_office_day(day):
            day += _DAY
            continue
        found = _block_around(calendar, day)
        if found.days >= at_least:
            yield found
        day = found.last + _DAY


def _block_around(calendar: Calendar, day: date) -> Block:
    before = calendar.office_day_on_or_before(day)
    after = calendar.office_day_on_or_after(day)
    first, last = before + _DAY, after - _DAY
    rest = calendar.rest_days(first, last)
    return Block(
        first,
        last,
        tuple(off for _, off in rest if off is not None),
        tuple(year for year, _ in calendar.undecreed_years(before, after)),
    )
