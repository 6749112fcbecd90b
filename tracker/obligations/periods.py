"""Recurring duties: calendar periods clipped to the term, each computed from the calendar. Pure.

The n-th period never comes from adding to the one before it. Source: rules/README.md, "Berulang".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count as naturals

from tracker.obligations.months import shifted
from tracker.terms.grammar import Every

_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.SEMESTER: 6, Every.YEAR: 12}
_LETTER = {Every.QUARTER: "Q", Every.SEMESTER: "S"}
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """One period: its name, and its first and last day after clipping to the term."""

    name: str
    first: date
    last: date


def calendar_periods(every: Every, first: date, last: date) -> Iterator[Span]:
    """Yield the calendar months, quarters, semesters or years that [first, last] touches."""
    months = _MONTHS[every]
    start = date(first.year, 1 + (first.month - 1) // months * months, 1)
    while start <= last:
        end = shifted(start, months) - _ONE_DAY
        yield Span(_name(every, start), max(start, first), min(end, last))
        start = end + _ONE_DAY


def agreement_years(first: date, last: date) -> Iterator[Span]:
    """Yield the years of the agreement, the last one clipped to the term."""
    for number in naturals():
        start = shifted(first, 12 * number)
        if start > last:
            return
        end = shifted(first, 12 * (number + 1)) - _ONE_DAY
        yield Span(f"year-{number + 1}", start, min(end, last))


def last_december_day_in(span: Span) -> date | None:
    """Give the 31 December inside an agreement year, or None where the stub has none."""
    for year in (span.first.year, span.last.year):
        day = date(year, 12, 31)
        if span.first <= day <= span.last:
            return day
    return None


def due_day_of_following_month(span: Span, day: int) -> date:
    """Give the stated day of the month after the period, clamped to that month's end."""
    following = shifted(date(span.last.year, span.last.month, 1), 1)
    month_end = shifted(following, 1) - _ONE_DAY
    return following.replace(day=min(day, month_end.day))


def _name(every: Every, start: date) -> str:
    match every:
        case Every.YEAR:
            return str(start.year)
        case Every.MONTH:
            return f"{start.year}-{start.month:02}"
        case _:
            return f"{start.year}-{_LETTER[every]}{(start.month - 1) // _MONTHS[every] + 1}"
