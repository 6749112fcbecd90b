"""Counting in office hours: the hours of the day in which offices work, on office days. Pure.

Office hours hold their first instant and not their last: that one is the first of the next office
day. So no instant has two names, and hours add up: 3 after 5 are 8.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tracker.calendars.model import Calendar


class OfficeHours:
    """The office hours of one calendar and zone, from one local time to another."""

    def __init__(self, calendar: Calendar, zone: ZoneInfo, begin: time, end: time) -> None:
        """Take hours of one day: `begin` is before `end`."""
        self.calendar = calendar
        self.zone = zone
        self.begin = begin
        self.end = end
        self._begin = _since_midnight(begin)
        self._length = _since_midnight(end) - self._begin
        self._mornings: dict[date, datetime] = {}

    def morning_of(self, day: date) -> datetime:
        """Give the instant (UTC) at which office hours begin on a local day."""
        found = self._mornings.get(day)
        if found is None:
            found = datetime.combine(day, self.begin, self.zone).astimezone(UTC)
            self._mornings[day] = found
        return found

    def slot(self, instant: datetime) -> datetime:
        """Give the instant itself inside office hours, else the next one at which they begin (UTC)."""
        local = instant.astimezone(self.zone)
        today = local.date()
        if self.calendar.is_office_day(today):
            if local.time() < self.begin:
                return self.morning_of(today)
            if local.time() < self.end:
                return instant
        return self.morning_of(self.calendar.office_day_on_or_after(today + timedelta(days=1)))

    def after(self, instant: datetime, hours: int) -> datetime:
        """Give the instant (UTC) by which that many office hours have passed since another one."""
        start = self.slot(instant).astimezone(self.zone)
        days, rest = divmod(
            _since_midnight(start.time()) - self._begin + timedelta(hours=hours), self._length
        )
        day = date.fromordinal(self.calendar.office.nth_after(start.date().toordinal(), days))
        local = datetime.combine(day, time.min) + self._begin + rest
        return local.replace(tzinfo=self.zone).astimezone(UTC)


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
