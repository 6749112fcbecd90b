"""Counting hours from an exact local moment. Pure.

Hours are elapsed time: the moment is taken to UTC, moved, and read again on the local clock, so
that a zone which changes its clocks in between still gives the full number of hours.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tracker.obligations.reading import Choice, Reading, Weight, carried, chosen
from tracker.terms.grammar import Period, Side
from tracker.terms.pins import Axis

_EXACT = {
    side: Choice(Axis.NOTICE if side is Side.BEFORE else Axis.START, "exact", Weight.STRONG, likely=True)
    for side in Side
}


def moment(day: date, at: time, hours: int, side: Side, zone: ZoneInfo) -> datetime:
    """Give the local moment that lies `hours` elapsed hours before or after a local moment."""
    start = datetime.combine(day, at, zone).astimezone(UTC)
    length = timedelta(hours=hours)
    return (start - length if side is Side.BEFORE else start + length).astimezone(zone)


def exact(anchor: Reading, at: time, period: Period, side: Side, zone: ZoneInfo) -> tuple[Reading, time]:
    """Give the one reading of a period of hours counted from a known moment, and its clock time."""
    found = moment(anchor.day, at, period.count, side, zone)
    return carried(anchor, chosen(found.date(), _EXACT[side])), found.time()
