"""Tells every digest when it is time, each on its own."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tracker.base.db import Database
from tracker.base.log import get_logger
from tracker.digests.long_holiday import tell_long_holidays
from tracker.digests.look_ahead import tell_look_ahead
from tracker.digests.morning import tell_morning
from tracker.outbox import doubts
from tracker.outbox.keys import LONG_HOLIDAY, LOOK_AHEAD, SUMMARY
from tracker.steps.context import Context

Teller = Callable[[Database, Context, datetime], int]
"""Adds what is still to be told on an office day; gives how many messages."""
TELLERS: Mapping[str, Teller] = {
    SUMMARY: tell_morning,
    LOOK_AHEAD: tell_look_ahead,
    LONG_HOLIDAY: tell_long_holidays,
}
_POSTPONED = timedelta(minutes=15)
log = get_logger("digests")


class Digests:
    """Tells what managers hear by the calendar, on office days from the hour of sending on.

    What has been told stands in the outbox, under keys that are the same for every worker. What is
    kept here only spares asking again: it holds for one day and one state of the rules.
    """

    def __init__(self, tellers: Mapping[str, Teller] = TELLERS) -> None:
        """Keep nothing yet."""
        self._tellers = tellers
        self._context: Context | None = None
        self._told_on: dict[str, date] = {}
        self._not_before: dict[str, datetime] = {}

    def tell_due(self, db: Database, context: Context, now: datetime) -> int:
        """Add every digest that is due; gives how many messages. One that fails holds up no other."""
        local = now.astimezone(ZoneInfo(context.timezone))
        calendar = context.calendars[context.holidays]
        if local.time() < context.policy.send_at or not calendar.is_office_day(local.date()):
            return 0
        if context is not self._context:
            self._context, self._told_on, self._not_before = context, {}, {}
        due = [
            name
            for name in self._tellers
            if self._told_on.get(name) != local.date() and now >= self._not_before.get(name, now)
        ]
        reachable = _reachable(db, context) if due else context
        return sum(self._tell(name, db, reachable, now) for name in due)

    def _tell(self, name: str, db: Database, context: Context, now: datetime) -> int:
        try:
            told = self._tellers[name](db, context, now)
        except Exception:
            log.exception("digest cannot be told, trying again later", digest=name)
            self._not_before[name] = now + _POSTPONED
            return 0
        self._told_on[name] = now.astimezone(ZoneInfo(context.timezone)).date()
        if told:
            log.info("digest told", digest=name, messages=told)
        return told


def _reachable(db: Database, context: Context) -> Context:
    """Leave out addresses that do not work now."""
    with db.read() as connection:
        return replace(context, routing=doubts.usable(connection, context.routing))
