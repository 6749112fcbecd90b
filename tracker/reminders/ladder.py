"""The reminder points of one obligation, and which of them is next. Pure; `now` is an argument.

Points before the deadline are counted back from `act_by`; one that falls on a day off moves
earlier. Points of an overdue duty never move before the day they speak of: they wait for the next
office day. Points that meet on one day become one, the most urgent. Missed points collapse into
the latest, which names them.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tracker.calendars.model import Calendar
from tracker.reminders.office_hours import OfficeHours
from tracker.reminders.policy import DAILY, Ladder, Policy

AT_ONCE = "at-once"
OVERDUE = "overdue+"
_BEFORE = "T-"
AGAIN = "again-"
"""Begins the name of a point on a day of its own, where no point of the ladder begins the chain."""


def is_on_the_ladder(point: str) -> bool:
    """Tell whether a point was planned for its day, and not called for by an event."""
    return point.startswith((_BEFORE, OVERDUE, AGAIN))


class Plan(NamedTuple):
    """What the ladder of one obligation depends on; `opened_at` is when it became known (UTC)."""

    act_by: date
    opened_at: datetime
    at_once: bool
    ladder: Ladder
    lapses_on: date | None
    snoozed_until: date | None = None


class Point(NamedTuple):
    """One step of the ladder and the instant it is planned for (UTC)."""

    name: str
    planned_for: datetime


class Next(NamedTuple):
    """The point to fire next, when to fire it, and the missed points it stands for."""

    point: Point
    fire_at: datetime
    missed: tuple[str, ...] = ()


class Schedule:
    """Where and when reminders may be sent: policy, calendar and zone of one agreement."""

    def __init__(self, policy: Policy, calendar: Calendar, zone: ZoneInfo) -> None:
        """Keep what all points of an agreement share."""
        self.policy = policy
        self.calendar = calendar
        self.zone = zone
        self.hours = OfficeHours(calendar, zone, policy.send_at, policy.office_hours_end)
        # Remembered, because many obligations share their days and their ladder.
        self._points_before: dict[tuple[date, tuple[int, ...]], tuple[Point, ...]] = {}
        self._starts: dict[date, datetime] = {}

    def next(self, plan: Plan, after: datetime | None, now: datetime) -> Next | None:
        """Give the next point; None when no more will come.

        `after` is the instant that the point which fired last was planned for: everything planned
        up to then is done, whatever has become of the ladder since.
        """
        quiet_until = self.quiet_until(plan)
        if quiet_until is not None and now < quiet_until:
            # Asked to be left alone: what falls into that time is said when it is over.
            found = self.next(plan._replace(snoozed_until=None), after, quiet_until)
            return found and found._replace(fire_at=max(found.fire_at, quiet_until))
        missed: list[Point] = []
        for point in self._points(plan):
            if after is not None and point.planned_for <= after:
                continue
            if self._has_lapsed(plan, point.planned_for):
                break
            if point.planned_for > now:
                return self._collapsed(missed, now) or Next(point, point.planned_for)
            missed.append(point)
        return self._collapsed(missed, now)

    def quiet_until(self, plan: Plan) -> datetime | None:
        """Give the instant up to which a person asked to be left alone."""
        return self.hours.morning_of(plan.snoozed_until) if plan.snoozed_until else None

    def start_of(self, day: date) -> datetime:
        """Give the first instant of a local day in UTC."""
        found = self._starts.get(day)
        if found is None:
            found = self._starts[day] = datetime.combine(day, time.min, self.zone).astimezone(UTC)
        return found

    def _collapsed(self, missed: list[Point], now: datetime) -> Next | None:
        if not missed:
            return None
        latest = missed[-1]
        fire_at = now if latest.name == AT_ONCE else self.hours.slot(now)
        return Next(latest, fire_at, tuple(point.name for point in missed[:-1]))

    def _has_lapsed(self, plan: Plan, instant: datetime) -> bool:
        return plan.lapses_on is not None and instant >= self.start_of(plan.lapses_on)

    def _points(self, plan: Plan) -> Iterator[Point]:
        if plan.at_once:
            yield Point(AT_ONCE, plan.opened_at)
        for point in chain(self._before(plan), self._overdue(plan)):
            # An event alert already says everything that earlier points would have said.
            if not plan.at_once or point.planned_for > plan.opened_at:
                yield point

    def _before(self, plan: Plan) -> tuple[Point, ...]:
        key = (plan.act_by, self._days_before(plan))
        found = self._points_before.get(key)
        if found is None:
            by_day: dict[date, int] = {}
            for days in sorted(key[1], reverse=True):
                by_day[self.calendar.office_day_on_or_before(plan.act_by - timedelta(days=days))] = days
            found = tuple(
                Point(f"{_BEFORE}{days}", self.hours.morning_of(day)) for day, days in sorted(by_day.items())
            )
            self._points_before[key] = found
        return found

    def _days_before(self, plan: Plan) -> tuple[int, ...]:
        if plan.ladder != DAILY:
            return plan.ladder
        opened = plan.opened_at.astimezone(self.zone).date()
        return tuple(range(max((plan.act_by - opened).days, 0) + 1))

    def _overdue(self, plan: Plan) -> Iterator[Point]:
        pending: tuple[str, date] | None = None
        for days in self._days_overdue():
            day = self.calendar.office_day_on_or_after(plan.act_by + timedelta(days=days))
            if pending is not None and pending[1] != day:
                yield Point(pending[0], self.hours.morning_of(pending[1]))
            pending = (f"{OVERDUE}{days}", day)

    def _days_overdue(self) -> Iterator[int]:
        overdue = self.policy.overdue
        yield from range(1, overdue.daily_for_days + 1)
        days = overdue.daily_for_days
        while True:
            days += overdue.then_every_days
            yield days
