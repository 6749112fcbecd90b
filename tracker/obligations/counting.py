"""Counting a period back from, or on from, one day: every admissible reading. Pure.

The table of choices and weights is rules/README.md, "Tafsir". A deadline is never rolled forward
off a rest day here; moving back to an office day is a separate, later step (deadlines.py).
Results depend only on the arguments and are memoised: agreements share days and periods.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from tracker.calendars.model import FRIDAY_IS_LAST, SATURDAY_IS_LAST, Calendar, WorkingDays
from tracker.obligations.months import DOWN, UP, shifted
from tracker.obligations.reading import Choice, Pins, Reading, Weight, carried, chosen, merged, options
from tracker.terms.grammar import Period, Side, Unit
from tracker.terms.pins import Axis

_STRONG, _PLAUSIBLE, _WEAK = Weight.STRONG, Weight.PLAUSIBLE, Weight.WEAK
PLAIN = Choice(Axis.NOTICE, "plain", _STRONG, likely=True)
CLEAR_DAYS = Choice(Axis.NOTICE, "clear-days", _STRONG)
COUNTED_IN = Choice(Axis.NOTICE, "counted", _WEAK)
EXCLUDED = Choice(Axis.START, "excluded", _STRONG, likely=True)
INCLUDED = {
    Side.SINCE: Choice(Axis.START, "included", _STRONG),
    Side.AFTER: Choice(Axis.START, "included", _WEAK),
}
CALENDAR = Choice(Axis.UNIT, "calendar", _STRONG, likely=True)
WORKING = Choice(Axis.UNIT, "working", _WEAK)
ROUND_DOWN = Choice(Axis.ROUNDING, DOWN, _STRONG, likely=True)
ROUND_UP = Choice(Axis.ROUNDING, UP, _PLAUSIBLE)
THIRTY_DAYS = Choice(Axis.ROUNDING, "thirty-days", _PLAUSIBLE)
_MONTHS_IN = {Unit.MONTHS: 1, Unit.YEARS: 12}
_DAYS_IN = {Unit.DAYS: 1, Unit.CALENDAR_DAYS: 1, Unit.WEEKS: 7}
_HOURS_IN_DAY = 24


@dataclass(frozen=True)
class Counting:
    """Everything a count depends on besides the day and the period."""

    calendar: Calendar
    week: str = "mon-fri"
    joint_leave: str = "off"
    pins: Pins = ()

    def weeks(self) -> tuple[tuple[Choice, int], ...]:
        """Give the admissible weeks: the agreement's own, and the other one as a weak reading."""
        lengths = {"mon-fri": FRIDAY_IS_LAST, "mon-sat": SATURDAY_IS_LAST}
        own = Choice(Axis.WEEK, self.week, _STRONG, likely=True)
        other = Choice(Axis.WEEK, next(name for name in lengths if name != self.week), _WEAK)
        return tuple((choice, lengths[choice.name]) for choice in options((own, other), self.pins))

    def leaves(self) -> tuple[Choice, ...]:
        """Give the admissible ways to hold joint leave; both are strong, one is likely."""
        own = Choice(Axis.JOINT_LEAVE, self.joint_leave, _STRONG, likely=True)
        other = Choice(Axis.JOINT_LEAVE, "working" if self.joint_leave == "off" else "off", _STRONG)
        return options((own, other), self.pins)


@lru_cache(maxsize=65536)
def count(day: date, period: Period, side: Side, how: Counting) -> tuple[Reading, ...]:
    """Give every reading of `period` before, since or after `day`, merged and in date order."""
    return merged(_combinations(day, period, side, how))


@lru_cache(maxsize=32768)
def count_from(anchor: tuple[Reading, ...], period: Period, side: Side, how: Counting) -> tuple[Reading, ...]:
    """Give every reading of a period counted from a day that has several readings itself."""
    return merged(
        carried(start, counted) for start in anchor for counted in count(start.day, period, side, how)
    )


def uses_working_days(period: Period, pins: Pins) -> bool:
    """Tell whether any reading of the period counts working days."""
    if period.unit is Unit.WORKING_DAYS:
        return True
    return period.unit is Unit.DAYS and (Axis.UNIT, "calendar") not in pins and period.count > 0


