"""Month and year arithmetic from an anchor, with explicit rounding. Pure.

Years, then months, then ONE rounding: never chained, because (31 Jan + 1 month) + 1 month is not
31 Jan + 2 months. Where the day is missing in the target month there are two answers: down to the
month's end (pendulum's own) and up to the first of the next month.
"""

from datetime import date, timedelta
from functools import lru_cache

import pendulum

DOWN = "down"
UP = "up"


@lru_cache(maxsize=65536)
def shifted(day: date, months: int, rounding: str = DOWN) -> date:
    """Move by whole months (negative: back); `rounding` decides a missing day of the month."""
    moved = pendulum.date(day.year, day.month, day.day).add(months=months)
    found = date(moved.year, moved.month, moved.day)
    if rounding == UP and found.day < day.day:
        return found + timedelta(days=1)
    return found


def is_ambiguous(day: date, months: int) -> bool:
    """Tell whether the day of the month is missing in the target month."""
    return shifted(day, months).day < day.day
