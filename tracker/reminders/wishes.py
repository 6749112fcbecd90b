"""When a reminder may reach somebody, as they wish: in their hours, once a week what is far off. Pure.

What an event calls for comes at once, and so does what is urgent: a wish must never let a deadline pass.
"""

from datetime import UTC, date, datetime, timedelta

from tracker.reminders.ladder import Schedule, is_on_the_ladder
from tracker.reminders.recipients import Route

URGENT_DAYS = 1
"""With so few days to act, or none, a reminder comes whatever the hour."""
FAR_OFF_DAYS = 14
"""What is due later than this may wait for the weekly message."""
_ONE_DAY = timedelta(days=1)


def not_before(route: Route, point: str, act_by: date, schedule: Schedule, now: datetime) -> datetime:
    """Give the first instant (UTC) at which a reminder may be sent; `now` where nothing keeps it."""
    days = (act_by - now.astimezone(schedule.zone).date()).days
    if not is_on_the_ladder(point) or days <= URGENT_DAYS:
        return now
    at = _next_weekly(schedule, now) if route.weekly and days > FAR_OFF_DAYS else now
    return _within_hours(route, schedule, at)


def _next_weekly(schedule: Schedule, now: datetime) -> datetime:
    """Give `now` on the first office day of a week, else the morning of the next such day."""
    today = now.astimezone(schedule.zone).date()
    monday = today - today.weekday() * _ONE_DAY
    first = schedule.calendar.office_day_on_or_after(monday)
    if first == today:
        return now
    following = first if first > today else schedule.calendar.office_day_on_or_after(monday + 7 * _ONE_DAY)
    return schedule.hours.morning_of(following)


def _within_hours(route: Route, schedule: Schedule, at: datetime) -> datetime:
    if route.hours is None:
        return at
    opens, closes = route.hours
    local = at.astimezone(schedule.zone)
    if opens <= local.time() < closes:
        return at
    day = local.date() if local.time() < opens else local.date() + _ONE_DAY
    return datetime.combine(day, opens, schedule.zone).astimezone(UTC)