def _combinations(day: date, period: Period, side: Side, how: Counting) -> Iterator[Reading]:
    edges = _edges(period, side, how.pins)
    match period.unit:
        case Unit.MONTHS | Unit.YEARS:
            yield from _by_months(day, period, side, how.pins, edges)
        case Unit.WORKING_DAYS:
            yield from _by_working_days(day, period.count, side, how, edges, ())
        case Unit.HOURS:
            yield from _by_hours(day, period.count, side, edges)
        case Unit.DAYS if period.count:
            for unit in options((CALENDAR, WORKING), how.pins):
                if unit.name == CALENDAR.name:
                    yield from _by_days(day, period, side, edges, (unit,))
                else:
                    yield from _by_working_days(day, period.count, side, how, edges, (unit,))
        case _:
            yield from _by_days(day, period, side, edges, ())


def _edges(period: Period, side: Side, pins: Pins) -> tuple[Choice, ...]:
    """Give the choices for the edge of the period: whether its first or last day counts."""
    if side is not Side.BEFORE:
        return options((EXCLUDED, INCLUDED[side]), pins)
    if period.count == 0 or period.unit is Unit.HOURS:
        return options((PLAIN, CLEAR_DAYS), pins)
    return options((PLAIN, CLEAR_DAYS, COUNTED_IN), pins)


_EDGE_DAYS = {"plain": 0, "clear-days": -1, "counted": 1, "excluded": 0, "included": -1}
"""By how many days each edge choice moves a date that was counted plainly."""


def _by_days(
    day: date, period: Period, side: Side, edges: tuple[Choice, ...], unit: tuple[Choice, ...]
) -> Iterator[Reading]:
    length = period.count * _DAYS_IN[period.unit]
    plain = day.toordinal() + (-length if side is Side.BEFORE else length)
    for edge in edges:
        yield chosen(date.fromordinal(plain + _EDGE_DAYS[edge.name]), *unit, edge)


def _by_hours(day: date, hours: int, side: Side, edges: tuple[Choice, ...]) -> Iterator[Reading]:
    # The hour of the event is not known here: only whole local days are safe to name.
    if side is Side.BEFORE:
        plain = day - timedelta(days=-(-hours // _HOURS_IN_DAY))
        for edge in edges:
            yield chosen(plain + timedelta(days=_EDGE_DAYS[edge.name]), edge)
        return
    for edge in edges:
        days = hours // _HOURS_IN_DAY if edge.name == "excluded" else -(-hours // _HOURS_IN_DAY) - 1
        yield chosen(day + timedelta(days=days), edge)


def _by_months(
    day: date, period: Period, side: Side, pins: Pins, edges: tuple[Choice, ...]
) -> Iterator[Reading]:
    sign = -1 if side is Side.BEFORE else 1
    months = sign * period.count * _MONTHS_IN[period.unit]
    roundings = [ROUND_DOWN, ROUND_UP]
    if period.unit is Unit.MONTHS:
        roundings.append(THIRTY_DAYS)
    for rounding in options(tuple(roundings), pins):
        if rounding.name == THIRTY_DAYS.name:
            plain = day + timedelta(days=sign * period.count * 30)
        else:
            plain = shifted(day, months, rounding.name)
        for edge in edges:
            yield chosen(plain + timedelta(days=_EDGE_DAYS[edge.name]), rounding, edge)


def _by_working_days(
    day: date,
    n: int,
    side: Side,
    how: Counting,
    edges: tuple[Choice, ...],
    unit: tuple[Choice, ...],
) -> Iterator[Reading]:
    start = day.toordinal()
    for week, length in how.weeks():
        for leave in how.leaves():
            view = how.calendar.working_days(length, joint_leave_off=leave.name == "off")
            for edge in edges:
                found = _nth(view, start, n, side, edge.name)
                yield chosen(date.fromordinal(found), *unit, week, leave, edge)


def _nth(view: WorkingDays, start: int, n: int, side: Side, edge: str) -> int:
    """Count n working days; the start day is day 1 only where the edge says so and it is worked."""
    if edge in ("included", "counted") and view.includes(start):
        n -= 1
    if edge == "clear-days":
        n += 1
    return view.nth_before(start, n) if side is Side.BEFORE else view.nth_after(start, n)
