"""What another calendar makes of a deadline: figures before and after, and how far apart. Pure."""

from datetime import date
from typing import NamedTuple

from tracker.calendars.model import Calendar
from tracker.obligations.deadline import Deadline


class Figures(NamedTuple):
    """The five figures of a deadline, and whether they are provisional."""

    likely: date
    safe: date
    act_by: date
    strictest: date
    latest: date
    provisional: bool

    @property
    def days(self) -> tuple[date, ...]:
        """The dates alone: what a move is a change of."""
        return self[:-1]


class Shift(NamedTuple):
    """Figures before and after; how many days `act_by` moves, negative towards an earlier day."""

    before: Figures
    after: Figures
    days: int
    working_days: int

    @property
    def moves(self) -> bool:
        """Tell whether one of the dates changes; otherwise only the certainty may."""
        return self.before.days != self.after.days

    @property
    def changes(self) -> bool:
        """Tell whether anything changes."""
        return self.before != self.after


def figures(deadline: Deadline, act_by: date | None = None) -> Figures:
    """Give the figures of a deadline; `act_by` is the day that a person has set instead."""
    return Figures(
        deadline.likely,
        deadline.safe,
        act_by or deadline.act_by,
        deadline.strictest,
        deadline.latest,
        deadline.provisional,
    )


def shift(before: Figures, after: Figures, old: Calendar, new: Calendar) -> Shift:
    """Compare the figures that two calendars give."""
    days = (after.act_by - before.act_by).days
    return Shift(before, after, days, _working_days(before.act_by, after.act_by, old, new))


def _working_days(before: date, after: date, old: Calendar, new: Calendar) -> int:
    # Counted on the calendar that gave the later day: there it is a day on which offices work.
    if after < before:
        return -old.office_days_between(after, before)
    return new.office_days_between(before, after)
