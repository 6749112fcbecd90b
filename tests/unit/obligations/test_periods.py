"""Recurring periods come from the calendar: the n-th one never drifts."""

from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.agreements import agreement, deadlines, obligations
from tracker.obligations.months import shifted
from tracker.obligations.periods import (
    Span,
    agreement_years,
    calendar_periods,
    due_day_of_following_month,
    last_december_day_in,
)
from tracker.terms.grammar import Every

_DAY = timedelta(days=1)
MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.SEMESTER: 6, Every.YEAR: 12}
DAYS = st.dates(date(2016, 1, 1), date(2040, 12, 31))
TERMS = st.tuples(DAYS, st.integers(0, 2500)).map(lambda pair: (pair[0], pair[0] + _DAY * pair[1]))


@given(st.sampled_from(Every), TERMS)
def test_periods_tile_the_term(every: Every, term: tuple[date, date]) -> None:
    first, last = term
    spans = list(calendar_periods(every, first, last))
    assert spans[0].first == first
    assert spans[-1].last == last
    assert all(one.last + _DAY == other.first for one, other in pairwise(spans))
    assert len({span.name for span in spans}) == len(spans)


@given(st.sampled_from(Every), TERMS)
def test_the_nth_period_is_the_calendar_one(every: Every, term: tuple[date, date]) -> None:
    months = MONTHS[every]
    block = (term[0].year * 12 + term[0].month - 1) // months
    for n, span in enumerate(calendar_periods(every, *term)):
        opening, closing = (block + n) * months, (block + n + 1) * months - 1
        year, month = divmod(closing, 12)
        assert span.first == max(term[0], date(opening // 12, opening % 12 + 1, 1))
        assert span.last == min(term[1], date(year, month + 1, monthrange(year, month + 1)[1]))


@given(TERMS)
def test_the_nth_year_of_an_agreement_never_drifts(term: tuple[date, date]) -> None:
    first, last = term
    spans = list(agreement_years(first, last))
    assert spans[-1].last == last
    for n, span in enumerate(spans):
        day = min(first.day, monthrange(first.year + n, first.month)[1])
        assert span.name == f"year-{n + 1}"
        assert span.first == date(first.year + n, first.month, day)
    assert all(one.last + _DAY == other.first for one, other in pairwise(spans))


def test_chaining_would_drift() -> None:
    start = date(2024, 2, 29)
    chained = shifted(shifted(shifted(shifted(start, 12), 12), 12), 12)
    assert shifted(start, 48) == date(2028, 2, 29) != chained
    assert [span.first for span in agreement_years(start, date(2028, 12, 31))][-1] == date(2028, 2, 29)


@given(TERMS, st.sampled_from(["every month", "every quarter", "every semester", "every year"]))
def test_recurring_due_days_rise_and_stay_inside_the_term(term: tuple[date, date], due: str) -> None:
    first, last = (end.isoformat() for end in term)
    found = deadlines(obligations(agreement(due, term={"from": first, "to": last})))
    assert all(one.likely < other.likely for one, other in pairwise(found))
    assert all(term[0] <= each.likely <= each.latest <= term[1] for each in found)
    assert all(each.act_by >= term[0] for each in found)


@given(TERMS)
def test_once_a_year_meets_both_ways_of_counting_years(term: tuple[date, date]) -> None:
    found = deadlines(
        obligations(agreement("every year", term={"from": term[0].isoformat(), "to": term[1].isoformat()}))
    )
    for each, span in zip(found, agreement_years(*term), strict=True):
        assert span.first <= each.safe <= span.last
        assert each.latest == span.last
        assert each.likely == (last_december_day_in(span) or span.last)


@pytest.mark.parametrize(
    ("last", "due_day", "expected"),
    [
        ("2025-01-31", 31, "2025-02-28"),
        ("2024-01-31", 31, "2024-02-29"),
        ("2025-12-31", 31, "2026-01-31"),
        ("2025-03-31", 31, "2025-04-30"),
        ("2025-03-31", 1, "2025-04-01"),
        ("2030-04-28", 10, "2030-05-10"),
    ],
)
def test_due_day_of_the_following_month(last: str, due_day: int, expected: str) -> None:
    span = Span("stub", date(2020, 1, 1), date.fromisoformat(last))
    assert due_day_of_following_month(span, due_day) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("every", "names"),
    [
        (Every.MONTH, ["2024-12", "2025-01"]),
        (Every.QUARTER, ["2024-Q4", "2025-Q1"]),
        (Every.SEMESTER, ["2024-S2", "2025-S1"]),
        (Every.YEAR, ["2024", "2025"]),
    ],
)
def test_names_of_periods(every: Every, names: list[str]) -> None:
    spans = calendar_periods(every, date(2024, 12, 31), date(2025, 1, 1))
    assert [span.name for span in spans] == names
