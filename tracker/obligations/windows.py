"""Ending early by notice: whether a wished end day can still be reached, and which days can. Pure.

A rule counted `before desired end` makes a window: the end day decides the last day for the
notice, and the day of the notice decides the earliest end. An end counts as early only while it
lies before the last day of the term (its latest reading): on that day the agreement ends by itself.

The figures of the notice never move back when the end day moves on, whatever the calendar and the
months do; the search rests on that and then looks back over the days before its answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.calendars.model import Calendar
from tracker.events.model import Event
from tracker.obligations.counting import Counting, count
from tracker.obligations.deadline import Deadline, deadline
from tracker.obligations.model import Obligation
from tracker.obligations.reading import pins_of
from tracker.obligations.term_end import first_day, term_end
from tracker.terms.grammar import AnchorKind, Counted
from tracker.terms.model import Agreement
from tracker.terms.rule import Rule

CONSENT_RULES = "termination-consent"
"""How the ids of rules begin that make an early end depend on the other party's consent."""
_DAY = timedelta(days=1)
_LOOK_BACK = 7


@dataclass(frozen=True, slots=True)
class Window:
    """What a wish to end early comes to if the notice is given on one day."""

    desired_end: date
    on: date
    """The day on which the notice is given."""
    deadline: Deadline
    """When the notice for the desired end had to be given."""
    closed_on_safe: bool
    closed_on_every_reading: bool
    earliest_end: date | None
    """The earliest end that a notice on that day still reaches safely; None: there is none left."""
    needs_consent: bool
    usable: tuple[date, date] | None
    """The first and last end days that any notice since signing could reach, on the likely reading."""

    @property
    def ends_early(self) -> bool:
        """Tell whether the desired end is a day that this clause can be used for at all."""
        return self.usable is not None and self.usable[0] <= self.desired_end <= self.usable[1]


def is_windowed(rule: Rule) -> bool:
    """Tell whether a rule is counted back from a desired end day."""
    return isinstance(rule.due, Counted) and rule.due.anchor.kind is AnchorKind.DESIRED_END


def window_of(agreement: Agreement, rule: Rule, calendar: Calendar, event: Event, on: date) -> Window:
    """Tell what the wish `event` comes to if its notice is given on the day `on`."""
    if event.desired_end is None:
        raise ValueError(f"{event.kind} of {event.happened_on} names no desired_end")
    notice = _notice(agreement, rule, calendar, event.happened_on)(event.desired_end)
    return Window(
        desired_end=event.desired_end,
        on=on,
        deadline=notice,
        closed_on_safe=on > notice.safe,
        closed_on_every_reading=on > notice.latest,
        earliest_end=earliest_end(agreement, rule, calendar, on),
        needs_consent=needs_consent(agreement),
        usable=usable_ends(agreement, rule, calendar),
    )


def window_for(agreement: Agreement, obligation: Obligation, calendar: Calendar, on: date) -> Window | None:
    """Give the window of an obligation that a wish to end started; None for every other one.

    `on` is today; a wish that lies ahead of it is judged on its own day.
    """
    event = obligation.trigger
    if event is None or event.desired_end is None or not is_windowed(obligation.rule):
        return None
    return window_of(agreement, obligation.rule, calendar, event, max(on, event.happened_on))


def window_on_its_day(agreement: Agreement, obligation: Obligation, calendar: Calendar) -> Window | None:
    """Give the window as it stood on the day of the wish, where no other day is known."""
    event = obligation.trigger
    return window_for(agreement, obligation, calendar, event.happened_on) if event else None


def earliest_end(agreement: Agreement, rule: Rule, calendar: Calendar, on: date) -> date | None:
    """Give the earliest end for which a notice given on `on` is in time on the safe figure.

    `on` is the day of the trigger: `act_by` never moves back before it, so that a letter received
    on a rest day counts as what it is. None: the clause can no longer be used.
    """
    notice = _notice(agreement, rule, calendar, on)
    first, last = max(first_day(agreement), on), _last_early_end(agreement, rule)
    return _earliest(first, last, lambda day: notice(day).act_by >= on)


def usable_ends(agreement: Agreement, rule: Rule, calendar: Calendar) -> tuple[date, date] | None:
    """Give the first and last end day that a notice on or after signing can reach, as likely read."""
    signed = agreement.signed.day
    notice = _notice(agreement, rule, calendar, signed)
    last = _last_early_end(agreement, rule)
    first = _earliest(first_day(agreement), last, lambda day: notice(day).likely >= signed)
    return (first, last) if first is not None else None


def needs_consent(agreement: Agreement) -> bool:
    """Tell whether an early end also needs the other party's consent."""
    return any(rule.enabled and rule.id.startswith(CONSENT_RULES) for rule in agreement.rules)


def _last_early_end(agreement: Agreement, rule: Rule) -> date:
    return term_end(agreement, rule)[-1].day - _DAY


def _notice(agreement: Agreement, rule: Rule, calendar: Calendar, floor: date) -> Callable[[date], Deadline]:
    due = rule.due
    if not isinstance(due, Counted) or due.anchor.kind is not AnchorKind.DESIRED_END:
        raise ValueError(f"{rule.id} is due {due}, not before a desired end")
    choice = agreement.calendar
    how = Counting(calendar, choice.week, choice.joint_leave, pins_of(rule.pins))
    return lambda day: deadline(count(day, due.period, due.side, how), calendar, floor)


def _earliest(first: date, last: date, in_time: Callable[[date], bool]) -> date | None:
    """Give the first day in [first, last] that is in time; from there on, all later days are."""
    if first > last or not in_time(last):
        return None
    low, high = first.toordinal(), last.toordinal()
    while low < high:
        middle = (low + high) // 2
        if in_time(date.fromordinal(middle)):
            high = middle
        else:
            low = middle + 1
    return _looked_back(first, date.fromordinal(low), in_time)


def _looked_back(first: date, found: date, in_time: Callable[[date], bool]) -> date:
    before = (found - _DAY * step for step in range(_LOOK_BACK, 0, -1) if found - _DAY * step >= first)
    return next((day for day in before if in_time(day)), found)
