"""From readings to the five figures, and whether they are provisional. Pure.

likely, safe, act_by, strictest, latest: see rules/README.md, "Lima tanggal".
"""

from collections.abc import Sequence
from datetime import date, time
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from tracker.calendars.model import Calendar, Coverage
from tracker.obligations.reading import Reading, Weight, certain


class Cause(StrEnum):
    """Why an undecreed year matters to a deadline."""

    WORKING_DAYS = "working-days"
    OFFICE_DAY = "office-day"


class Reason(NamedTuple):
    """One reason why a deadline is provisional."""

    cause: Cause
    year: int
    coverage: Coverage


class Deadline(NamedTuple):
    """The five figures, the readings they come from, and what is still provisional."""

    likely: date
    safe: date
    act_by: date
    strictest: date
    latest: date
    readings: tuple[Reading, ...]
    reasons: tuple[Reason, ...] = ()
    by_time: time | None = None
    """Local clock time on the likely day, where hours are counted from a known moment."""

    @property
    def provisional(self) -> bool:
        """Tell whether a decree that is not held yet may move the dates."""
        return bool(self.reasons)


def deadline(
    readings: Sequence[Reading],
    calendar: Calendar,
    floor: date | None = None,
    working_span: tuple[date, date] | None = None,
    by_time: time | None = None,
) -> Deadline:
    """Derive the figures from merged readings in date order.

    `floor` is the day of the trigger: `act_by` never moves before it, so that a period that lies
    inside a block of rest days asks for action on the day of the event itself. `working_span` is
    the stretch of days over which working days were counted; `by_time` the clock time that goes
    with one exact reading.
    """
    likely = next(reading.day for reading in readings if reading.likely)
    safe = next(reading.day for reading in readings if reading.weight is Weight.STRONG)
    act_by = calendar.office_day_on_or_before(safe)
    if floor is not None and act_by < floor <= safe:
        act_by = floor
    return Deadline(
        likely=likely,
        safe=safe,
        act_by=act_by,
        strictest=readings[0].day,
        latest=readings[-1].day,
        readings=tuple(readings),
        reasons=_reasons(calendar, act_by, safe, working_span),
        by_time=by_time,
    )


@lru_cache(maxsize=16384)
def certain_deadline(day: date, calendar: Calendar, floor: date | None = None) -> Deadline:
    """Derive the figures of a date that needed no choice; periods that end alike share it."""
    return deadline((certain(day),), calendar, floor)


def _reasons(
    calendar: Calendar, act_by: date, safe: date, working_span: tuple[date, date] | None
) -> tuple[Reason, ...]:
    found = [
        Reason(Cause.OFFICE_DAY, year, coverage) for year, coverage in calendar.undecreed_years(act_by, safe)
    ]
    if working_span is not None:
        found += [
            Reason(Cause.WORKING_DAYS, year, coverage)
            for year, coverage in calendar.undecreed_years(*working_span)
        ]
    return tuple(found)
