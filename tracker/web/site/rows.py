"""One duty as a line of a list: for the page, and for the files that are made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.base.dates import clock_text
from tracker.calendars.model import Calendar
from tracker.obligations.model import CLOSED, State
from tracker.obligations.state_wording import state_text
from tracker.obligations.wording import clause_text, cost_text, headline, people_text
from tracker.people.rights import Act
from tracker.queries import Shown
from tracker.seen.sight import Sight, holders_of
from tracker.web.site.visit import path_to
from tracker.web.site.words import slack_text


@dataclass(frozen=True, slots=True)
class Mark:
    """A word beside a duty, and how it looks."""

    text: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What a line says."""

    key: str
    path: str
    act_by: date | None
    clock: str
    days: int | None
    """Days left, of the calendar."""
    slack: int | None
    """Office days left."""
    slack_text: str
    headline: str
    agreement: str
    agreement_path: str
    numbers: str
    holder: str
    towards: str
    clause: str
    cost: str
    unit: str
    state: str
    overdue: bool
    closed: bool
    likely: date | None
    safe: date | None
    marks: Sequence[Mark]


def row_of(sight: Sight, shown: Shown, language: str) -> Row:
    """Make the line of a duty."""
    agreement, obligation = shown.agreement, shown.obligation
    rule, deadline = obligation.rule, obligation.deadline
    today = sight.now.astimezone(agreement.zone).date()
    is_closed = shown.state in CLOSED
    slack = slack_of(sight.context.calendar(agreement), today, shown.act_by) if shown.act_by else None
    unit = sight.context.routing.units.get(agreement.unit or "")
    exact = deadline is not None and deadline.likely == shown.act_by
    # "Due" means that reminders have begun; a reader would take it for the deadline's day.
    state = State.OPEN if shown.state is State.DUE else shown.state
    is_own = sight.rights(agreement).may(Act.ANSWER, holders_of(shown))
    marks = _marks(shown, today, language, closed=is_closed)
    if is_own and not is_closed and not sight.reach.oversees:
        marks.insert(0, Mark("yours" if language == "en" else "bagian Anda", "own"))
    return Row(
        key=obligation.key,
        path=path_to("kewajiban", obligation.key),
        act_by=shown.act_by,
        clock=clock_text(deadline.by_time, language) if deadline is not None and exact else "",
        days=(shown.act_by - today).days if shown.act_by else None,
        slack=slack,
        slack_text=slack_text(slack, language) if slack is not None and not is_closed else "",
        headline=headline(rule, language),
        agreement=agreement.title,
        agreement_path=path_to("perjanjian", agreement.id),
        numbers=", ".join(agreement.numbers),
        holder=people_text(agreement, (rule.duty.by,), language),
        towards=people_text(agreement, rule.duty.to, language),
        clause=clause_text(rule.clause, agreement) or rule.law or "",
        cost=cost_text(rule, language),
        unit=unit.name if unit else "",
        state=state_text(state, language),
        overdue=shown.state is State.OVERDUE,
        closed=is_closed,
        likely=deadline.likely if deadline else None,
        safe=deadline.safe if deadline else None,
        marks=tuple(marks),
    )


def slack_of(calendar: Calendar, today: date, act_by: date) -> int:
    """Count the office days that are left, the last one included; negative where they are gone."""
    if act_by >= today:
        return calendar.office_days_between(today, act_by)
    return -calendar.office_days_between(act_by, today)


def _marks(shown: Shown, today: date, language: str, *, closed: bool) -> list[Mark]:
    life, english = shown.life, language == "en"
    if closed:
        return [
            Mark(state_text(shown.state, language), "good" if shown.state is State.FULFILLED else "quiet")
        ]
    found = []
    if life.acknowledged_until is not None and life.acknowledged_until >= today:
        found.append(Mark("known about" if english else "diketahui", "good"))
    if life.snoozed_until is not None and life.snoozed_until > today:
        found.append(Mark("put off" if english else "ditunda", "quiet"))
    if life.proofs and life.missing:
        found.append(Mark("partly proved" if english else "bukti belum lengkap", "warn"))
    if shown.obligation.deadline is not None and shown.obligation.deadline.provisional:
        found.append(Mark("provisional" if english else "sementara", "quiet"))
    return found
