"""Who else is told of a duty that nobody answers for, and when: officer, substitute, manager. Pure.

A chain begins when a point fires near the deadline and nobody has acknowledged the duty; from then
on office hours are counted, whether or not the first alert arrived. Who was told once is told of
later points too, until somebody acknowledges or proves. An acknowledgement that runs out near the
deadline begins the chain anew, with a reminder of its own: it is never silent in between.
"""

from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any, NamedTuple

from tracker.reminders.ladder import AT_ONCE, Plan, Schedule
from tracker.reminders.policy import Chain, Delays
from tracker.reminders.recipients import Role

CHAINED = ">"
"""Stands between the point that began a chain and who is told next: `T-7>manager`."""
_ONE_DAY = timedelta(days=1)


class Level(IntEnum):
    """How far a chain has got: who was told last."""

    OFFICER = 0
    SUBSTITUTE = 1
    MANAGER = 2

    @property
    def role(self) -> Role:
        """As what those of this level are told."""
        return Role(self.name.lower())

    @classmethod
    def up_to(cls, highest: int, above: int = -1) -> tuple["Level", ...]:
        """Give the levels up to one, the lowest first; only those above another where that is given."""
        return tuple(level for level in cls if above < level <= highest)


class Standing(NamedTuple):
    """What is stored of a duty's chain, and what decides whether it begins.

    `since` is the instant (UTC) at which the unanswered point that began it fired.
    """

    since: datetime | None
    level: int
    acknowledged_until: date | None
    reminded_for: datetime | None

    def stopped(self) -> "Standing":
        """Give it without a chain."""
        return self._replace(since=None, level=Level.OFFICER)


class Step(NamedTuple):
    """The next step of a chain: who is told, what it was planned for and when to take it (UTC).

    A step to the officer's own level begins the chain, with a reminder that says so.
    """

    level: Level
    planned_for: datetime
    fire_at: datetime


def standing_of(row: Any) -> Standing:
    """Read where the chain of an obligation stands from its row, derived or stored."""
    return Standing(row.chain_since, row.chain_level, row.acknowledged_until, row.reminded_for)


def is_acknowledged(until: date | None, today: date) -> bool:
    """Tell whether an acknowledgement holds on a local day."""
    return until is not None and today <= until


def kept(since: datetime, until: date | None, today: date, schedule: Schedule) -> bool:
    """Tell whether a chain goes on, from what is known on a local day of acknowledgements.

    One that had ended before the chain began has not stopped it, however late it is looked at.
    """
    return not is_acknowledged(until, max(today, since.astimezone(schedule.zone).date()))


def begins_with(schedule: Schedule, chain: Chain, plan: Plan, point: str, now: datetime) -> bool:
    """Tell whether a point that fires now begins the chain of a duty that is not acknowledged."""
    return point == AT_ONCE or now >= _start(schedule, chain, plan)


def next_step(schedule: Schedule, chain: Chain, plan: Plan, standing: Standing, now: datetime) -> Step | None:
    """Give the next step; None where the chain is at its end, or waits for a point of the ladder.

    Steps that were missed become the furthest of them. Somebody who asked to be left alone has
    answered: the hours count from when that ends.
    """
    quiet_until = schedule.quiet_until(plan)
    if standing.since is None:
        return _beginning(schedule, chain, plan, standing, now, quiet_until)
    since = max(standing.since, quiet_until) if quiet_until else standing.since
    found: Step | None = None
    for level in Level.up_to(Level.MANAGER, standing.level):
        at = _due(schedule, chain, plan, since, level)
        if at <= now:
            found = Step(level, at, schedule.hours.slot(now))
        else:
            return found or Step(level, at, at)
    return found


def _start(schedule: Schedule, chain: Chain, plan: Plan) -> datetime:
    return _morning_before(schedule, plan.act_by, chain.starts)


def _morning_before(schedule: Schedule, act_by: date, days: int) -> datetime:
    # As the ladder places its points: on a day off, earlier.
    day = schedule.calendar.office_day_on_or_before(act_by - timedelta(days=days))
    return schedule.hours.morning_of(day)


def _due(schedule: Schedule, chain: Chain, plan: Plan, since: datetime, level: Level) -> datetime:
    at = schedule.hours.after(since, _hours(chain, level))
    if chain.urgent is None:
        return at
    urgent_since = max(since, _morning_before(schedule, plan.act_by, chain.urgent.days))
    return min(at, schedule.hours.after(urgent_since, _hours(chain.urgent, level)))


def _hours(delays: Delays, level: Level) -> int:
    return delays.manager if level is Level.MANAGER else delays.substitute


def _beginning(
    schedule: Schedule,
    chain: Chain,
    plan: Plan,
    standing: Standing,
    now: datetime,
    quiet_until: datetime | None,
) -> Step | None:
    """Give the step that begins a chain where no point of the ladder does: what was told has no answer."""
    if standing.acknowledged_until is not None:
        expired = standing.acknowledged_until + _ONE_DAY
        at = schedule.hours.morning_of(schedule.calendar.office_day_on_or_after(expired))
    elif standing.reminded_for is not None:
        at = standing.reminded_for
    else:
        return None
    if at < _start(schedule, chain, plan):
        return None
    at = max(at, schedule.hours.slot(quiet_until)) if quiet_until else at
    if at > now:
        return Step(Level.OFFICER, at, at)
    # The answer was withdrawn, or the duty opened again, just now; an expiry has its own day.
    slot = schedule.hours.slot(now)
    return Step(Level.OFFICER, at if standing.acknowledged_until is not None else slot, slot)
